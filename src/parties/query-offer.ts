// What an insurer offers the servers for a query, and whether enough of them would answer for it. The servers' minimum fees are
// statements on chain: whoever has stated none asks for nothing.
import { toHex } from '../bytes.ts';
import { ether } from '../chain/errors.ts';
import type { FeeOffer } from '../contract/types.ts';
import { ArgumentError, checkInteger, MIStoreError } from '../errors.ts';
import type { Site } from '../ledger/site.ts';
import type { LedgerView } from '../ledger/view.ts';

/** Wei of one answer, at most. */
const MAX_FEE = 2n ** 128n - 1n;
const DAY = 24 * 3600;
/** Seconds for which a fee can be earned: if the insurer says nothing else, and at most. */
const PAY_SECONDS = 30 * DAY;
const LONGEST_PAY_SECONDS = 365 * DAY;

/** What an insurer may say about the fee of a query. */
export interface QueryFeeOptions {
  /** Wei for each of the first t answers. None if not given. */
  fee?: bigint;
  /** Unix time in seconds up to which no refund can be taken: at most 365 days ahead; 30 days ahead if not given. */
  payUntil?: number;
}

/** The offer to the servers of a ledger; null where there is no fee. Throws ArgumentError; times by this machine's clock. */
export function offerOf(threshold: number, { fee = 0n, payUntil }: QueryFeeOptions): FeeOffer | null {
  if (typeof fee !== 'bigint' || fee < 0n || fee > MAX_FEE) {
    throw new ArgumentError('fee', fee, 'a bigint from 0 to 2^128 − 1 wei');
  }
  if (fee === 0n) {
    if (payUntil !== undefined) throw new ArgumentError('payUntil', payUntil, 'left out where there is no fee');
    return null;
  }
  const now = Math.floor(Date.now() / 1000);
  const until = payUntil ?? now + PAY_SECONDS;
  checkInteger('payUntil', until, now, now + LONGEST_PAY_SECONDS);
  return { fee: fee * BigInt(threshold), payUntil: until };
}

/** Throws FEE_TOO_LOW unless t present holders of seats have stated a minimum that this fee (wei of each answer) reaches. */
export async function checkFeeIsEnough({ contract }: Site, ledger: LedgerView, fee: bigint): Promise<void> {
  const { threshold } = ledger.committee;
  const { servers } = ledger.currentEpoch;
  const minimums = await Promise.all(servers.map((server) => contract.minimumFee(server)));
  const willing = minimums.filter((minimum) => minimum <= fee).length;
  if (willing >= threshold) return;
  const needed = [...minimums].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[threshold - 1]!;
  const message = `with a fee of ${ether(fee)} ether for each answer ${willing} of ${servers.length} servers would answer; the sum takes ${threshold}, which want ${ether(needed)} ether: nothing was sent`;
  const stated = Object.fromEntries(servers.map((server, s) => [toHex(server), minimums[s]]));
  throw new MIStoreError('FEE_TOO_LOW', message, { fee, willing, threshold, needed, minimums: stated });
}

/** Throws FEE_DIFFERS where the fee of a query that is on chain is not the one that is offered now. */
export function checkSameFee(queryId: Uint8Array, stored: bigint, fee: bigint): void {
  if (stored === fee) return;
  const message = `query ${toHex(queryId)} was opened with a fee of ${ether(stored)} ether for each answer, not ${ether(fee)}: that cannot be changed`;
  throw new MIStoreError('FEE_DIFFERS', message, { queryId: toHex(queryId), stored, fee });
}
