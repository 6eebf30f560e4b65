// Polynomials over Fr in batches: dealing, shares and interpolation (Shamir 1979; protocol.md section 5). Two records are
// dealt side by side in the lanes of a pair. Evaluation points are small and consecutive, so values and coefficients come
// from differences: additions, and a product only for 1 / j! and for points above 2. Elements are plain here (not in
// Montgomery form) while the constants they are multiplied by are: a · cR / R = a · c.
import {
  addReduce, fromWords, gather, mul, ONE, ONE_RAW, R2_SHIFTED, reduce, scatter, sqr, subReduce, subSubReduce, toWords,
} from '../build/assembly/fr';
import { reverse } from './codec';
import { mark, POLYNOMIAL_TEMP, release, take } from './memory';

const PAIR: usize = 80;
const SCALAR: usize = 32;
const WIDE: usize = 48;
const PAD: usize = 2 * WIDE;

const T = POLYNOMIAL_TEMP; // pairs
const LOW = T + PAIR;
const HIGH = LOW + PAIR;
const E = HIGH + PAIR; // single elements
const F = E + 40;
const WORDS = F + 40; // of one number

// Pairs of equal lanes in Montgomery form, reduced: a, 1 / a and 1 / a! for a = 0..254, a itself to 255
const SMALL: usize = memory.data(81920, 16);
const INVERSE = SMALL + 256 * PAIR;
const INVERSE_FACTORIAL = INVERSE + 256 * PAIR;
const SHIFT = INVERSE_FACTORIAL + 256 * PAIR; // 2^192

let ready = false;

/** Fills the tables at the first call: one inversion, by Fermat, and products. */
function start(): void {
  if (ready) return;
  ready = true;
  mul(SHIFT, R2_SHIFTED, ONE_RAW);
  reduce(SHIFT, SHIFT);
  memory.fill(SMALL, 0, PAIR);
  for (let a: usize = 1; a < 256; a++) addReduce(SMALL + a * PAIR, SMALL + (a - 1) * PAIR, ONE);
  memory.copy(LOW, ONE, PAIR);
  for (let a: usize = 2; a < 255; a++) mul(LOW, LOW, SMALL + a * PAIR);
  invert(INVERSE_FACTORIAL + 254 * PAIR, LOW);
  for (let a: usize = 254; a > 0; a--) {
    const below = INVERSE_FACTORIAL + (a - 1) * PAIR;
    mul(below, below + PAIR, SMALL + a * PAIR);
    reduce(below, below);
  }
  memory.copy(LOW, ONE, PAIR); // (a - 1)!
  for (let a: usize = 1; a < 255; a++) {
    mul(INVERSE + a * PAIR, INVERSE_FACTORIAL + a * PAIR, LOW);
    reduce(INVERSE + a * PAIR, INVERSE + a * PAIR);
    mul(LOW, LOW, SMALL + a * PAIR);
  }
}

/** o = a^(r - 2), a product element in Montgomery form; o is not a. */
function invert(o: usize, a: usize): void {
  memory.fill(T, 0, PAIR);
  subReduce(T, T, ONE_RAW);
  scatter(E, F, T);
  toWords(WORDS, E); // r - 1, which is even
  store<u64>(WORDS, load<u64>(WORDS) - 1);
  memory.copy(T, ONE, PAIR);
  for (let bit = 253; bit >= 0; bit--) {
    sqr(T, T);
    if ((load<u64>(WORDS + ((bit >> 6) << 3)) >> (bit & 63)) & 1) mul(T, T, a);
  }
  reduce(o, T);
}

/** A pair of 48-byte numbers, big-endian at a and b, mod r: low 192 bits + 2^192 · high 192 bits. Reduced. */
function wide(o: usize, a: usize, b: usize): void {
  store<u64>(WORDS, 0, 24);
  wideHalf(E, a + 24);
  wideHalf(F, b + 24);
  gather(LOW, E, F);
  wideHalf(E, a);
  wideHalf(F, b);
  gather(HIGH, E, F);
  mul(HIGH, HIGH, SHIFT);
  addReduce(o, HIGH, LOW);
}

// @ts-ignore: decorator
@inline
function wideHalf(e: usize, a: usize): void {
  store<u64>(WORDS, bswap(load<u64>(a, 16)));
  store<u64>(WORDS, bswap(load<u64>(a, 8)), 8);
  store<u64>(WORDS, bswap(load<u64>(a)), 16);
  fromWords(e, WORDS);
}

/** A pair of scalars from words at a and b. Reduced. */
function read(o: usize, a: usize, b: usize): void {
  fromWords(E, a);
  fromWords(F, b);
  gather(o, E, F);
  reduce(o, o);
}

/** The lanes of a reduced or product pair as 32 bytes each, at a and b. */
function write(a: usize, b: usize, x: usize): void {
  scatter(E, F, x);
  toWords(WORDS, E);
  reverse(a, WORDS);
  toWords(WORDS, F);
  reverse(b, WORDS);
}

/**
 * Deals n messages (four words each, canonical); `pads` holds the seats' keystreams one after the other. Writes per record t
 * coefficients of the values, t of the blindings, and 2(seats - t) + 1 corrections.
 */
export function dealBatch(
  values: usize, blindings: usize, corrections: usize, messages: usize, pads: usize, t: i32, seats: i32, n: i32,
): void {
  start();
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
      wide(u + 2 * PAIR * i, pad + PAD * first, pad + PAD * second);
      wide(u + 2 * PAIR * i + PAIR, pad + PAD * first + WIDE, pad + PAD * second + WIDE);
    }
    const alpha = corrections + correctionRow * first;
    const beta = alpha + SCALAR * <usize>(seats - t + 1);
    const other = corrections + correctionRow * second - alpha;
    // f(0) = m, f(i) = u_i for i = 1..t-1
    read(y, messages + SCALAR * first, messages + SCALAR * second);
    for (let i: usize = 1; i < <usize>t; i++) memory.copy(y + PAIR * i, u + 2 * PAIR * (i - 1), PAIR);
    coefficients(values + row * first, values + row * second, c, y, t, 0);
    extend(alpha, other, y, t, u, t, seats);
    // b(i) = v_i for i = 1..t
    for (let i: usize = 0; i < <usize>t; i++) memory.copy(y + PAIR * i, u + 2 * PAIR * i + PAIR, PAIR);
    coefficients(blindings + row * first, blindings + row * second, c, y, t, 1);
    extend(beta, other, y, t, u + PAIR, t + 1, seats);
  }
  release(space);
}

/**
 * Coefficients, at `a` and `b`, of the polynomial with the t values y at `first`, first + 1, …: forward differences D_j give
 * Newton's form sum_j D_j / j! (x - first) … (x - first - j + 1), which is multiplied out from the inside. Uses c.
 */
function coefficients(a: usize, b: usize, c: usize, y: usize, t: i32, first: i32): void {
  memory.copy(c, y, PAIR * <usize>t);
  for (let level = 1; level < t; level++) {
    for (let i = t - 1; i >= level; i--) {
      const at = c + PAIR * <usize>i;
      subReduce(at, at, at - PAIR);
    }
  }
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
  for (let j: usize = 0; j < <usize>t; j++) write(a + SCALAR * j, b + SCALAR * j, c + PAIR * j);
}

/**
 * Corrections of the seats from..to, at `a` and at a + other: the values that continue y, less the pads (2 pairs a seat).
 * Backward differences D_j at the last point give the next value by D_j += D_(j+1). Uses y up.
 */
function extend(a: usize, other: usize, y: usize, t: i32, pads: usize, from: i32, to: i32): void {
  for (let level = 1; level < t; level++) {
    for (let i = 0; i < t - level; i++) {
      const at = y + PAIR * <usize>i;
      subReduce(at, at + PAIR, at);
    }
  }
  const last = y + PAIR * <usize>(t - 1);
  for (let seat = from; seat <= to; seat++) {
    for (let at = y + PAIR; at <= last; at += PAIR) addReduce(at, at, at - PAIR);
    subReduce(T, last, pads + 2 * PAIR * <usize>(seat - 1));
    write(a, a + other, T);
    a += SCALAR;
  }
}

/** n shares (64 bytes each) from n pads and, where not 0, words of the corrections: u and v are the lanes. */
export function sharesBatch(out: usize, pads: usize, alpha: usize, beta: usize, n: i32): void {
  start();
  for (let k = 0; k < n; k++) {
    wide(T, pads, pads + WIDE);
    memory.fill(E, 0, PAIR); // E and F
    if (alpha != 0) fromWords(E, alpha + SCALAR * <usize>k);
    if (beta != 0) fromWords(F, beta + SCALAR * <usize>k);
    gather(LOW, E, F);
    addReduce(T, T, LOW);
    write(out, out + SCALAR, T);
    pads += PAD;
    out += 2 * SCALAR;
  }
}

/** Values at 0 (32 bytes each) of n polynomials from their values (words) at t distinct seats (a byte each). */
export function interpolateBatch(out: usize, seats: usize, t: i32, values: usize, n: i32): void {
  start();
  const space = mark();
  const weights = take(PAIR * <usize>t);
  for (let i: usize = 0; i < <usize>t; i++) lagrange(weights + PAIR * i, seats, t, <i32>i);
  for (let k = 0; k < n; k += 2) {
    const first = <usize>k * <usize>t;
    const second = <usize>min(k + 1, n - 1) * <usize>t;
    memory.fill(LOW, 0, PAIR);
    for (let i: usize = 0; i < <usize>t; i++) {
      read(T, values + SCALAR * (first + i), values + SCALAR * (second + i));
      mul(T, T, weights + PAIR * i);
      addReduce(LOW, LOW, T);
    }
    write(out + SCALAR * <usize>k, out + SCALAR * <usize>min(k + 1, n - 1), LOW);
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
  memory.fill(LOW, 0, PAIR);
  if (negative) subReduce(o, LOW, o);
  else reduce(o, o);
}
