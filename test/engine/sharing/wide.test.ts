// The reduction of 48-byte pads mod r at the limits of the engines' digits (51 bits relaxed, 29 scalar), which random
// bytes never reach. A share without corrections is the pad mod r, and one with a correction the sum.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.ts';
import * as oracle from '../oracle.ts';

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

const wide = fc.oneof(digits(51n), digits(29n), digits(64n), nearMultiple, fc.bigInt(0n, TOP));
const correction = fc.option(fc.oneof(fc.constantFrom(...oracle.extremeScalars), fc.bigInt(0n, r - 1n)), { nil: 0n });

describe.each(engines)('wide scalars of the $name engine', (engine) => {
  test('pad mod r, and pad + correction mod r', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wide, wide, correction, correction), { minLength: 1, maxLength: 9 }), (rows) => {
        const pads = encode(
          rows.flatMap((row) => row.slice(0, 2)),
          48,
        );
        const alone = rows.flatMap(([u, v]) => [u % r, v % r]);
        expect(decode(engine.shares(pads, null, null))).toEqual(alone);
        const [alpha, beta] = [rows.map(([, , a]) => a), rows.map(([, , , b]) => b)];
        const corrected = rows.flatMap(([u, v, a, b]) => [modR(u + a), modR(v + b)]);
        expect(decode(engine.shares(pads, encode(alpha), encode(beta)))).toEqual(corrected);
      }),
      { numRuns: 1500 },
    );
  });

  test('dealing with such pads keeps its equations: f(0) = m, f(1) = u_1, f(2) = u_2, and seat 3 corrected', () => {
    fc.assert(
      fc.property(fc.array(wide, { minLength: 12, maxLength: 12 }), correction, correction, (list, first, second) => {
        const pads = [0, 4, 8].map((at) => encode(list.slice(at, at + 4), 48)); // two records
        const messages = [first, second];
        const { values, corrections } = engine.deal(3, 3, encode(messages), pads);
        for (const k of [0, 1]) {
          const f = decode(values).slice(3 * k, 3 * k + 3);
          const at = (x: bigint) => modR(f[0]! + f[1]! * x + f[2]! * x * x);
          const u = [0, 4, 8].map((seat) => list[seat + 2 * k]! % r);
          expect([at(0n), at(1n), at(2n)]).toEqual([messages[k], u[0], u[1]]);
          expect(modR(u[2]! + decode(corrections)[k]!)).toBe(at(3n));
        }
      }),
      { numRuns: 600 },
    );
  });
});
