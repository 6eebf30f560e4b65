// The digits of the relaxed form: signed, radix 2^51, each an integer in a double; digit j of both lanes in one vector.
// And the doubles that products and conversions are made with, which live in memory: as literals they would be built anew
// at every use.
import { range } from '../emit.mjs';
import { assert, mod } from '../integers.mjs';

/** Digits of an element. */
export const N = 5;
/** The radix, and half of it: balanced digits are −HALF ≤ d < HALF. */
export const W = 1n << 51n;
export const HALF = 1n << 50n;

/** x·y + HIGH_OFFSET lies in [2^103, 2^104), so it is x·y rounded to a multiple of 2^51, counted in its low bits. */
export const HIGH_OFFSET = 1.5 * 2 ** 103;
/** What x·y is more than that, plus LOW_OFFSET, lies in [2^52, 2^53): an integer in the low bits. */
export const LOW_OFFSET = 1.5 * 2 ** 52;
const BOTH_OFFSETS = HIGH_OFFSET + LOW_OFFSET;
assert(
  BigInt(BOTH_OFFSETS) === BigInt(HIGH_OFFSET) + BigInt(LOW_OFFSET),
  'their sum is a double (not for 52-bit digits)',
);
/** An integer of 51 bits or-ed with the pattern of 2^52 is the double 2^52 + integer. */
const EXPONENT = 2 ** 52;
/** Taken off such a double, it leaves a balanced digit of an integer to which HALF was added. */
const EXPONENT_AND_HALF = EXPONENT + 2 ** 50;

/** The 64 bits of a double. */
export function pattern(d) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, d);
  return view.getBigUint64(0);
}

/** x in balanced digits; the last takes whatever remains. */
export function balanced(x) {
  const out = [];
  for (let j = 0; j < N - 1; j++) {
    const d = mod(x + HALF, W) - HALF;
    out.push(d);
    x = (x - d) / W;
  }
  return [...out, x];
}

/** The constants of columns and digits, for a table of vectors. */
export const digitConstants = {
  HIGH_OFFSET: pattern(HIGH_OFFSET),
  BOTH_OFFSETS: pattern(BOTH_OFFSETS),
  LOW_OFFSET: pattern(LOW_OFFSET),
  EXPONENT_AND_HALF: pattern(EXPONENT_AND_HALF),
  EXPONENT: pattern(EXPONENT),
  MASK: W - 1n,
};

/** A vector for each name, with the same 64 bits in both lanes. `data` defines them, `load` brings some into variables. */
export function vectors(table) {
  const names = Object.keys(table);
  const values = Object.values(table).flatMap((bits) => [bits, bits]);
  return {
    data: `const VECTORS: usize = memory.data<u64>([${values.join(', ')}], 16);`,
    load: (...wanted) => wanted.map((name) => `const ${name} = v128.load(VECTORS, ${16 * names.indexOf(name)});`),
  };
}

/** Names of the digits of a constant: 'M' gives M0 … M4. */
export const digitNames = (name) => range(N, (j) => `${name}${j}`);

/** The entries of a table for a constant's digits, as doubles. */
export const digitVectors = (name, digits) =>
  Object.fromEntries(digits.map((d, j) => [`${name}${j}`, pattern(Number(d))]));

/** Digit j of the pair at an address. */
export const loadDigit = (at, j) => `v128.load(${at}, ${16 * j})`;
export const storeDigit = (at, j, value) => `v128.store(${at}, ${value}, ${16 * j});`;
