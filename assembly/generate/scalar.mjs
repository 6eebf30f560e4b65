// Writes the scalar form of one prime field, for engines without relaxed SIMD: an element as nine 29-bit limbs in u32,
// 40 bytes apart, a pair as two elements one after the other; Montgomery factor R = 2^261. No SIMD instruction at all.
// Exports the same kernels as relaxed.mjs. The bounds are checked while the kernels are written.
import { assert, invert, mod, words } from './curve.mjs';

const N = 9;
const W = 1n << 29n;
const MASK = W - 1n;
const range = (n, f) => Array.from({ length: n }, (_, i) => f(i));
const ceilDiv = (a, b) => (a + b - 1n) / b;
const max = (a, b) => (a > b ? a : b);

/** Classes of elements as bounds of the value; limbs are always below 2^29 and values never negative. See relaxed.mjs. */
export function classes(m) {
  const reduced = { value: m + (m >> 16n) };
  const product = { value: (m * 5n) / 2n };
  return {
    reduced,
    product,
    lazy: { value: reduced.value + 4n * m }, // a - b + 4 m
    raw: { value: m - 1n },
    wide: { value: (1n << 192n) - 1n },
    constant: { value: m - 1n },
  };
}

/** Checks that the columns of a product fit 64 bits and that its value is at most `limit`. */
function checkProduct(m, M, x, y, limit) {
  const limbs = (c) => range(N, (j) => (j < N - 1 ? MASK : c.value >> 232n));
  const a = limbs(x);
  const b = limbs(y);
  const fold = words(M, 29, N);
  const modulus = words(m, 29, N);
  assert(a[8] <= MASK && b[8] <= MASK, 'nine limbs');
  let carry = 0n;
  for (let k = 0; k < 2 * N; k++) {
    let column = carry;
    for (let i = 0; i < N; i++) {
      if (k - i >= 0 && k - i < N) column += a[i] * b[k - i];
      if (i < N - 1 && k - i - 1 >= 0 && k - i - 1 < N) column += MASK * fold[k - i - 1];
      if (i === N - 1 && k - i >= 0 && k - i < N) column += MASK * modulus[k - i];
    }
    assert(column < 1n << 64n, 'column within 64 bits');
    carry = column >> 29n;
  }
  let value = x.value * y.value;
  for (let i = 0; i < N - 1; i++) value = value / W + MASK * M;
  value = ceilDiv(value + MASK * m, W);
  assert(value <= limit, `product of values below ${Number((limit * 1000n) / m) / 1000} of the modulus`);
}

export function scalarField(m) {
  const P = words(m, 29, N);
  const foldValue = invert(W, m); // 2^-29 mod m
  const M = words(foldValue, 29, N);
  const mu = mod(-invert(m, W), W);
  const c = classes(m);
  const every = max(max(c.product.value, c.lazy.value), c.wide.value);
  for (const x of [c.product, c.lazy, c.raw]) checkProduct(m, foldValue, x, { value: every }, c.product.value);
  const P4 = words(4n * m, 29, N);
  assert(c.product.value < 4n * m, 'a - b + 4 m stays positive');

  const each = (f, n = N, separator = '\n') => range(n, (j) => `  ${f(j)}`).join(separator);
  const at = (x, j) => `<i64>load<u32>(${x}, ${4 * j})`;
  const uat = (x, j) => `<u64>load<u32>(${x}, ${4 * j})`;

  /** Product scanning with the carries delayed: column by column, eight folds and one Montgomery step. */
  function product(square) {
    const out = ['let t: u64 = 0;'];
    for (let k = 0; k < 2 * N; k++) {
      const terms = [];
      for (let i = 0; i < N; i++) {
        const j = k - i;
        if (j < 0 || j >= N) continue;
        if (!square) terms.push(`a${i} * b${j}`);
        else if (i <= j) terms.push(i === j ? `a${i} * a${i}` : `e${i} * a${j}`);
      }
      for (let i = 0; i < N; i++) {
        // fold i adds d_i (2^-29 mod m) from column i + 1 on; the Montgomery step (i = 8) adds d_8 m from column 8 on
        const j = i < N - 1 ? k - i - 1 : k - i;
        if (j >= 0 && j < N && (i < N - 1 || j > 0)) terms.push(`d${i} * ${i < N - 1 ? M[j] : P[j]}`);
      }
      if (terms.length > 0) out.push(`t += ${terms.join(' + ')};`);
      if (k < N - 1) out.push(`const d${k} = t & ${MASK}; t >>= 29;`);
      else if (k === N - 1) out.push(`const d${k} = ((t & ${MASK}) * ${mu}) & ${MASK}; t = (t + d${k} * ${P[0]}) >> 29;`);
      else if (k < 2 * N - 1) out.push(`store<u32>(o, <u32>(t & ${MASK}), ${4 * (k - N)}); t >>= 29;`);
      else out.push(`store<u32>(o, <u32>t, ${4 * (k - N)});`);
    }
    return out.map((s) => `  ${s}`).join('\n');
  }
  const carryAndStore = `${range(8, (j) => `  store<u32>(o, <u32>(t${j} & ${MASK}), ${4 * j}); t${j + 1} += t${j} >> 29;`).join('\n')}
  store<u32>(o, <u32>t8, 32);`;

  // reduce: sums and differences of up to three elements, each limb below 2^29, to [0, m + m / 2^16]. The eight lower
  // limbs together are within 3 units of 2^232, so the top limb less 4 never overestimates the multiple of m.
  {
    const unit = 1n << 232n;
    assert(3n * MASK * ((unit - 1n) / MASK) < 3n * unit, 'lower limbs are within 3 units');
    assert(8n * unit < m >> 16n, 'the estimate leaves less than m / 2^16 above m');
  }
  const reduce = `  const k = <i64>Math.floor(<f64>(t8 - 4) * ${Number((1n << 300n) / m) / 2 ** 68});
${each((j) => `t${j} -= k * ${P[j]};`)}
${carryAndStore}`;
  const both = (name, params, call) => `export function ${name}(${params.map((x) => `${x}: usize`).join(', ')}): void {
  ${call}(${params.join(', ')});
  ${call}(${params.map((x) => `${x} + 40`).join(', ')});
}`;
  const copy = (o, a) => range(5, (j) => `  store<u64>(${o}, load<u64>(${a}, ${8 * j}), ${8 * j});`).join('\n');
  const M64 = words(m, 64, 4);
  const R = 1n << 261n;
  const pair = (x) => [...words(mod(x, m), 29, N), 0n, ...words(mod(x, m), 29, N), 0n];
  const M29 = words(m, 29, N);

  return `// Generated by assembly/generate/scalar.mjs. Modulus ${m}.
const PAIRS: usize = memory.data<u32>([${[1n, R, R * R, R * R << 192n, R * R * R].flatMap(pair).join(', ')}], 16);
export const ONE_RAW: usize = PAIRS;
export const ONE: usize = PAIRS + 80;
export const R2: usize = PAIRS + 160;
export const R2_SHIFTED: usize = PAIRS + 240;
export const R3: usize = PAIRS + 320;

function mul1(o: usize, a: usize, b: usize): void {
${each((j) => `const a${j} = ${uat('a', j)}, b${j} = ${uat('b', j)};`)}
${product(false)}
}
function sqr1(o: usize, a: usize): void {
${each((j) => `const a${j} = ${uat('a', j)}, e${j} = a${j} << 1;`)}
${product(true)}
}
function add1(o: usize, a: usize, b: usize): void {
${each((j) => `let t${j} = ${at('a', j)} + ${at('b', j)};`)}
${carryAndStore}
}
function sub1(o: usize, a: usize, b: usize): void {
${each((j) => `let t${j} = ${at('a', j)} - ${at('b', j)} + ${P4[j]};`)}
${carryAndStore}
}
function reduce1(o: usize, a: usize): void {
${each((j) => `let t${j} = ${at('a', j)};`)}
${reduce}
}
function addReduce1(o: usize, a: usize, b: usize): void {
${each((j) => `let t${j} = ${at('a', j)} + ${at('b', j)};`)}
${reduce}
}
function subReduce1(o: usize, a: usize, b: usize): void {
${each((j) => `let t${j} = ${at('a', j)} - ${at('b', j)};`)}
${reduce}
}
function subSubReduce1(o: usize, a: usize, b: usize, c: usize): void {
${each((j) => `let t${j} = ${at('a', j)} - ${at('b', j)} - ${at('c', j)};`)}
${reduce}
}
function negate1(o: usize, a: usize): void {
${each((j) => `let t${j} = -${at('a', j)};`)}
${reduce}
}
${both('mul', ['o', 'a', 'b'], 'mul1')}
${both('sqr', ['o', 'a'], 'sqr1')}
${both('add', ['o', 'a', 'b'], 'add1')}
${both('sub', ['o', 'a', 'b'], 'sub1')}
${both('reduce', ['o', 'a'], 'reduce1')}
${both('addReduce', ['o', 'a', 'b'], 'addReduce1')}
${both('subReduce', ['o', 'a', 'b'], 'subReduce1')}
${both('subSubReduce', ['o', 'a', 'b', 'c'], 'subSubReduce1')}
export function gather(o: usize, e: usize, f: usize): void {
${copy('o', 'e')}
${copy('o + 40', 'f')}
}
export function gatherSigned(o: usize, e: usize, f: usize, s: u64, t: u64): void {
  if (s) negate1(o, e);
  else {
${copy('o', 'e')}
  }
  if (t) negate1(o + 40, f);
  else {
${copy('o + 40', 'f')}
  }
}
export function scatter(e: usize, f: usize, a: usize): void {
${copy('e', 'a')}
${copy('f', 'a + 40')}
}
export function swapLanes(o: usize, a: usize): void {
${range(5, (j) => `  const u${j} = load<u64>(a, ${8 * j}), v${j} = load<u64>(a, ${40 + 8 * j});`).join('\n')}
${range(5, (j) => `  store<u64>(o, v${j}, ${8 * j}); store<u64>(o, u${j}, ${40 + 8 * j});`).join('\n')}
}
// element from four little-endian words; raw if they are below the modulus
export function fromWords(e: usize, w: usize): void {
  const w0 = load<u64>(w), w1 = load<u64>(w, 8), w2 = load<u64>(w, 16), w3 = load<u64>(w, 24);
${each((j) => {
  const low = 29 * j;
  const i = low >> 6;
  const shift = low & 63;
  const value = shift > 35 && i < 3 ? `(w${i} >> ${shift}) | (w${i + 1} << ${64 - shift})` : `w${i} >> ${shift}`;
  return `store<u32>(e, <u32>((${value}) & ${MASK}), ${4 * j});`;
})}
  store<u32>(e, 0, 36);
}
// the value in [0, m) of a reduced or product element as four little-endian words
export function toWords(w: usize, e: usize): void {
${each((j) => `let t${j} = ${at('e', j)};`)}
  const k = <i64>Math.floor(<f64>(t8 - 4) * ${Number((1n << 300n) / m) / 2 ** 68});
${each((j) => `t${j} -= k * ${M29[j]};`)}
${range(8, (j) => `  t${j + 1} += t${j} >> 29; t${j} &= ${MASK};`).join('\n')}
  // in [0, m + m / 2^16]: subtract m, and add it again if that was too much
${each((j) => `t${j} -= ${M29[j]};`)}
${range(8, (j) => `  t${j + 1} += t${j} >> 29; t${j} &= ${MASK};`).join('\n')}
  const negative = t8 >> 63;
${each((j) => `t${j} += negative & ${M29[j]};`)}
${range(8, (j) => `  t${j + 1} += t${j} >> 29; t${j} &= ${MASK};`).join('\n')}
  store<u64>(w, t0 | (t1 << 29) | (t2 << 58));
  store<u64>(w, (t2 >>> 6) | (t3 << 23) | (t4 << 52), 8);
  store<u64>(w, (t4 >>> 12) | (t5 << 17) | (t6 << 46), 16);
  store<u64>(w, (t6 >>> 18) | (t7 << 11) | (t8 << 40), 24);
}
export function isCanonical(w: usize): bool {
  let a = load<u64>(w, 24);
  if (a != ${M64[3]}) return a < ${M64[3]};
  a = load<u64>(w, 16);
  if (a != ${M64[2]}) return a < ${M64[2]};
  a = load<u64>(w, 8);
  if (a != ${M64[1]}) return a < ${M64[1]};
  return load<u64>(w) < ${M64[0]};
}
`;
}
