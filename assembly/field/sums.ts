// Sums of wide scalars (48 bytes) times weights of 16 bits, complete or growing, as twelve 64-bit integers; a complete one
// is reduced mod r once. Limits: at most BLOCK numbers at a time, and the weights of a sum together below 2^23
// (assembly/generate/sums.mjs).
import { LIMBS } from '../../build/assembly/constants';
import { addReduce, fromWords, mul, ONE_RAW, R2_SHIFTED } from '../../build/assembly/fr';
import * as relaxed from '../../build/assembly/relaxed-sums';
import * as scalar from '../../build/assembly/scalar-sums';
import { SUMS_END, SUMS_TEMP } from '../memory';
import { ELEMENT, NUMBER, PAIR } from './layout';

/** Bytes of a sum, zero at first, and of a number's digits. */
export const SUM: usize = 8 * LIMBS;
export const DIGITS: usize = 8 * LIMBS;

const LOW = SUMS_TEMP; // pairs
const HIGH = LOW + PAIR;
const LOW_WORDS = HIGH + PAIR;
const HIGH_WORDS = LOW_WORDS + NUMBER;
const SHIFT = HIGH_WORDS + NUMBER; // pair of 2^192 in Montgomery form, for the scalar form
if (SHIFT + PAIR > SUMS_END) ERROR('working storage');

/** Before the first reducePair of a call. */
export function startSums(): void {
  if (!ASC_FEATURE_RELAXED_SIMD) mul(SHIFT, R2_SHIFTED, ONE_RAW);
}

/** o = the digits of the wide scalar at a. */
// @inline
export function spread(o: usize, a: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) relaxed.spread(o, a);
  else scalar.spread(o, a);
}

/** sum += Σ w_q · number q, for n ≤ BLOCK numbers by their digits, and weights of two bytes. */
// @inline
export function combine(sum: usize, digits: usize, weights: usize, n: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) relaxed.combine(sum, digits, weights, n);
  else scalar.combine(sum, digits, weights, n);
}

/** o = the pair of the complete sums at a and b, mod r: product (relaxed) or reduced. */
// @inline
export function reducePair(o: usize, a: usize, b: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) relaxed.reduceSums(o, a, b);
  else {
    // here a pair is two elements one after the other
    readParts(LOW, HIGH, a);
    readParts(LOW + ELEMENT, HIGH + ELEMENT, b);
    mul(HIGH, HIGH, SHIFT);
    addReduce(o, HIGH, LOW);
  }
}

/** The low 192 bits and the rest of the sum at a, as elements: raw. */
function readParts(low: usize, high: usize, a: usize): void {
  scalar.splitSum(LOW_WORDS, HIGH_WORDS, a);
  fromWords(low, LOW_WORDS);
  fromWords(high, HIGH_WORDS);
}
