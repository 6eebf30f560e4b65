// Sums of wide numbers times small weights, as dealing wants them: the limits that both forms keep, and the proof
// that they do. A wide number is twelve limbs of 32 bits, and so is a sum, in 64-bit integers that are carried only once, when
// the sum is complete.
import { assert, ceilDiv, words } from './integers.mjs';

export const LIMBS = 12;
export const RADIX = 1n << 32n;
/** Numbers that are added to a sum at once, and the most that a weight may be. */
export const BLOCK = 16;
export const WEIGHT_LIMIT = 1n << 15n;
/** The weights of a sum together stay below this. */
export const TOTAL_LIMIT = 1n << 23n;
/** Bits of a complete sum, after a multiple of m has made it positive. */
export const SUM_BITS = 408n;

/** Added to each limb, so that its carry is an unsigned shift. */
export const BIAS = 1n << 62n;

/** A multiple of m that no sum can make negative. */
const positive = (m) => ceilDiv(TOTAL_LIMIT << 384n, m) * m;

/** What to add to the limbs of a sum before they are carried; the thirteenth only takes carries. */
export const carryStart = (m) =>
  words(positive(m), 32, LIMBS + 1).map((limb, i) => limb + (i < LIMBS ? BIAS : 0n) - (i > 0 ? BIAS / RADIX : 0n));

/** Checks what the kernels of both forms rely on. */
export function checkSums(m) {
  const largest = (TOTAL_LIMIT - 1n) * (RADIX - 1n); // of a limb of a sum
  for (const start of carryStart(m).slice(0, LIMBS)) {
    assert(start - largest >= 0n, 'limbs of a sum are positive with the bias');
    assert(start + largest + (1n << 32n) < 1n << 63n, 'limbs of a sum and their carries fit 63 bits');
  }
  const whole = (TOTAL_LIMIT - 1n) * ((1n << 384n) - 1n);
  assert(positive(m) - whole >= 0n && positive(m) + whole < 1n << SUM_BITS, 'the sum is positive and fits 408 bits');
  // the relaxed form adds a block in doubles from 1.5 · 2^52 on, with limbs less 2^31, and at the end 2^31 times the weights
  const block = BigInt(BLOCK) * WEIGHT_LIMIT;
  assert(block * (RADIX - 1n) < 1n << 51n, 'a block stays in [2^52, 2^53), where doubles are integers');
  assert(block * (RADIX / 2n) < 1n << 51n, 'and so it does before the weights are added');
}
