// Bytes on the wire to pairs of Fr and back, both lanes at once: big-endian scalars of 32 bytes and wide scalars of 48.
// The relaxed form has kernels of its own for this (assembly/generate/relaxed/bytes.mjs); the scalar form goes through words.
// Elements are plain here, not in Montgomery form.
import {
  addReduce,
  fromWords,
  gather,
  isCanonical,
  mul,
  ONE_RAW,
  R2_SHIFTED,
  scatter,
  toWords,
} from '../../build/assembly/fr';
import * as kernels from '../../build/assembly/relaxed-bytes';
import { BYTES_END, BYTES_TEMP } from '../memory';
import { ELEMENT, NUMBER, PAIR } from './layout';
import { reverse } from './words';

const FIRST_BYTE: u8 = 0x30; // of r
const LOW = BYTES_TEMP; // pairs
const HIGH = LOW + PAIR;
const E = HIGH + PAIR; // single elements
const F = E + ELEMENT;
const WORDS = F + ELEMENT; // of one number
if (WORDS + NUMBER > BYTES_END) ERROR('working storage');
const SHIFT: usize = memory.data(<i32>PAIR, 16); // pair of 2^192 in Montgomery form, for the scalar form

/** Before the first readWidePair. */
export function startBytes(): void {
  if (!ASC_FEATURE_RELAXED_SIMD) mul(SHIFT, R2_SHIFTED, ONE_RAW);
}

/** Number of the first of n scalars that is not canonical, or -1. */
export function firstFault(bytes: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) {
    const at = bytes + 32 * <usize>i;
    if (load<u8>(at) < FIRST_BYTE) continue; // nearly always
    reverse(WORDS, at);
    if (!isCanonical(WORDS)) return i;
  }
  return -1;
}

/** o = the pair of the canonical scalars at a and b: raw. */
// @inline
export function readPair(o: usize, a: usize, b: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) kernels.read(o, a, b);
  else {
    reverse(WORDS, a);
    fromWords(E, WORDS);
    reverse(WORDS, b);
    fromWords(F, WORDS);
    gather(o, E, F);
  }
}

/** o = the pair of the wide scalars at a and b, mod r: product (relaxed) or reduced. */
// @inline
export function readWidePair(o: usize, a: usize, b: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) kernels.readWide(o, a, b);
  else {
    readHalves(HIGH, a, b);
    mul(HIGH, HIGH, SHIFT);
    readHalves(LOW, a + 24, b + 24);
    addReduce(o, HIGH, LOW);
  }
}

/** o = the pair of the numbers of 24 bytes at a and b: wide. */
function readHalves(o: usize, a: usize, b: usize): void {
  halfWords(a);
  fromWords(E, WORDS);
  halfWords(b);
  fromWords(F, WORDS);
  gather(o, E, F);
}

function halfWords(a: usize): void {
  store<u64>(WORDS, bswap(load<u64>(a, 16)));
  store<u64>(WORDS, bswap(load<u64>(a, 8)), 8);
  store<u64>(WORDS, bswap(load<u64>(a)), 16);
  store<u64>(WORDS, 0, 24);
}

/** The lanes of a reduced or product pair as scalars of 32 bytes, at a and b. */
// @inline
export function writePair(a: usize, b: usize, x: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) kernels.write(a, b, x);
  else {
    scatter(E, F, x);
    toWords(WORDS, E);
    reverse(a, WORDS);
    toWords(WORDS, F);
    reverse(b, WORDS);
  }
}
