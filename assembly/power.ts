// Powers with fixed exponents and the inverse in Fp, for pairs. A program is bytes (squarings, odd power), as written by
// assembly/generate/curve.mjs. Time does not depend on the base.
import { INVERSE, INVERSE_STEPS, SQRT, SQRT_STEPS } from '../build/assembly/constants';
import { mul, sqr } from '../build/assembly/fp';
import { POWER_TEMP } from './memory';

const PAIR: usize = 80;
const MAX_PAIRS: i32 = 2;

/** o_i = a_i ^ exponent for `pairs` (at most 2) pairs in a row; two at once keep the processor's units busy. a: reduced or product; o: product. */
function power(o: usize, a: usize, pairs: i32, program: usize, steps: i32): void {
  // odd powers a, a^3 .. a^31 of each pair: 16 pairs each
  const square = POWER_TEMP + 32 * PAIR;
  for (let i = 0; i < pairs; i++) {
    const odd = POWER_TEMP + <usize>i * 16 * PAIR;
    sqr(square + <usize>i * PAIR, a + <usize>i * PAIR);
    memory.copy(odd, a + <usize>i * PAIR, PAIR);
  }
  for (let k: usize = 1; k < 16; k++) {
    for (let i = 0; i < pairs; i++) {
      const odd = POWER_TEMP + (<usize>i * 16 + k) * PAIR;
      mul(odd, odd - PAIR, square + <usize>i * PAIR);
    }
  }
  const first = <usize>(load<u8>(program, 1) >> 1) * PAIR;
  for (let i = 0; i < pairs; i++) memory.copy(o + <usize>i * PAIR, POWER_TEMP + <usize>i * 16 * PAIR + first, PAIR);
  for (let step = 1; step < steps; step++) {
    const squarings = <i32>load<u8>(program + 2 * step);
    const power = load<u8>(program + 2 * step, 1);
    for (let j = 0; j < squarings; j++) {
      sqr(o, o);
      if (pairs == MAX_PAIRS) sqr(o + PAIR, o + PAIR);
    }
    if (power == 0) continue;
    for (let i = 0; i < pairs; i++) {
      const at = o + <usize>i * PAIR;
      mul(at, at, POWER_TEMP + (<usize>i * 16 + <usize>(power >> 1)) * PAIR);
    }
  }
}

/** The square roots of two pairs, where they are squares: a^((p + 1) / 4). */
export function squareRoots(o: usize, a: usize): void {
  power(o, a, 2, SQRT, SQRT_STEPS);
}

/** The inverses of a pair; 0 of 0. */
export function inverse(o: usize, a: usize): void {
  power(o, a, 1, INVERSE, INVERSE_STEPS);
}
