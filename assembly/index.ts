// What the host sees of a module: reserve() space for inputs and outputs, one call, then wipe(). Bytes in, bytes out;
// layouts and meaning are those of src/engine/engine.ts. A call returns -1 when it is done, or the number of the
// first faulty element of an input; faultArgument() then says of which one.
import { startAdditions } from './curve/addition';
import { firstFault } from './field/bytes';
import { SUM } from './field/sums';
import { decodePoints, decodeScalars, decompressPoints, encodePoints } from './curve/codec';
import { commitments, prepareTables } from './curve/fixed-base';
import { hashMessages, treeNodes } from './hash/keccak';
import { take, wipe } from './memory';
import { multiply } from './curve/msm';
import { POINT } from './curve/points';
import { evaluateBatch, interpolateBatch } from './sharing/interpolation';
import { PROJECTIVE, startProjective, toAffinePairs } from './curve/projective';
import { accumulate, dealFromSums, sharesFromSums } from './sharing/dealing';
import { sharesHold } from './sharing/shares';
import { sumGroups } from './curve/sums';

export { accumulate, prepareTables, wipe };

/** An address of `bytes` bytes until wipe(). */
export function reserve(bytes: usize): usize {
  return take(bytes);
}

/** Whether relaxed_madd rounds once here, as the relaxed form needs (it may legally round twice). x = 1 + 2^-30. */
export function fused(x: f64): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return true;
  const v = f64x2.splat(x);
  const square = f64x2.mul(v, v); // 1 + 2^-29, rounded
  const rest = f64x2.relaxed_madd(v, v, f64x2.neg(square));
  const negated = f64x2.relaxed_nmadd(v, v, square);
  const expected: f64 = 1.0 / <f64>(1 << 30) / <f64>(1 << 30);
  return f64x2.extract_lane(rest, 0) === expected && f64x2.extract_lane(negated, 1) === -expected;
}

let argument: i32 = 0;

/** Number of the faulty input, from 0, among those whose elements are checked. */
export function faultArgument(): i32 {
  return argument;
}

/** For sums over about n points. */
function start(n: i32): void {
  startAdditions(n);
  startProjective();
}

/** A list of operands: n points in a row. */
function listOf(points: usize, n: i32): usize {
  const list = take(4 * <usize>n);
  for (let i: usize = 0; i < <usize>n; i++) store<u32>(list + 4 * i, <u32>(points + POINT * i));
  return list;
}

/** n values and blindings (32 bytes each) → n compressed points. prepareTables() first. */
export function commit(out: usize, values: usize, blindings: usize, n: i32): i32 {
  start(2 * n);
  const words = take(64 * <usize>n);
  for (argument = 0; argument < 2; argument++) {
    const bad = decodeScalars(words + 32 * <usize>(argument * n), argument === 0 ? values : blindings, n);
    if (bad >= 0) return bad;
  }
  const points = take(POINT * <usize>n);
  commitments(points, words, words + 32 * <usize>n, n);
  encodePoints(out, listOf(points, n), n, true);
  return -1;
}

/** n compressed points → n points (64 bytes each). */
export function decompress(out: usize, bytes: usize, n: i32): i32 {
  argument = 0;
  const points = take(POINT * <usize>n);
  const bad = decompressPoints(points, bytes, n);
  if (bad < 0) encodePoints(out, listOf(points, n), n, false);
  return bad;
}

/** n points → n compressed points. */
export function compress(out: usize, bytes: usize, n: i32): i32 {
  argument = 0;
  const points = take(POINT * <usize>n);
  const bad = decodePoints(points, bytes, n);
  if (bad < 0) encodePoints(out, listOf(points, n), n, true);
  return bad;
}

/** rows × columns points, row by row → `columns` sums. */
export function sumPoints(out: usize, bytes: usize, rows: i32, columns: i32): i32 {
  start(rows * columns);
  argument = 0;
  const points = take(POINT * <usize>(rows * columns));
  const bad = decodePoints(points, bytes, rows * columns);
  if (bad >= 0) return bad;
  const list = take(4 * <usize>(rows * columns));
  const groups = take(8 * <usize>columns);
  const sums = take(4 * <usize>columns);
  for (let c = 0; c < columns; c++) {
    store<u32>(groups + 8 * <usize>c, rows * c);
    store<u32>(groups + 8 * <usize>c, rows, 4);
    for (let r = 0; r < rows; r++) {
      store<u32>(list + 4 * <usize>(rows * c + r), <u32>(points + POINT * <usize>(columns * r + c)));
    }
  }
  sumGroups(list, groups, columns, points);
  for (let c: usize = 0; c < <usize>columns; c++) {
    store<u32>(sums + 4 * c, rows === 0 ? 0 : load<u32>(list + 4 * <usize>rows * c));
  }
  encodePoints(out, sums, columns, false);
  return -1;
}

/** Sum of n scalars times n points → one point. */
export function msm(out: usize, scalars: usize, bytes: usize, n: i32): i32 {
  start(64 * n);
  const words = take(32 * <usize>n);
  argument = 0;
  let bad = decodeScalars(words, scalars, n);
  if (bad >= 0) return bad;
  argument = 1;
  const points = take(POINT * <usize>n);
  bad = decodePoints(points, bytes, n);
  if (bad >= 0) return bad;
  const sum = take(PROJECTIVE);
  multiply(sum, words, points, n);
  const affine = take(2 * POINT);
  toAffinePairs(affine, sum, 1);
  encodePoints(out, listOf(affine, 1), 1, false);
  return -1;
}

/**
 * Whether n records' shares (64 bytes each) of one seat fit their commitments (t compressed points a record), all checked
 * at once with the weights (16 bytes each): the byte at `out` is 1 or 0. prepareTables() first.
 */
export function verifyShares(out: usize, seat: i32, t: i32, shares: usize, bytes: usize, weights: usize, n: i32): i32 {
  start(64 * n);
  const scalars = take(64 * <usize>n);
  argument = 0;
  let bad = decodeScalars(scalars, shares, 2 * n);
  if (bad >= 0) return bad;
  argument = 1;
  const points = take(POINT * <usize>(t * n));
  bad = decompressPoints(points, bytes, t * n);
  if (bad >= 0) return bad;
  const words = take(16 * <usize>n);
  for (let k: usize = 0; k < <usize>n; k++) {
    store<u64>(words + 16 * k, bswap(load<u64>(weights + 16 * k, 8)));
    store<u64>(words + 16 * k, bswap(load<u64>(weights + 16 * k)), 8);
  }
  store<u8>(out, sharesHold(seat, t, scalars, points, words, n) ? 1 : 0);
  return -1;
}

/** Zeroes the sums of n records, `rows` of each kind, and returns their address. accumulate() next. */
export function reserveSums(rows: i32, n: i32): usize {
  const bytes = 2 * SUM * <usize>(rows * n);
  const sums = take(bytes);
  memory.fill(sums, 0, bytes);
  return sums;
}

/**
 * n messages and the sums of t coefficients of f and b (`parts`: rows of each, a byte; `bits` of a part) → at `out` t n
 * coefficients of f, t n of b, and n corrections.
 */
export function deal(out: usize, messages: usize, parts: usize, sums: usize, bits: i32, t: i32, n: i32): i32 {
  argument = 0;
  const bad = firstFault(messages, n);
  const part = 32 * <usize>(t * n);
  if (bad < 0) dealFromSums(out, out + part, out + 2 * part, messages, sums, parts, bits, t, n);
  return bad;
}

/** n corrections and the sums of one seat's value and blinding (`parts` rows each) → n shares (64 bytes each). */
export function shares(out: usize, corrections: usize, sums: usize, parts: i32, bits: i32, n: i32): i32 {
  argument = 0;
  const bad = firstFault(corrections, n);
  if (bad < 0) sharesFromSums(out, corrections, sums, parts, bits, n);
  return bad;
}

/** n times t coefficients → n times the values at s seats (a byte each). */
export function evaluate(out: usize, seats: usize, s: i32, coefficients: usize, t: i32, n: i32): i32 {
  argument = 0;
  const bad = firstFault(coefficients, t * n);
  if (bad < 0) evaluateBatch(out, seats, s, coefficients, t, n);
  return bad;
}

/** n times the values at t seats (a byte each) → n values at 0. */
export function interpolate(out: usize, seats: usize, values: usize, t: i32, n: i32): i32 {
  argument = 0;
  const bad = firstFault(values, t * n);
  if (bad < 0) interpolateBatch(out, seats, t, values, n);
  return bad;
}

/** n messages of `length` bytes → n hashes (32 bytes each). */
export function hashEach(out: usize, messages: usize, length: usize, n: i32): i32 {
  hashMessages(out, messages, length, n);
  return -1;
}

/** n leaves (32 bytes each), at least one → the 2n − 1 nodes of their tree, the root first. */
export function merkleNodes(out: usize, leaves: usize, n: i32): i32 {
  treeNodes(out, leaves, n);
  return -1;
}
