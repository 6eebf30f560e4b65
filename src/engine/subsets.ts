// The subsets of dealing (Cramer, Damgård, Ishai 2005): for each set A of t − 1 of the seats 1..n there is one
// keystream, which exactly the seats outside A hold, and f_A(x) = Π_{a∈A} (a − x): zero on A, a small integer at every other
// seat, not zero at 0.
import { checkInteger, MIStoreError } from '../errors.ts';
import { MAX_SEATS } from './sizes.ts';

/** t − 1 seats, ascending. */
export type Subset = readonly number[];

/** The most subsets that a committee may have. */
export const MAX_SUBSETS = 8192;
/** The coefficients of f_A and its values at the seats are smaller in magnitude. */
export const WEIGHT_LIMIT = 2n ** 63n;

/** A committee that is too large for dealing. */
export class CommitteeSizeError extends MIStoreError {
  constructor(threshold: number, seats: number, subsets: bigint, weight: bigint) {
    super(
      'COMMITTEE_SIZE',
      `${threshold} of ${seats} seats make ${subsets} subsets, of at most ${MAX_SUBSETS}, with weights of up to ${weight}, which must be below 2^63`,
      { threshold, seats, subsets: String(subsets), weight: String(weight) },
    );
  }
}

/** The subsets of t − 1 of n seats in lexicographic order. Throws for larger committees than dealing allows. */
export function subsetsOf(threshold: number, seats: number): Subset[] {
  countSubsets(threshold, seats);
  const all: number[][] = [];
  const extend = (subset: number[], from: number) => {
    if (subset.length === threshold - 1) all.push(subset);
    else for (let seat = from; seat <= seats; seat++) extend([...subset, seat], seat + 1);
  };
  extend([], 1);
  return all;
}

/** C(n, t − 1), the number of subsets. Throws unless it is at most MAX_SUBSETS, and (n + 1)! / (n − t + 2)! < 2^63. */
export function countSubsets(threshold: number, seats: number): number {
  checkInteger('seats', seats, 1, MAX_SEATS);
  checkInteger('threshold', threshold, 1, seats);
  let count = 1n;
  let weight = 1n; // Π_{a∈A} (a + 1) for the last A bounds the coefficients of every f_A, and its values too
  for (let i = 0; i < threshold - 1; i++) {
    count = (count * BigInt(seats - i)) / BigInt(i + 1);
    weight *= BigInt(seats + 1 - i);
  }
  if (count > MAX_SUBSETS || weight >= WEIGHT_LIMIT) {
    throw new CommitteeSizeError(threshold, seats, count, weight);
  }
  return Number(count);
}

/** The subsets whose keystreams a seat holds: those without it, in the same order. C(n − 1, t − 1) of them; all for seat 0. */
export function heldBy(seat: number, subsets: readonly Subset[]): Subset[] {
  return subsets.filter((subset) => !subset.includes(seat));
}

/** The t coefficients of f_A, from the constant one. */
export function coefficientsOf(subset: Subset): bigint[] {
  let f = [1n];
  for (const a of subset) {
    const before = f;
    // times (a − x)
    f = Array.from({ length: f.length + 1 }, (_, j) => BigInt(a) * (before[j] ?? 0n) - (before[j - 1] ?? 0n));
  }
  return f;
}

/** f_A(x) */
export function valueAt(subset: Subset, x: number): bigint {
  return subset.reduce((product, a) => product * BigInt(a - x), 1n);
}
