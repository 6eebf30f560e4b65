// Committees: subsets against recursion, the two bounds against factorials, and who holds which key.
import { describe, expect, it, test } from 'vitest';
import { CommitteeSizeError, MAX_SUBSETS } from '../../src/engine/subsets.ts';
import { checkCommittee, heldBy, subsetsOf } from '../../src/sharing/committee.ts';

const choose = (from: number, to: number, k: number): number[][] => {
  if (k === 0) return [[]];
  const out: number[][] = [];
  for (let first = from; first <= to - k + 1; first++) {
    for (const rest of choose(first + 1, to, k - 1)) out.push([first, ...rest]);
  }
  return out;
};
const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));

describe.each([
  [1, 1],
  [1, 3],
  [2, 3],
  [3, 5],
  [4, 4],
  [4, 7],
  [7, 13],
  [2, 255],
])('(%i, %i)', (threshold, seats) => {
  const committee = { threshold, seats };
  const subsets = subsetsOf(committee);

  it('has all subsets of t − 1 seats, in order', () => {
    expect(subsets).toEqual(choose(1, seats, threshold - 1));
  });

  it('gives each seat the keys of the subsets that it is not in; t − 1 seats lack exactly their own', () => {
    const held = Array.from({ length: seats }, (_, s) => new Set(heldBy(committee, s + 1)));
    subsets.forEach((subset, q) => {
      for (let seat = 1; seat <= seats; seat++) expect(held[seat - 1]!.has(q)).toBe(!subset.includes(seat));
    });
    for (const [q, subset] of subsets.slice(0, 200).entries()) {
      const missing = subsets.flatMap((_, other) => (subset.some((seat) => held[seat - 1]!.has(other)) ? [] : [other]));
      expect(missing).toEqual([q]);
    }
  });
});

test('every committee up to 40 seats is taken exactly where both bounds hold', () => {
  for (let seats = 1; seats <= 40; seats++) {
    for (let threshold = 1; threshold <= seats; threshold++) {
      const subsets = factorial(seats) / (factorial(threshold - 1) * factorial(seats - threshold + 1));
      const weight = factorial(seats + 1) / factorial(seats - threshold + 2);
      const check = () => checkCommittee({ threshold, seats });
      if (subsets <= BigInt(MAX_SUBSETS) && weight < 2n ** 63n) expect(check).not.toThrow();
      else expect(check).toThrow(CommitteeSizeError);
    }
  }
});

test('a committee too large is refused with both numbers; one that is none with its own', () => {
  expect(() => checkCommittee({ threshold: 8, seats: 16 })).toThrow(
    '8 of 16 seats make 11440 subsets, of at most 8192, with weights of up to 98017920, which must be below 2^63',
  );
  expect(() => checkCommittee({ threshold: 4, seats: 3 })).toThrow(/threshold is 4; it must be an integer from 1 to 3/);
  expect(() => checkCommittee({ threshold: 1, seats: 256 })).toThrow(/seats is 256/);
  expect(() => heldBy({ threshold: 2, seats: 3 }, 4)).toThrow(/seat is 4/);
});
