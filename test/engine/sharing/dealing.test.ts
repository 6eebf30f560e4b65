// Dealing, shares and interpolation of every engine against the definition (docs/protocol.md, "Batch"), evaluated here by
// Horner's rule on BigInt: polynomials of degree < t are fixed by t values, so these equations leave no freedom.
import { describe, expect, test } from 'vitest';
import type { Dealing, Engine } from '../../../src/engine/engine.ts';
import { engines } from '../engines.ts';
import * as oracle from '../oracle.ts';

const { decode, encode, modR, r } = oracle;
const random = oracle.randomSource(3);

const committees: readonly (readonly [number, number])[] = [
  ...[1, 2, 3, 4, 5].flatMap((n) => Array.from({ length: n }, (_, i) => [i + 1, n] as const)),
  [4, 7],
  [5, 9],
  [8, 15],
  [9, 16],
  [16, 17],
  [32, 64],
];
const corners: readonly (readonly [number, number])[] = [
  [1, 255],
  [2, 255],
  [127, 255],
  [254, 255],
  [255, 255],
];

const horner = (coefficients: readonly bigint[], x: number) =>
  coefficients.reduceRight((sum, c) => modR(sum * BigInt(x) + c), 0n);

interface Input {
  messages: bigint[];
  /** u[i − 1][k] and v[i − 1][k], as 48-byte integers */
  u: bigint[][];
  v: bigint[][];
}

function randomInput(seats: number, count: number, wide = () => decode(random.bytes(48), 48)[0]!): Input {
  const column = () => Array.from({ length: count }, wide);
  const rows = () => Array.from({ length: seats }, column);
  return { messages: random.scalars(count), u: rows(), v: rows() };
}

const pads = ({ messages, u, v }: Input) =>
  u.map((column, i) =>
    encode(
      messages.flatMap((_, k) => [column[k]!, v[i]![k]!]),
      48,
    ),
  );

/** Checks every equation of the dealing and returns each seat's shares (s, b by turns) by the oracle. */
function checkDealing(t: number, n: number, input: Input, dealing: Dealing): bigint[][] {
  const [f, b, corrections] = [dealing.values, dealing.blindings, dealing.corrections].map((x) => decode(x));
  const width = 2 * n - 2 * t + 1;
  const count = input.messages.length;
  expect([f!.length, b!.length, corrections!.length]).toEqual([count * t, count * t, count * width]);
  expect([...f!, ...b!, ...corrections!].every((x) => x < r)).toBe(true);
  const shares: bigint[][] = Array.from({ length: n }, () => []);
  for (let k = 0; k < count; k++) {
    const [fk, bk] = [f!, b!].map((all) => all.slice(k * t, (k + 1) * t));
    expect(fk![0], 'f(0) = m').toBe(input.messages[k]);
    for (let i = 1; i <= n; i++) {
      const [value, blinding] = [horner(fk!, i), horner(bk!, i)];
      const alpha = modR(value - input.u[i - 1]![k]!);
      const beta = modR(blinding - input.v[i - 1]![k]!);
      expect(i >= t ? corrections![k * width + i - t] : 0n, `alpha of seat ${i} = f(${i}) - u`).toBe(alpha);
      expect(i > t ? corrections![k * width + n - t + i - t] : 0n, `beta of seat ${i} = b(${i}) - v`).toBe(beta);
      shares[i - 1]!.push(value, blinding);
    }
  }
  return shares;
}

/** Corrections of one seat as `shares` takes them. */
function correctionsOf(
  seat: number,
  t: number,
  n: number,
  corrections: Uint8Array,
): [Uint8Array | null, Uint8Array | null] {
  const width = 2 * n - 2 * t + 1;
  const column = (j: number) => encode(decode(corrections).filter((_, i) => i % width === j));
  return [seat >= t ? column(seat - t) : null, seat > t ? column(n - t + seat - t) : null];
}

function dealAndCheck(engine: Engine, t: number, n: number, input: Input) {
  const dealing = engine.deal(t, n, encode(input.messages), pads(input));
  const expected = checkDealing(t, n, input, dealing);
  for (let seat = 1; seat <= n; seat++) {
    const [alpha, beta] = correctionsOf(seat, t, n, dealing.corrections);
    expect(decode(engine.shares(pads(input)[seat - 1]!, alpha, beta)), `shares of seat ${seat}`).toEqual(
      expected[seat - 1],
    );
  }
  // the last t seats and, in reverse, the first t
  const last = Array.from({ length: t }, (_, i) => n - t + 1 + i);
  const first = Array.from({ length: t }, (_, i) => t - i);
  for (const seats of [last, first]) {
    const values = input.messages.flatMap((_, k) => seats.map((seat) => expected[seat - 1]![2 * k]!));
    expect(decode(engine.interpolate(seats, encode(values))), `seats ${seats}`).toEqual(input.messages);
  }
}

describe.each(engines)('dealing of the $name engine', (engine) => {
  test.each(committees)('(%i, %i), batches of 0 to 33 records', (t, n) => {
    for (const count of [0, 1, 2, 3, 7, 8, 9, 33]) dealAndCheck(engine, t, n, randomInput(n, count));
  });

  test.each(corners)(
    '(%i, %i), three records',
    (t, n) => {
      dealAndCheck(engine, t, n, randomInput(n, 3));
    },
    120_000,
  );

  test.each([255, 256, 257, 511, 513])('(3, 5), a batch of %i records', (count) => {
    dealAndCheck(engine, 3, 5, randomInput(5, count));
  });

  test('pads at the edges of the reduction mod r, messages at the edges of r', () => {
    const top = 2n ** 384n - 1n;
    const edges = [
      0n,
      1n,
      r - 1n,
      r,
      r + 1n,
      2n * r,
      2n ** 256n - 1n,
      2n ** 256n,
      top,
      top - (top % r),
      top - (top % r) - 1n,
    ];
    for (const [t, n] of [
      [1, 1],
      [1, 3],
      [3, 5],
      [5, 5],
    ] as const) {
      for (let shift = 0; shift < edges.length; shift++) {
        let next = shift;
        const input = randomInput(n, 11, () => edges[next++ % edges.length]!);
        const messages = [0n, 1n, 2n, r - 1n, r - 2n, (r + 1n) / 2n, 2n ** 253n, 0n, r - 1n, 1n, r - 1n];
        dealAndCheck(engine, t, n, { ...input, messages });
      }
      for (const same of edges)
        dealAndCheck(
          engine,
          t,
          n,
          randomInput(n, 5, () => same),
        );
    }
  });

  test('shares adds the corrections that it is given', () => {
    const count = 9;
    const pad = random.bytes(96 * count);
    const [alpha, beta] = [random.scalars(count), random.scalars(count)];
    for (const a of [null, encode(alpha)]) {
      for (const b of [null, encode(beta)]) {
        const expected = decode(pad, 48).map((x, i) =>
          modR(x + ((i % 2 === 0 ? a && alpha : b && beta)?.[i >> 1] ?? 0n)),
        );
        expect(decode(engine.shares(pad, a, b))).toEqual(expected);
      }
    }
  });

  test('interpolation from any seats in any order, and at extreme values', () => {
    for (let run = 0; run < 40; run++) {
      const t = 1 + random.integer(12);
      const seats = [...new Set(Array.from({ length: t }, () => 1 + random.integer(255)))];
      const extreme = () => oracle.extremeScalars[random.integer(oracle.extremeScalars.length)]!;
      const draw = run % 2 === 0 ? random.scalar : extreme;
      const polynomials = Array.from({ length: run % 5 }, () => seats.map(draw));
      const values = polynomials.flatMap((f) => seats.map((seat) => horner(f, seat)));
      expect(decode(engine.interpolate(seats, encode(values))), `seats ${seats}`).toEqual(polynomials.map((f) => f[0]));
    }
  });

  test('t - 1 shares say nothing of the message: they fit any message', () => {
    const [t, n] = [3, 5];
    const input = randomInput(n, 1);
    const other = { ...input, messages: [modR(input.messages[0]! + 1n)] };
    const [one, two] = [input, other].map((x) => checkDealing(t, n, x, engine.deal(t, n, encode(x.messages), pads(x))));
    expect(one!.slice(0, t - 1)).toEqual(two!.slice(0, t - 1));
    expect(one![t - 1]![0]).not.toBe(two![t - 1]![0]);
  });
});
