// Writes the relaxed form of one prime field: a pair of elements as five f64x2, digit j of both in one vector, in radix
// 2^51 with signed digits, Montgomery factor R = 2^255. Products come from fused multiply-add (relaxed_madd).
// The bounds of every kernel are checked here while it is written: a violated bound stops the build.
import { assert, invert, mod, words } from './curve.mjs';

const N = 5;
const W = 1n << 51n;
const HALF = 1n << 50n;
const BIAS = 1n << 60n; // added to each column so that its carry is an unsigned shift
const C1 = 1.5 * 2 ** 103; // x*y + C1 rounds x*y to a multiple of 2^51, found in the low bits of the sum
const C3 = 1.5 * 2 ** 52; // the rest of x*y, plus C3, is an integer in the low bits
const C2 = C1 + C3;
const E52 = 2 ** 52;
const D3 = E52 + 2 ** 50;
assert(BigInt(C2) === BigInt(C1) + BigInt(C3), 'C1 + C3 is a double (it is not for 52-bit digits)');

const bits = (d) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, d);
  return view.getBigUint64(0);
};
const range = (n, f) => Array.from({ length: n }, (_, i) => f(i));
const abs = (x) => (x < 0n ? -x : x);
const ceilDiv = (a, b) => (a + b - 1n) / b;

/** Digits in [-2^50, 2^50), the top one whatever remains. */
export function balanced(x) {
  const out = [];
  for (let j = 0; j < N - 1; j++) {
    let d = mod(x, W);
    if (d >= HALF) d -= W;
    out.push(d);
    x = (x - d) / W;
  }
  return [...out, x];
}
const centred = (x, m) => (mod(x, m) > m / 2n ? mod(x, m) - m : mod(x, m));

/**
 * Classes of elements, as bounds of the digits (0 to 3) and of the value; the top digit is bounded by the value.
 * reduced: what `reduce` leaves; product: what mul and sqr leave; lazy: sum or difference of two reduced ones;
 * raw: 0 <= value < m in unsigned digits, as read from bytes; wide: 192 bits in unsigned digits.
 */
export function classes(m) {
  const reduced = { digit: HALF + 4n, value: m / 2n + (m >> 40n) };
  const product = { digit: HALF, value: (m * 88n) / 100n };
  return {
    reduced,
    product,
    lazy: { digit: 2n * reduced.digit, value: 2n * reduced.value },
    raw: { digit: W - 1n, value: m - 1n },
    wide: { digit: W - 1n, value: (1n << 192n) - 1n },
    constant: { digit: HALF, value: m / 2n },
  };
}
/** Bounds of the five digits. The top digit is value / 2^204 up to what the lower digits can add (2 units). */
const digitBounds = (c) => range(N, (j) => (j < N - 1 ? c.digit : ceilDiv(c.value, 1n << 204n) + 2n));

/** Checks that a product of operands x and y stays in every range and that its value is below `limit`. */
function checkProduct(m, M, x, y, limit, doubled) {
  const a = digitBounds(x);
  const b = digitBounds(y);
  const columns = range(10, () => 0n);
  const term = (u, v, k) => {
    assert(u * v <= 1n << 102n, 'digit product within 2^102, so that x*y + C1 keeps its exponent');
    columns[k] += HALF; // low part
    columns[k + 1] += u * v / W + 1n; // high part, rounded
  };
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      if (!doubled) term(a[i], b[j], i + j);
      else if (i < j) term(2n * a[i], a[j], i + j);
      else if (i === j) term(a[i], a[i], 2 * i);
    }
  }
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) term(HALF, HALF, i < 3 ? i + 1 + j : i + j);
  for (let k = 0; k < 10; k++) {
    if (k > 0) columns[k] += columns[k - 1] / W + 2n;
    assert(columns[k] + HALF < BIAS, 'column within the bias');
  }
  let value = x.value * y.value;
  for (let i = 0; i < 3; i++) value = ceilDiv(value + HALF, W) + HALF * M;
  for (let i = 0; i < 2; i++) value = ceilDiv(value + HALF * m, W);
  assert(value <= limit, `product of values below ${Number((limit * 1000n) / m) / 1000} of the modulus`);
  assert(value >> 204n < HALF - 2n, 'top digit is one digit');
}

export function relaxedField(m) {
  const P = balanced(m);
  const foldValue = centred(invert(W, m), m); // 2^-51 mod m
  const M = balanced(foldValue);
  const mu = centred(-invert(m, W), W);
  const c = classes(m);
  for (const [x, y] of [
    [c.product, c.product],
    [c.product, c.reduced],
    [c.reduced, c.lazy],
    [c.product, c.lazy],
    [c.raw, c.constant],
    [c.wide, c.constant],
    [c.lazy, c.constant],
    [c.raw, c.wide],
  ]) {
    checkProduct(m, abs(foldValue), x, y, c.product.value, false);
  }
  for (const x of [c.product, c.reduced]) checkProduct(m, abs(foldValue), x, x, c.product.value, true);
  for (const d of [...P, ...M]) assert(abs(d) <= HALF, 'digits of the constants');

  // constants live in memory: inlined vectors would be rebuilt at every use
  const table = [
    ['C1', bits(C1)],
    ['C2', bits(C2)],
    ['C3', bits(C3)],
    ['D3', bits(D3)],
    ['E52', bits(E52)],
    ['MASK', W - 1n],
    ['MU', bits(Number(mu))],
    ['S51', bits(2 ** -51)],
    ['INV', bits(Number((1n << 300n) / m) / 2 ** 96)], // 2^204 / m
    ...P.map((d, j) => [`P${j}`, bits(Number(d))]),
    ...M.map((d, j) => [`M${j}`, bits(Number(d))]),
  ];
  const load = (names) =>
    names.map((name) => `  const ${name} = v128.load(K, ${16 * table.findIndex(([n]) => n === name)});`).join('\n');
  const each = (f, n = N) => range(n, (j) => `  ${f(j)}`).join('\n');

  function product(square) {
    const out = [];
    const count = range(11, () => [0n, 0n]);
    const started = new Set();
    const accumulate = (k, what) => {
      out.push(`t${k} = i64x2.add(${started.has(k) ? `t${k}` : `T${k}`}, ${what});`);
      started.add(k);
    };
    // x*y = 2^51 h + l exactly: h and l are read from the bits of the two sums, biases taken off at the start
    const term = (x, y, k) => {
      out.push(`h = f64x2.relaxed_madd(${x}, ${y}, C1);`);
      out.push(`l = f64x2.relaxed_madd(${x}, ${y}, f64x2.sub(C2, h));`);
      accumulate(k + 1, 'h');
      accumulate(k, 'l');
      count[k + 1][0]++;
      count[k][1]++;
    };
    const digit = (k, name) => out.push(`${name} = f64x2.sub(v128.or(v128.and(t${k}, MASK), E52), D3);`);
    const carry = (k) => accumulate(k + 1, `i64x2.shr_u(t${k}, 51)`);
    for (let i = 0; i < N; i++) {
      for (let j = square ? i : 0; j < N; j++) {
        if (square) term(i === j ? `a${i}` : `e${i}`, `a${j}`, i + j);
        else term(`a${i}`, `b${j}`, i + j);
      }
    }
    // three folds: T / 2^51 = (T - d) / 2^51 + d (2^-51 mod m): one product a digit less than a Montgomery step
    for (let i = 0; i < 3; i++) {
      carry(i);
      digit(i, 'd');
      for (let j = 0; j < N; j++) term('d', `M${j}`, i + 1 + j);
    }
    // two Montgomery steps: q = -d / m mod 2^51, T = (T + q m) / 2^51, which keeps the result near m / 2
    for (let i = 3; i < N; i++) {
      digit(i, 'd');
      out.push('h = f64x2.relaxed_madd(d, MU, C1);', 'd = f64x2.sub(f64x2.relaxed_madd(d, MU, f64x2.sub(C2, h)), C3);');
      for (let j = 0; j < N; j++) term('d', `P${j}`, i + j);
      carry(i);
    }
    for (let k = 5; k < 9; k++) {
      carry(k);
      digit(k, `const r${k - 5}`);
    }
    digit(9, 'const r4');
    // start of column k: rounding half, bias, less the bias that the column below carries and the biases of h and l
    const start = range(10, (k) => {
      const v = HALF + (k < 9 ? BIAS : 0n) - (k > 0 ? BIAS >> 51n : 0n) - count[k][0] * bits(C1) - count[k][1] * bits(C3);
      return BigInt.asIntN(64, v);
    });
    return `
  ${range(10, (k) => `let t${k}: v128;`).join(' ')}
${range(10, (k) => `  const T${k} = i64x2.splat(${start[k]});`).join('\n')}
  let h: v128, l: v128, d: v128;
${out.map((s) => `  ${s}`).join('\n')}
${each((j) => `v128.store(o, r${j}, ${16 * j});`)}`;
  }

  // ---- reduce: subtract the nearest multiple of m, then one carry step. Bounds: digits to 3 (2^50 + 4), value to 3 m.
  {
    const x = { digit: 3n * c.reduced.digit, value: 3n * m };
    const k = ceilDiv(x.value, m) + 1n;
    for (const [j, bound] of digitBounds(x).entries()) assert(bound + k * abs(P[j]) <= 1n << 53n, 'exact before the carry');
    assert((x.digit + k * HALF) / W + 1n <= 4n, 'carries of at most 4, so digits of at most 2^50 + 4');
    // the top digit stands for the value up to the lower digits: < (x.digit * (1 + 2^-50)) / 2^51 units of 2^204
    assert(2n * (1n << 204n) + (m >> 48n) < m >> 40n, 'the estimate of the multiple is off by less than 2^-40');
  }
  const reduce = `  const k = f64x2.nearest(f64x2.mul(v4, INV));
${each((j) => `v${j} = f64x2.relaxed_nmadd(k, P${j}, v${j});`)}
${each((j) => `const c${j} = f64x2.sub(f64x2.add(v${j}, C1), C1);`, 4)}
  v128.store(o, f64x2.sub(v0, c0), 0);
${range(3, (i) => `  v128.store(o, f64x2.relaxed_madd(c${i}, S51, f64x2.sub(v${i + 1}, c${i + 1})), ${16 * (i + 1)});`).join('\n')}
  v128.store(o, f64x2.relaxed_madd(c3, S51, v4), 64);`;
  const reduceConstants = load(['C1', 'S51', 'INV', ...range(N, (j) => `P${j}`)]);
  const at = (x, j) => `v128.load(${x}, ${16 * j})`;
  const lanes = (j) => `v128.load64_lane(f, v128.load64_zero(e, ${8 * j}), 1, ${8 * j})`;
  const unsigned = words(m, 51, N);
  const M64 = words(m, 64, 4);
  const productConstants = load(table.map(([n]) => n).filter((n) => n !== 'S51' && n !== 'INV'));
  const pair = (x) => balanced(centred(x, m)).flatMap((d) => [d, d]);
  const R = 1n << 255n;

  return `// Generated by assembly/generate/relaxed.mjs. Modulus ${m}.
const K: usize = memory.data<u64>([${table.flatMap(([, v]) => [v, v]).join(', ')}], 16);
const PAIRS: usize = memory.data<f64>([${[1n, R, R * R, R * R << 192n, R * R * R].flatMap(pair).map((d) => `${d}.0`).join(', ')}], 16);
export const ONE_RAW: usize = PAIRS;
export const ONE: usize = PAIRS + 80;
export const R2: usize = PAIRS + 160;
export const R2_SHIFTED: usize = PAIRS + 240;
export const R3: usize = PAIRS + 320;

export function mul(o: usize, a: usize, b: usize): void {
${productConstants}
${each((j) => `const a${j} = ${at('a', j)};`)}
${each((j) => `const b${j} = ${at('b', j)};`)}
${product(false)}
}
export function sqr(o: usize, a: usize): void {
${productConstants}
${each((j) => `const a${j} = ${at('a', j)};`)}
${each((j) => `const e${j} = f64x2.add(a${j}, a${j});`)}
${product(true)}
}
export function add(o: usize, a: usize, b: usize): void {
${each((j) => `v128.store(o, f64x2.add(${at('a', j)}, ${at('b', j)}), ${16 * j});`)}
}
export function sub(o: usize, a: usize, b: usize): void {
${each((j) => `v128.store(o, f64x2.sub(${at('a', j)}, ${at('b', j)}), ${16 * j});`)}
}
export function reduce(o: usize, a: usize): void {
${reduceConstants}
${each((j) => `let v${j} = ${at('a', j)};`)}
${reduce}
}
export function addReduce(o: usize, a: usize, b: usize): void {
${reduceConstants}
${each((j) => `let v${j} = f64x2.add(${at('a', j)}, ${at('b', j)});`)}
${reduce}
}
export function subReduce(o: usize, a: usize, b: usize): void {
${reduceConstants}
${each((j) => `let v${j} = f64x2.sub(${at('a', j)}, ${at('b', j)});`)}
${reduce}
}
export function subSubReduce(o: usize, a: usize, b: usize, c: usize): void {
${reduceConstants}
${each((j) => `let v${j} = f64x2.sub(f64x2.sub(${at('a', j)}, ${at('b', j)}), ${at('c', j)});`)}
${reduce}
}
export function gather(o: usize, e: usize, f: usize): void {
${each((j) => `v128.store(o, ${lanes(j)}, ${16 * j});`)}
}
export function gatherSigned(o: usize, e: usize, f: usize, s: u64, t: u64): void {
  const sign = i64x2.replace_lane(i64x2.splat(s << 63), 1, t << 63);
${each((j) => `v128.store(o, v128.xor(sign, ${lanes(j)}), ${16 * j});`)}
}
export function scatter(e: usize, f: usize, a: usize): void {
${each((j) => `const a${j} = ${at('a', j)};`)}
${each((j) => `v128.store64_lane(e, a${j}, 0, ${8 * j}); v128.store64_lane(f, a${j}, 1, ${8 * j});`)}
}
export function swapLanes(o: usize, a: usize): void {
${each((j) => `const a${j} = ${at('a', j)};`)}
${each((j) => `v128.store(o, v128.shuffle<i64>(a${j}, a${j}, 1, 0), ${16 * j});`)}
}
// element from four little-endian words; raw if they are below the modulus
export function fromWords(e: usize, w: usize): void {
  const w0 = load<u64>(w), w1 = load<u64>(w, 8), w2 = load<u64>(w, 16), w3 = load<u64>(w, 24);
  const mask: u64 = ${W - 1n};
  store<f64>(e, <f64>(<i64>(w0 & mask)));
  store<f64>(e, <f64>(<i64>(((w0 >> 51) | (w1 << 13)) & mask)), 8);
  store<f64>(e, <f64>(<i64>(((w1 >> 38) | (w2 << 26)) & mask)), 16);
  store<f64>(e, <f64>(<i64>(((w2 >> 25) | (w3 << 39)) & mask)), 24);
  store<f64>(e, <f64>(<i64>(w3 >> 12)), 32);
}
// the value in [0, m) of a reduced or product element as four little-endian words
export function toWords(w: usize, e: usize): void {
  const mask: i64 = ${W - 1n};
${each((j) => `let v${j} = <i64>load<f64>(e, ${8 * j});`)}
${range(4, (j) => `  v${j + 1} += v${j} >> 51; v${j} &= mask;`).join('\n')}
  const negative = v4 >> 63;
${each((j) => `v${j} += negative & ${unsigned[j]};`)}
${range(4, (j) => `  v${j + 1} += v${j} >> 51; v${j} &= mask;`).join('\n')}
  store<u64>(w, v0 | (v1 << 51));
  store<u64>(w, (v1 >>> 13) | (v2 << 38), 8);
  store<u64>(w, (v2 >>> 26) | (v3 << 25), 16);
  store<u64>(w, (v3 >>> 39) | (v4 << 12), 24);
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
