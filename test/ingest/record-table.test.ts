// The tables of stored records against a Map: any sequence of records, through several growths; totals at their extremes;
// and what a record takes.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { RecordTable } from '../../src/ingest/record-table.ts';
import { TotalsStore } from '../../src/ingest/totals-store.ts';
import { randomSource } from '../engine/oracle.ts';

const MOST = 2n ** 62n - 1n;
const lane = fc.oneof(fc.bigInt(-MOST, MOST), fc.constantFrom(0n, 1n, -1n, 63n, 64n, -64n, -65n, MOST, -MOST));

test('totals come back as they were added, at random places', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 4 })
        .chain((lanes) =>
          fc.tuple(
            fc.constant(lanes),
            fc.array(fc.array(lane, { minLength: lanes, maxLength: lanes }), { maxLength: 200 }),
          ),
        ),
      ([lanes, totals]) => {
        const store = new TotalsStore(lanes);
        for (const total of totals) store.add(total);
        expect(store.size).toBe(totals.length);
        for (let k = totals.length - 1; k >= 0; k--) expect(store.get(k)).toEqual(totals[k]);
      },
    ),
  );
});

test('totals of the greatest size through many chunks', () => {
  const store = new TotalsStore(4);
  const total = (k: number) => [MOST - BigInt(k), -MOST + BigInt(k), BigInt(k), -BigInt(k)];
  for (let k = 0; k < 20_000; k++) store.add(total(k));
  for (let k = 0; k < 20_000; k += 7) expect(store.get(k)).toEqual(total(k));
});

describe('refused', () => {
  it('totals beyond 62 bits (not shown), of another number of lanes, and records that are not there', () => {
    const store = new TotalsStore(2);
    expect(() => store.add([MOST + 1n, 0n])).toThrow(/total of a lane is "\(not shown\)"/);
    expect(() => store.add([0n, -MOST - 1n])).toThrow(/within/);
    expect(() => store.add([1n])).toThrow(/an array of 1; it must be one for each of 2 lanes/);
    expect(() => store.get(0)).toThrow(/record is 0/);
    expect(() => new TotalsStore(5)).toThrow(/lanes is 5/);
  });
  it('keys and tags of other lengths', () => {
    const table = new RecordTable(1);
    expect(() => table.add(new Uint8Array(7), new Uint8Array(20), [0n])).toThrow(/key is 7 bytes/);
    expect(() => table.findTag(new Uint8Array(8))).toThrow(/tag is 8 bytes/);
  });
});

test.each([0, 5000])('records are found by key and tag through every growth, with room for %i at first', (room) => {
  const { bytes, integer } = randomSource(3 + room);
  const table = new RecordTable(2, room);
  const known: { key: Uint8Array; tag: Uint8Array; total: bigint[] }[] = [];
  for (let k = 0; k < 12_000; k++) {
    const record = { key: bytes(8), tag: bytes(20), total: [BigInt(k), -BigInt(k)] };
    expect(table.add(record.key, record.tag, record.total)).toBe(k);
    known.push(record);
    const other = known[integer(known.length)]!;
    const number = known.indexOf(other);
    expect(table.findKey(other.key)).toBe(number);
    expect(table.findTag(other.tag)).toBe(number);
    expect(table.total(number)).toEqual(other.total);
    expect(table.findKey(bytes(8))).toBe(-1);
    expect(table.findTag(bytes(20))).toBe(-1);
  }
  expect(table.size).toBe(12_000);
});

test('keys that all begin in one slot, and a key that comes again, which finds the first', () => {
  const table = new RecordTable(1);
  const key = (n: number) => Uint8Array.of(n >> 8, n, 0, 0, 255, 255, 255, 255);
  const tag = (n: number) => Uint8Array.from({ length: 20 }, (_, i) => (i === 0 ? n >> 8 : i === 1 ? n : 255));
  for (let n = 0; n < 3000; n++) table.add(key(n), tag(n), [BigInt(n)]);
  for (let n = 0; n < 3000; n++) expect([table.findKey(key(n)), table.findTag(tag(n))]).toEqual([n, n]);
  table.add(key(17), tag(4000), [0n]);
  expect(table.findKey(key(17))).toBe(17);
  expect(table.findTag(tag(4000))).toBe(3000);
});
