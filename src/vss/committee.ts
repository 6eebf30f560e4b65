// The committee of a ledger, threshold t and n seats, and its subsets of t − 1 seats (docs/protocol.md, "Keys of the subsets"): for each there is
// a key that exactly the other seats hold. Any t − 1 seats lack exactly one key, that of their own subset.
import { countSubsets, subsetsOf as subsets } from '../engine/subsets.ts';
import { checkInteger } from '../errors.ts';

/** Threshold t and number of seats n of a ledger: 1 ≤ t ≤ n ≤ 255, and within the two bounds of checkCommittee. */
export interface Committee {
  threshold: number;
  seats: number;
}

/**
 * Throws an ArgumentError for a committee that is none, and a CommitteeSizeError for one that is too large:
 * C(n, t−1) > 8192 or (n+1)!/(n−t+2)! ≥ 2^63.
 */
export function checkCommittee({ threshold, seats }: Committee): void {
  countSubsets(threshold, seats);
}

/** All subsets of t − 1 seats, each with its seats ascending, in lexicographic order. */
export function subsetsOf({ threshold, seats }: Committee): (readonly number[])[] {
  return subsets(threshold, seats);
}

/** Numbers (from 0, in order) of the subsets without `seat`, whose keys the seat holds: C(n−1, t−1) of them. */
export function heldBy(committee: Committee, seat: number): number[] {
  checkInteger('seat', seat, 1, committee.seats);
  return subsetsOf(committee).flatMap((subset, q) => (subset.includes(seat) ? [] : [q]));
}
