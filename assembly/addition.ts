// Affine additions P + Q in batches with one shared inversion (Montgomery's trick), two at a time in the lanes of the
// field kernels: 3 products for the inversion's share, 2 products and a square for the addition. Exceptional cases
// (P = Q, P = -Q) are found by a zero product and handled exactly. Points: x ‖ y, 80 bytes, reduced; infinity is all
// zero bytes (no point has x = 0). An operand is an address, plus 1 for its negative.
import {
  add, addReduce, gather, gatherSigned, mul, reduce, scatter, sqr, sub, subReduce, subSubReduce, toWords,
} from '../build/assembly/fp';
import { ADDITION_TEMP, take } from './memory';
import { inverses } from './power';

export const POINT: usize = 80;
const PAIR: usize = 80;
const Y: usize = 40;
const CAPACITY: i32 = 2048;

// a job: addresses of P, Q and of the place for the sum (which may be P's or Q's)
const JOB: usize = 12;
let jobs: usize = 0;
let products: usize = 0;
let count: i32 = 0;

const PX = ADDITION_TEMP;
const QX = PX + PAIR;
const PY = QX + PAIR;
const QY = PY + PAIR;
const D = QY + PAIR;
const N = D + PAIR;
const INV = N + PAIR;
const T = INV + PAIR;
const SLOPE = T + PAIR;
const X = SLOPE + PAIR;
const U = X + PAIR;
const UNUSED = U + PAIR; // takes the sum of a lane without a job
const WORDS = UNUSED + POINT;

/** Takes the storage of the batches from the arena; first of all in a call. */
export function startAdditions(): void {
  jobs = take(JOB * <usize>CAPACITY + JOB);
  products = take(PAIR * <usize>(CAPACITY / 2 + 1));
  count = 0;
}

/** Orders P + Q, to be at `o` after flushAdditions(). Neither is infinity; no other job of the batch writes what this reads. */
export function orderAddition(o: usize, P: usize, Q: usize): void {
  const job = jobs + JOB * <usize>count;
  store<u32>(job, <u32>P);
  store<u32>(job, <u32>Q, 4);
  store<u32>(job, <u32>o, 8);
  if (++count == CAPACITY) flushAdditions();
}

export function flushAdditions(): void {
  const n = count;
  count = 0;
  if (n == 0 || compute(0, n, false)) return;
  const sums = separate(n);
  if (sums > 0) compute(0, sums, false);
  if (doublings > 0) compute(sums, doublings, true);
}

// @ts-ignore: decorator
@inline
function job(i: i32): usize {
  return jobs + JOB * <usize>i;
}

// @ts-ignore: decorator
@inline
function left(job: usize): usize {
  return <usize>load<u32>(job);
}

// @ts-ignore: decorator
@inline
function right(job: usize): usize {
  return <usize>load<u32>(job, 4);
}

// @ts-ignore: decorator
@inline
function point(operand: usize): usize {
  return operand & ~1;
}

/** PX, QX and the denominator D (lazy) of two jobs: x_Q - x_P, or 2 y_P for doublings. */
function denominators(a: usize, b: usize, doubling: bool): void {
  const p = left(a);
  const q = left(b);
  gather(PX, point(p), point(q));
  if (doubling) {
    memory.copy(QX, PX, PAIR);
    gatherSigned(PY, point(p) + Y, point(q) + Y, p & 1, q & 1);
    add(D, PY, PY);
  } else {
    gather(QX, point(right(a)), point(right(b)));
    sub(D, QX, PX);
  }
}

/** PY and the numerator N (lazy or reduced): y_Q - y_P, or 3 x_P^2 for doublings. */
function numerators(a: usize, b: usize, doubling: bool): void {
  if (doubling) {
    sqr(T, PX);
    addReduce(N, T, T);
    addReduce(N, N, T);
    return;
  }
  const p = left(a);
  const q = left(b);
  gatherSigned(PY, point(p) + Y, point(q) + Y, p & 1, q & 1);
  const s = right(a);
  const t = right(b);
  gatherSigned(QY, point(s) + Y, point(t) + Y, s & 1, t & 1);
  sub(N, QY, PY);
}

/** Computes jobs first .. first + n - 1; false, with nothing written, if a denominator is zero. */
function compute(first: i32, n: i32, doubling: bool): bool {
  const pairs = (n + 1) >> 1;
  // the second lane of an odd last job repeats the first, for nothing
  const spare = job(first + n);
  const overwritten0 = load<u64>(spare);
  const overwritten1 = load<u32>(spare, 8);
  if (n & 1) {
    memory.copy(spare, job(first + n - 1), 8);
    store<u32>(spare, <u32>UNUSED, 8);
  }
  let a = job(first);
  let product = products;
  denominators(a, a + JOB, doubling);
  reduce(product, D);
  for (let i = 1; i < pairs; i++) {
    a += 2 * JOB;
    denominators(a, a + JOB, doubling);
    mul(product + PAIR, product, D);
    product += PAIR;
  }
  const invertible = inverses(INV, product);
  if (invertible) {
    for (let i = pairs - 1; i >= 0; i--) {
      denominators(a, a + JOB, doubling);
      if (i > 0) {
        product -= PAIR;
        mul(U, INV, product);
        mul(INV, INV, D);
      } else {
        memory.copy(U, INV, PAIR);
      }
      numerators(a, a + JOB, doubling);
      mul(SLOPE, U, N);
      sqr(X, SLOPE);
      subSubReduce(X, X, PX, QX);
      sub(PX, PX, X);
      mul(U, SLOPE, PX);
      subReduce(U, U, PY);
      const o = <usize>load<u32>(a, 8);
      const p = <usize>load<u32>(a + JOB, 8);
      scatter(o, p, X);
      scatter(o + Y, p + Y, U);
      a -= 2 * JOB;
    }
  }
  store<u64>(spare, overwritten0);
  store<u32>(spare, overwritten1, 8);
  return invertible;
}

let doublings: i32 = 0;

/**
 * Sorts the n jobs into sums of points with different x (first; their number is returned) and doublings (after them),
 * and writes infinity for P + (-P).
 */
function separate(n: i32): i32 {
  let sums = 0;
  let end = n; // jobs from here on are doublings
  doublings = 0;
  let i = 0;
  while (i < end) {
    const a = job(i);
    denominators(a, a, false);
    reduce(D, D);
    if (!isZero(D)) {
      if (sums != i) memory.copy(job(sums), a, JOB);
      sums++;
      i++;
      continue;
    }
    numerators(a, a, false);
    reduce(N, N);
    if (isZero(N)) {
      end--;
      memory.copy(WORDS, job(end), JOB);
      memory.copy(job(end), a, JOB);
      memory.copy(a, WORDS, JOB);
      doublings++;
    } else {
      memory.fill(<usize>load<u32>(a, 8), 0, POINT);
      i++;
    }
  }
  memory.copy(job(sums), job(end), JOB * <usize>doublings);
  return sums;
}

/** Whether the first element of a reduced or product pair is zero. */
export function isZero(a: usize): bool {
  scatter(UNUSED, UNUSED + Y, a);
  toWords(WORDS, UNUSED);
  return (load<u64>(WORDS) | load<u64>(WORDS, 8) | load<u64>(WORDS, 16) | load<u64>(WORDS, 24)) == 0;
}

/** Whether the point at an address (not an operand) is infinity. */
// @ts-ignore: decorator
@inline
export function isInfinity(address: usize): bool {
  if (load<u64>(address) != 0) return false;
  return (load<u64>(address, 8) | load<u64>(address, 16) | load<u64>(address, 24) | load<u64>(address, 32)) == 0;
}

/** Operands from this address on may be overwritten by sums. */
let owned: usize = 0;

/** Lets orderSum overwrite operands from this address on. */
export function startSums(from: usize): void {
  owned = from;
}

/** The operand of P + Q; orders the addition unless one is nothing (0) or infinity. */
export function orderSum(P: usize, Q: usize): usize {
  if (P == 0 || isInfinity(point(P))) return Q;
  if (Q == 0 || isInfinity(point(Q))) return P;
  const o = P >= owned ? P : Q >= owned ? Q : take(POINT);
  orderAddition(o, P, Q);
  return o;
}

/**
 * Sums groups of points by trees, all groups together. `operands`: u32 addresses, group after group; `groups`: for each
 * the position of its first operand and their number (u32 each), left as 1, or 0 for no operand. The sum's operand is
 * then the group's first. Operands at or above `from` are overwritten.
 */
export function sumGroups(operands: usize, groups: usize, n: i32, from: usize): void {
  startSums(from);
  let more = true;
  while (more) {
    more = false;
    for (let g = 0; g < n; g++) {
      const group = groups + 8 * <usize>g;
      const length = load<u32>(group, 4);
      if (length < 2) continue;
      const first = operands + 4 * <usize>load<u32>(group);
      const half = length >> 1;
      for (let k: u32 = 0; k < half; k++) {
        const at = first + 8 * <usize>k;
        store<u32>(first + 4 * <usize>k, <u32>orderSum(<usize>load<u32>(at), <usize>load<u32>(at, 4)));
      }
      if (length & 1) store<u32>(first + 4 * <usize>half, load<u32>(first + 4 * <usize>(length - 1)));
      store<u32>(group, (length + 1) >> 1, 4);
      if (length > 2) more = true;
    }
    flushAdditions();
  }
}
