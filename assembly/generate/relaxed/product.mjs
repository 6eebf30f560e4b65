// Products of the relaxed form, o = a b / 2^255 mod m: ten columns of digit products, brought to five by dividing by 2^51
// five times. The value's way, in units of m = 0.378 · 2^255: |T| ≤ |a||b|, three folds and two Montgomery steps leave
// |T| ≤ 0.3781 |a||b| + 0.5, at most 0.88 for the operands that are allowed (bounds.mjs).
import { kernel, range } from '../emit.mjs';
import { Columns } from './columns.mjs';
import { digitNames, loadDigit, N, storeDigit } from './digits.mjs';

const FOLDS = 3;

/** What mul and sqr load: M, the modulus; F, 2^-51 mod m; and the constants of columns and quotients. */
export const PRODUCT_VECTORS = [
  'HIGH_OFFSET',
  'BOTH_OFFSETS',
  'LOW_OFFSET',
  'EXPONENT_AND_HALF',
  'EXPONENT',
  'MASK',
  'NEGATIVE_INVERSE',
  ...digitNames('M'),
  ...digitNames('F'),
];

/** o = a b: product. */
export const mul = (load) =>
  kernel(
    'mul',
    'o a b',
    load,
    range(N, (j) => `const a${j} = ${loadDigit('a', j)};`),
    range(N, (j) => `const b${j} = ${loadDigit('b', j)};`),
    storeProduct((t) => {
      for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) addProduct(t, `a${i}`, `b${j}`, i + j);
    }),
  );

/** o = a²: product. Each product of two different digits counts twice, so one of them is doubled first. */
export const sqr = (load) =>
  kernel(
    'sqr',
    'o a',
    load,
    range(N, (j) => `const a${j} = ${loadDigit('a', j)};`),
    range(N, (j) => `const twice${j} = f64x2.add(a${j}, a${j});`),
    storeProduct((t) => {
      for (let i = 0; i < N; i++) {
        for (let j = i; j < N; j++) addProduct(t, i === j ? `a${i}` : `twice${i}`, `a${j}`, i + j);
      }
    }),
  );

/** What adds up the columns (`addProducts`), divides them by 2^255 mod m and stores five balanced digits at o. */
function storeProduct(addProducts) {
  const t = new Columns('t', 2 * N);
  addProducts(t);
  for (let i = 0; i < N; i++) {
    if (i < FOLDS) fold(t, i);
    else montgomeryStep(t, i);
  }
  for (let k = N; k < 2 * N - 1; k++) {
    t.carry(k);
    t.statements.push(`const r${k - N} = ${t.digit(k)};`);
  }
  t.statements.push(`const r${N - 1} = ${t.digit(2 * N - 1)};`);
  return [t.declare(), 'let h: v128, l: v128, d: v128;', t.statements, range(N, (j) => storeDigit('o', j, `r${j}`))];
}

/** T += x·y 2^(51 k): h to column k + 1, l to column k. */
function addProduct(t, x, y, k) {
  t.split(x, y);
  t.addHigh(k + 1);
  t.addLow(k);
}

/**
 * T ← (T − d) / 2^51 + d F, where d is the lowest digit left, column i, and F = 2^-51 mod m. One digit product less than
 * a Montgomery step, but |T| only falls to |T| / 2^51 + 2^50 |F|.
 */
function fold(t, i) {
  t.carry(i);
  t.statements.push(`d = ${t.digit(i)};`);
  for (let j = 0; j < N; j++) addProduct(t, 'd', `F${j}`, i + 1 + j);
}

/**
 * T ← (T + q m) / 2^51, where q = −d / m mod 2^51 is the balanced digit that clears column i: |T| falls to
 * (|T| + 2^50 m) / 2^51.
 */
function montgomeryStep(t, i) {
  t.statements.push(`d = ${t.digit(i)};`);
  // d · (−1 / m) mod 2^51 is what HIGH_OFFSET rounds off, the l of the product
  t.statements.push(
    'h = f64x2.relaxed_madd(d, NEGATIVE_INVERSE, HIGH_OFFSET);',
    'd = f64x2.sub(f64x2.relaxed_madd(d, NEGATIVE_INVERSE, f64x2.sub(BOTH_OFFSETS, h)), LOW_OFFSET);',
  );
  for (let j = 0; j < N; j++) addProduct(t, 'd', `M${j}`, i + j);
  t.carry(i);
}
