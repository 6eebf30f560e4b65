// A seat's check of many shares at once: sum_k w_k (s_k G + b_k H - sum_j seat^j C_(k,j)) = 0 with 128-bit weights w_k.
// First the points sum_j seat^j C_(k,j) of all records together, since seats are small; then one sum by buckets.
import { mul as mulPoint, subReduce as subReducePoint } from '../../build/assembly/fp';
import { addReduce, fromWords, gather, mul, R2, scatter, toWords } from '../../build/assembly/fr';
import { doubleAll } from '../curve/addition';
import { digitsOfMagnitudes } from '../curve/digits';
import { PAIR } from '../field/layout';
import { mark, release, SHARES_END, SHARES_TEMP, take } from '../memory';
import { commitmentOf } from '../curve/fixed-base';
import { sumBuckets } from '../curve/msm';
import { isZero, POINT } from '../curve/points';
import { addPoints, doublePoints, fromAffine, negate, PROJECTIVE } from '../curve/projective';
import { addAll } from '../curve/sums';

const Y: usize = PAIR;
const Z: usize = 2 * PAIR;
const SUM = SHARES_TEMP; // projective
const OTHER = SUM + PROJECTIVE; // projective; also pairs of Fr
const E = OTHER + PROJECTIVE;
const T = E + PAIR;
if (T + PAIR > SHARES_END) ERROR('working storage');

/**
 * Whether the check holds. `shares`: per record s and b (four words each, canonical); `points`: t n affine points,
 * record by record; `weights`: per record two words.
 */
export function sharesHold(seat: i32, t: i32, shares: usize, points: usize, weights: usize, n: i32): bool {
  const start = mark();
  let equal = true;
  if (n === 1) {
    // the weight is a factor of both sides: any but 0 leaves the verdict as it is
    evaluateOne(SUM, points, seat, t);
    commitmentOf(OTHER, shares, shares + 32);
    equal = (load<u64>(weights) | load<u64>(weights, 8)) === 0 || samePoint(SUM, OTHER);
  } else {
    const atSeat = evaluate(points, seat, t, n);
    const digits = take(32 * <usize>n);
    digitsOfMagnitudes(digits, weights, n);
    sumBuckets(SUM, atSeat, digits, n);
    // the value's and the blinding's weighted sums, in the two lanes, then their commitment
    const scalars = take(64);
    weightedSums(scalars, shares, weights, n);
    commitmentOf(OTHER, scalars, scalars + 32);
    equal = samePoint(SUM, OTHER);
  }
  release(start);
  return equal;
}

/** o = sum_j seat^j C_j of one record, as both lanes: as below, but a point at a time, which needs no inversion. */
function evaluateOne(o: usize, points: usize, seat: i32, t: i32): void {
  fromAffine(o, points + POINT * <usize>(t - 1), points + POINT * <usize>(t - 1));
  const times = take(PROJECTIVE);
  const negative = take(PROJECTIVE);
  const term = take(PROJECTIVE);
  const triple = 3 * seat;
  for (let j = t - 2; j >= 0; j--) {
    memory.copy(times, o, PROJECTIVE);
    negate(negative, o);
    for (let i = 30 - clz(triple); i >= 1; i--) {
      doublePoints(times, times);
      const digit = ((triple >> i) & 1) - ((seat >> i) & 1);
      if (digit !== 0) addPoints(times, times, digit < 0 ? negative : o);
    }
    const point = points + POINT * <usize>j;
    fromAffine(term, point, point);
    addPoints(o, times, term);
  }
}

/**
 * n points sum_j seat^j C_(k,j), by Horner's rule with signed binary digits of the seat (no two neighbours are not zero):
 * at most 8 doublings and 4 additions a coefficient, much less than a multiplication by a weight.
 */
function evaluate(points: usize, seat: i32, t: i32, n: i32): usize {
  const stride = POINT * <usize>t;
  let sums = take(POINT * <usize>n);
  let next = take(POINT * <usize>n);
  copyColumn(sums, points + POINT * <usize>(t - 1), stride, n);
  // digits of the seat: bit i of 3 seat less bit i of seat, from i = 1 on
  const triple = 3 * seat;
  for (let j = t - 2; j >= 0; j--) {
    memory.copy(next, sums, POINT * <usize>n);
    for (let i = 30 - clz(triple); i >= 1; i--) {
      doubleAll(next, n);
      const digit = ((triple >> i) & 1) - ((seat >> i) & 1);
      if (digit !== 0) addAll(next, sums, POINT, digit < 0 ? 1 : 0, n);
    }
    addAll(next, points + POINT * <usize>j, stride, 0, n);
    const done = next;
    next = sums;
    sums = done;
  }
  return sums;
}

function copyColumn(o: usize, points: usize, stride: usize, n: i32): void {
  for (let k = 0; k < n; k++, o += POINT, points += stride) memory.copy(o, points, POINT);
}

/** sum_k w_k s_k and sum_k w_k b_k as words. */
function weightedSums(o: usize, shares: usize, weights: usize, n: i32): void {
  const sum = OTHER;
  const term = OTHER + PAIR;
  const weight = OTHER + 2 * PAIR;
  memory.fill(sum, 0, PAIR);
  memory.fill(T, 0, 32);
  for (let k: usize = 0; k < <usize>n; k++) {
    fromWords(E, shares + 64 * k);
    fromWords(E + 40, shares + 64 * k + 32);
    gather(term, E, E + 40);
    memory.copy(T, weights + 16 * k, 16);
    fromWords(E, T);
    gather(weight, E, E);
    mul(term, term, weight);
    addReduce(sum, sum, term);
  }
  mul(sum, sum, R2); // the products' 1 / R and that of this one
  scatter(E, E + 40, sum);
  toWords(o, E);
  toWords(o + 32, E + 40);
}

/** X_1 Z_2 = X_2 Z_1 and Y_1 Z_2 = Y_2 Z_1, and both or neither are infinity (0 : 1 : 0). */
function samePoint(a: usize, b: usize): bool {
  for (let c: usize = 0; c <= Y; c += Y) {
    mulPoint(E, a + c, b + Z);
    mulPoint(T, b + c, a + Z);
    subReducePoint(E, E, T);
    if (!isZero(E)) return false;
  }
  return isZero(a + Z) === isZero(b + Z);
}
