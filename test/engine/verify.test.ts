// The server's check of a batch on every engine: honest batches pass, anything changed fails, and the weights are used.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { EncodingError } from '../../src/errors.ts';
import { engines } from './engines.ts';
import * as oracle from './oracle.ts';

const { decode, encode, modR, r } = oracle;
const random = oracle.randomSource(4);

/** A dealt batch as one seat sees it, from polynomials drawn here. */
function batchFor(engine: Engine, seat: number, t: number, count: number) {
  const [f, b] = [random.scalars(count * t), random.scalars(count * t)];
  const at = (all: bigint[], k: number) =>
    all.slice(k * t, (k + 1) * t).reduceRight((sum, c) => modR(sum * BigInt(seat) + c), 0n);
  const shares = encode(Array.from({ length: count }, (_, k) => [at(f, k), at(b, k)]).flat());
  return { shares, commitments: engine.commit(encode(f), encode(b)), weights: random.bytes(16 * count) };
}

const flip = (bytes: Uint8Array, bit: number) => {
  const out = bytes.slice();
  out[bit >> 3]! ^= 0x80 >> (bit & 7);
  return out;
};

describe.each(engines)('verifyShares of the $name engine', (engine) => {
  const check = (seat: number, t: number, batch: ReturnType<typeof batchFor>) =>
    engine.verifyShares(seat, t, batch.shares, batch.commitments, batch.weights);

  /** A change must be refused, as a false equation or as bytes that do not decode. */
  const refused = (seat: number, t: number, batch: ReturnType<typeof batchFor>) => {
    try {
      return !check(seat, t, batch);
    } catch (error) {
      if (error instanceof EncodingError) return true;
      throw error;
    }
  };

  test.each([1, 2, 3, 7, 8, 9, 64, 255, 256, 257])('%i honest records pass, one wrong share fails', (count) => {
    const batch = batchFor(engine, 2, 3, count);
    expect(check(2, 3, batch)).toBe(true);
    for (const record of new Set([0, count >> 1, count - 1])) {
      for (const which of [0, 1]) {
        const shares = decode(batch.shares);
        shares[2 * record + which] = modR(shares[2 * record + which]! + 1n);
        expect(check(2, 3, { ...batch, shares: encode(shares) }), `record ${record}`).toBe(false);
      }
    }
  });

  test.each([
    [1, 1],
    [255, 1],
    [1, 2],
    [2, 2],
    [255, 2],
    [5, 5],
    [17, 8],
    [255, 20],
    [255, 255],
  ])('seat %i, threshold %i', (seat, t) => {
    const batch = batchFor(engine, seat, t, 3);
    expect(check(seat, t, batch)).toBe(true);
    // the share of another seat, unless all seats have the same one
    const other = seat === 1 ? 2 : seat - 1;
    expect(check(other, t, batch)).toBe(t === 1);
  });

  test('one record alone: every seat, whatever its weight but 0, and points at infinity', () => {
    for (const [seat, t] of [1, 2, 3, 4, 7, 85, 128, 170, 254, 255].flatMap((seat) =>
      [1, 2, 3, 4].map((t) => [seat, t] as const),
    )) {
      const batch = batchFor(engine, seat, t, 1);
      expect(check(seat, t, batch), `seat ${seat}, threshold ${t}`).toBe(true);
      const wrong = { ...batch, shares: encode(decode(batch.shares).map((s, i) => modR(s + BigInt(i)))) };
      for (const byte of [1, 0x80, 0xff]) {
        expect(check(seat, t, { ...wrong, weights: new Uint8Array(16).fill(byte) })).toBe(false);
        expect(check(seat, t, { ...batch, weights: new Uint8Array(16).fill(byte) })).toBe(true);
      }
      for (const place of [0, 15]) {
        expect(
          check(seat, t, { ...wrong, weights: oracle.withElement(new Uint8Array(16), place, Uint8Array.of(1), 1) }),
        ).toBe(false);
      }
      expect(check(seat, t, { ...wrong, weights: new Uint8Array(16) }), 'a factor of 0').toBe(true);
    }
    const infinity = { shares: new Uint8Array(64), commitments: new Uint8Array(96), weights: random.bytes(16) };
    expect(check(3, 3, infinity)).toBe(true);
    for (let j = 0; j < 3; j++) {
      const commitments = oracle.withElement(infinity.commitments, j, oracle.compressed([oracle.H]), 32);
      expect(check(3, 3, { ...infinity, commitments })).toBe(false);
      const shares = encode([0n, 3n ** BigInt(j)]);
      expect(check(3, 3, { ...infinity, commitments, shares }), `only coefficient ${j}`).toBe(true);
    }
  });

  test('one record alone whose coefficients cancel, or meet each other, on the way', () => {
    // at seat 3: C_2, 3 C_2 + C_1, 9 C_2 + 3 C_1 + C_0, with sums at infinity, doublings and equal operands among them
    for (const [c0, c1, c2] of [
      [5n, -3n, 1n],
      [-9n, 0n, 1n],
      [9n, 0n, 1n],
      [0n, 3n, 1n],
      [0n, -3n, 1n],
      [-3n, -2n, 1n],
      [6n, 1n, 1n],
      [1n, 0n, 0n],
    ] as const) {
      const commitments = engine.commit(encode([c0, c1, c2].map(modR)), encode([0n, 0n, 0n]));
      const at3 = modR(c0 + 3n * c1 + 9n * c2);
      const weights = random.bytes(16);
      expect(check(3, 3, { shares: encode([at3, 0n]), commitments, weights })).toBe(true);
      expect(check(3, 3, { shares: encode([modR(at3 + 1n), 0n]), commitments, weights })).toBe(false);
    }
  });

  test('one flipped bit anywhere in shares or commitments is refused', () => {
    const batch = batchFor(engine, 4, 3, 3);
    const step = engine.name === 'reference' ? 29 : 1; // the twin takes some milliseconds a check
    for (let bit = 0; bit < 8 * batch.shares.length; bit += step) {
      expect(refused(4, 3, { ...batch, shares: flip(batch.shares, bit) }), `bit ${bit} of shares`).toBe(true);
    }
    for (let bit = 0; bit < 8 * batch.commitments.length; bit += step) {
      const changed = { ...batch, commitments: flip(batch.commitments, bit) };
      expect(refused(4, 3, changed), `bit ${bit} of commitments`).toBe(true);
    }
    for (let k = 0; k < 9; k++) {
      const signs = { ...batch, commitments: flip(batch.commitments, 256 * k) };
      expect(check(4, 3, signs), `sign of commitment ${k}`).toBe(false);
    }
  });

  test('any weights pass an honest batch', () => {
    const batch = batchFor(engine, 3, 3, 4);
    for (const byte of [0, 1, 0x80, 0xff]) {
      expect(check(3, 3, { ...batch, weights: new Uint8Array(64).fill(byte) }), `weights of ${byte}`).toBe(true);
    }
    expect(check(3, 3, { ...batch, weights: flip(batch.weights, 40) })).toBe(true);
  });

  test('each record has its own weight: a fault passes under weight 0 only, and faults cancel as weighted', () => {
    const batch = batchFor(engine, 2, 2, 3);
    const shares = decode(batch.shares);
    const wrong = (changes: Record<number, bigint>) =>
      encode(shares.map((s, i) => modR(s + (i % 2 === 0 ? (changes[i / 2] ?? 0n) : 0n))));
    const weighted = (weights: bigint[], changes: Record<number, bigint>) =>
      check(2, 2, { ...batch, shares: wrong(changes), weights: encode(weights, 16) });
    expect(weighted([5n, 0n, 7n], { 1: 1n })).toBe(true);
    expect(weighted([0n, 5n, 7n], { 1: 1n })).toBe(false);
    expect(weighted([5n, 1n, 7n], { 0: 7n, 2: -5n })).toBe(true);
    expect(weighted([5n, 1n, 6n], { 0: 7n, 2: -5n })).toBe(false);
    const top = 2n ** 128n - 1n;
    expect(weighted([top, top, 1n], { 0: 1n, 1: -1n })).toBe(true);
    expect(weighted([top, top - 1n, 1n], { 0: 1n, 1: -1n })).toBe(false);
    expect(weighted([2n ** 127n, 1n, 1n], { 0: 1n, 1: -(2n ** 127n) })).toBe(true);
  });

  test('a batch of zeros with commitments at infinity passes; with one point it fails', () => {
    const zeros = { shares: new Uint8Array(64 * 5), commitments: new Uint8Array(64 * 5), weights: random.bytes(80) };
    expect(check(1, 2, zeros)).toBe(true);
    const commitments = oracle.withElement(zeros.commitments, 3, oracle.compressed([oracle.H]), 32);
    expect(check(1, 2, { ...zeros, commitments })).toBe(false);
    expect(check(1, 2, { shares: encode([]), commitments: encode([]), weights: encode([]) })).toBe(true);
  });

  test('extreme shares: C = s*G + b*H with s, b in {0, 1, r - 1, ...}', () => {
    const pairs = oracle.extremeScalars.flatMap((s) => [r - 1n, 0n, 1n].map((b) => [s, b] as const));
    const batch = {
      shares: encode(pairs.flat()),
      commitments: oracle.compressed(pairs.map(([s, b]) => oracle.commitment(s, b))),
      weights: random.bytes(16 * pairs.length),
    };
    expect(check(9, 1, batch)).toBe(true);
    batch.commitments.set(oracle.compressed([oracle.G]), 32);
    expect(check(9, 1, batch)).toBe(false);
  });

  test('equal records, and opposite records', () => {
    const C = oracle.commitment(12345n, 67890n);
    const points = Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? C : C.negate()));
    const shares = points.flatMap((_, k) => (k % 2 === 0 ? [12345n, 67890n] : [r - 12345n, r - 67890n]));
    const weights = new Uint8Array(640).fill(7);
    const batch = { shares: encode(shares), commitments: oracle.compressed(points), weights };
    expect(check(1, 1, batch)).toBe(true);
    expect(check(1, 1, { ...batch, weights: random.bytes(640) })).toBe(true);
    expect(check(1, 1, { ...batch, commitments: oracle.compressed(new Array(40).fill(C)) })).toBe(false);
  });
});
