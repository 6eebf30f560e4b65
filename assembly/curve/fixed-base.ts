// Commitments v G + b H from tables. Each scalar is split by the endomorphism into two odd halves below 2^128
// (split.mjs), and each half into windows of w bits with odd signed digits, never zero: half = sum of D_i 2^(w i), D_i
// odd, |D_i| < 2^w. So the tables hold odd multiples only, of G and H only: T_i[j] = (2 j + 1) 2^(w i) base. The points
// of a commitment are summed by a tree in a batch (addition.ts): those of the first halves, and those of the second
// halves, whose sum the endomorphism then maps. G and H alternate, so that a value of 0 makes no exceptional sum.
import { BASES } from '../../build/assembly/constants';
import { fromWords, gather, mul, R2, reduce, scatter } from '../../build/assembly/fp';
import { HALVES_BYTES, splitScalar } from '../../build/assembly/split';
import { flushAdditions, orderAddition, startAdditions } from './addition';
import { ELEMENT, PAIR } from '../field/layout';
import { discard, FIXED_BASE_END, FIXED_BASE_TEMP, keep, mark, release, take } from '../memory';
import { POINT } from './points';
import { doublePoints, fromAffine, mulBeta, PROJECTIVE, startProjective, toAffinePairs } from './projective';
import { sumGroups } from './sums';

const HALVES = FIXED_BASE_TEMP; // of a scalar
const DIGITS = HALVES + HALVES_BYTES; // of a half: three words
const X = DIGITS + 32;
const E = X + PAIR;
if (E + ELEMENT > FIXED_BASE_END) ERROR('working storage');

/** Commitments whose points are summed together. */
const CHUNK: i32 = 64;

let tables: usize = 0;
let window: i32 = 0; // w
let windows: i32 = 0; // n

// @inline
function table(base: i32, i: i32): usize {
  return tables + ((POINT * <usize>(base * windows + i)) << (window - 1));
}

/**
 * Builds the tables for windows of w = 4..16 bits, unless there are larger ones already. 2 ceil(128 / w) 2^(w - 1)
 * points of 80 bytes. Nothing may be in the arena, since the tables are kept below it.
 */
export function prepareTables(w: i32): void {
  if (w <= window) return;
  discard();
  window = w;
  windows = (128 + w - 1) / w;
  tables = take((POINT * 2 * <usize>windows) << (w - 1));
  keep();
  startAdditions();
  startProjective();
  // 2^k G and 2^k H, side by side in the lanes
  const powers = w * windows;
  const affine = take(2 * POINT * <usize>powers);
  doublings(affine, powers);
  for (let i = 0; i < windows; i++) {
    for (let b = 0; b < 2; b++) memory.copy(table(b, i), affine + POINT * <usize>(2 * w * i + b), POINT);
  }
  for (let size = 1, log = 0; log < w - 1; size <<= 1, log++) {
    for (let b = 0; b < 2; b++) {
      for (let i = 0; i < windows; i++) {
        // (2 (size + j) + 1) P = (2 j + 1) P + 2^(log + 1) P
        const step = affine + POINT * <usize>(2 * (w * i + log + 1) + b);
        let from = table(b, i);
        let to = from + POINT * <usize>size;
        for (let j = 0; j < size; j++) {
          orderAddition(to, from, step);
          from += POINT;
          to += POINT;
        }
      }
    }
    flushAdditions();
  }
}

/** n pairs of points 2^k G, 2^k H, k = 0 .. n - 1, to 2 n affine points. */
function doublings(affine: usize, n: i32): void {
  for (let b: usize = 0; b < 2; b++) {
    for (let c: usize = 0; c < 2; c++) {
      fromWords(E, BASES + 64 * b + 32 * c);
      gather(X, E, E);
      mul(X, X, R2);
      reduce(X, X);
      scatter(affine + POINT * b + 40 * c, E, X);
    }
  }
  const points = take(PROJECTIVE * <usize>n);
  fromAffine(points, affine, affine + POINT);
  for (let k = 1; k < n; k++) doublePoints(points + PROJECTIVE * <usize>k, points + PROJECTIVE * <usize>(k - 1));
  toAffinePairs(affine, points, n);
}

/**
 * Sums values_k G + blindings_k H for n pairs of scalars (four words each, canonical): points are written to `points`
 * (80 bytes each).
 */
export function commitments(points: usize, values: usize, blindings: usize, n: i32): void {
  const perHalf = 2 * windows; // points of G and H for the first, or for the second halves
  const list = take(<usize>(8 * perHalf * CHUNK));
  const groups = take(16 * <usize>CHUNK);
  const scratch = mark();
  for (let start = 0; start < n; start += CHUNK) {
    const size = min(CHUNK, n - start);
    for (let k = 0; k < 2 * size; k++) {
      store<u32>(groups + 8 * <usize>k, perHalf * k);
      store<u32>(groups + 8 * <usize>k, perHalf, 4);
    }
    for (let k = 0; k < size; k++) {
      const at = list + <usize>(8 * perHalf * k);
      listPoints(at, values + 32 * <usize>(start + k), 0);
      listPoints(at, blindings + 32 * <usize>(start + k), 1);
    }
    sumGroups(list, groups, 2 * size, scratch);
    // First sum + endomorphism of the second. Neither is infinity, nor any partial sum: the coefficients of G and H in
    // them are odd multiples of a power of two, below 2^129.
    for (let k = 0; k < size; k++) {
      const at = list + <usize>(8 * perHalf * k);
      const second = <usize>load<u32>(at + <usize>(4 * perHalf));
      gather(X, second, second);
      mulBeta(X, X);
      reduce(X, X);
      scatter(second, E, X);
      store<u32>(at, <u32>second, 4);
      store<u32>(groups + 8 * <usize>k, 2 * perHalf * k);
      store<u32>(groups + 8 * <usize>k, 2, 4);
    }
    sumGroups(list, groups, size, scratch);
    for (let k = 0; k < size; k++) {
      const sum = <usize>load<u32>(list + <usize>(8 * perHalf * k));
      memory.copy(points + POINT * <usize>(start + k), sum, POINT);
    }
    release(scratch);
  }
}

/** Lists the table points of one scalar: halves h, windows i at 2 (windows h + i) + base. */
function listPoints(list: usize, scalar: usize, base: i32): void {
  splitScalar(HALVES, scalar, true);
  const half: u32 = 1 << (window - 1);
  for (let h: usize = 0; h < 2; h++) {
    // (|k| - 1) / 2 + 2^(w n - 1): its w-bit digits e stand for D = 2 e + 1 - 2^w
    const low = load<u64>(HALVES + 24 * h);
    const high = load<u64>(HALVES + 24 * h, 8);
    const negative = <u32>load<u64>(HALVES + 24 * h, 16);
    store<u64>(DIGITS, (low >> 1) | (high << 63));
    store<u64>(DIGITS, high >> 1, 8);
    store<u64>(DIGITS, 0, 16);
    const last = window * windows - 1;
    const byte = DIGITS + <usize>(last >> 3);
    store<u8>(byte, load<u8>(byte) | (u8(1) << u8(last & 7)));
    for (let i = 0; i < windows; i++) {
      const at = window * i;
      const e = <u32>(load<u64>(DIGITS + <usize>(at >> 3)) >> (at & 7)) & (2 * half - 1);
      const positive = e >= half;
      const entry = positive ? e - half : half - 1 - e;
      const operand = table(base, i) + POINT * <usize>entry;
      const sign = positive ? negative : 1 ^ negative;
      store<u32>(list + 8 * (<usize>windows * h + <usize>i) + 4 * <usize>base, <u32>operand | sign);
    }
  }
}
