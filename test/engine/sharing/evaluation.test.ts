// Values of polynomials at seats, of every engine: against Horner's rule on BigInt, at every size around a piece, and back
// through interpolation.
import { describe, expect, test } from 'vitest';
import { engines, reference } from '../engines.ts';
import * as oracle from '../oracle.ts';
import { horner, seatsOf } from './dealing-oracle.ts';

const { decode, encode } = oracle;
const wasm = engines.filter((engine) => engine !== reference);

describe.each(engines)('values of the $name engine', (engine) => {
  test('at any seats in any order, with extreme coefficients', () => {
    const random = oracle.randomSource(5);
    for (let run = 0; run < 60; run++) {
      const t = 1 + random.integer(9);
      const seats = [...new Set(Array.from({ length: 1 + random.integer(9) }, () => 1 + random.integer(255)))];
      const extreme = () => oracle.extremeScalars[random.integer(oracle.extremeScalars.length)]!;
      const draw = run % 2 === 0 ? random.scalar : extreme;
      const polynomials = Array.from({ length: run % 5 }, () => Array.from({ length: t }, draw));
      const expected = polynomials.flatMap((f) => seats.map((seat) => horner(f, seat)));
      expect(decode(engine.evaluate(seats, encode(polynomials.flat()), t)), `seats ${seats}`).toEqual(expected);
    }
  });

  test.each([
    [1, 255],
    [128, 255],
    [255, 255],
    [255, 1],
  ])('%i coefficients at %i seats, and back', (t, n) => {
    const random = oracle.randomSource(t + n);
    const polynomials = [random.scalars(t), random.scalars(t), new Array<bigint>(t).fill(oracle.r - 1n)];
    const values = decode(engine.evaluate(seatsOf(n), encode(polynomials.flat()), t));
    expect(values).toEqual(polynomials.flatMap((f) => seatsOf(n).map((seat) => horner(f, seat))));
    if (n < t) return;
    const used = polynomials.flatMap((_, k) => values.slice(n * k + n - t, n * (k + 1)));
    const seats = seatsOf(n).slice(n - t);
    expect(decode(engine.interpolate(seats, encode(used)))).toEqual(polynomials.map((f) => f[0]));
  });
});

test.each(wasm)('batches of the $name engine around a piece, which is 8192 values', (engine) => {
  const random = oracle.randomSource(6);
  for (const [t, n] of [
    [3, 5],
    [5, 3],
  ] as const) {
    for (const count of [1638, 1639, 1640, 3279]) {
      const coefficients = encode(random.scalars(t * count));
      const got = engine.evaluate(seatsOf(n), coefficients, t);
      expect(oracle.hex(got) === oracle.hex(reference.evaluate(seatsOf(n), coefficients, t)), `${count}`).toBe(true);
    }
  }
});
