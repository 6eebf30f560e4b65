// Writes the conversions of the relaxed form between bytes on the wire and pairs: scalars, wide scalars, and back. Both
// lanes are converted at once in 64-bit integer vectors, so nothing goes through single numbers. The bounds are checked
// while the kernels are written. Digits, classes and the biases are those of relaxed-bounds.mjs.
import { assert, words } from './curve.mjs';
import {
  abs,
  BIAS,
  balanced,
  bits,
  C1,
  C2,
  C3,
  centred,
  classes,
  D3,
  E52,
  HALF,
  N,
  range,
  W,
} from './relaxed-bounds.mjs';

const signed = (x) => BigInt.asIntN(64, x);

export function relaxedBytes(m) {
  const P = balanced(m);
  const folds = range(3, (i) => centred(W ** BigInt(N + i), m)); // 2^(51 i) mod m, i = 5, 6, 7
  const ratio = Number((1n << 340n) / m) / 2 ** 85; // 2^255 / m, rounded
  const table = [
    ['MASK', W - 1n],
    ['E52', bits(E52)],
    ['D3', bits(D3)],
    ['C1', bits(C1)],
    ['C2', bits(C2)],
    ['C3', bits(C3)],
    ['RATIO', bits(-ratio)],
    ['RATIO4', bits(-ratio / 2 ** 51)],
    ...P.map((d, j) => [`P${j}`, bits(Number(d))]),
    ...words(m, 51, N).map((d, j) => [`U${j}`, d]),
    ...folds.flatMap((fold, i) => balanced(fold).map((d, j) => [`F${i + N}${j}`, bits(Number(d))])),
  ];
  const load = (name) => `  const ${name} = v128.load(K, ${16 * table.findIndex(([n]) => n === name)});`;
  const loadAll = (...names) => names.map(load).join('\n');
  const lines = (list) => list.map((line) => `  ${line}`).join('\n');

  /** w0 (least significant) … of big-endian numbers at a and b, and their digits as integers. */
  function digits(count, size) {
    const out = range(count, (i) => {
      const at = 8 * (count - 1 - i);
      return `const w${i} = v128.shuffle<u8>(v128.load64_lane(b, v128.load64_zero(a, ${at}), 1, ${at}), E52,
    7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);`;
    });
    for (let j = 0; j < size; j++) {
      const i = (51 * j) >> 6;
      const shift = (51 * j) & 63;
      const low = shift === 0 ? `w${i}` : `i64x2.shr_u(w${i}, ${shift})`;
      const crosses = shift > 13 && i + 1 < count;
      const value = crosses ? `v128.or(${low}, i64x2.shl(w${i + 1}, ${64 - shift}))` : low;
      const whole = !crosses && 64 - shift <= 51; // nothing above the digit
      out.push(`const d${j} = ${whole ? value : `v128.and(${value}, MASK)`};`);
    }
    return lines(out);
  }

  /** Column sums of products in 64-bit integers: see relaxed.mjs. `start` gives what each column begins with. */
  function columns(name, count, offset = 0n) {
    const out = [];
    const terms = range(count, () => [0n, 0n]);
    const bound = range(count, () => HALF);
    return {
      out,
      term(x, y, k, xMax, yMax, lowOnly = false) {
        assert(xMax * yMax <= 1n << 102n, 'digit product within 2^102');
        out.push(`h = f64x2.relaxed_madd(${x}, ${y}, C1);`);
        out.push(`l = f64x2.relaxed_madd(${x}, ${y}, f64x2.sub(C2, h));`);
        out.push(`${name}${k} = i64x2.add(${name}${k}, l);`);
        terms[k][1]++;
        bound[k] += HALF;
        if (lowOnly) return;
        out.push(`${name}${k + 1} = i64x2.add(${name}${k + 1}, h);`);
        terms[k + 1][0]++;
        bound[k + 1] += (xMax * yMax) / W + 1n;
      },
      add(k, what, max) {
        out.push(`${name}${k} = i64x2.add(${name}${k}, ${what});`);
        bound[k] += max;
      },
      carry(k) {
        out.push(`${name}${k + 1} = i64x2.add(${name}${k + 1}, i64x2.shr_u(${name}${k}, 51));`);
        bound[k + 1] += bound[k] / W + 2n;
        assert(bound[k] < BIAS, 'column within its bias');
      },
      declare: () =>
        lines(
          range(count, (k) => {
            const last = k === count - 1;
            const value = HALF - offset + (last ? 0n : BIAS) - (k > 0 ? BIAS >> 51n : 0n);
            return `let ${name}${k} = i64x2.splat(${signed(value - terms[k][0] * bits(C1) - terms[k][1] * bits(C3))});`;
          }),
        ),
    };
  }
  const digit = (t) => `f64x2.sub(v128.or(v128.and(${t}, MASK), E52), D3)`;

  // ---- readWide: 384 bits. The three digits from 2^255 on are folded by 2^(51 i) mod m, then the nearest multiple of m
  // is subtracted, found from the two top digits; k is its negative.
  const fold = columns('t', N + 1);
  let value = W ** BigInt(N);
  for (let i = 0; i < 3; i++) {
    const max = i < 2 ? W - 1n : (1n << 27n) - 1n;
    value += max * abs(folds[i]);
    for (let j = 0; j < N; j++) fold.term(`e${N + i}`, `F${N + i}${j}`, j, max, HALF);
  }
  for (let j = 0; j < N; j++) fold.add(j, `d${j}`, W);
  for (let j = 0; j < N; j++) fold.carry(j);
  const multiple = value / m + 2n;
  assert(value >> 255n < HALF - 2n, 'the digit above the five is one digit');
  // k = nearest(r5 · RATIO + r4 · RATIO / 2^51): errors of RATIO and of two roundings, and the digits below r4
  const error =
    (Number(multiple) * Math.abs(Number((1n << 340n) / m) / 2 ** 85 - ratio)) / ratio + Number(multiple) * 2 ** -53;
  assert(error < 0.37, `the multiple of the modulus is within ${0.5 + error} of the quotient`);
  const rest = columns('s', N, HALF); // the digits come with the HALF that centred them
  for (let j = 0; j < N; j++) {
    rest.add(j, `v128.and(t${j}, MASK)`, W);
    // of the top digit only the low part counts: what lies above cancels, since the remainder has five digits
    rest.term('k', `P${j}`, j, multiple, HALF, j === N - 1);
  }
  for (let j = 0; j < N - 1; j++) rest.carry(j);
  const remainder = (m * BigInt(Math.ceil((0.5 + error) * 1000))) / 1000n;
  assert(remainder <= classes(m).product.value, 'the remainder is a product element');

  // ---- write: signed digits to [0, m): one carry, the modulus added where the value is negative, another carry
  const write = [
    ...range(N, (j) => {
      const bias = (j < N - 1 ? BIAS : 0n) - (j > 0 ? BIAS >> 51n : 0n) - bits(C3);
      return `let v${j} = i64x2.add(f64x2.add(v128.load(x, ${16 * j}), C3), i64x2.splat(${signed(bias)}));`;
    }),
    ...range(N - 1, (j) => `v${j + 1} = i64x2.add(v${j + 1}, i64x2.shr_u(v${j}, 51)); v${j} = v128.and(v${j}, MASK);`),
    'const negative = i64x2.lt_s(v4, i64x2.splat(0));',
    ...range(N, (j) => `v${j} = i64x2.add(v${j}, v128.and(negative, U${j}));`),
    ...range(N - 1, (j) => `v${j + 1} = i64x2.add(v${j + 1}, i64x2.shr_u(v${j}, 51)); v${j} = v128.and(v${j}, MASK);`),
    ...range(4, (i) => {
      const low = i === 0 ? 'v0' : `i64x2.shr_u(v${i}, ${13 * i})`;
      return `const w${i} = v128.shuffle<u8>(v128.or(${low}, i64x2.shl(v${i + 1}, ${51 - 13 * i})), MASK,
    7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);`;
    }),
    ...range(4, (i) => `v128.store64_lane(a, w${i}, 0, ${24 - 8 * i}); v128.store64_lane(b, w${i}, 1, ${24 - 8 * i});`),
  ];
  assert(classes(m).product.value < m, 'one modulus makes a negative value positive');

  return `// Generated by assembly/generate/bytes.mjs. Modulus ${m}.
const K: usize = memory.data<u64>([${table.flatMap(([, v]) => [v, v]).join(', ')}], 16);

/** o = the pair of the numbers of 32 bytes at a and b: raw, if they are below the modulus. */
export function read(o: usize, a: usize, b: usize): void {
${loadAll('MASK', 'E52')}
${digits(4, N)}
${lines(range(N, (j) => `v128.store(o, f64x2.sub(v128.or(d${j}, E52), E52), ${16 * j});`))}
}

/** o = the pair of the numbers of 48 bytes at a and b, mod m: product. */
export function readWide(o: usize, a: usize, b: usize): void {
${loadAll(...table.map(([name]) => name).filter((name) => !name.startsWith('U')))}
${digits(6, 8)}
${lines(range(3, (i) => `const e${N + i} = f64x2.sub(v128.or(d${N + i}, E52), E52);`))}
  let h: v128, l: v128;
${fold.declare()}
${lines(fold.out)}
  const k = f64x2.nearest(f64x2.relaxed_madd(${digit('t5')}, RATIO, f64x2.mul(${digit('t4')}, RATIO4)));
${rest.declare()}
${lines(rest.out)}
${lines(range(N, (j) => `v128.store(o, ${digit(`s${j}`)}, ${16 * j});`))}
}

/** The values in [0, m) of a reduced or product pair as 32 bytes each, at a and b. */
export function write(a: usize, b: usize, x: usize): void {
${loadAll('MASK', 'C3', ...range(N, (j) => `U${j}`))}
${lines(write)}
}
`;
}
