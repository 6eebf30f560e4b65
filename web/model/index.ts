// The page's model: receipts, chain, consents, sums, ledgers, as functions over plain data. No DOM, no sentences of its own.
import { connect, opened } from './chain.ts';
import { billProof, checkBills } from './check.ts';
import { chooseBills, consentState, leaveOutBills, openConsent, previewConsent } from './consent.ts';
import { openReceipts } from './receipts.ts';
import { ledgerReport } from './report/report.ts';
import { revocationCost, revokeWithKeystore, revokeWithWallet } from './revoking.ts';
import { signWithKeystore, signWithWallet } from './signing.ts';
import { checkSumProof } from './sums.ts';
import type { Model } from './types.ts';

export { MIStoreError } from '../../src/errors.ts';
/** The text of a file that a person chose; refuses what is no text. */
export { textOf } from '../../src/files/text.ts';
export type * from './types.ts';

export const model: Model = {
  openReceipts,
  connect,
  checkBills,
  billProof,
  chooseBills,
  leaveOutBills,
  previewConsent,
  signWithKeystore,
  signWithWallet,
  openConsent,
  consentState,
  revocationCost,
  revokeWithKeystore,
  revokeWithWallet,
  checkSumProof,
  ledgerReport,
  close: (chain) => opened(chain).close(),
};
