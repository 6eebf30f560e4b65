// The reduction of wide scalars (48 bytes) mod r at the limits of the engines' digits (51 bits relaxed, 29 and 32 scalar),
// which random bytes never reach. In a committee of one there is one keystream, and its weight is 1.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.ts';
import * as oracle from '../oracle.ts';
import { Case, horner } from './dealing-oracle.ts';

const { decode, encode, modR, r } = oracle;
const TOP = 2n ** 384n - 1n;

const digits = (bits: bigint): fc.Arbitrary<bigint> => {
  const whole = 2n ** bits - 1n;
  const digit = fc.constantFrom(0n, 1n, whole, whole - 1n, (whole + 1n) / 2n, (whole - 1n) / 2n, whole / 3n);
  const count = Number(384n / bits) + 1;
  return fc
    .array(digit, { minLength: count, maxLength: count })
    .map((list) => list.reduce((sum, d) => (sum << bits) | d, 0n) & TOP);
};

/** Next to a multiple of r, or half way between two, for quotients of every length. */
const nearMultiple = fc
  .tuple(fc.bigInt(0n, TOP / r), fc.integer({ min: 0, max: 130 }), fc.bigInt(-3n, 3n), fc.boolean())
  .map(([quotient, shift, offset, half]) => (quotient >> BigInt(shift)) * r + (half ? r / 2n : 0n) + offset)
  .filter((x) => x >= 0n && x <= TOP);

const wide = fc.oneof(digits(51n), digits(29n), digits(32n), digits(64n), nearMultiple, fc.bigInt(0n, TOP));
const correction = fc.oneof(fc.constantFrom(...oracle.extremeScalars), fc.bigInt(0n, r - 1n));

describe.each(engines)('wide scalars of the $name engine', (engine) => {
  test('in a committee of one a share is R + δ mod r and R′ mod r', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wide, wide, correction), { minLength: 1, maxLength: 9 }), (rows) => {
        const stream = encode(
          rows.flatMap((row) => row.slice(0, 2)),
          48,
        );
        const shares = (corrections: bigint[]) => decode(engine.shares(1, [stream], encode(corrections), 1, 1));
        expect(shares(rows.map(() => 0n))).toEqual(rows.flatMap(([u, v]) => [u % r, v % r]));
        expect(shares(rows.map(([, , a]) => a))).toEqual(rows.flatMap(([u, v, a]) => [modR(u + a), v % r]));
      }),
      { numRuns: 1500 },
    );
  });

  test('dealing keeps its equations: f(0) = m, and f and b are the sums of their parts at every seat', () => {
    fc.assert(
      fc.property(fc.array(wide, { minLength: 12, maxLength: 12 }), correction, correction, (list, first, second) => {
        let next = 0;
        const input = new Case(3, 3, [first, second], () => list[next++]!);
        const { values, blindings, corrections } = engine.deal(encode(input.messages), input.keystreams(), 3, 3);
        expect(decode(corrections)).toEqual([0, 1].map((k) => input.correction(k)));
        for (const k of [0, 1]) {
          const [f, b] = [values, blindings].map((all) => decode(all).slice(3 * k, 3 * k + 3));
          expect(horner(f!, 0)).toBe(input.messages[k]);
          for (const x of [1, 2, 3]) {
            expect(horner(f!, x)).toBe(modR(input.sum(k, 0, x) + input.correction(k)));
            expect(horner(b!, x)).toBe(input.sum(k, 1, x));
          }
        }
      }),
      { numRuns: 600 },
    );
  });
});
