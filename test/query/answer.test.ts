// Answers and the sum: the contract's equation holds for each honest answer and for no other; every subset of answers from
// the threshold on opens the sum of plain BigInts over runs of any shape, and none below; a wrong answer or mask does not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError } from '../../src/errors.ts';
import { answer, openSum, type SeatAnswer, shareOfSum } from '../../src/query/answer.ts';
import { makeMasks, maskOf, maskPad, opensAt } from '../../src/query/masks.ts';
import { addEdges, noPoints } from '../../src/query/sums.ts';
import { MAX_AMOUNT } from '../../src/records/amounts.ts';
import { decodeLanes, encodeLanes, MAX_TOTAL } from '../../src/records/lanes.ts';
import { subsetsOf } from '../../src/sharing/committee.ts';
import { deal, shares } from '../../src/vss/dealing.ts';
import { keysOf } from '../../src/vss/subset-keys.ts';
import {
  commitment,
  decode,
  encode,
  join,
  modR,
  type OraclePoint,
  Point,
  r,
  randomSource,
  times,
} from '../engine/oracle.ts';

const engine = await createEngine();
/** Totals at the edges, with their signs. */
const EDGES: { sign: 1 | -1; total: bigint[] }[] = [
  { sign: 1, total: [5n, -9n] },
  { sign: -1, total: [MAX_TOTAL - 10n * MAX_AMOUNT, -MAX_TOTAL + MAX_AMOUNT] },
  { sign: 1, total: [MAX_TOTAL, -MAX_TOTAL] },
  { sign: 1, total: [0n, 0n] },
];
const sumOf = (edges: typeof EDGES) =>
  edges[0]!.total.map((_, lane) => edges.reduce((sum, { sign, total }) => sum + BigInt(sign) * total[lane]!, 0n));

/** The edges dealt, S_j as the contract seals them, and the answers of all seats. */
function queried(threshold: number, seats: number, edges = EDGES) {
  const { bytes } = randomSource(100 * threshold + seats);
  const committee = { threshold, seats };
  const position = { index: 1, nonce: bytes(16), contents: bytes(32) };
  const keys = bytes(32 * subsetsOf(committee).length);
  const dealt = deal(engine, committee, join(...edges.map(({ total }) => encodeLanes(total))), keys, position);
  const withPoints = edges.map(({ sign }, k) => {
    const size = 32 * threshold;
    return { sign, commitments: dealt.commitments.subarray(size * k, size * (k + 1)) };
  });
  const use = { queryId: bytes(32), committee: bytes(32) };
  const pads = Array.from({ length: seats }, (_, s) => maskPad(bytes(32), use, s + 1));
  const masks = makeMasks(engine, threshold, pads);
  const answers = pads.map((pad, s): SeatAnswer => {
    const own = shares(engine, committee, s + 1, keysOf(committee, s + 1, keys), position, dealt.corrections);
    return { seat: s + 1, ...answer(shareOfSum(edges, own), maskOf(threshold, s + 1, pad, masks.corrections)) };
  });
  const sealed = addEdges(engine, masks.commitments, withPoints);
  const committed = addEdges(engine, noPoints(threshold), withPoints);
  const blinding = modR(edges.reduce((sum, { sign }, k) => sum + BigInt(sign) * decode(dealt.openings)[k]!, 0n));
  return { answers, sealed, committed, masks, blinding };
}

const oraclePoints = (bytes: Uint8Array): OraclePoint[] =>
  Array.from({ length: bytes.length / 64 }, (_, j) => {
    const [x, y] = decode(bytes.subarray(64 * j, 64 * j + 64));
    return x === 0n && y === 0n ? Point.ZERO : Point.fromAffine({ x: x!, y: y! });
  });

/** What the contract checks: y·G + w·H = Σ_j seat^j·S_j, by noble. */
function accepted({ seat, y, w }: SeatAnswer, sealed: Uint8Array): boolean {
  const right = oraclePoints(sealed).reduceRight((sum, point) => times(sum, BigInt(seat)).add(point), Point.ZERO);
  return commitment(decode(y)[0]!, decode(w)[0]!).equals(right);
}

describe.each([
  [1, 1],
  [1, 3],
  [2, 3],
  [3, 5],
  [4, 7],
  [5, 6],
])('(%i, %i)', (threshold, seats) => {
  const { answers, sealed, committed, masks, blinding } = queried(threshold, seats);

  it('every answer satisfies the equation of the contract', () => {
    expect(answers.filter((one) => !accepted(one, sealed))).toEqual([]);
    for (const { seat, y, w } of answers) {
      expect(opensAt(engine, seat, { value: y, blinding: w }, sealed)).toBe(true);
    }
  });

  it('every subset of at least t answers opens the exact sum; a smaller one none', () => {
    for (let set = 0; set < 2 ** seats; set++) {
      const given = answers.filter((_, i) => (set >> i) & 1);
      if (given.length < threshold) {
        expect(() => openSum(engine, threshold, given, masks.atZero)).toThrow(
          new ArgumentError('number of answers', given.length, `at least the threshold, ${threshold}`),
        );
        continue;
      }
      const opened = openSum(engine, threshold, given, masks.atZero);
      expect(decodeLanes(opened.sum, 2)).toEqual(sumOf(EDGES));
      expect(decode(opened.blinding)).toEqual([blinding]);
    }
  });

  it('the opening proves the sum: Com(M; B) = Σ ± C_0', () => {
    const { sum, blinding } = openSum(engine, threshold, answers.toReversed(), masks.atZero);
    expect(commitment(decode(sum)[0]!, decode(blinding)[0]!).equals(oraclePoints(committed)[0]!)).toBe(true);
  });

  it('an answer with any byte changed fails the equation, and does not open the sum', () => {
    const first = answers[0]!;
    for (const part of ['y', 'w'] as const) {
      for (let at = 0; at < 32; at += 3) {
        const changed = first[part].map((byte, i) => (i === at ? byte ^ 1 : byte));
        if (decode(changed)[0]! >= r) continue;
        const wrong = { ...first, [part]: changed };
        expect(accepted(wrong, sealed), `${part}, byte ${at}`).toBe(false);
        const { sum, blinding } = openSum(engine, threshold, [wrong, ...answers.slice(1)], masks.atZero);
        expect(commitment(decode(sum)[0]!, decode(blinding)[0]!).equals(oraclePoints(committed)[0]!)).toBe(false);
      }
    }
  });

  it('without the mask, or with another, the answers say nothing about the sum', () => {
    const bare = { value: encode([0n]), blinding: encode([0n]) };
    const { sum } = openSum(engine, threshold, answers, masks.atZero);
    expect(openSum(engine, threshold, answers, bare).sum).not.toEqual(sum);
  });
});

describe('a share of the sum', () => {
  it('adds and subtracts shares mod r, for any scalars', () => {
    const scalar = fc.oneof(fc.bigInt({ min: 0n, max: r - 1n }), fc.constantFrom(0n, 1n, r - 1n));
    const sign = fc.constantFrom<1 | -1>(1, -1);
    fc.assert(
      fc.property(fc.array(fc.tuple(sign, scalar, scalar), { maxLength: 20 }), (records) => {
        const edges = records.map(([sign]) => ({ sign }));
        const { value, blinding } = shareOfSum(edges, encode(records.flatMap(([, s, b]) => [s, b])));
        expect(decode(value)).toEqual([modR(records.reduce((sum, [sign, s]) => sum + BigInt(sign) * s, 0n))]);
        expect(decode(blinding)).toEqual([modR(records.reduce((sum, [sign, , b]) => sum + BigInt(sign) * b, 0n))]);
      }),
    );
  });

  it.each([0, 63, 65, 128])('refuses %i bytes for one edge', (length) => {
    expect(() => shareOfSum([{ sign: 1 }], new Uint8Array(length))).toThrow(/shares is \d+ bytes; it must be 64 bytes/);
  });
});

describe('sums of commitments', () => {
  it('refuse commitments of another number than the start', () => {
    expect(() => addEdges(engine, noPoints(3), [{ sign: 1, commitments: new Uint8Array(64) }])).toThrow(/commitments/);
  });
  it('leave infinity as it is, and take a point off itself', () => {
    const point = engine.commit(encode([5n]), encode([7n]));
    const edges = [
      { sign: 1 as const, commitments: point },
      { sign: -1 as const, commitments: point },
    ];
    expect(addEdges(engine, noPoints(1), edges)).toEqual(noPoints(1));
    expect(addEdges(engine, noPoints(1), [{ sign: -1, commitments: new Uint8Array(32) }])).toEqual(noPoints(1));
  });
});

describe('openSum', () => {
  it('refuses the same seat twice', () => {
    const { answers, masks } = queried(2, 3);
    expect(() => openSum(engine, 2, [answers[0]!, answers[0]!], masks.atZero)).toThrow('distinct seats');
  });
});
