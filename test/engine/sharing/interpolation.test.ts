// Interpolation of every engine: the values at 0 of known polynomials, from any seats in any order.
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.ts';
import * as oracle from '../oracle.ts';
import { horner } from './dealing-oracle.ts';

const { decode, encode } = oracle;

describe.each(engines)('interpolation of the $name engine', (engine) => {
  test('from any seats in any order, and at extreme values', () => {
    const random = oracle.randomSource(3);
    for (let run = 0; run < 40; run++) {
      const t = 1 + random.integer(12);
      const seats = [...new Set(Array.from({ length: t }, () => 1 + random.integer(255)))];
      const extreme = () => oracle.extremeScalars[random.integer(oracle.extremeScalars.length)]!;
      const draw = run % 2 === 0 ? random.scalar : extreme;
      const polynomials = Array.from({ length: run % 5 }, () => seats.map(draw));
      const values = polynomials.flatMap((f) => seats.map((seat) => horner(f, seat)));
      expect(decode(engine.interpolate(seats, encode(values))), `seats ${seats}`).toEqual(polynomials.map((f) => f[0]));
    }
  });

  test.each([127, 254, 255])('from %i seats, the last ones and, in reverse, the first', (t) => {
    const random = oracle.randomSource(t);
    const polynomials = [random.scalars(t), random.scalars(t), random.scalars(t)];
    const last = Array.from({ length: t }, (_, i) => 255 - t + 1 + i);
    const first = Array.from({ length: t }, (_, i) => t - i);
    for (const seats of [last, first]) {
      const values = polynomials.flatMap((f) => seats.map((seat) => horner(f, seat)));
      expect(decode(engine.interpolate(seats, encode(values)))).toEqual(polynomials.map((f) => f[0]));
    }
  });
});
