// Multi-scalar multiplication by buckets (Pippenger), all additions affine and batched (addition.ts). Scalars are split
// by the endomorphism, so 127 bits are left, or have at most 128 bits already; signed digits halve the buckets.
//   buckets    of each window, summed by trees
//   weights    sum of d B_d: bit by bit, O_l = sum of the B_d with bit l of d set, where pairs of buckets are merged
//              from level to level; 2 additions a bucket, all windows together
//   positions  sum of 2^(c i + l) O_(i, l): doublings, once
import { HALVES_BYTES, splitScalar } from '../../build/assembly/split';
import { gather, reduce, scatter } from '../../build/assembly/fp';
import { flushAdditions } from './addition';
import { c, chooseWindows, DIGITS, digit, windows, writeDigits } from './digits';
import { PAIR } from '../field/layout';
import { MSM_END, MSM_TEMP, mark, release, take } from '../memory';
import { isInfinity, POINT } from './points';
import { addPoints, doublePoints, fromAffine, mulBeta, PROJECTIVE, setInfinity } from './projective';
import { orderSum, startSums, sumGroups } from './sums';

const HALVES = MSM_TEMP;
const X = HALVES + HALVES_BYTES;
const E = X + PAIR;
const TERM = E + PAIR;
if (TERM + PROJECTIVE > MSM_END) ERROR('working storage');

/** Operands of one round of buckets, at most: limits the working memory. */
const ROUND: i32 = 1 << 17;

/** The sum of n scalars (four words each, canonical) times n points (infinity allowed), as both lanes of o. */
export function multiply(o: usize, scalars: usize, points: usize, n: i32): void {
  let high: u64 = 0;
  for (let i: usize = 0; i < <usize>n; i++) high |= load<u64>(scalars + 32 * i, 16) | load<u64>(scalars + 32 * i, 24);
  if (high === 0) {
    const digits = take(DIGITS * <usize>n);
    chooseWindows(n, 130);
    for (let i: usize = 0; i < <usize>n; i++) {
      writeDigits(digits + DIGITS * i, load<u64>(scalars + 32 * i), load<u64>(scalars + 32 * i, 8), 0);
    }
    sumBuckets(o, points, digits, n);
    return;
  }
  // P and its image, one after the other: 2 n points
  const both = take(2 * POINT * <usize>n);
  const digits = take(2 * DIGITS * <usize>n);
  chooseWindows(2 * n, 128);
  for (let i: usize = 0; i < <usize>n; i++) {
    const P = points + POINT * i;
    const image = both + POINT * (2 * i + 1);
    memory.copy(both + POINT * 2 * i, P, POINT);
    memory.copy(image, P, POINT);
    if (!isInfinity(P)) {
      gather(X, P, P);
      mulBeta(X, X);
      reduce(X, X);
      scatter(image, E, X);
    }
    splitScalar(HALVES, scalars + 32 * i, false);
    for (let h: usize = 0; h < 2; h++) {
      const half = HALVES + 24 * h;
      writeDigits(digits + DIGITS * (2 * i + h), load<u64>(half), load<u64>(half, 8), load<u64>(half, 16));
    }
  }
  sumBuckets(o, both, digits, 2 * n);
}

/** The sum of n numbers (given by their digits) times n points, as both lanes of o. */
export function sumBuckets(o: usize, points: usize, digits: usize, n: i32): void {
  const start = mark();
  const size = 1 << (c - 1); // buckets 1 .. size of each window
  const buckets = take(4 * <usize>(windows * (size + 1)));
  memory.fill(buckets, 0, 4 * <usize>(windows * (size + 1)));
  const sums = take(POINT * <usize>(windows * size));
  const perRound = max(1, min(windows, ROUND / max(1, n)));
  const groups = take(8 * <usize>(perRound * size));
  const list = take(4 * <usize>(perRound * n));
  const scratch = mark();
  for (let first = 0; first < windows; first += perRound) {
    const round = min(perRound, windows - first);
    sortIntoBuckets(list, groups, points, digits, n, first, round);
    sumGroups(list, groups, round * size, scratch);
    for (let w = 0; w < round; w++) {
      for (let d = 1; d <= size; d++) {
        const group = groups + 8 * <usize>(w * size + d - 1);
        if (load<u32>(group, 4) === 0) continue;
        let operand = <usize>load<u32>(list + 4 * <usize>load<u32>(group));
        const slot = (first + w) * size + d - 1;
        if (operand >= scratch) {
          memory.copy(sums + POINT * <usize>slot, operand, POINT);
          operand = sums + POINT * <usize>slot;
        }
        store<u32>(buckets + 4 * <usize>((first + w) * (size + 1) + d), <u32>operand);
      }
    }
    release(scratch);
  }
  sumPositions(o, buckets, size);
  release(start);
}

/** Lists the points of each bucket of windows first .. first + round - 1, negated where the digit is negative. */
function sortIntoBuckets(
  list: usize,
  groups: usize,
  points: usize,
  digits: usize,
  n: i32,
  first: i32,
  round: i32,
): void {
  const size = 1 << (c - 1);
  memory.fill(groups, 0, 8 * <usize>(round * size));
  for (let w = 0; w < round; w++) {
    const base = groups + 8 * <usize>(w * size - 1);
    for (let i = 0; i < n; i++) {
      const d = abs(digit(digits + DIGITS * <usize>i, first + w));
      if (d === 0) continue;
      const group = base + 8 * <usize>d;
      store<u32>(group, load<u32>(group, 4) + 1, 4);
    }
  }
  let position: u32 = 0;
  for (let g = 0; g < round * size; g++) {
    const group = groups + 8 * <usize>g;
    store<u32>(group, position);
    position += load<u32>(group, 4);
    store<u32>(group, 0, 4);
  }
  for (let w = 0; w < round; w++) {
    const base = groups + 8 * <usize>(w * size - 1);
    for (let i = 0; i < n; i++) {
      const at = digits + DIGITS * <usize>i;
      const d = digit(at, first + w);
      if (d === 0) continue;
      const group = base + 8 * <usize>abs(d);
      const length = load<u32>(group, 4);
      const negative = u32(d < 0) ^ <u32>load<u64>(at, 24);
      store<u32>(list + 4 * <usize>(load<u32>(group) + length), (<u32>points + <u32>POINT * i) | negative);
      store<u32>(group, length + 1, 4);
    }
  }
}

/** o = sum over windows i and buckets d of 2^(c i) d B_(i, d). `buckets`: operands, 0 .. size of each window; changed. */
function sumPositions(o: usize, buckets: usize, size: i32): void {
  const stride: usize = 4 * <usize>(size + 1);
  const odd = take(4 * <usize>(windows * (size + c))); // operands of O_(i, l)
  const groups = take(8 * <usize>(windows * c));
  let position: u32 = 0;
  startSums(usize.MAX_VALUE); // every sum to a new place: the same operand may be in several sums
  for (let l = 0; l < c; l++) {
    const last = size >> l; // of this level's numbers 0 .. last
    for (let i = 0; i < windows; i++) {
      const level = buckets + stride * <usize>i;
      const group = groups + 8 * <usize>(c * i + l);
      store<u32>(group, position);
      for (let d = 1; d <= last; d += 2) {
        const operand = load<u32>(level + 4 * <usize>d);
        if (operand !== 0) store<u32>(odd + 4 * usize(position++), operand);
      }
      store<u32>(group, position - load<u32>(group), 4);
      for (let d = 1; d <= last >> 1; d++) {
        const even = level + 8 * <usize>d;
        const next = 2 * d < last ? <usize>load<u32>(even, 4) : 0;
        store<u32>(level + 4 * <usize>d, <u32>orderSum(<usize>load<u32>(even), next));
      }
    }
    flushAdditions();
  }
  sumGroups(odd, groups, windows * c, mark());
  setInfinity(o);
  for (let at = windows * c - 1; at >= 0; at--) {
    doublePoints(o, o);
    const group = groups + 8 * <usize>at;
    if (load<u32>(group, 4) === 0) continue;
    const operand = <usize>load<u32>(odd + 4 * <usize>load<u32>(group));
    fromAffine(TERM, operand, operand);
    addPoints(o, o, TERM);
  }
}
