// The field kernels alone, for tests at the limits of their ranges and for the bench; not part of the engine's modules.
import * as fp from '../build/assembly/fp';
import * as fr from '../build/assembly/fr';
import { invertWords } from '../build/assembly/inverse';
import { writePair } from './field/bytes';
import { splitScalar } from '../build/assembly/split';
import { combine, DIGITS, reducePair, spread, startSums, SUM } from './field/sums';

export const memoryStart: usize = (__heap_base + 15) & ~15;

// kernel numbers: 0 mul, 1 sqr, 2 add, 3 sub, 4 reduce, 5 addReduce, 6 subReduce, 7 subSubReduce(a, b, b)
export function apply(field: i32, kernel: i32, o: usize, a: usize, b: usize): void {
  if (field === 0) {
    if (kernel === 0) fp.mul(o, a, b);
    else if (kernel === 1) fp.sqr(o, a);
    else if (kernel === 2) fp.add(o, a, b);
    else if (kernel === 3) fp.sub(o, a, b);
    else if (kernel === 4) fp.reduce(o, a);
    else if (kernel === 5) fp.addReduce(o, a, b);
    else if (kernel === 6) fp.subReduce(o, a, b);
    else fp.subSubReduce(o, a, b, b);
  } else {
    if (kernel === 0) fr.mul(o, a, b);
    else if (kernel === 1) fr.sqr(o, a);
    else if (kernel === 2) fr.add(o, a, b);
    else if (kernel === 3) fr.sub(o, a, b);
    else if (kernel === 4) fr.reduce(o, a);
    else if (kernel === 5) fr.addReduce(o, a, b);
    else if (kernel === 6) fr.subReduce(o, a, b);
    else fr.subSubReduce(o, a, b, b);
  }
}

export function fromWords(field: i32, e: usize, w: usize): void {
  if (field === 0) fp.fromWords(e, w);
  else fr.fromWords(e, w);
}

export function toWords(field: i32, w: usize, e: usize): void {
  if (field === 0) fp.toWords(w, e);
  else fr.toWords(w, e);
}

export function isCanonical(field: i32, w: usize): bool {
  return field === 0 ? fp.isCanonical(w) : fr.isCanonical(w);
}

export function gather(o: usize, e: usize, f: usize): void {
  fp.gather(o, e, f);
}

export function gatherSigned(field: i32, o: usize, e: usize, f: usize, s: u64, t: u64): void {
  if (field === 0) fp.gatherSigned(o, e, f, s, t);
  else fr.gatherSigned(o, e, f, s, t);
}

export function scatter(e: usize, f: usize, a: usize): void {
  fp.scatter(e, f, a);
}

export function swapLanes(o: usize, a: usize): void {
  fp.swapLanes(o, a);
}

/** o_i = a_i b_i for n pairs, 80 bytes apart. */
export function mulBatch(field: i32, o: usize, a: usize, b: usize, n: i32): void {
  for (let i: usize = 0; i < 80 * <usize>n; i += 80) {
    if (field === 0) fp.mul(o + i, a + i, b + i);
    else fr.mul(o + i, a + i, b + i);
  }
}

/** a = a^2, n times. */
export function sqrChain(field: i32, a: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    if (field === 0) fp.sqr(a, a);
    else fr.sqr(a, a);
  }
}

export function split(o: usize, k: usize, odd: bool): void {
  splitScalar(o, k, odd);
}

/** words = 1 / words mod p; the working storage follows. */
export function invert(words: usize): void {
  invertWords(words, words + 32);
}

/** A pair of Fr as 32 bytes each at a and b. */
export function writeBytes(a: usize, b: usize, x: usize): void {
  writePair(a, b, x);
}

/**
 * The pair of Fr of Σ w_q a_q and Σ w_q b_q for n wide scalars (48 bytes) in a row at a, and at b, with n weights of two
 * bytes, `block` of them at once. `s`: working storage.
 */
export function sumWide(o: usize, a: usize, b: usize, weights: usize, n: i32, block: i32, s: usize): void {
  const digits = s + 2 * SUM;
  startSums();
  memory.fill(s, 0, 2 * SUM);
  for (let from = 0; from < n; from += block) {
    const size = min(block, n - from);
    for (let c: usize = 0; c < 2; c++) {
      const numbers = (c === 0 ? a : b) + 48 * <usize>from;
      for (let q: usize = 0; q < <usize>size; q++) spread(digits + DIGITS * q, numbers + 48 * q);
      combine(s + SUM * c, digits, weights + 2 * <usize>from, size);
    }
  }
  reducePair(o, s, s + SUM);
}
