// Dealing and its shares of every engine against the equations f(x) = Σ_A R_A·f_A(x) + δ and
// b(x) = Σ_A R'_A·f_A(x), evaluated by dealing-oracle.ts at more points than the degree needs.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { engines } from '../engines.ts';
import * as oracle from '../oracle.ts';
import { Case, horner, lagrange, seatsOf } from './dealing-oracle.ts';

const { decode, encode, modR, r } = oracle;
const random = oracle.randomSource(8);
const TOP = 2n ** 384n - 1n;

const small: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 3],
  [2, 2],
  [2, 3],
  [3, 5],
  [4, 4],
  [4, 7],
];
const large: readonly (readonly [number, number])[] = [
  [2, 20],
  [5, 9],
  [2, 255],
];

const anyNumber = () => decode(random.bytes(48), 48)[0]!;

function dealAndCheck(engine: Engine, t: number, n: number, input: Case, seats = seatsOf(n)): void {
  const dealing = engine.deal(encode(input.messages), input.keystreams(), t, n);
  const [f, b, corrections] = [dealing.values, dealing.blindings, dealing.corrections].map((bytes) => decode(bytes));
  const count = input.messages.length;
  expect([f!.length, b!.length, corrections!.length]).toEqual([count * t, count * t, count]);
  expect([...f!, ...b!, ...corrections!].every((x) => x < r)).toBe(true);

  const shares = new Map(
    seats.map((seat) => [seat, decode(engine.shares(seat, input.held(seat), dealing.corrections, t, n))]),
  );
  input.messages.forEach((message, k) => {
    const [fk, bk] = [f!, b!].map((all) => all.slice(k * t, (k + 1) * t));
    const delta = input.correction(k);
    expect(corrections![k], 'δ = m - Σ R_A f_A(0)').toBe(delta);
    expect(fk![0], 'f(0) = m').toBe(message);
    for (const x of new Set([...seatsOf(t).map((i) => i - 1), ...seats])) {
      const [value, blinding] = [modR(input.sum(k, 0, x) + delta), input.sum(k, 1, x)];
      expect([horner(fk!, x), horner(bk!, x)], `f(${x}), b(${x}) of record ${k}`).toEqual([value, blinding]);
      if (x > 0 && shares.has(x)) {
        expect(shares.get(x)!.slice(2 * k, 2 * k + 2), `share of seat ${x}`).toEqual([value, blinding]);
      }
    }
    const chosen = seats.slice(-t);
    if (chosen.length === t) expect(lagrange(chosen.map((i) => [i, shares.get(i)![2 * k]!]))).toBe(message);
  });
  // the last t of the seats and, in reverse, the first t
  for (const chosen of [seats.slice(-t), seats.slice(0, t).reverse()]) {
    if (chosen.length < t) continue;
    const values = input.messages.flatMap((_, k) => chosen.map((seat) => shares.get(seat)![2 * k]!));
    expect(decode(engine.interpolate(chosen, encode(values))), `seats ${chosen}`).toEqual(input.messages);
  }
}

describe.each(engines)('dealing of the $name engine', (engine) => {
  test.each(small)('(%i, %i), batches of 0 to 9 records', (t, n) => {
    for (const count of [0, 1, 2, 3, 9]) dealAndCheck(engine, t, n, new Case(t, n, random.scalars(count), anyNumber));
  });

  test.each(large)('(%i, %i), two records', (t, n) => {
    const seats = n > 20 ? [1, 2, 128, 254, 255] : seatsOf(n);
    dealAndCheck(engine, t, n, new Case(t, n, random.scalars(2), anyNumber), seats);
  });

  test('(7, 13), 1716 subsets', () => {
    dealAndCheck(engine, 7, 13, new Case(7, 13, random.scalars(1), anyNumber), [1, 2, 5, 8, 11, 12, 13]);
  }, 120_000);

  test.each([127, 128, 129, 257, 513])('(3, 5), %i records: more than the module adds at once', (count) => {
    dealAndCheck(engine, 3, 5, new Case(3, 5, random.scalars(count), anyNumber), [1, 5]);
  });

  test.each([
    [2, 15],
    [2, 16],
    [2, 17],
    [3, 6], // 15
    [3, 7], // 21
  ] as const)('(%i, %i): as many subsets as a block, one less, one more', (t, n) => {
    dealAndCheck(engine, t, n, new Case(t, n, random.scalars(2), anyNumber));
  });

  test('numbers at the edges of the reduction mod r, messages at the edges of r', () => {
    const edges = [
      0n,
      1n,
      r - 1n,
      r,
      r + 1n,
      2n ** 32n - 1n,
      2n ** 192n,
      2n ** 256n - 1n,
      TOP,
      TOP - (TOP % r),
      TOP - 1n,
    ];
    const messages = [0n, 1n, r - 1n, (r + 1n) / 2n, 2n ** 253n];
    for (const [t, n] of small) {
      let next = t + n;
      dealAndCheck(engine, t, n, new Case(t, n, messages, () => edges[next++ % edges.length]!));
      for (const same of [0n, 1n, TOP]) dealAndCheck(engine, t, n, new Case(t, n, [r - 1n, 0n], () => same));
    }
  });

  test('the keystreams may come from a generator, which is asked for one at a time', () => {
    const input = new Case(3, 5, random.scalars(3), anyNumber);
    const expected = engine.deal(encode(input.messages), input.keystreams(), 3, 5);
    let made = 0;
    function* streams() {
      for (const stream of input.keystreams()) {
        made++;
        yield stream;
      }
    }
    expect(engine.deal(encode(input.messages), streams(), 3, 5)).toEqual(expected);
    expect(made).toBe(10);
  });

  test('t - 1 seats say nothing of the message: all that they hold fits any message', () => {
    const [t, n] = [3, 5];
    for (const colluders of new Case(t, n, [], anyNumber).subsets) {
      const input = new Case(t, n, random.scalars(1), anyNumber);
      const lacking = input.subsets.findIndex((A) => colluders.every((seat) => A.includes(seat)));
      expect(input.subsets.filter((A) => colluders.every((seat) => A.includes(seat)))).toEqual([colluders]);
      const before = engine.deal(encode(input.messages), input.keystreams(), t, n);
      // another message and another number of the subset that they lack, with the same correction
      const other = modR(input.messages[0]! + 1n);
      const inverse = oracle.Point.Fn.inv(input.subsets[lacking]!.reduce((x, a) => x * BigInt(a), 1n));
      input.numbers[lacking]![0] = modR(input.numbers[lacking]![0]! + inverse);
      const after = engine.deal(encode([other]), input.keystreams(), t, n);
      expect(after.corrections).toEqual(before.corrections);
      for (const seat of colluders) {
        expect(engine.shares(seat, input.held(seat), after.corrections, t, n), `seat ${seat}`).toEqual(
          engine.shares(seat, input.held(seat), before.corrections, t, n),
        );
        const at = (values: Uint8Array) => horner(decode(values), seat);
        expect(at(after.values)).toBe(at(before.values));
      }
      expect(after.values.subarray(0, 32)).not.toEqual(before.values.subarray(0, 32));
    }
  });
});
