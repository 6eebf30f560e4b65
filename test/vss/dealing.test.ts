// Dealing number 1 at several committees: shares against an independent Lagrange, commitments and corrections against
// @noble/curves, verification that finds exactly what was corrupted, reconstruction from every subset of seats.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import {
  type Committee,
  checkCommittee,
  commitmentBytes,
  correctionBytes,
  deal,
  reconstruct,
  shares,
  verify,
} from '../../src/vss/dealing.ts';
import { PAD_BYTES, pads } from '../../src/vss/pads.ts';
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
import { committedShare, dealt, decompressed, padsOf } from './oracle.ts';

const COMMITTEES: [number, number][] = [
  [1, 1],
  [2, 3],
  [3, 5],
  [4, 7],
  [5, 9],
  [7, 7],
];
const engine = await createEngine();
const random = (length: number) => new Uint8Array(randomBytes(length));

/** A dealing of these messages with pads from random channels, and each seat's shares. */
function dealing(threshold: number, seats: number, messages: readonly bigint[]) {
  const committee: Committee = { threshold, seats };
  const position = { ledgerId: 1n, index: 0, nonce: random(16) };
  const keystreams = Array.from({ length: seats }, (_, s) => pads(random(32), position, s + 1, messages.length));
  const result = deal(engine, committee, encode(messages), keystreams);
  const all = keystreams.map((stream, s) => shares(engine, committee, s + 1, stream, result.corrections));
  return { committee, keystreams, ...result, shares: all };
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const out = bytes.slice();
  out[bit >> 3]! ^= 1 << (bit & 7);
  return out;
};

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

  it('is reconstructed by every subset of seats from t on, and by none below', () => {
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

describe('verify', () => {
  const COUNT = 13;
  const dealt13 = dealing(3, 5, randomSource(5).scalars(COUNT));

  it('finds exactly the corrupted records, whichever they are', () => {
    const places = fc.uniqueArray(fc.integer({ min: 0, max: COUNT - 1 }), { maxLength: COUNT });
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 5 }), fc.boolean(), (corrupted, seat, inBlinding) => {
        const mine = dealt13.shares[seat - 1]!.slice();
        for (const k of corrupted) {
          const at = 64 * k + (inBlinding ? 32 : 0);
          mine.set(encode([modR(decode(mine.subarray(at, at + 32))[0]! + 1n)]), at);
        }
        expect(verify(engine, dealt13.committee, seat, mine, dealt13.commitments, random)).toEqual(
          [...corrupted].sort((a, b) => a - b),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('finds errors that cancel in the unweighted sum', () => {
    const mine = dealt13.shares[0]!.slice();
    const [a, b] = decode(mine).filter((_, i) => i === 0 || i === 2);
    mine.set(encode([modR(a! + 1n)]), 0);
    mine.set(encode([modR(b! - 1n)]), 64);
    expect(verify(engine, dealt13.committee, 1, mine, dealt13.commitments, random)).toEqual([0, 1]);
  });

  it('draws fresh weights: 16 bytes a record of each check', () => {
    const asked: number[] = [];
    const mine = flipped(dealt13.shares[1]!.slice(0, 64 * 4), 8 * (64 * 2 + 31));
    const commitments = dealt13.commitments.subarray(0, 96 * 4);
    const bad = verify(engine, dealt13.committee, 2, mine, commitments, (length) => {
      asked.push(length);
      return random(length);
    });
    expect(bad).toEqual([2]);
    expect(asked).toEqual([64, 32, 32, 16, 16]);
  });

  it('catches any bit flipped in corrections, commitments or pads', () => {
    const one = dealing(2, 3, [123n]);
    const seat = 3;
    const check = (stream: Uint8Array, corrections: Uint8Array, commitments: Uint8Array): number[] => {
      const mine = shares(engine, one.committee, seat, stream, corrections);
      return verify(engine, one.committee, seat, mine, commitments, random);
    };
    const caught = (tampered: () => number[]): boolean => {
      try {
        return tampered().length === 1;
      } catch (error) {
        if (error instanceof EncodingError) return true;
        throw error;
      }
    };
    const [stream, corrections, commitments] = [one.keystreams[seat - 1]!, one.corrections, one.commitments];
    expect(check(stream, corrections, commitments)).toEqual([]);
    // Of α_2, α_3, β_3 seat 3 uses the last two.
    for (let bit = 256; bit < 768; bit++) {
      expect(
        caught(() => check(stream, flipped(corrections, bit), commitments)),
        `correction bit ${bit}`,
      ).toBe(true);
    }
    for (let bit = 0; bit < 256; bit++) {
      expect(check(stream, flipped(corrections, bit), commitments), `correction of another seat, bit ${bit}`).toEqual(
        [],
      );
    }
    for (let bit = 0; bit < 8 * commitments.length; bit++) {
      expect(
        caught(() => check(stream, corrections, flipped(commitments, bit))),
        `commitment bit ${bit}`,
      ).toBe(true);
    }
    for (let bit = 0; bit < 8 * PAD_BYTES; bit += 5) {
      expect(
        caught(() => check(flipped(stream, bit), corrections, commitments)),
        `pad bit ${bit}`,
      ).toBe(true);
    }
  });

  it('names a record whose commitment is no point, and those alone', () => {
    const commitments = dealt13.commitments.slice();
    const notOnCurve = 4n; // 4³ + 3 = 67 is no square mod p
    expect(Point.Fp.sqrt.bind(null, 67n)).toThrow();
    commitments.set(encode([notOnCurve]), 96 * 4 + 32);
    commitments.set(encode([Point.Fp.ORDER]), 96 * 9);
    for (const seat of [1, 5]) {
      expect(verify(engine, dealt13.committee, seat, dealt13.shares[seat - 1]!, commitments, random)).toEqual([4, 9]);
    }
  });

  it('refuses commitments of another number of records', () => {
    expect(() =>
      verify(engine, dealt13.committee, 1, dealt13.shares[0]!, dealt13.commitments.subarray(96), random),
    ).toThrow(new ArgumentError('commitments', dealt13.commitments.subarray(96), `${96 * COUNT} bytes`));
    expect(verify(engine, dealt13.committee, 1, new Uint8Array(0), new Uint8Array(0), random)).toEqual([]);
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
