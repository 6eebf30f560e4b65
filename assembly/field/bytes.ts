// Bytes on the wire to pairs of Fr and back, both lanes at once: big-endian scalars of 32 bytes.
// The relaxed form has kernels of its own for this (assembly/generate/relaxed/bytes.mjs); the scalar form goes through words.
// Elements are plain here, not in Montgomery form.
import { fromWords, gather, isCanonical, scatter, toWords } from '../../build/assembly/fr';
import * as kernels from '../../build/assembly/relaxed-bytes';
import { BYTES_END, BYTES_TEMP } from '../memory';
import { ELEMENT, NUMBER } from './layout';
import { reverse } from './words';

const FIRST_BYTE: u8 = 0x30; // of r
const E = BYTES_TEMP; // single elements
const F = E + ELEMENT;
const WORDS = F + ELEMENT; // of one number
if (WORDS + NUMBER > BYTES_END) ERROR('working storage');

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
