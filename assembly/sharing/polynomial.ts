// Polynomials over Fr in batches: dealing, shares and interpolation (Shamir 1979; docs/protocol.md, "Batch"). Two records are
// dealt side by side in the lanes of a pair. Evaluation points are small and consecutive, so values and coefficients come
// from differences: additions, and a product only for 1 / j! and for points above 2. Elements are plain here (not in
// Montgomery form) while the constants they are multiplied by are: a · cR / R = a · c.
import { addReduce, halve, mul, ONE, reduce, subReduce, subSubReduce } from '../../build/assembly/fr';
import { readPair, readWidePair, startBytes, writePair } from '../field/bytes';
import { NUMBER, PAIR } from '../field/layout';
import { mark, POLYNOMIAL_END, POLYNOMIAL_TEMP, release, take } from '../memory';
import { INVERSE, INVERSE_FACTORIAL, SMALL, startIntegers } from '../field/integers';

const SCALAR: usize = NUMBER;
const WIDE: usize = 48;
const PAD: usize = 2 * WIDE;

const T = POLYNOMIAL_TEMP; // pairs
const SUM = T + PAIR;
const NONE = SUM + PAIR; // a scalar of zero
if (NONE + SCALAR > POLYNOMIAL_END) ERROR('working storage');

/**
 * Deals n messages (canonical scalars); `pads` holds the seats' keystreams one after the other. Writes for each record t
 * coefficients of the values, t of the blindings, and 2(seats - t) + 1 corrections.
 */
export function dealBatch(
  values: usize,
  blindings: usize,
  corrections: usize,
  messages: usize,
  pads: usize,
  t: i32,
  seats: i32,
  n: i32,
): void {
  startIntegers();
  startBytes();
  const space = mark();
  const c = take(PAIR * <usize>t);
  const y = take(PAIR * <usize>t);
  const stream = PAD * <usize>n;
  const row = SCALAR * <usize>t;
  const correctionRow = SCALAR * <usize>(2 * (seats - t) + 1);
  for (let k = 0; k < n; k += 2) {
    // the last record of an odd batch fills both lanes
    const first = <usize>k;
    const other = <usize>(min(k + 1, n - 1) - k); // distance of the second lane's record
    const u = pads + PAD * first; // of seat 1, then of the others a stream further each
    const v = u + WIDE;
    const alpha = corrections + correctionRow * first;
    const beta = alpha + SCALAR * <usize>(seats - t + 1);
    // f(0) = m, f(i) = u_i for i = 1..t-1
    readPair(c, messages + SCALAR * first, messages + SCALAR * (first + other));
    reduce(c, c);
    for (let i: usize = 1; i < <usize>t; i++) readPad(y + PAIR * i, u + stream * (i - 1), other);
    differences(c, y, t);
    coefficients(values + row * first, row * other, c, t, 0);
    extend(alpha, correctionRow * other, y, t, u, stream, other, t, seats);
    // b(i) = v_i for i = 1..t
    readPad(c, v, other);
    for (let i: usize = 1; i < <usize>t; i++) readPad(y + PAIR * i, v + stream * i, other);
    differences(c, y, t);
    coefficients(blindings + row * first, row * other, c, t, 1);
    extend(beta, correctionRow * other, y, t, v, stream, other, t + 1, seats);
  }
  release(space);
}

/** One number of the pads of two records, `other` records apart. */
// @inline
function readPad(o: usize, a: usize, other: usize): void {
  readWidePair(o, a, a + PAD * other);
}

/**
 * The table of differences of t values at consecutive points, the first in c_0 and the others in y_1 … y_(t-1): c_j becomes
 * forward difference j at the first point, y_(t-1-j) backward difference j at the last.
 */
function differences(c: usize, y: usize, t: i32): void {
  for (let level = 1; level < t; level++) {
    subReduce(c + PAIR, y + PAIR, c);
    c += PAIR;
    const end = y + PAIR * <usize>(t - level);
    for (let at = y + PAIR; at < end; at += PAIR) subReduce(at, at + PAIR, at);
  }
  memory.copy(y, c, PAIR);
}

/**
 * Coefficients, at `a` and at a + other, of the polynomial with forward differences c at `first`, first + 1, …: Newton's form
 * sum_j c_j / j! (x - first) … (x - first - j + 1), multiplied out from the inside. Overwrites c.
 */
function coefficients(a: usize, other: usize, c: usize, t: i32, first: i32): void {
  if (t > 2) halve(c + 2 * PAIR, c + 2 * PAIR);
  for (let j: usize = 3; j < <usize>t; j++) mul(c + PAIR * j, c + PAIR * j, INVERSE_FACTORIAL + PAIR * j);
  for (let k = t - 2; k >= 0; k--) {
    const point = first + k;
    if (point === 0) continue;
    for (let i = k; i < t - 1; i++) {
      const at = c + PAIR * <usize>i;
      if (point === 1) subReduce(at, at, at + PAIR);
      else if (point === 2) subSubReduce(at, at, at + PAIR, at + PAIR);
      else {
        mul(T, at + PAIR, SMALL + PAIR * <usize>point);
        subReduce(at, at, T);
      }
    }
  }
  for (let j: usize = 0; j < <usize>t; j++) writePair(a + SCALAR * j, a + SCALAR * j + other, c + PAIR * j);
}

/**
 * Corrections of the seats from..to, at `a` and at a + step: the values that continue y, less the pads. y holds backward
 * differences, D_j in y_(t-1-j); the next value comes from D_j += D_(j+1). Overwrites y.
 */
function extend(
  a: usize,
  step: usize,
  y: usize,
  t: i32,
  pads: usize,
  stream: usize,
  other: usize,
  from: i32,
  to: i32,
): void {
  const last = y + PAIR * <usize>(t - 1);
  for (let seat = from; seat <= to; seat++) {
    for (let at = y + PAIR; at <= last; at += PAIR) addReduce(at, at, at - PAIR);
    readPad(T, pads + stream * <usize>(seat - 1), other);
    subReduce(T, last, T);
    writePair(a, a + step, T);
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
    readPair(SUM, alpha !== 0 ? alpha + at : NONE, beta !== 0 ? beta + at : NONE);
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
