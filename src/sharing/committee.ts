// A committee, threshold t and n seats, and its subsets of t − 1 seats (docs/protocol.md, "Keys of the subsets"): for each there is
// a key that exactly the other seats hold. Any t − 1 seats lack exactly one key, that of their own subset.
import { MAX_SEATS } from '../engine/sizes.ts';
import { countSubsets, subsetsOf as subsets } from '../engine/subsets.ts';
import { checkInteger } from '../errors.ts';

/** Threshold t and number of seats n: 1 ≤ t ≤ n ≤ 255. */
export interface Committee {
  /** How many shares reconstruct. Fewer tell nothing. */
  threshold: number;
  /** A seat is a number from 1 to this one. */
  seats: number;
}

/** Throws an ArgumentError unless 1 ≤ t ≤ n ≤ 255. */
export function checkThreshold({ threshold, seats }: Committee): void {
  checkInteger('seats', seats, 1, MAX_SEATS);
  checkInteger('threshold', threshold, 1, seats);
}

/**
 * Throws an ArgumentError as checkThreshold does, and a CommitteeSizeError for a committee that is too large for dealing
 * with keys: C(n, t−1) > 8192 or (n+1)!/(n−t+2)! ≥ 2^63.
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
