// Dealing number 1 at several committees: shares against an independent Lagrange, commitments and corrections against
// @noble/curves, reconstruction from every subset of seats. Verification of corrupted batches: verify.test.ts.
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import {
  checkCommittee,
  commitmentBytes,
  correctionBytes,
  deal,
  reconstruct,
  shares,
  verify,
} from '../../src/vss/dealing.ts';
import {
  commitment,
  compressed,
  decode,
  encode,
  extremeScalars,
  modR,
  Point,
  r,
  randomSource,
} from '../engine/oracle.ts';
import { dealing, engine, random } from './dealings.ts';
import { committedShare, dealt, decompressed, padsOf } from './oracle.ts';

const COMMITTEES: [number, number][] = [
  [1, 1],
  [2, 3],
  [3, 5],
  [4, 7],
  [5, 9],
  [7, 7],
];
/** All subsets of 0..n−1, the empty one too. */
const subsets = (n: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, mask) => Array.from({ length: n }, (_, i) => i).filter((i) => (mask >> i) & 1));

describe.each(COMMITTEES)('(%i, %i)', (threshold, seats) => {
  const messages = [0n, 1n, r - 1n, 21_910_81n + (16_355n << 62n), ...randomSource(seats).scalars(2)];
  const dealt6 = dealing(threshold, seats, messages);
  const { committee } = dealt6;

  it('has the shares of an independent Lagrange interpolation', () => {
    messages.forEach((message, k) => {
      const expected = dealt(
        threshold,
        seats,
        message,
        dealt6.keystreams.map((stream) => padsOf(stream, k)),
      );
      dealt6.shares.forEach((mine, s) => {
        const [value, blinding] = decode(mine.subarray(64 * k, 64 * (k + 1)));
        expect({ seat: s + 1, value, blinding }).toEqual(expected[s]);
      });
    });
  });

  it('has corrections that are share − pad, for the seats t..n and t+1..n', () => {
    expect(dealt6.corrections.length).toBe(32 * (2 * seats - 2 * threshold + 1) * messages.length);
    const expected = messages.flatMap((message, k) => {
      const own = dealt6.keystreams.map((stream) => padsOf(stream, k));
      const all = dealt(threshold, seats, message, own);
      const alphas = all.slice(threshold - 1).map(({ seat, value }) => modR(value - own[seat - 1]!.u));
      const betas = all.slice(threshold).map(({ seat, blinding }) => modR(blinding - own[seat - 1]!.v));
      return [...alphas, ...betas];
    });
    expect(decode(dealt6.corrections)).toEqual(expected);
  });

  it("has commitments to every seat's share, and openings of the first", () => {
    expect(dealt6.commitments.length).toBe(32 * threshold * messages.length);
    messages.forEach((message, k) => {
      const points = decompressed(
        dealt6.commitments.subarray(commitmentBytes(committee) * k, commitmentBytes(committee) * (k + 1)),
      );
      const [opening] = decode(dealt6.openings.subarray(32 * k, 32 * k + 32));
      expect(points[0]!.equals(commitment(message, opening!)), `C_0 of record ${k}`).toBe(true);
      for (const [s, mine] of dealt6.shares.entries()) {
        const [value, blinding] = decode(mine.subarray(64 * k, 64 * (k + 1)));
        expect(committedShare(points, s + 1).equals(commitment(value!, blinding!)), `record ${k}, seat ${s + 1}`).toBe(
          true,
        );
      }
    });
  });

  it('is verified by every seat', () => {
    dealt6.shares.forEach((mine, s) => {
      expect(verify(engine, committee, s + 1, mine, dealt6.commitments, random)).toEqual([]);
    });
  });

  it('is not verified with the shares of another seat', () => {
    if (seats === 1) return;
    const [first, second] = dealt6.shares;
    const all = messages.map((_, k) => k);
    // At t = 1 the commitment is to a constant: all seats have the same share.
    expect(verify(engine, committee, 1, second!, dealt6.commitments, random)).toEqual(threshold === 1 ? [] : all);
    expect(verify(engine, committee, 2, first!, dealt6.commitments, random)).toEqual(threshold === 1 ? [] : all);
  });

  it('is reconstructed by every subset of at least t seats, and by no smaller one', () => {
    for (const subset of subsets(seats)) {
      const given = subset.map((s) => ({ seat: s + 1, shares: dealt6.shares[s]! }));
      if (subset.length < threshold) {
        expect(() => reconstruct(engine, threshold, given)).toThrow(
          new ArgumentError('number of shares', subset.length, `at least the threshold, ${threshold}`),
        );
      } else {
        const { messages: found, openings } = reconstruct(engine, threshold, given);
        expect(decode(found), `seats ${subset.map((s) => s + 1)}`).toEqual(messages);
        expect(openings).toEqual(dealt6.openings);
      }
    }
  });

  it('has polynomials of full degree: t − 1 seats interpolate to something else', () => {
    if (threshold === 1) return;
    const few = dealt6.shares.slice(0, threshold - 1).map((mine, s) => ({ seat: s + 1, shares: mine }));
    const wrong = reconstruct(engine, threshold - 1, few);
    decode(wrong.messages).forEach((message, k) => {
      expect(message).not.toBe(messages[k]);
    });
    expect(wrong.openings).not.toEqual(dealt6.openings);
  });
});

describe('messages at the edges', () => {
  it('all come back', () => {
    const { committee, shares: all, openings } = dealing(2, 3, extremeScalars);
    const found = reconstruct(
      engine,
      committee.threshold,
      [3, 1].map((seat) => ({ seat, shares: all[seat - 1]! })),
    );
    expect(decode(found.messages)).toEqual(extremeScalars);
    expect(found.openings).toEqual(openings);
  });

  it('none at all gives nothing', () => {
    const none = dealing(3, 5, []);
    expect([none.commitments.length, none.corrections.length, none.openings.length]).toEqual([0, 0, 0]);
  });

  it('a commitment to the pair (0, 0) is infinity, and is verified', () => {
    // (1, 1) with a zero pad: the only dealing whose blinding can be chosen through the pads.
    const committee = { threshold: 1, seats: 1 };
    const stream = new Uint8Array(96);
    const { commitments, corrections } = deal(engine, committee, encode([0n]), [stream]);
    expect(commitments).toEqual(compressed([Point.ZERO]));
    const mine = shares(engine, committee, 1, stream, corrections);
    expect(verify(engine, committee, 1, mine, commitments, random)).toEqual([]);
    expect(verify(engine, committee, 1, encode([1n, 0n]), commitments, random)).toEqual([0]);
  });

  it('a message that is no scalar is refused, and not quoted', () => {
    const bad = encode([1n, r]);
    expect(() => deal(engine, { threshold: 1, seats: 1 }, bad, [new Uint8Array(192)])).toThrow(
      'messages: element 1 is not a canonical scalar (below r)',
    );
  });
});

describe('committees', () => {
  it.each([
    [0, 1],
    [2, 1],
    [1, 0],
    [1, 256],
    [1.5, 2],
    [-1, 5],
    [256, 256],
    [Number.NaN, 1],
  ])('(%d, %d) is refused', (threshold, seats) => {
    expect(() => checkCommittee({ threshold, seats })).toThrow(ArgumentError);
    expect(() => deal(engine, { threshold, seats }, new Uint8Array(0), [])).toThrow(ArgumentError);
  });

  it('(255, 255) and (1, 255) are allowed', () => {
    checkCommittee({ threshold: 255, seats: 255 });
    checkCommittee({ threshold: 1, seats: 255 });
    expect(correctionBytes({ threshold: 255, seats: 255 })).toBe(32);
    expect(correctionBytes({ threshold: 1, seats: 255 })).toBe(32 * 509);
  });

  it.each([0, 4, 1.5])('a seat %d outside 1..n has no shares', (seat) => {
    expect(() => shares(engine, { threshold: 2, seats: 3 }, seat, new Uint8Array(96), new Uint8Array(96))).toThrow(
      `seat is ${seat}; it must be an integer from 1 to 3`,
    );
  });

  it('reconstruction refuses the same seat twice', () => {
    const { shares: all } = dealing(2, 3, [1n]);
    const twice = [1, 1].map((seat) => ({ seat, shares: all[0]! }));
    expect(() => reconstruct(engine, 2, twice)).toThrow(ArgumentError);
  });

  it('reconstruction refuses shares of different numbers of records', () => {
    const { shares: all } = dealing(2, 3, [1n, 2n]);
    const uneven = [
      { seat: 1, shares: all[0]! },
      { seat: 2, shares: all[1]!.subarray(0, 64) },
    ];
    expect(() => reconstruct(engine, 2, uneven)).toThrow(ArgumentError);
    expect(() => reconstruct(engine, 2, uneven.toReversed())).toThrow(ArgumentError);
  });
});
