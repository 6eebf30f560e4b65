// Products of the scalar form, o = a b / 2^261 mod m, of one element: product scanning with 64-bit columns, of which the
// low limb is taken off nine times. That the columns fit and the value stays below 2.5 m is checked by bounds.mjs.
import { procedure, range } from '../emit.mjs';
import { invert, mod, words } from '../integers.mjs';
import { MASK, N, W } from './bounds.mjs';

const each = (f) => range(N, f);
/** Limb j of the element at an address. */
const limb = (at, j) => `<u64>load<u32>(${at}, ${4 * j})`;

/** o = a b / R and a² / R: product, at most 2.5 m. */
export const products = (m, fold) => [
  procedure(
    'mul1',
    'o a b',
    each((j) => `const a${j} = ${limb('a', j)}, b${j} = ${limb('b', j)};`),
    reducedProduct(m, fold, (i, j) => `a${i} * b${j}`),
  ),
  procedure(
    'sqr1',
    'o a',
    each((j) => `const a${j} = ${limb('a', j)}, twice${j} = a${j} << 1;`),
    reducedProduct(m, fold, (i, j) => (i > j ? undefined : i === j ? `a${i} * a${i}` : `twice${i} * a${j}`)),
  ),
];

/**
 * Product scanning with delayed carries: column by column, a sum of at most 18 products of 58 bits, below 2^64. The low
 * limb of columns 0 to 7 is folded, T ← (T − d) / 2^29 + d (2^-29 mod m), that of column 8 goes by a Montgomery step,
 * T ← (T + d m) / 2^29 with d = −t / m mod 2^29. `term(i, j)` is the product of limbs i and j, if it has one.
 */
function reducedProduct(m, fold, term) {
  const last = N - 1;
  const [F, M] = [words(fold, 29, N), words(m, 29, N)];
  const negativeInverse = mod(-invert(m, W), W);
  const column = (k) => {
    const own = each((i) => (k - i >= 0 && k - i < N ? term(i, k - i) : undefined));
    // fold i adds from column i + 1 on; the Montgomery step from column 8 on, where its part is in the line that sets d8
    const folds = range(last, (i) => (k > i && k - i - 1 < N ? `d${i} * ${F[k - i - 1]}` : undefined));
    const step = k > last ? [`d${last} * ${M[k - last]}`] : [];
    return [...own, ...folds, ...step].filter((product) => product !== undefined);
  };
  const close = (k) => {
    if (k < last) return `const d${k} = t & ${MASK}; t >>= 29;`;
    if (k === last) {
      return `const d${k} = ((t & ${MASK}) * ${negativeInverse}) & ${MASK}; t = (t + d${k} * ${M[0]}) >> 29;`;
    }
    return `store<u32>(o, <u32>(t & ${MASK}), ${4 * (k - N)}); t >>= 29;`;
  };
  return [
    'let t: u64 = 0;',
    range(2 * N - 1, (k) => [`t += ${column(k).join(' + ')};`, close(k)]),
    `store<u32>(o, <u32>t, ${4 * last});`,
  ];
}
