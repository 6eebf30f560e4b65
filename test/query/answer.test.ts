// Answers and the sum: the contract's equation holds for each honest answer and for no other. Every subset of at least t
// answers opens the sum of plain BigInts; smaller ones, wrong answers and wrong masks do not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError } from '../../src/errors.ts';
import { answer, openSum, type SeatAnswer } from '../../src/query/answer.ts';
import { mask } from '../../src/query/masks.ts';
import { MAX_AMOUNT } from '../../src/records/amounts.ts';
import { decodeLanes, encodeLanes } from '../../src/records/lanes.ts';
import { commitmentBytes, deal, shares } from '../../src/vss/dealing.ts';
import { pads } from '../../src/vss/pads.ts';
import { commitment, decode, encode, join, modR, type OraclePoint, Point, r, randomSource } from '../engine/oracle.ts';
import { committedShare, decompressed } from '../vss/oracle.ts';

const engine = await createEngine();
const AMOUNTS: bigint[][] = [
  [0n, 0n],
  [1n, -1n],
  [MAX_AMOUNT, -MAX_AMOUNT],
  [-MAX_AMOUNT, MAX_AMOUNT],
  [-123_456n, 78n],
  [5n, -9n],
];

/** The queried records dealt, and the answers of all seats. */
function queried(threshold: number, seats: number, amounts = AMOUNTS) {
  const { bytes } = randomSource(100 * threshold + seats);
  const committee = { threshold, seats };
  const position = { ledgerId: 2n, index: 1, nonce: bytes(16) };
  const keystreams = Array.from({ length: seats }, (_, s) => pads(bytes(32), position, s + 1, amounts.length));
  const { commitments, corrections, openings } = deal(engine, committee, join(...amounts.map(encodeLanes)), keystreams);
  const queryId = bytes(32);
  const answers = keystreams.map((stream, s): SeatAnswer => {
    const own = mask(bytes(32), { queryId, ledgerId: 2n, sums: bytes(64) }, s + 1);
    return { seat: s + 1, mask: own, ...answer(shares(engine, committee, s + 1, stream, corrections), own) };
  });
  // A_j = Σ_k C_{k,j}, by noble.
  const rows = amounts.map((_, k) =>
    decompressed(commitments.subarray(commitmentBytes(committee) * k, commitmentBytes(committee) * (k + 1))),
  );
  const sums = Array.from({ length: threshold }, (_, j) => rows.reduce((sum, row) => sum.add(row[j]!), Point.ZERO));
  return { answers, sums, openings: decode(openings) };
}

const plainSum = (amounts: bigint[][]) =>
  amounts[0]!.map((_, lane) => amounts.reduce((sum, record) => sum + record[lane]!, 0n));

/** What the contract checks: y·G + w·H = Σ_j seat^j·A_j + Z_seat. */
function accepted({ seat, y, w, mask }: SeatAnswer, sums: OraclePoint[]): boolean {
  const left = commitment(decode(y)[0]!, decode(w)[0]!);
  const z = commitment(decode(mask.value)[0]!, decode(mask.blinding)[0]!);
  return left.equals(committedShare(sums, seat).add(z));
}

describe.each([
  [1, 1],
  [1, 3],
  [2, 3],
  [3, 5],
  [4, 7],
  [5, 9],
  [7, 7],
])('(%i, %i)', (threshold, seats) => {
  const { answers, sums, openings } = queried(threshold, seats);

  it('every answer satisfies the equation of the contract', () => {
    expect(answers.filter((one) => !accepted(one, sums))).toEqual([]);
  });

  it('every subset of at least t answers opens the exact sum; a smaller one does not', () => {
    for (let set = 0; set < 2 ** seats; set++) {
      const given = answers.filter((_, i) => (set >> i) & 1);
      if (given.length < threshold) {
        expect(() => openSum(engine, threshold, given)).toThrow(
          new ArgumentError('number of answers', given.length, `at least the threshold, ${threshold}`),
        );
        continue;
      }
      const { sum, blinding } = openSum(engine, threshold, given);
      expect(decodeLanes(sum, 2)).toEqual(plainSum(AMOUNTS));
      expect(decode(blinding)).toEqual([modR(openings.reduce((a, b) => a + b, 0n))]);
    }
  });

  it('the opening proves the sum: Com(M; B) = A_0', () => {
    const { sum, blinding } = openSum(engine, threshold, answers.toReversed());
    expect(commitment(decode(sum)[0]!, decode(blinding)[0]!).equals(sums[0]!)).toBe(true);
  });

  it('an answer with any byte changed fails the equation, and does not open the sum', () => {
    const first = answers[0]!;
    for (const part of ['y', 'w'] as const) {
      for (let at = 0; at < 32; at += 3) {
        const changed = first[part].map((byte, i) => (i === at ? byte ^ 1 : byte));
        if (decode(changed)[0]! >= r) continue;
        const wrong = { ...first, [part]: changed };
        expect(accepted(wrong, sums), `${part}, byte ${at}`).toBe(false);
        const { sum, blinding } = openSum(engine, threshold, [wrong, ...answers.slice(1)]);
        expect(commitment(decode(sum)[0]!, decode(blinding)[0]!).equals(sums[0]!)).toBe(false);
      }
    }
  });

  it('without the mask an answer says nothing about the sum, and with another one it is wrong', () => {
    const bare = { value: encode([0n]), blinding: encode([0n]) };
    const { sum } = openSum(engine, threshold, [{ ...answers[0]!, mask: bare }, ...answers.slice(1)]);
    expect(sum).not.toEqual(openSum(engine, threshold, answers).sum);
  });
});

describe('answer', () => {
  it('adds shares and mask mod r, for any scalars', () => {
    const scalar = fc.oneof(fc.bigInt({ min: 0n, max: r - 1n }), fc.constantFrom(0n, 1n, r - 1n));
    fc.assert(
      fc.property(fc.array(fc.tuple(scalar, scalar), { maxLength: 20 }), scalar, scalar, (records, z, blinding) => {
        const { y, w } = answer(encode(records.flat()), { value: encode([z]), blinding: encode([blinding]) });
        expect(decode(y)).toEqual([modR(records.reduce((sum, [s]) => sum + s, z))]);
        expect(decode(w)).toEqual([modR(records.reduce((sum, [, b]) => sum + b, blinding))]);
      }),
    );
  });

  it.each([1, 32, 63, 65, 127])('refuses %i bytes of shares: they are 64 each', (length) => {
    const bare = { value: encode([0n]), blinding: encode([0n]) };
    expect(() => answer(new Uint8Array(length), bare)).toThrow(
      new ArgumentError('shares', new Uint8Array(length), 'a multiple of 64 bytes'),
    );
  });
});

describe('openSum', () => {
  it('refuses the same seat twice', () => {
    const { answers } = queried(2, 3);
    expect(() => openSum(engine, 2, [answers[0]!, answers[0]!])).toThrow('distinct seats');
  });

  it('is exact at the largest sums of many records', () => {
    const many = Array.from({ length: 300 }, (_, k) => [
      MAX_AMOUNT,
      k % 3 === 0 ? MAX_AMOUNT : -MAX_AMOUNT,
      -MAX_AMOUNT,
      BigInt(k),
    ]);
    const { answers } = queried(3, 5, many);
    expect(decodeLanes(openSum(engine, 3, answers.slice(2)).sum, 4)).toEqual(plainSum(many));
  });
});
