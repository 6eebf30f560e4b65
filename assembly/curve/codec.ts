// Bytes to elements and points and back, with every check: canonical scalars and coordinates, points on the curve.
// Points inside are x ‖ y in Montgomery form, reduced (addition.ts); scalars are four little-endian words.
import { NUMBERS } from '../../build/assembly/constants';
import {
  addReduce,
  fromWords,
  gather,
  gatherSigned,
  isCanonical,
  mul,
  ONE_RAW,
  R2,
  reduce,
  scatter,
  sqr,
  subReduce,
  toWords,
} from '../../build/assembly/fp';
import { isCanonical as isCanonicalScalar } from '../../build/assembly/fr';
import { ELEMENT, NUMBER, PAIR } from '../field/layout';
import { isZeroNumber, reverse } from '../field/words';
import { CODEC_END, CODEC_TEMP } from '../memory';
import { isInfinity, POINT } from './points';
import { squareRoots } from '../field/power';

const X = CODEC_TEMP; // two pairs
const SQUARE = X + 2 * PAIR; // two pairs
const ROOT = SQUARE + 2 * PAIR; // two pairs
const T = ROOT + 2 * PAIR;
const THREE = T + PAIR;
const E = THREE + PAIR; // single elements
const F = E + ELEMENT;
const WORDS = F + ELEMENT; // of up to four numbers
if (WORDS + 4 * NUMBER > CODEC_END) ERROR('working storage');

/** Scalars from bytes to words (32 bytes each). The number of the first that is not canonical, or -1. */
export function decodeScalars(words: usize, bytes: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) {
    reverse(words, bytes);
    if (!isCanonicalScalar(words)) return i;
    words += 32;
    bytes += 32;
  }
  return -1;
}

/** SQUARE = X^3 + 3 for `pairs` pairs. */
function curve(pairs: i32): void {
  fromWords(E, NUMBERS + 32);
  gather(THREE, E, E);
  mul(THREE, THREE, R2);
  for (let i: usize = 0; i < <usize>pairs; i++) {
    const square = SQUARE + i * PAIR;
    sqr(T, X + i * PAIR);
    mul(square, T, X + i * PAIR);
    addReduce(square, square, THREE);
  }
}

/** Whether the elements of a reduced or product pair are zero: bit 0 the first, bit 1 the second. */
function zeroLanes(a: usize): i32 {
  scatter(E, F, a);
  toWords(WORDS, E);
  const first = isZeroNumber(WORDS);
  toWords(WORDS, F);
  return <i32>first | ((<i32>isZeroNumber(WORDS)) << 1);
}

/** Points from 64 bytes each: the number of the first faulty one, or -1. Two at a time; G stands in for faults and infinity. */
export function decodePoints(points: usize, bytes: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 2) {
    const lanes = min(2, n - i);
    let good = 3; // bit of each lane
    let infinite = 0;
    for (let l = 0; l < 2; l++) {
      const w = WORDS + 64 * <usize>l;
      if (l < lanes) {
        reverse(w, bytes + 64 * <usize>l);
        reverse(w + 32, bytes + 64 * <usize>l + 32);
        if (!isCanonical(w) || !isCanonical(w + 32)) good &= ~(1 << l);
        if (isZeroNumber(w) && isZeroNumber(w + 32)) infinite |= 1 << l;
      }
      if (l >= lanes || (infinite >> l) & 1 || !((good >> l) & 1)) {
        memory.fill(w, 0, 64);
        store<u64>(w, 1);
        store<u64>(w, 2, 32);
      }
    }
    fromWords(E, WORDS);
    fromWords(F, WORDS + 64);
    gather(X, E, F);
    mul(X, X, R2);
    fromWords(E, WORDS + 32);
    fromWords(F, WORDS + 96);
    gather(ROOT, E, F);
    mul(ROOT, ROOT, R2);
    curve(1);
    sqr(T, ROOT);
    subReduce(T, T, SQUARE);
    good &= zeroLanes(T);
    if (good !== 3) return i + ctz(~good);
    reduce(X, X);
    reduce(ROOT, ROOT);
    storePair(points, lanes, X, ROOT, infinite);
    points += 2 * POINT;
    bytes += 128;
  }
  return -1;
}

/** Writes `lanes` points of a pair of reduced coordinates, all zero where the lane's bit in `infinite` is set. */
function storePair(points: usize, lanes: i32, x: usize, y: usize, infinite: i32): void {
  const second = lanes === 2 ? points + POINT : T;
  scatter(points, second, x);
  scatter(points + 40, second + 40, y);
  if (infinite & 1) memory.fill(points, 0, POINT);
  if (infinite & 2) memory.fill(second, 0, POINT);
}

/** Points from 32 bytes each: the number of the first faulty one, or -1. Four at a time; x = 1 stands in as above. */
export function decompressPoints(points: usize, bytes: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 4) {
    const lanes = min(4, n - i);
    let good = 15;
    let infinite = 0;
    let signs = 0;
    for (let l = 0; l < 4; l++) {
      const w = WORDS + 32 * <usize>l;
      if (l < lanes) {
        reverse(w, bytes + 32 * <usize>l);
        if (isZeroNumber(w)) infinite |= 1 << l;
        const top = load<u64>(w, 24);
        signs |= (<i32>(top >> 63)) << l;
        store<u64>(w, top & ~((<u64>1) << 63), 24);
        if (!isCanonical(w)) good &= ~(1 << l);
      }
      if (l >= lanes || (infinite >> l) & 1 || !((good >> l) & 1)) {
        memory.fill(w, 0, 32);
        store<u64>(w, 1);
      }
    }
    for (let k: usize = 0; k < 2; k++) {
      fromWords(E, WORDS + 64 * k);
      fromWords(F, WORDS + 64 * k + 32);
      gather(X + k * PAIR, E, F);
      mul(X + k * PAIR, X + k * PAIR, R2);
    }
    const pairs = lanes > 2 ? 2 : 1;
    curve(pairs);
    squareRoots(ROOT, SQUARE, pairs);
    for (let k: usize = 0; k < <usize>pairs; k++) {
      sqr(T, ROOT + k * PAIR);
      subReduce(T, T, SQUARE + k * PAIR);
      good &= (zeroLanes(T) << (2 * <i32>k)) | (k === 0 ? 12 : 3);
    }
    if (good !== 15) return i + ctz(~good);
    for (let k: usize = 0; k < <usize>pairs; k++) {
      const root = ROOT + k * PAIR;
      mul(T, root, ONE_RAW);
      scatter(E, F, T);
      toWords(WORDS, E);
      toWords(WORDS + 32, F);
      const s = <u64>(signs >> (2 * <i32>k));
      reduce(root, root);
      scatter(E, F, root);
      gatherSigned(root, E, F, (load<u64>(WORDS) ^ s) & 1, (load<u64>(WORDS, 32) ^ (s >> 1)) & 1);
      reduce(X + k * PAIR, X + k * PAIR);
      storePair(points + 2 * POINT * k, min(2, lanes - 2 * <i32>k), X + k * PAIR, root, infinite >> (2 * <i32>k));
    }
    points += 4 * POINT;
    bytes += 128;
  }
  return -1;
}

/** Operands (u32 addresses, plus 1 for the negative, 0 for infinity) to 64 or 32 bytes each. */
export function encodePoints(bytes: usize, operands: usize, n: i32, compressed: bool): void {
  const size: usize = compressed ? 32 : 64;
  for (let i = 0; i < n; i++) {
    const operand = <usize>load<u32>(operands + 4 * <usize>i);
    const point = operand & ~1;
    const at = bytes + size * <usize>i;
    if (point === 0 || isInfinity(point)) {
      memory.fill(at, 0, size);
      continue;
    }
    // both coordinates in the lanes of one pair
    gatherSigned(T, point, point + 40, 0, operand & 1);
    mul(T, T, ONE_RAW);
    scatter(E, F, T);
    toWords(WORDS, E);
    toWords(WORDS + 32, F);
    if (compressed) {
      store<u64>(WORDS, load<u64>(WORDS, 24) | (load<u64>(WORDS, 32) << 63), 24);
    } else {
      reverse(at + 32, WORDS + 32);
    }
    reverse(at, WORDS);
  }
}
