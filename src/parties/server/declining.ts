// Which queries a server does not want to answer, whatever their records are: those that are not for it, that are too old, or
// that pay too little.
import type { QueryView } from '../../ledger/query-view.ts';
import type { Site } from '../../ledger/site.ts';
import { heldIn } from '../../ledger/view.ts';
import type { AnswerRefusal } from './answer-parts.ts';
import type { Seat } from './seat.ts';

/** What a server's operator decides. */
export interface Willingness {
  /** Seconds after a consent's deadline in which its query is still answered. 7 days if not given. */
  grace?: number;
  /** Least wei for an answer: queries that pay less, or whose fee can be taken back, are not answered. 0 if not given. */
  minimumFee?: bigint;
  /** Unix time in seconds. */
  now?: () => number;
}

const WEEK = 7 * 24 * 3600;

/**
 * Why a server does not want to answer a query; null where it does. The fee is the contract's word as the endpoint gives it: a
 * liar can have an answer given for nothing, or keep the server from answering.
 */
export async function declined(
  { contract }: Site,
  { grace = WEEK, minimumFee = 0n, now = () => Date.now() / 1000 }: Willingness,
  { queryId, consent, epoch }: QueryView,
  seat: Seat,
): Promise<AnswerRefusal | null> {
  if (!heldIn(seat, epoch.epoch)) return 'another server held the seat when it was opened';
  const time = Math.floor(now());
  if (BigInt(time) > consent.deadline + BigInt(grace)) {
    return 'its consent ran out longer ago than this server allows for';
  }
  if (minimumFee === 0n) return null;
  const { share, left, payUntil } = await contract.feeOf(queryId);
  if (share < minimumFee) return 'it pays less than the minimum fee of this server';
  if (left === 0) return 'nothing is left of its fee';
  return time > payUntil ? 'its fee can be taken back by now' : null;
}
