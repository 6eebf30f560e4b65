// What a consent would be about, before it is signed: which records, for whom, what becomes visible, what it costs to ask; and
// whether it could ever be used. What cannot be used is refused here, so that nobody waits for a sum that never comes.

import { addressText } from '../address.ts';
import { equalBytes, fromHex, toHex } from '../bytes.ts';
import { readBalance, readHead, readNonce } from '../chain/state.ts';
import { MIStoreError } from '../errors.ts';
import type { Site } from '../ledger/site.ts';
import type { ConsentEdge } from '../records/consent-file.ts';
import type { Receipts } from '../records/receipts/receipt.ts';
import { type ReceiptsSummary, summarizeReceipts } from '../records/receipts/summary.ts';
import { checkCount, checkReceipts, consentEdges, type ReceiptsCheck } from './patient.ts';
import { queryGas } from './query-gas.ts';

/** What a consent would let its insurer learn, and show on chain, before it is signed. */
export interface ConsentPlan {
  /** Of the chosen records. SECRET. */
  summary: ReceiptsSummary;
  /** What the chain will show, with both accounts and the deadline. */
  edges: ConsentEdge[];
  /** About what asking takes, without a fee. */
  gas: number;
  /** Records that are on chain and not in the file: they are in no sum. */
  missing: ReceiptsCheck['missing'];
  /** The insurer's seat in the ledger; 0 if it is none of its servers. */
  insurerSeat: number;
  /** Nothing was ever sent from the insurer's account, and it holds no ether: the address may be mistyped. */
  isUnused: boolean;
}

/**
 * Plans a consent to the sum of these records, for an insurer (20 bytes), up to `deadline` (Unix seconds). Throws
 * INVALID_INSURER, DEADLINE_PASSED, TOO_FEW_RECORDS, INVALID_RECEIPT, VOID_EDGE, and what consentEdges and checkReceipts throw.
 */
export async function planConsent(
  site: Site,
  receipts: Receipts,
  recordIds: readonly number[],
  insurer: Uint8Array,
  deadline: bigint,
): Promise<ConsentPlan> {
  const { rpc } = site.contract;
  checkInsurer(receipts, insurer);
  checkCount(receipts, recordIds);
  await checkDeadline(site, deadline);
  const edges = consentEdges(receipts, recordIds);
  const checked = await checkReceipts(site, receipts);
  checkValid(checked, recordIds);
  checkEdges(checked, edges);
  const [{ seat, untilEpoch }, nonce, balance] = await Promise.all([
    site.contract.seatOf(fromHex(receipts.ledgerId), insurer),
    readNonce(rpc, insurer),
    readBalance(rpc, insurer),
  ]);
  return {
    summary: summarizeReceipts(receipts, recordIds),
    edges,
    gas: queryGas(receipts.terms.threshold, edges.length),
    missing: checked.missing,
    insurerSeat: untilEpoch === 0 ? seat : 0,
    isUnused: nonce === 0 && balance === 0n,
  };
}

/** Throws INVALID_INSURER for accounts that cannot ask, or know the amounts already. */
export function checkInsurer({ contract, patient, terms }: Receipts, insurer: Uint8Array): void {
  const why = [
    [new Uint8Array(20), "the zero address, which is nobody's"],
    [fromHex(contract), 'the MIStore contract, which cannot ask'],
    [fromHex(patient), 'your own account: you know these amounts'],
    [fromHex(terms.hospital), 'the hospital of these records, which knows the amounts'],
  ] as const;
  const found = why.find(([account]) => equalBytes(account, insurer));
  if (!found) return;
  const message = `the insurer ${addressText(insurer)} is ${found[1]}; give the address of the insurer that is to learn the sum`;
  throw new MIStoreError('INVALID_INSURER', message, { insurer: toHex(insurer) });
}

/** By this machine's clock, and by the newest block's, which the contract goes by. */
async function checkDeadline({ contract }: Site, deadline: bigint): Promise<void> {
  const { timestamp } = await readHead(contract.rpc);
  const now = Math.floor(Date.now() / 1000);
  const [clock, time] = deadline < BigInt(now) ? ["this machine's clock", now] : ['the newest block', timestamp];
  if (deadline >= BigInt(time)) return;
  const message = `the deadline ${inUtc(Number(deadline))} has passed: by ${clock} it is ${inUtc(time)}`;
  throw new MIStoreError('DEADLINE_PASSED', message, { deadline: deadline.toString(), now: time });
}

const inUtc = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** They sign for what they have been shown: the receipts of the chosen records must be valid. */
function checkValid({ verdicts }: ReceiptsCheck, chosen: readonly number[]): void {
  const ids = new Set(chosen);
  const wrong = verdicts.find(({ recordId, fault }) => fault !== null && ids.has(recordId));
  if (!wrong) return;
  const { recordId, fault } = wrong;
  throw new MIStoreError('INVALID_RECEIPT', `the receipt of record ${recordId}: ${fault}`, { recordId });
}

/** Throws VOID_EDGE where a run would begin or end at a record that is void now: the contract refuses such a query. */
function checkEdges({ complaints }: ReceiptsCheck, edges: readonly ConsentEdge[]): void {
  for (const { recordId, sign } of edges) {
    const complaint = complaints.find((one) => one.recordId === recordId);
    if (!complaint?.isVoid) continue;
    const { next } = complaint;
    const advice =
      sign === -1
        ? `choose record ${recordId} as well, so that the run begins before it`
        : next === null
          ? 'wait until the hospital has stored the next record of its series, and ask for new receipts'
          : `choose record ${next} as well, the next of its series, or leave record ${recordId} out`;
    const where = sign === -1 ? 'before the first chosen one of its series' : 'the last of a run of chosen records';
    throw new MIStoreError(
      'VOID_EDGE',
      `record ${recordId}, ${where}, is void, and no sum can begin or end there: ${advice}`,
      { recordId, next },
    );
  }
}
