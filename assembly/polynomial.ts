// Polynomials over Fr in batches: dealing, shares and interpolation (Shamir 1979; protocol.md section 5). Two records are
// dealt side by side in the lanes of a pair. Evaluation points are small and consecutive, so values and coefficients come
// from differences: additions, and a product only for 1 / j! and for points above 2. Elements are plain here (not in
// Montgomery form) while the constants they are multiplied by are: a · cR / R = a · c.
import { addReduce, mul, ONE, reduce, subReduce, subSubReduce } from '../build/assembly/fr';
import { readPair, readWidePair, startBytes, writePair } from './bytes';
import { mark, POLYNOMIAL_TEMP, release, take } from './memory';
import { INVERSE, INVERSE_FACTORIAL, SMALL, startIntegers } from './integers';

const PAIR: usize = 80;
const SCALAR: usize = 32;
const WIDE: usize = 48;
const PAD: usize = 2 * WIDE;

const T = POLYNOMIAL_TEMP; // pairs
const SUM = T + PAIR;
const NONE = SUM + PAIR; // a scalar of zero

/**
 * Deals n messages (canonical scalars); `pads` holds the seats' keystreams one after the other. Writes per record t
 * coefficients of the values, t of the blindings, and 2(seats - t) + 1 corrections.
 */
export function dealBatch(
  values: usize, blindings: usize, corrections: usize, messages: usize, pads: usize, t: i32, seats: i32, n: i32,
): void {
  startIntegers();
  startBytes();
  const space = mark();
  const pairs = take(PAIR * <usize>(2 * seats + 2 * t));
  const u = pairs; // u and v of each seat by turns
  const y = u + 2 * PAIR * <usize>seats;
  const c = y + PAIR * <usize>t;
  const row = SCALAR * <usize>t;
  const correctionRow = SCALAR * <usize>(2 * (seats - t) + 1);
  for (let k = 0; k < n; k += 2) {
    // the last record of an odd batch fills both lanes
    const first = <usize>k;
    const second = <usize>min(k + 1, n - 1);
    for (let i: usize = 0; i < <usize>seats; i++) {
      const pad = pads + PAD * <usize>n * i;
      readWidePair(u + 2 * PAIR * i, pad + PAD * first, pad + PAD * second);
      readWidePair(u + 2 * PAIR * i + PAIR, pad + PAD * first + WIDE, pad + PAD * second + WIDE);
    }
    const alpha = corrections + correctionRow * first;
    const beta = alpha + SCALAR * <usize>(seats - t + 1);
    const other = corrections + correctionRow * second - alpha;
    // f(0) = m, f(i) = u_i for i = 1..t-1
    readPair(y, messages + SCALAR * first, messages + SCALAR * second);
    reduce(y, y);
    for (let i: usize = 1; i < <usize>t; i++) memory.copy(y + PAIR * i, u + 2 * PAIR * (i - 1), PAIR);
    differences(c, y, t);
    coefficients(values + row * first, values + row * second, c, t, 0);
    extend(alpha, other, y, t, u, t, seats);
    // b(i) = v_i for i = 1..t
    for (let i: usize = 0; i < <usize>t; i++) memory.copy(y + PAIR * i, u + 2 * PAIR * i + PAIR, PAIR);
    differences(c, y, t);
    coefficients(blindings + row * first, blindings + row * second, c, t, 1);
    extend(beta, other, y, t, u + PAIR, t + 1, seats);
  }
  release(space);
}

/**
 * The table of differences of t values y at consecutive points: c_j = forward difference j at the first point; y_(t-1-j)
 * becomes backward difference j at the last.
 */
function differences(c: usize, y: usize, t: i32): void {
  memory.copy(c, y, PAIR);
  for (let level = 1; level < t; level++) {
    const end = y + PAIR * <usize>(t - level);
    for (let at = y; at < end; at += PAIR) subReduce(at, at + PAIR, at);
    memory.copy(c + PAIR * <usize>level, y, PAIR);
  }
}

/**
 * Coefficients, at `a` and `b`, of the polynomial with forward differences c at `first`, first + 1, …: Newton's form
 * sum_j c_j / j! (x - first) … (x - first - j + 1), multiplied out from the inside. Uses c up.
 */
function coefficients(a: usize, b: usize, c: usize, t: i32, first: i32): void {
  for (let j: usize = 2; j < <usize>t; j++) mul(c + PAIR * j, c + PAIR * j, INVERSE_FACTORIAL + PAIR * j);
  for (let k = t - 2; k >= 0; k--) {
    const point = first + k;
    if (point == 0) continue;
    for (let i = k; i < t - 1; i++) {
      const at = c + PAIR * <usize>i;
      if (point == 1) subReduce(at, at, at + PAIR);
      else if (point == 2) subSubReduce(at, at, at + PAIR, at + PAIR);
      else {
        mul(T, at + PAIR, SMALL + PAIR * <usize>point);
        subReduce(at, at, T);
      }
    }
  }
  for (let j: usize = 0; j < <usize>t; j++) writePair(a + SCALAR * j, b + SCALAR * j, c + PAIR * j);
}

/**
 * Corrections of the seats from..to, at `a` and at a + other: the values that continue y, less the pads (2 pairs a seat).
 * y holds backward differences, D_j in y_(t-1-j); the next value comes from D_j += D_(j+1). Uses y up.
 */
function extend(a: usize, other: usize, y: usize, t: i32, pads: usize, from: i32, to: i32): void {
  const last = y + PAIR * <usize>(t - 1);
  for (let seat = from; seat <= to; seat++) {
    for (let at = y + PAIR; at <= last; at += PAIR) addReduce(at, at, at - PAIR);
    subReduce(T, last, pads + 2 * PAIR * <usize>(seat - 1));
    writePair(a, a + other, T);
    a += SCALAR;
  }
}

/** n shares (64 bytes each) from n pads and, where not 0, corrections (canonical): u and v are the lanes. */
export function sharesBatch(out: usize, pads: usize, alpha: usize, beta: usize, n: i32): void {
  startBytes();
  memory.fill(NONE, 0, SCALAR);
  for (let k = 0; k < n; k++) {
    readWidePair(T, pads, pads + WIDE);
    const at = SCALAR * <usize>k;
    readPair(SUM, alpha != 0 ? alpha + at : NONE, beta != 0 ? beta + at : NONE);
    addReduce(T, T, SUM);
    writePair(out, out + SCALAR, T);
    pads += PAD;
    out += 2 * SCALAR;
  }
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

/** o = prod_(j != i) x_j / (x_j - x_i), the weight of seat number i for the value at 0. */
function lagrange(o: usize, seats: usize, t: i32, i: i32): void {
  const x = <i32>load<u8>(seats + i);
  let negative = false;
  memory.copy(o, ONE, PAIR);
  for (let j = 0; j < t; j++) {
    if (j == i) continue;
    const other = <i32>load<u8>(seats + j);
    if (other < x) negative = !negative;
    mul(o, o, SMALL + PAIR * <usize>other);
    mul(o, o, INVERSE + PAIR * <usize>abs(other - x));
  }
  memory.fill(SUM, 0, PAIR);
  if (negative) subReduce(o, SUM, o);
  else reduce(o, o);
}
