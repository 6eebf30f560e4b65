// Checking the proof of a sum.
import { toHex } from '../../src/bytes.ts';
import { MIStoreError } from '../../src/errors.ts';
import { parseSumProof, verifySumProof } from '../../src/parties/sum-proof.ts';
import { formatAmount } from '../../src/records/amounts.ts';
import { opened } from './chain.ts';
import type { Chain, SumCheck } from './types.ts';

/** As Model.checkSumProof. */
export async function checkSumProof(text: string, chain: Chain): Promise<SumCheck> {
  const proof = parseSumProof(text);
  const { word } = chain;
  try {
    const { queryId, ledger, records, amounts } = await verifySumProof(opened(chain).site, proof);
    const { lanes, scale, currency } = ledger.terms;
    const { insurer, patient } = proof.signed.consent;
    return {
      isRight: true,
      queryId,
      ledgerId: toHex(ledger.ledgerId),
      hospital: toHex(ledger.hospital),
      insurer,
      patient,
      lanes: [...lanes],
      currency,
      scale,
      sums: amounts.map((amount) => formatAmount(amount, scale)),
      records,
      word,
    };
  } catch (error) {
    if (error instanceof MIStoreError && error.code === 'INVALID_SUM_PROOF')
      return { isRight: false, why: error.message, word };
    throw error;
  }
}
