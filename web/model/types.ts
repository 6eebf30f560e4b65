// What the model tells the page and takes from it: data only, no DOM, no sentences. Amounts are exact decimal text, addresses
// and hashes 0x-hex, times Unix seconds, wei and gas bigint. Faults are MIStoreErrors: the page translates their codes.
import type { Hex } from '../../src/bytes.ts';
import type { Choice } from '../../src/records/receipts/choose.ts';
import type { BillProof, CheckedReceipts, OpenedReceipts } from './types/bills.ts';
import type { Cancelable, Chain, ChainSource } from './types/chain.ts';
import type {
  ConsentPreview,
  ConsentRequest,
  ConsentState,
  KeystoreSecret,
  OpenedConsent,
  Revocation,
  RevocationCost,
  SumCheck,
  Wallet,
} from './types/consents.ts';
import type { LedgerReport } from './types/ledgers.ts';

export type * from './types/bills.ts';
export type * from './types/chain.ts';
export type * from './types/consents.ts';
export type * from './types/ledgers.ts';
export type { Choice };

/** Every function of web/model/index.ts. */
export interface Model {
  /** Throws EncodingError. */
  openReceipts(text: string): OpenedReceipts;
  /**
   * Connects; an archive is read in whole. Throws ConnectionError, WrongChainError, NoContractError, WrongCodeError, ArchiveError,
   * and NO_SOURCE, NO_CONTRACT_NAMED where neither `place` nor an archive names a contract.
   */
  connect(source: ChainSource, options?: Cancelable): Promise<Chain>;
  /** Throws WRONG_DEPLOYMENT, WRONG_TERMS, INCONSISTENT_BATCH, ArchiveError, IncompleteLogsError. */
  checkBills(opened: OpenedReceipts, chain: Chain, options?: Cancelable): Promise<CheckedReceipts>;
  billProof(opened: OpenedReceipts, chain: Chain, recordId: number): Promise<BillProof>;
  /** Record ids, ascending; carry records go along. Throws NO_DATE, ArgumentError, NOT_YOUR_RECORD. */
  chooseBills(opened: OpenedReceipts, choice: Choice): number[];
  /** What stays of the chosen ones when these are taken out, with all that came with them: corrections and carry records. */
  leaveOutBills(opened: OpenedReceipts, chosen: Iterable<number>, recordIds: readonly number[]): number[];
  previewConsent(opened: OpenedReceipts | CheckedReceipts, recordIds: readonly number[]): ConsentPreview;
  /**
   * Throws KeystoreError, NOT_YOUR_RECEIPTS, and for what can never be used NO_RECORDS, TOO_FEW_RECORDS, INVALID_RECEIPT,
   * VOID_EDGE, NOT_YOUR_RECORD, DEADLINE_PASSED, INVALID_INSURER.
   */
  signWithKeystore(checked: CheckedReceipts, request: ConsentRequest, secret: KeystoreSecret): Promise<OpenedConsent>;
  /**
   * Asks the wallet for accounts, the chain and the signature. Throws what signWithKeystore throws for the request, and
   * WALLET_REFUSED, WALLET_CHAIN, WALLET_FAILED, WRONG_ACCOUNT, INVALID_SIGNATURE.
   */
  signWithWallet(
    checked: CheckedReceipts,
    request: ConsentRequest,
    wallet: Wallet,
    chain: Chain,
  ): Promise<OpenedConsent>;
  /** Reads a consent file. Throws EncodingError. */
  openConsent(text: string): OpenedConsent;
  consentState(consent: OpenedConsent, chain: Chain): Promise<ConsentState>;
  /** What sending it from an account would cost: the patient's own, if not given. Needs a network. */
  revocationCost(consent: OpenedConsent, chain: Chain, account?: Hex): Promise<RevocationCost>;
  revokeWithKeystore(consent: OpenedConsent, chain: Chain, secret: KeystoreSecret): Promise<Revocation>;
  /** The wallet signs the revocation and sends the transaction. */
  revokeWithWallet(consent: OpenedConsent, chain: Chain, wallet: Wallet): Promise<Revocation>;
  /** Throws EncodingError for a file that is no proof, WRONG_DEPLOYMENT. */
  checkSumProof(text: string, chain: Chain): Promise<SumCheck>;
  ledgerReport(chain: Chain, options?: Cancelable): Promise<LedgerReport>;
  /** Frees the archive. */
  close(chain: Chain): Promise<void>;
}
