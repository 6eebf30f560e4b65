// Dealing and its shares (Cramer, Damgård, Ishai 2005; src/engine/engine.ts): small integer combinations of the
// wide scalars R_A and R'_A of all subsets A. Each combination is a row of weights; a record has two sums a row, of the
// R_A and of the R'_A, which grow block by block of subsets and are reduced once. A weight of more than 16 bits is cut
// into parts, a row each: `parts` gives the rows of each result, least significant first.
import { BLOCK } from '../../build/assembly/constants';
import { addReduce, mul, ONE, subReduce } from '../../build/assembly/fr';
import { readPair, writePair } from '../field/bytes';
import { NUMBER, PAIR } from '../field/layout';
import { combine, DIGITS, reducePair, spread, startSums, SUM } from '../field/sums';
import { DEALING_END, DEALING_TEMP } from '../memory';

const SCALAR: usize = NUMBER;
const WIDE: usize = 48;
const PAD: usize = 2 * WIDE;

const T = DEALING_TEMP; // pairs
const NEXT = T + PAIR;
const RADIX = NEXT + PAIR; // what the next part of a weight counts, in Montgomery form
const NONE = RADIX + PAIR; // a scalar of zero
const UNUSED = NONE + SCALAR; // a scalar that nobody wants
const SPREAD = UNUSED + SCALAR; // the digits of a block
if (SPREAD + BLOCK * DIGITS > DEALING_END) ERROR('working storage');

/**
 * Adds a block of s ≤ BLOCK subsets to the sums of n records, of each record first those of the R_A, then those of the
 * R'_A, a sum for each row. `streams`: 96 n bytes of each subset; `weights`: s weights of two bytes of each row.
 */
export function accumulate(sums: usize, streams: usize, weights: usize, rows: i32, s: i32, n: i32): void {
  const stream = PAD * <usize>n;
  const row = 2 * <usize>s;
  for (const end = streams + stream; streams < end; streams += WIDE) {
    for (let q: usize = 0; q < <usize>s; q++) spread(SPREAD + DIGITS * q, streams + stream * q);
    for (let r: usize = 0; r < <usize>rows; r++, sums += SUM) combine(sums, SPREAD, weights + row * r, s);
  }
}

/** Of n records: t coefficients of f from 0 on, of which the message is the first, t of b, and the correction. */
export function dealFromSums(
  values: usize,
  blindings: usize,
  corrections: usize,
  messages: usize,
  sums: usize,
  parts: usize,
  bits: i32,
  t: i32,
  n: i32,
): void {
  start(bits);
  const rows = totalParts(parts, t);
  for (let k = 0; k < n; k++) {
    for (let j: usize = 0; j < <usize>t; j++) {
      const count = <i32>load<u8>(parts + j);
      combination(sums, sums + SUM * rows, count);
      sums += SUM * <usize>count;
      if (j === 0) {
        writePair(UNUSED, blindings, T);
        readPair(NEXT, messages, NONE);
        subReduce(T, NEXT, T);
        writePair(corrections, UNUSED, T);
        memory.copy(values, messages, SCALAR);
      } else writePair(values, blindings, T);
      values += SCALAR;
      blindings += SCALAR;
    }
    sums += SUM * rows;
    messages += SCALAR;
    corrections += SCALAR;
  }
}

/** n shares s ‖ b from their sums of one result and the corrections (canonical). */
export function sharesFromSums(out: usize, corrections: usize, sums: usize, parts: i32, bits: i32, n: i32): void {
  start(bits);
  for (let k = 0; k < n; k++) {
    combination(sums, sums + SUM * <usize>parts, parts);
    readPair(NEXT, corrections, NONE);
    addReduce(T, T, NEXT);
    writePair(out, out + SCALAR, T);
    sums += 2 * SUM * <usize>parts;
    corrections += SCALAR;
    out += 2 * SCALAR;
  }
}

/** T = the pair of Σ_i 2^(bits i) · sum i of `count` sums at a and at b: product or reduced. */
function combination(a: usize, b: usize, count: i32): void {
  let i = SUM * <usize>(count - 1);
  reducePair(T, a + i, b + i);
  while (i > 0) {
    i -= SUM;
    mul(T, T, RADIX);
    reducePair(NEXT, a + i, b + i);
    addReduce(T, T, NEXT);
  }
}

function start(bits: i32): void {
  startSums();
  memory.fill(NONE, 0, SCALAR);
  memory.copy(RADIX, ONE, PAIR);
  for (let i = 0; i < bits; i++) addReduce(RADIX, RADIX, RADIX);
}

function totalParts(parts: usize, t: i32): usize {
  let total: usize = 0;
  for (let j: usize = 0; j < <usize>t; j++) total += <usize>load<u8>(parts + j);
  return total;
}
