// Affine additions P + Q in batches with one shared inversion (Montgomery's trick): 3 products for a share of the
// inversion, 2 products and a square for the addition. Jobs go in fours, a quad being two pairs of lanes, because the
// processor overlaps products that do not wait for each other. Exceptional cases (P = Q, P = -Q) are found by a zero
// product and handled exactly. Points: x ‖ y, 80 bytes, reduced; infinity is all zero bytes (no point has x = 0). An
// operand is a point's address, plus 1 for its negative.
import {
  add,
  addReduce,
  gather,
  gatherSigned,
  mul,
  reduce,
  scatter,
  sqr,
  sub,
  subReduce,
  subSubReduce,
} from '../../build/assembly/fp';
import { ELEMENT, PAIR } from '../field/layout';
import { ADDITION_END, ADDITION_TEMP, take } from '../memory';
import { isInfinity, isZero, POINT } from './points';
import { inverses } from '../field/power';

const QUAD: usize = 2 * PAIR;
const Y: usize = ELEMENT;
const CAPACITY: i32 = 2048; // of a batch, at most

// a job: addresses of P, Q and of the place for the sum (which may be P's or Q's)
const JOB: usize = 12;
let jobs: usize = 0;
let products: usize = 0;
let capacity: i32 = 0;
let count: i32 = 0;

const PX = ADDITION_TEMP;
const QX = PX + QUAD;
const PY = QX + QUAD;
const QY = PY + QUAD;
const D = QY + QUAD;
const N = D + QUAD;
const INV = N + QUAD;
const SLOPE = INV + QUAD;
const X = SLOPE + QUAD;
const U = X + QUAD;
const UNUSED = U + QUAD; // takes the sum of a lane without a job
const LONE = UNUSED + POINT; // a job for both lanes
if (LONE + 2 * JOB > ADDITION_END) ERROR('working storage');

/**
 * Takes the storage of the batches from the arena. Called first in every call of the module, with a number of additions
 * that makes a batch worth its inversion: what a call takes, wipe() clears.
 */
export function startAdditions(enough: i32): void {
  capacity = min(CAPACITY, max(enough, 64));
  jobs = take(JOB * <usize>(capacity + 2 * 4));
  products = take(QUAD * <usize>((capacity + 3) / 4 + 1));
  count = 0;
}

/** Orders P + Q, to be at `o` after flushAdditions(). Neither is infinity; no other job of the batch writes P or Q. */
export function orderAddition(o: usize, P: usize, Q: usize): void {
  const job = jobs + JOB * <usize>count;
  store<u32>(job, <u32>P);
  store<u32>(job, <u32>Q, 4);
  store<u32>(job, <u32>o, 8);
  if (++count === capacity) flushAdditions();
}

export function flushAdditions(): void {
  const n = count;
  count = 0;
  if (n === 0 || compute(0, n, false)) return;
  separate(n);
  if (sums > 0) compute(0, sums, false);
  if (doublings > 0) compute(sums + 4, doublings, true);
}

// @inline
function job(i: i32): usize {
  return jobs + JOB * <usize>i;
}

// @inline
function left(job: usize): usize {
  return <usize>load<u32>(job);
}

// @inline
function right(job: usize): usize {
  return <usize>load<u32>(job, 4);
}

// @inline
function point(operand: usize): usize {
  return operand & ~1;
}

// @inline
function mulQuad(o: usize, a: usize, b: usize): void {
  mul(o, a, b);
  mul(o + PAIR, a + PAIR, b + PAIR);
}

/** PX, QX and the denominators D (lazy) of two jobs, in half h (0 or PAIR) of the quad: x_Q - x_P, or 2 y_P. */
function denominators(h: usize, at: usize, doubling: bool): void {
  const p = left(at);
  const q = left(at + JOB);
  gather(PX + h, point(p), point(q));
  if (doubling) {
    memory.copy(QX + h, PX + h, PAIR);
    gatherSigned(PY + h, point(p) + Y, point(q) + Y, p & 1, q & 1);
    add(D + h, PY + h, PY + h);
  } else {
    gather(QX + h, point(right(at)), point(right(at + JOB)));
    sub(D + h, QX + h, PX + h);
  }
}

/** PY and the numerator N (lazy or reduced) likewise: y_Q - y_P, or 3 x_P^2. */
function numerators(h: usize, at: usize, doubling: bool): void {
  if (doubling) {
    sqr(U + h, PX + h);
    addReduce(N + h, U + h, U + h);
    addReduce(N + h, N + h, U + h);
    return;
  }
  const p = left(at);
  const q = left(at + JOB);
  gatherSigned(PY + h, point(p) + Y, point(q) + Y, p & 1, q & 1);
  const s = right(at);
  const t = right(at + JOB);
  gatherSigned(QY + h, point(s) + Y, point(t) + Y, s & 1, t & 1);
  sub(N + h, QY + h, PY + h);
}

/** Computes n jobs; false, with no sum written, if a denominator is zero. Overwrites the three places after the jobs. */
function compute(first: i32, n: i32, doubling: bool): bool {
  // a lane without a job repeats the last one, and its sum goes to UNUSED
  for (let i = n; i & 3; i++) {
    memory.copy(job(first + i), job(first + n - 1), 8);
    store<u32>(job(first + i), <u32>UNUSED, 8);
  }
  const quads = (n + 3) >> 2;
  let at = job(first);
  let product = products;
  denominators(0, at, doubling);
  denominators(PAIR, at + 2 * JOB, doubling);
  reduce(product, D);
  reduce(product + PAIR, D + PAIR);
  for (let i = 1; i < quads; i++) {
    at += 4 * JOB;
    denominators(0, at, doubling);
    denominators(PAIR, at + 2 * JOB, doubling);
    mulQuad(product + QUAD, product, D);
    product += QUAD;
  }
  mul(U, product, product + PAIR);
  if (!inverses(U, U)) return false;
  mul(INV, U, product + PAIR);
  mul(INV + PAIR, U, product);
  for (let i = quads - 1; i >= 0; i--) {
    denominators(0, at, doubling);
    denominators(PAIR, at + 2 * JOB, doubling);
    if (i > 0) {
      product -= QUAD;
      mulQuad(SLOPE, INV, product);
      mulQuad(INV, INV, D);
    } else {
      memory.copy(SLOPE, INV, QUAD);
    }
    numerators(0, at, doubling);
    numerators(PAIR, at + 2 * JOB, doubling);
    mulQuad(SLOPE, SLOPE, N);
    sqr(X, SLOPE);
    sqr(X + PAIR, SLOPE + PAIR);
    for (let h: usize = 0; h < QUAD; h += PAIR) {
      subSubReduce(X + h, X + h, PX + h, QX + h);
      sub(PX + h, PX + h, X + h);
    }
    mulQuad(U, SLOPE, PX);
    for (let h: usize = 0; h < QUAD; h += PAIR) {
      subReduce(U + h, U + h, PY + h);
      const pair = h === 0 ? at : at + 2 * JOB;
      const o = <usize>load<u32>(pair, 8);
      const p = <usize>load<u32>(pair + JOB, 8);
      scatter(o, p, X + h);
      scatter(o + Y, p + Y, U + h);
    }
    at -= 4 * JOB;
  }
  return true;
}

let sums: i32 = 0;
let doublings: i32 = 0;

/** Sorts n jobs: `sums` of points of different x, four places, `doublings`; writes infinity for P + (-P). */
function separate(n: i32): void {
  sums = 0;
  let end = n; // jobs from here on are doublings
  let i = 0;
  while (i < end) {
    const at = job(i);
    // the same job in both lanes
    memory.copy(LONE, at, JOB);
    memory.copy(LONE + JOB, at, JOB);
    denominators(0, LONE, false);
    reduce(D, D);
    if (!isZero(D)) {
      memory.copy(job(sums++), LONE, JOB);
      i++;
      continue;
    }
    numerators(0, LONE, false);
    reduce(N, N);
    if (isZero(N)) {
      end--;
      memory.copy(at, job(end), JOB);
      memory.copy(job(end), LONE, JOB);
    } else {
      memory.fill(<usize>load<u32>(LONE, 8), 0, POINT);
      i++;
    }
  }
  doublings = n - end;
  memory.copy(job(sums + 4), job(end), JOB * <usize>doublings);
}

/** P_i = 2 P_i for n points in a row. */
export function doubleAll(P: usize, n: i32): void {
  let jobs = 0;
  for (let i = 0; i < n; i++, P += POINT) {
    if (!isInfinity(P)) {
      const at = job(jobs++);
      store<u32>(at, <u32>P);
      store<u32>(at, <u32>P, 8);
    }
    if (jobs === capacity || (i === n - 1 && jobs > 0)) {
      compute(0, jobs, true);
      jobs = 0;
    }
  }
}
