// Values of polynomials over Fr at seats from their coefficients (Horner), and at 0 from their values at distinct seats (Lagrange),
// two polynomials in the lanes of a pair. Values and coefficients are plain here (not in Montgomery form) while seats and
// weights are not: a · cR / R = a · c.
import { addReduce, mul, ONE, reduce, subReduce } from '../../build/assembly/fr';
import { readPair, writePair } from '../field/bytes';
import { NUMBER, PAIR } from '../field/layout';
import { INTERPOLATION_END, INTERPOLATION_TEMP, mark, release, take } from '../memory';
import { INVERSE, SMALL, startIntegers } from '../field/integers';

const SCALAR: usize = NUMBER;

const T = INTERPOLATION_TEMP; // pairs
const SUM = T + PAIR;
if (SUM + PAIR > INTERPOLATION_END) ERROR('working storage');

/** Values (32 bytes each) at s seats (a byte each) of n polynomials from their t coefficients (canonical), the constant one first. */
export function evaluateBatch(out: usize, seats: usize, s: i32, coefficients: usize, t: i32, n: i32): void {
  startIntegers();
  const space = mark();
  const pairs = take(PAIR * <usize>t);
  for (let k = 0; k < n; k += 2) {
    const first = <usize>k;
    const second = <usize>min(k + 1, n - 1);
    for (let j: usize = 0; j < <usize>t; j++) {
      readPair(pairs + PAIR * j, coefficients + SCALAR * (first * t + j), coefficients + SCALAR * (second * t + j));
    }
    for (let i: usize = 0; i < <usize>s; i++) {
      const x = SMALL + PAIR * <usize>load<u8>(seats + i);
      memory.fill(SUM, 0, PAIR);
      for (let j = t - 1; j >= 0; j--) {
        mul(SUM, SUM, x);
        addReduce(SUM, SUM, pairs + PAIR * <usize>j);
      }
      writePair(out + SCALAR * (first * s + i), out + SCALAR * (second * s + i), SUM);
    }
  }
  release(space);
}

/** Values at 0 (32 bytes each) of n polynomials from their values (canonical) at t distinct seats (a byte each). */
export function interpolateBatch(out: usize, seats: usize, t: i32, values: usize, n: i32): void {
  startIntegers();
  const space = mark();
  const weights = take(PAIR * <usize>t);
  for (let i: usize = 0; i < <usize>t; i++) lagrange(weights + PAIR * i, seats, t, <i32>i);
  for (let k = 0; k < n; k += 2) {
    const first = <usize>k * <usize>t;
    const second = <usize>min(k + 1, n - 1) * <usize>t;
    memory.fill(SUM, 0, PAIR);
    for (let i: usize = 0; i < <usize>t; i++) {
      readPair(T, values + SCALAR * (first + i), values + SCALAR * (second + i));
      mul(T, T, weights + PAIR * i);
      addReduce(SUM, SUM, T);
    }
    writePair(out + SCALAR * <usize>k, out + SCALAR * <usize>min(k + 1, n - 1), SUM);
  }
  release(space);
}

/** o = prod_(j !== i) x_j / (x_j - x_i), the weight of seat number i for the value at 0. */
function lagrange(o: usize, seats: usize, t: i32, i: i32): void {
  const x = <i32>load<u8>(seats + i);
  let negative = false;
  memory.copy(o, ONE, PAIR);
  for (let j = 0; j < t; j++) {
    if (j === i) continue;
    const other = <i32>load<u8>(seats + j);
    if (other < x) negative = !negative;
    mul(o, o, SMALL + PAIR * <usize>other);
    mul(o, o, INVERSE + PAIR * <usize>abs(other - x));
  }
  memory.fill(SUM, 0, PAIR);
  if (negative) subReduce(o, SUM, o);
  else reduce(o, o);
}
