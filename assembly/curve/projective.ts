// Points X : Y : Z, two at once in the lanes of pairs (240 bytes), with the complete formulas of Renes,
// Costello and Batina 2016 (algorithms 7 and 9, a = 0, b3 = 9): no exceptional cases, infinity is 0 : 1 : 0.
// For the few additions that depend on each other; batches are in addition.ts. Coordinates: reduced or product.
import { NUMBERS } from '../../build/assembly/constants';
import {
  addReduce,
  fromWords,
  gather,
  mul,
  ONE,
  R2,
  reduce,
  scatter,
  sqr,
  subReduce,
  subSubReduce,
  swapLanes,
} from '../../build/assembly/fp';
import { ELEMENT, PAIR } from '../field/layout';
import { PROJECTIVE_END, PROJECTIVE_TEMP, release, take } from '../memory';
import { isInfinity, isZero, POINT } from './points';
import { inverses } from '../field/power';

export const PROJECTIVE: usize = 3 * PAIR;
const Y: usize = PAIR;
const Z: usize = 2 * PAIR;

const T0 = PROJECTIVE_TEMP;
const T1 = T0 + PAIR;
const T2 = T1 + PAIR;
const T3 = T2 + PAIR;
const T4 = T3 + PAIR;
const U = T4 + PAIR;
const V = U + PAIR;
const W = V + PAIR;
const NINE = W + PAIR;
const BETA = NINE + PAIR;
const E = BETA + PAIR; // a single element
if (E + ELEMENT > PROJECTIVE_END) ERROR('working storage');

/** o = the pair (c, c) in Montgomery form of the number in four little-endian words. */
function constant(o: usize, words: usize): void {
  fromWords(E, words);
  gather(o, E, E);
  mul(o, o, R2);
}

/** Sets the constants that the functions below use. Called first in every call of the module, since wipe() clears them. */
export function startProjective(): void {
  constant(BETA, NUMBERS);
  constant(NINE, NUMBERS + 64);
}

/** o = beta a, the x of the endomorphism. */
export function mulBeta(o: usize, a: usize): void {
  mul(o, a, BETA);
}

export function setInfinity(o: usize): void {
  memory.fill(o, 0, PROJECTIVE);
  memory.copy(o + Y, ONE, PAIR);
}

/** o = the affine points of two operands (addresses, plus 1 for the negative; 0 for infinity). */
export function fromAffine(o: usize, P: usize, Q: usize): void {
  setInfinity(o);
  // through T0, T1, T2 as single elements: x ‖ y ‖ z of each
  lift(T0, P);
  lift(T2, Q);
  gather(o, T0, T2);
  gather(o + Y, T0 + 40, T2 + 40);
  gather(o + Z, T0 + 80, T2 + 80);
}

function lift(o: usize, operand: usize): void {
  const P = operand & ~1;
  if (P === 0 || isInfinity(P)) {
    memory.fill(o, 0, 120);
    scatter(o + 40, o + 40, ONE);
    return;
  }
  memory.copy(o, P, 80);
  scatter(o + 80, o + 80, ONE);
  if (operand & 1) {
    gather(V, o + 40, o + 40);
    memory.fill(W, 0, PAIR);
    subReduce(V, W, V);
    scatter(o + 40, o + 40, V);
  }
}

/** o = -a. */
export function negate(o: usize, a: usize): void {
  memory.copy(o, a, PROJECTIVE);
  memory.fill(W, 0, PAIR);
  subReduce(o + Y, W, a + Y);
}

/** o = a + b. o may be a or b. */
export function addPoints(o: usize, a: usize, b: usize): void {
  mul(T0, a, b);
  mul(T1, a + Y, b + Y);
  mul(T2, a + Z, b + Z);
  addReduce(U, a, a + Y);
  addReduce(V, b, b + Y);
  mul(T3, U, V);
  subSubReduce(T3, T3, T0, T1); // X1 Y2 + X2 Y1
  addReduce(U, a + Y, a + Z);
  addReduce(V, b + Y, b + Z);
  mul(T4, U, V);
  subSubReduce(T4, T4, T1, T2); // Y1 Z2 + Y2 Z1
  addReduce(U, a, a + Z);
  addReduce(V, b, b + Z);
  mul(U, U, V);
  subSubReduce(U, U, T0, T2); // X1 Z2 + X2 Z1
  mul(U, U, NINE);
  addReduce(V, T0, T0);
  addReduce(T0, V, T0); // 3 X1 X2
  mul(T2, T2, NINE);
  addReduce(W, T1, T2);
  subReduce(T1, T1, T2);
  mul(o, T3, T1);
  mul(V, T4, U);
  subReduce(o, o, V);
  mul(T1, T1, W);
  mul(V, U, T0);
  addReduce(o + Y, T1, V);
  mul(W, W, T4);
  mul(V, T0, T3);
  addReduce(o + Z, W, V);
}

/** o = 2 a. o may be a. */
export function doublePoints(o: usize, a: usize): void {
  sqr(T0, a + Y);
  mul(T1, a + Y, a + Z);
  mul(T3, a, a + Y);
  sqr(T2, a + Z);
  mul(T2, T2, NINE); // 9 Z^2
  addReduce(U, T0, T0);
  addReduce(U, U, U);
  addReduce(U, U, U); // 8 Y^2
  mul(V, T2, U);
  addReduce(W, T0, T2); // Y^2 + 9 Z^2
  mul(o + Z, T1, U);
  addReduce(T1, T2, T2);
  addReduce(T2, T1, T2);
  subReduce(T0, T0, T2); // Y^2 - 27 Z^2
  mul(W, T0, W);
  addReduce(o + Y, V, W);
  mul(T3, T0, T3);
  addReduce(o, T3, T3);
}

/** Writes the n pairs of points a as 2 n affine points, the lanes alternating, with one inversion. */
export function toAffinePairs(points: usize, a: usize, n: i32): void {
  // products Z_0 .. Z_i; a zero (infinity) is left out
  const products = take(PAIR * <usize>(n + 1));
  memory.copy(products, ONE, PAIR);
  for (let i = 0; i < n; i++) {
    const product = products + PAIR * <usize>i;
    withoutZeros(W, a + PROJECTIVE * <usize>i + Z);
    mul(product + PAIR, product, W);
  }
  inverses(U, products + PAIR * <usize>n);
  for (let i = n - 1; i >= 0; i--) {
    const point = a + PROJECTIVE * <usize>i;
    const o = points + 2 * POINT * <usize>i;
    mul(T0, U, products + PAIR * <usize>i); // 1 / Z
    withoutZeros(W, point + Z);
    mul(U, U, W);
    mul(T1, point, T0);
    mul(T2, point + Y, T0);
    reduce(T1, T1);
    reduce(T2, T2);
    scatter(o, o + POINT, T1);
    scatter(o + 40, o + POINT + 40, T2);
    if (isZero(point + Z)) memory.fill(o, 0, POINT);
    swapLanes(W, point + Z);
    if (isZero(W)) memory.fill(o + POINT, 0, POINT);
  }
  release(products);
}

/** o = a with ones in place of zeros. */
function withoutZeros(o: usize, a: usize): void {
  scatter(T3, T3 + 40, a);
  if (isZero(a)) scatter(T3, V, ONE);
  swapLanes(V, a);
  if (isZero(V)) scatter(V, T3 + 40, ONE);
  gather(o, T3, T3 + 40);
}
