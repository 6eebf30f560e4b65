// A seat's verification of a batch: it finds exactly the records that were corrupted, whatever was changed in them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAD_BYTES } from '../../src/engine/sizes.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { shares, verify } from '../../src/vss/dealing.ts';
import { decode, encode, modR, Point, randomSource } from '../engine/oracle.ts';
import { dealing, engine, random } from './dealings.ts';

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const out = bytes.slice();
  out[bit >> 3]! ^= 1 << (bit & 7);
  return out;
};

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

  it('names the records whose commitments are not points, and no others', () => {
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
