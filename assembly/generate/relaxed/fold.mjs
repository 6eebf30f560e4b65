// From eight unsigned digits, d0 … d7, to a product element: the digits from 2^255 on are folded by 2^(51 i) mod m, then
// the nearest multiple of m is subtracted. Both lanes at once; every bound is checked while this is written.
import { range } from '../emit.mjs';
import { abs, assert, centred } from '../integers.mjs';
import { classes } from './bounds.mjs';
import { Columns } from './columns.mjs';
import { balanced, digitNames, digitVectors, HALF, N, pattern, storeDigit, W } from './digits.mjs';

/** Digits of the number, 408 bits. */
export const WIDE_DIGITS = 8;
const FOLDED = range(WIDE_DIGITS - N, (i) => N + i);
/** What digit i is folded with: 2^(51 i) mod m. */
const foldOf = (i, m) => centred(W ** BigInt(i), m);
/** 2^255 / m, as a double. */
const ratioOf = (m) => Number((1n << 340n) / m) / 2 ** 85;

/** The constants, beside digitConstants. */
export const foldVectors = (m) => ({
  // what a unit of digit 5, or of digit 4, is in multiples of m, negative
  RATIO5: pattern(-ratioOf(m)),
  RATIO4: pattern(-ratioOf(m) / 2 ** 51),
  ...digitVectors('M', balanced(m)),
  ...Object.assign({}, ...FOLDED.map((i) => digitVectors(`F${i}_`, balanced(foldOf(i, m))))),
});

/** What `storeRemainder` loads. */
export const FOLD_NAMES = [
  'MASK',
  'EXPONENT',
  'EXPONENT_AND_HALF',
  'HIGH_OFFSET',
  'BOTH_OFFSETS',
  'RATIO5',
  'RATIO4',
  ...digitNames('M'),
  ...FOLDED.flatMap((i) => digitNames(`F${i}_`)),
];

/** An integer below 2^52 as a double. */
export const double = (integer) => `f64x2.sub(v128.or(${integer}, EXPONENT), EXPONENT)`;

/** o = Σ d_i 2^(51 i) mod m: product. 0 ≤ d_i < 2^51. */
export function storeRemainder(m) {
  const limit = FOLDED.reduce((sum, i) => sum + (W - 1n) * abs(foldOf(i, m)), W ** BigInt(N)); // of |T|
  const t = foldedDigits(limit);
  const s = remainder(m, t, limit);
  return [
    FOLDED.map((i) => `const e${i} = ${double(`d${i}`)};`),
    'let h: v128, l: v128;',
    t.declare(),
    t.statements,
    // k = −T / m, rounded to an integer next to it
    `const k = f64x2.nearest(f64x2.relaxed_madd(${t.digit(5)}, RATIO5, f64x2.mul(${t.digit(4)}, RATIO4)));`,
    s.declare(),
    s.statements,
    range(N, (j) => storeDigit('o', j, s.digit(j))),
  ];
}

/** T = the five lower digits + Σ d_i (2^(51 i) mod m) for i = 5, 6, 7, in six balanced digits. */
function foldedDigits(limit) {
  const t = new Columns('t', N + 1);
  for (const i of FOLDED) {
    for (let j = 0; j < N; j++) {
      t.split(`e${i}`, `F${i}_${j}`, (W - 1n) * HALF);
      t.addLow(j);
      t.addHigh(j + 1);
    }
  }
  for (let j = 0; j < N; j++) t.add(j, `d${j}`, W);
  for (let j = 0; j < N; j++) t.carry(j);
  assert(limit >> 255n < HALF - 2n, 'the digit above the five is one digit');
  return t;
}

/** T + k m in five balanced digits: product. */
function remainder(m, t, limit) {
  const multiple = limit / m + 2n; // the most that |k| can be
  checkMultiple(m, limit, multiple);
  const s = new Columns('s', N, 0n); // the digits of t come with the HALF that makes them balanced
  for (let j = 0; j < N; j++) {
    s.add(j, t.lowBits(j), W);
    s.split('k', `M${j}`, multiple * HALF);
    s.addLow(j);
    if (j < N - 1) s.addHigh(j + 1); // above the top digit all cancels, since the remainder has five digits
  }
  for (let j = 0; j < N - 1; j++) s.carry(j);
  return s;
}

/** How far k = nearest(t5 RATIO5 + t4 RATIO4) may be from −T / m, in units of 2^-64: T + k m must be a product element. */
function checkMultiple(m, limit, multiple) {
  const one = 1n << 64n;
  const ratio = BigInt(ratioOf(m) * 2 ** 51) << 13n; // exact, since the ratio is between 2 and 4
  const ratioError = abs((one << 255n) / m - ratio) + 1n;
  assert(multiple < 1n << 51n, 'half a unit in the last place of k is at most 1/8');
  const errors = [
    one / 2n, // nearest
    one / 8n, // rounding of the fused sum
    ratioError * ((limit >> 255n) + 1n), // of RATIO5 times t5
    one >> 40n, // t4 RATIO4, below 2, and the digits below t4
  ];
  const error = errors.reduce((sum, e) => sum + e);
  assert(m * error <= classes(m).product.value * one, 'the remainder is a product element');
}
