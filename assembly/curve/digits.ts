// Signed digits of the numbers that msm.ts multiplies by: k + sum of 2^(c-1) 2^(c i) has c-bit digits which, less
// 2^(c-1), are those of k, so there are no carries and any window can be read at any time.
import { DIGITS_END, DIGITS_TEMP } from '../memory';

const OFFSET = DIGITS_TEMP; // sum of 2^(c-1) 2^(c i), three words
if (OFFSET + 24 > DIGITS_END) ERROR('working storage');

/** Digits of one number in an array of them: three words (magnitude below 2^128 plus the offset), then its sign. */
export const DIGITS: usize = 32;
export let c: i32 = 0; // bits of a window
export let windows: i32 = 0;

/** Chooses the windows for n magnitudes below 0.4 * 2^bits; signed digits reach 3/7 of 2^bits (with c = 3) or more. */
export function chooseWindows(n: i32, bits: i32): void {
  let best = i32.MAX_VALUE;
  for (let w = 3; w <= 14; w++) {
    const k = (bits + w - 1) / w;
    // additions: n a window, 2 a bucket; each level of the trees costs an inversion, about 60 additions
    const cost = k * (n + (1 << w)) + 60 * w;
    if (cost < best) {
      best = cost;
      c = w;
      windows = k;
    }
  }
  memory.fill(OFFSET, 0, 24);
  for (let i = 0; i < windows; i++) {
    const bit = c * i + c - 1;
    const at = OFFSET + <usize>(8 * (bit >> 6));
    store<u64>(at, load<u64>(at) | ((<u64>1) << (bit & 63)));
  }
}

/** Writes the digits of a number given by its magnitude and sign. */
export function writeDigits(o: usize, low: u64, high: u64, negative: u64): void {
  const a = low + load<u64>(OFFSET);
  const carry = u64(a < low);
  const b = high + load<u64>(OFFSET, 8);
  const d = b + carry;
  store<u64>(o, a);
  store<u64>(o, d, 8);
  store<u64>(o, load<u64>(OFFSET, 16) + u64(b < high) + u64(d < b), 16);
  store<u64>(o, negative, 24);
}

/** Digit i, less its offset of 2^(c-1). */
// @inline
export function digit(digits: usize, i: i32): i32 {
  const at = c * i;
  const word = load<u64>(digits + <usize>(at >> 3)) >> (at & 7);
  return <i32>(<u32>word & ((1 << c) - 1)) - (1 << (c - 1));
}

/** The windows and digits for n magnitudes below 2^128 (two words each). */
export function digitsOfMagnitudes(digits: usize, magnitudes: usize, n: i32): void {
  chooseWindows(n, 130);
  for (let i = 0; i < n; i++) {
    const at = magnitudes + 16 * <usize>i;
    writeDigits(digits + DIGITS * <usize>i, load<u64>(at), load<u64>(at, 8), 0);
  }
}
