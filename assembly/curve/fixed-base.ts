// Commitments v G + b H from tables. Each scalar is split by the endomorphism into two odd halves below 2^128
// (split.mjs), and each half into windows of w bits with odd signed digits, never zero: half = sum of D_i 2^(w i), D_i
// odd, |D_i| < 2^w. So the tables hold odd multiples only, of G and H only: T_i[j] = (2 j + 1) 2^(w i) base. Window by
// window, a commitment has four points, of G and H for the first and for the second half: a quad (quads.ts). A batch
// adds quads to quads; in the end it adds the four, those of the second half after the endomorphism.
import { BASES } from '../../build/assembly/constants';
import { fromWords, gather, mul, R2, reduce, scatter, swapLanes } from '../../build/assembly/fp';
import { HALVES_BYTES, splitScalar } from '../../build/assembly/split';
import { flushAdditions, orderAddition, startAdditions } from './addition';
import { ELEMENT, PAIR } from '../field/layout';
import { discard, FIXED_BASE_END, FIXED_BASE_TEMP, keep, release, take } from '../memory';
import { POINT } from './points';
import { addAffine, EXTENDED, extend, toProjective } from './extended';
import { addPoints, doublePoints, fromAffine, mulBeta, PROJECTIVE, startProjective, toAffinePairs } from './projective';
import { addQuads, gatherQuad, QUAD, scatterQuad } from './quads';

const HALVES = FIXED_BASE_TEMP; // of a scalar
const DIGITS = HALVES + HALVES_BYTES; // of a half: three words
const X = DIGITS + 32;
const E = X + PAIR;
const ONE_QUAD = E + ELEMENT;
const FIRST = ONE_QUAD + QUAD; // extended: the first halves times G, H
const SECOND = FIRST + EXTENDED;
const SUM = SECOND + EXTENDED; // projective
const OTHER = SUM + PROJECTIVE; // projective
if (OTHER + PROJECTIVE > FIXED_BASE_END) ERROR('working storage');

/** Commitments that are summed together. */
const CHUNK: i32 = 256;
/** Quads that are added together, where more would not be noticeably cheaper. */
const ENOUGH: i32 = 128;

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
  startAdditions(i32.MAX_VALUE);
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

/** o = value G + blinding H (four words each, canonical), as both lanes: for one, without inversions. */
export function commitmentOf(o: usize, value: usize, blinding: usize): void {
  const list = take(16 * <usize>windows);
  listPoints(list, value, 0, 16);
  listPoints(list, blinding, 1, 16);
  gatherQuad(ONE_QUAD, list);
  extend(FIRST, ONE_QUAD, ONE_QUAD + 2 * PAIR);
  extend(SECOND, ONE_QUAD + PAIR, ONE_QUAD + 3 * PAIR);
  for (let i: usize = 1; i < <usize>windows; i++) {
    gatherQuad(ONE_QUAD, list + 16 * i);
    addAffine(FIRST, ONE_QUAD, ONE_QUAD + 2 * PAIR);
    addAffine(SECOND, ONE_QUAD + PAIR, ONE_QUAD + 3 * PAIR);
  }
  release(list);
  toProjective(o, FIRST);
  toProjective(OTHER, SECOND);
  mulBeta(OTHER, OTHER);
  addPoints(o, o, OTHER);
  for (let c: usize = 0; c < PROJECTIVE; c += PAIR) swapLanes(OTHER + c, o + c);
  addPoints(o, o, OTHER);
}

/**
 * Sums values_k G + blindings_k H for n pairs of scalars (four words each, canonical): points are written to `points`
 * (80 bytes each).
 */
export function commitments(points: usize, values: usize, blindings: usize, n: i32): void {
  if (n === 1) {
    const affine = take(2 * POINT);
    commitmentOf(SUM, values, blindings);
    toAffinePairs(affine, SUM, 1);
    memory.copy(points, affine, POINT);
    return;
  }
  const size = min(CHUNK, n);
  const rows = max(1, min(windows >> 1, ENOUGH / max(1, size)));
  const list = take(16 * <usize>(windows * size));
  const sums = take(QUAD * <usize>(rows * size));
  const others = take(QUAD * <usize>(rows * size));
  const parts = take(4 * POINT * <usize>size);
  for (let start = 0; start < n; start += size) {
    const count = min(size, n - start);
    for (let k = 0; k < count; k++) {
      const at = list + 16 * <usize>k;
      listPoints(at, values + 32 * <usize>(start + k), 0, 16 * <usize>count);
      listPoints(at, blindings + 32 * <usize>(start + k), 1, 16 * <usize>count);
    }
    sumWindows(sums, others, list, rows, count);
    for (let k: usize = 0; k < <usize>count; k++) {
      const part = parts + 4 * POINT * k;
      scatterQuad(part, sums + QUAD * k);
      orderAddition(part, part, part + POINT);
      orderAddition(part + 2 * POINT, part + 2 * POINT, part + 3 * POINT);
    }
    flushAdditions();
    for (let k: usize = 0; k < <usize>count; k++) {
      const part = parts + 4 * POINT * k;
      const second = part + 2 * POINT;
      gather(X, second, second);
      mulBeta(X, X);
      reduce(X, X);
      scatter(second, E, X);
      orderAddition(points + POINT * (<usize>start + k), part, second);
    }
    flushAdditions();
  }
}

/**
 * The quads of n commitments: window after window is added, `rows` of them at once, and the rows to each other in the end.
 * All points are multiples of G, or of H, by numbers that are not 0 and below 2^130, so none is infinity, and points that
 * meet have different x: a later window's number is larger than the sum before it, and the sums of two rows are divisible
 * by different powers of two.
 */
function sumWindows(sums: usize, others: usize, list: usize, rows: i32, n: i32): void {
  gatherQuads(sums, list, rows * n);
  for (let i = rows; i < windows; i += rows) {
    const quads = min(rows, windows - i) * n;
    gatherQuads(others, list + 16 * <usize>(i * n), quads);
    addQuads(sums, others, quads);
  }
  for (let left = rows; left > 1; left = (left + 1) >> 1) {
    const upper = (left + 1) >> 1;
    addQuads(sums, sums + QUAD * <usize>(upper * n), (left - upper) * n);
  }
}

function gatherQuads(quads: usize, operands: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) gatherQuad(quads + QUAD * i, operands + 16 * i);
}

/** Lists the table points of one scalar, `stride` bytes from window to window, half h of base b at 4 (2 h + b). */
function listPoints(list: usize, scalar: usize, base: i32, stride: usize): void {
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
      store<u32>(list + stride * <usize>i + 8 * h + 4 * <usize>base, <u32>operand | sign);
    }
  }
}
