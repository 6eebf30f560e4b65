// Dealing at its limits: the largest committees that are admitted, with the largest and smallest wide numbers;
// and what is refused, by every engine with the same error.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { CommitteeSizeError, coefficientsOf, countSubsets, subsetsOf, valueAt } from '../../../src/engine/subsets.ts';
import { ArgumentError, EncodingError, MIStoreError } from '../../../src/errors.ts';
import { engines, reference } from '../engines.ts';
import * as oracle from '../oracle.ts';
import { Case, choose, seatsOf, vanishing } from './dealing-oracle.ts';

const { decode, encode, modR, r } = oracle;
const random = oracle.randomSource(9);
const TOP = 2n ** 384n - 1n;
const wasm = engines.filter((engine) => engine !== reference);

/** Many subsets, or weights near 2^63, or both. */
const largest: readonly (readonly [number, number])[] = [
  [3, 128], // 8128 subsets
  [6, 16], // 4368 subsets, weights of two parts
  [17, 20], // 4845 subsets, weights near 2^58
  [19, 20], // weights near 2^63
];

describe.each(largest)('(%i, %i), a record of ones and a record of any numbers', (t, n) => {
  const ones = new Case(t, n, [r - 1n, 12345n], () => TOP);
  const any = new Case(t, n, [0n, r - 2n], () => decode(random.bytes(48), 48)[0]!);
  const expected = [ones, any].map((input) => reference.deal(encode(input.messages), input.keystreams(), t, n));

  test.each(wasm)(
    'of the $name engine',
    (engine) => {
      [ones, any].forEach((input, i) => {
        const dealing = engine.deal(encode(input.messages), input.keystreams(), t, n);
        expect(dealing).toEqual(expected[i]);
        const corrections = decode(dealing.corrections);
        expect(corrections).toEqual([0, 1].map((k) => input.correction(k)));
        for (const seat of [0, 1, n]) {
          const shares = decode(engine.shares(seat, input.held(seat), dealing.corrections, t, n));
          const right = [0, 1].flatMap((k) => [modR(input.sum(k, 0, seat) + corrections[k]!), input.sum(k, 1, seat)]);
          expect(shares, `seat ${seat}`).toEqual(right);
        }
      });
    },
    300_000,
  );
});

describe('subsets', () => {
  test.each([
    [1, 1],
    [1, 9],
    [2, 3],
    [3, 5],
    [4, 4],
    [4, 7],
  ])('(%i, %i): in lexicographic order; f_A is zero on A alone, and small', (t, n) => {
    const subsets = subsetsOf(t, n);
    expect(subsets).toEqual(choose(seatsOf(n), t - 1));
    expect(countSubsets(t, n)).toBe(subsets.length);
    for (const subset of subsets) {
      for (let x = 0; x <= n; x++) {
        expect(valueAt(subset, x)).toBe(vanishing(subset, x));
        expect(valueAt(subset, x) === 0n).toBe(subset.includes(x));
        const sum = coefficientsOf(subset).reduceRight((value, c) => value * BigInt(x) + c, 0n);
        expect(sum).toBe(vanishing(subset, x));
      }
    }
  });

  test('the bound holds for every coefficient and value, of admitted committees', () => {
    for (const [t, n] of [...largest, [7, 13], [2, 255]] as const) {
      for (const subset of subsetsOf(t, n)) {
        const all = [...coefficientsOf(subset), valueAt(subset, 0), valueAt(subset, n)];
        expect(all.every((x) => x < 2n ** 63n && -x < 2n ** 63n)).toBe(true);
      }
    }
  });

  test.each([
    [4, 38, '4 of 38 seats make 8436 subsets, of at most 8192, with weights of up to 54834, '],
    [20, 20, '20 of 20 seats make 20 subsets, of at most 8192, with weights of up to 25545471085854720000, '],
    [128, 255, '128 of 255 seats make '],
  ])('(%i, %i) is refused, naming both numbers', (t, n, size) => {
    expect(() => countSubsets(t, n)).toThrow(CommitteeSizeError);
    expect(() => countSubsets(t, n)).toThrow(size);
    for (const engine of engines) expect(() => engine.deal(new Uint8Array(), [], t, n)).toThrow(size);
  });
});

describe.each(engines)('refusals of the $name engine', (engine) => {
  const [t, n] = [2, 3];
  const pad = new Uint8Array(96 * 5);
  const messages = encode(random.scalars(5));
  const deal = (m: Uint8Array, streams: unknown, at = t, of = n) => engine.deal(m, streams as Uint8Array[], at, of);
  const shares = (seat: number, streams: unknown, corrections: Uint8Array) =>
    engine.shares(seat, streams as Uint8Array[], corrections, t, n);

  test.each([0, 1, 4])('element %i of messages or corrections that is not canonical', (k) => {
    for (const bad of [r, r + 1n, 2n ** 255n, 2n ** 256n - 1n]) {
      const wrong = oracle.withElement(messages, k, encode([bad]), 32);
      expect(() => deal(wrong, [pad, pad, pad])).toThrow(EncodingError);
      expect(() => deal(wrong, [pad, pad, pad])).toThrow(`messages: element ${k} `);
      expect(() => shares(1, [pad, pad], wrong)).toThrow(`corrections: element ${k} `);
    }
  });

  test.each([
    ['seats 0', () => deal(messages, [], 1, 0), 'seats is 0'],
    ['seats 256', () => deal(messages, [], 1, 256), 'seats is 256'],
    ['threshold 0', () => deal(messages, [], 0, 3), 'threshold is 0'],
    ['threshold above seats', () => deal(messages, [pad], 4, 3), 'threshold is 4'],
    ['seat −1', () => shares(-1, [pad, pad], messages), 'seat is -1'],
    ['two keystreams for seat 0, which takes three', () => shares(0, [pad, pad], messages), 'number of keystreams'],
    ['seat 4', () => shares(4, [pad, pad], messages), 'seat is 4'],
    ['31 bytes of messages', () => deal(new Uint8Array(31), [pad, pad, pad]), 'messages is 31 bytes'],
    ['31 bytes of corrections', () => shares(1, [pad, pad], new Uint8Array(31)), 'corrections is 31 bytes'],
    ['no keystreams', () => deal(messages, undefined), 'keystreams is undefined'],
    ['two keystreams of three', () => deal(messages, [pad, pad]), 'number of keystreams is 2; it must be 3'],
    ['four keystreams of three', () => deal(messages, [pad, pad, pad, pad]), 'number of keystreams is 4; it must be 3'],
    ['a short keystream', () => deal(messages, [pad, pad.subarray(1), pad]), 'keystreams[1] is 479 bytes'],
    ['a keystream that is no bytes', () => deal(messages, [pad, pad, [1]]), 'keystreams[2] is "object"'],
    ['three keystreams of a seat that holds two', () => shares(1, [pad, pad, pad], messages), 'number of keystreams'],
  ])('%s', (_, call, text) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(text);
    works(engine);
  });

  test('a generator that fails, or that is left with keystreams, is closed, and the engine works', () => {
    let closed = 0;
    function* failing() {
      try {
        yield pad;
        throw new Error('no more keys');
      } finally {
        closed++;
      }
    }
    expect(() => deal(messages, failing())).toThrow('no more keys');
    function* endless() {
      try {
        for (;;) yield pad;
      } finally {
        closed++;
      }
    }
    expect(() => deal(messages, endless())).toThrow('number of keystreams');
    expect(closed).toBe(2);
    works(engine);
  });
});

test.each(wasm)('the $name engine refuses to be called by the generator of its keystreams', (engine) => {
  const calls = [
    () => engine.hashEach(new Uint8Array(8), 8),
    () => engine.commit(encode(new Array(2000).fill(1n)), encode(new Array(2000).fill(1n))), // would grow the tables
  ];
  for (const call of calls) {
    function* calling() {
      call();
      yield new Uint8Array(96);
    }
    expect(() => engine.deal(encode([1n]), calling(), 1, 1)).toThrow(MIStoreError);
    expect(() => engine.deal(encode([1n]), calling(), 1, 1)).toThrow('from within one of its own calls');
    works(engine);
  }
});

function works(engine: Engine): void {
  expect(engine.commit(encode([1n]), encode([0n]))).toEqual(oracle.compressed([oracle.G]));
}
