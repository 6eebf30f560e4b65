// A seat's check of many shares at once: sum_k w_k (s_k G + b_k H - sum_j seat^j C_(k,j)) = 0 with 128-bit weights w_k.
// The t columns of commitments share the weights' digits: R_j = sum_k w_k C_(k,j) by buckets, then sum_j seat^j R_j.
import { mul as mulPoint, subReduce as subReducePoint } from '../build/assembly/fp';
import { addReduce, fromWords, gather, mul, R2, scatter, toWords } from '../build/assembly/fr';
import { isZero, POINT } from './addition';
import { mark, release, SHARES_TEMP, take } from './memory';
import { commitments } from './fixed-base';
import { digitsOfMagnitudes, sumBuckets } from './msm';
import { addPoints, fromAffine, multiplySmall, PROJECTIVE, setInfinity } from './projective';

const PAIR: usize = 80;
const Y: usize = 80;
const Z: usize = 160;
const SUM = SHARES_TEMP; // projective
const COLUMN = SUM + PROJECTIVE; // projective; also pairs of Fr
const E = COLUMN + PROJECTIVE;
const T = E + PAIR;

/**
 * Whether the check holds. `shares`: per record s and b (four words each, canonical); `points`: t n affine points, column
 * by column; `weights`: per record two words.
 */
export function sharesHold(seat: i32, t: i32, shares: usize, points: usize, weights: usize, n: i32): bool {
  const start = mark();
  // sum of seat^j R_j from the highest j down
  const digits = take(32 * <usize>n);
  digitsOfMagnitudes(digits, weights, n);
  const product = take(PROJECTIVE);
  setInfinity(SUM);
  for (let j = t - 1; j >= 0; j--) {
    multiplySmall(product, SUM, seat);
    sumBuckets(COLUMN, points + POINT * <usize>(j * n), digits, n);
    addPoints(SUM, product, COLUMN);
  }
  // the value's and the blinding's weighted sums, in the two lanes, then their commitment
  const scalars = take(64);
  weightedSums(scalars, shares, weights, n);
  const commitment = take(POINT);
  commitments(commitment, scalars, scalars + 32, 1);
  fromAffine(COLUMN, commitment, commitment);
  const equal = samePoint(SUM, COLUMN);
  release(start);
  return equal;
}

/** sum_k w_k s_k and sum_k w_k b_k as words. */
function weightedSums(o: usize, shares: usize, weights: usize, n: i32): void {
  const sum = COLUMN;
  const term = COLUMN + PAIR;
  const weight = COLUMN + 2 * PAIR;
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
  return isZero(a + Z) == isZero(b + Z);
}
