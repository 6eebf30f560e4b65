// Lanes: sums in the field are sums of every lane, at the extremes too, and nothing else decodes.
import { createHash } from 'node:crypto';
import { bn254 } from '@noble/curves/bn254.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { MAX_AMOUNT } from '../../src/records/amounts.ts';
import { decodeLanes, encodeLanes, MAX_LANES, MAX_TOTAL } from '../../src/records/lanes.ts';

/** Most records of a query. */
const MAX_SUMMED_RECORDS = 2 ** 20;

const { Fr } = bn254.fields;
const scalar = (value: bigint) => Fr.toBytes(Fr.create(value));
const value = (bytes: Uint8Array) => Fr.fromBytes(bytes);
const amount = fc.oneof(
  fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT }),
  fc.constantFrom(0n, 1n, -1n, MAX_AMOUNT, -MAX_AMOUNT),
);
const total = fc.oneof(
  fc.bigInt({ min: -MAX_TOTAL, max: MAX_TOTAL }),
  fc.constantFrom(0n, 1n, -1n, MAX_TOTAL, -MAX_TOTAL),
);

test('m = Σ total_l 2^(62 l) mod r', () => {
  const lanes = fc.array(total, { minLength: 1, maxLength: MAX_LANES });
  fc.assert(
    fc.property(lanes, (amounts) => {
      const expected = amounts.reduce((m, a, lane) => Fr.add(m, Fr.create(a * 2n ** BigInt(62 * lane))), 0n);
      expect(value(encodeLanes(amounts))).toBe(expected);
      expect(decodeLanes(encodeLanes(amounts), amounts.length)).toEqual(amounts);
    }),
  );
});

test('sums of records decode to the sums of their lanes', () => {
  const records = fc
    .integer({ min: 1, max: MAX_LANES })
    .chain((lanes) =>
      fc.array(fc.array(amount, { minLength: lanes, maxLength: lanes }), { minLength: 1, maxLength: 30 }),
    );
  fc.assert(
    fc.property(records, (records) => {
      const lanes = records[0]!.length;
      const sum = records.reduce((total, amounts) => Fr.add(total, value(encodeLanes(amounts))), 0n);
      const expected = Array.from({ length: lanes }, (_, lane) => records.reduce((total, a) => total + a[lane]!, 0n));
      expect(decodeLanes(scalar(sum), lanes)).toEqual(expected);
    }),
  );
});

test('2^20 records at the limit, with every combination of signs', () => {
  for (let signs = 0; signs < 2 ** MAX_LANES; signs++) {
    const amounts = Array.from({ length: MAX_LANES }, (_, lane) => ((signs >> lane) & 1 ? MAX_AMOUNT : -MAX_AMOUNT));
    const sum = Fr.mul(value(encodeLanes(amounts)), BigInt(MAX_SUMMED_RECORDS));
    expect(decodeLanes(scalar(sum), MAX_LANES)).toEqual(amounts.map((a) => a * BigInt(MAX_SUMMED_RECORDS)));
  }
});

test('the difference of two totals of a series is the sum of the amounts between, wherever the totals are', () => {
  const start = fc.bigInt({ min: -MAX_TOTAL + 100n * MAX_AMOUNT, max: MAX_TOTAL - 100n * MAX_AMOUNT });
  fc.assert(
    fc.property(fc.tuple(start, start), fc.array(fc.tuple(amount, amount), { maxLength: 100 }), (first, amounts) => {
      const sums = [0, 1].map((lane) => amounts.reduce((sum, a) => sum + a[lane]!, 0n));
      const last = first.map((total, lane) => total + sums[lane]!);
      expect(decodeLanes(scalar(value(encodeLanes(last)) - value(encodeLanes(first))), 2)).toEqual(sums);
    }),
  );
});

test('a scalar that is no lane sum is refused', () => {
  const lane = (sum: bigint, number: number) => scalar(sum * 2n ** BigInt(62 * number));
  for (let lanes = 1; lanes <= MAX_LANES; lanes++) {
    for (const sum of [MAX_TOTAL + 1n, -MAX_TOTAL - 1n]) {
      expect(() => decodeLanes(lane(sum, lanes - 1), lanes)).toThrow(EncodingError);
    }
    for (const sum of [MAX_TOTAL, -MAX_TOTAL]) expect(decodeLanes(lane(sum, lanes - 1), lanes).at(-1)).toBe(sum);
    if (lanes < MAX_LANES) expect(() => decodeLanes(lane(1n, lanes), lanes)).toThrow(/more than/);
  }
  expect(() => decodeLanes(scalar(Fr.ORDER / 2n), MAX_LANES)).toThrow(EncodingError);
  expect(() => decodeLanes(scalar(Fr.ORDER / 2n + 1n), MAX_LANES)).toThrow(EncodingError);
});

test('of a thousand scalars that look random, none is a sum of two lanes', () => {
  for (let i = 0; i < 1000; i++) {
    const bytes = createHash('sha256').update(String(i)).digest();
    bytes[0]! &= 0x1f; // below r
    expect(() => decodeLanes(bytes, 2)).toThrow(EncodingError);
  }
});

test('misuse', () => {
  expect(() => encodeLanes([])).toThrow(ArgumentError);
  expect(() => encodeLanes([1n, 2n, 3n, 4n, 5n])).toThrow(ArgumentError);
  for (const beyond of [MAX_TOTAL + 1n, -MAX_TOTAL - 1n]) {
    const thrown = () => encodeLanes([0n, beyond]);
    expect(thrown).toThrow(ArgumentError);
    expect(thrown).not.toThrow(new RegExp(String(beyond)));
  }
  for (const lanes of [0, 5, 1.5]) expect(() => decodeLanes(new Uint8Array(32), lanes)).toThrow(ArgumentError);
  for (const length of [0, 31, 33]) expect(() => decodeLanes(new Uint8Array(length), 1)).toThrow(ArgumentError);
  const order = Uint8Array.from({ length: 32 }, (_, i) => Number((Fr.ORDER >> BigInt(8 * (31 - i))) & 0xffn));
  expect(() => decodeLanes(order, 1)).toThrow(/canonical/);
  expect(() => decodeLanes(new Uint8Array(32).fill(255), 1)).toThrow(EncodingError);
});
