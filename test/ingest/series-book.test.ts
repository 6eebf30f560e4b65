// Series of an ingest against a plain model, a list of amounts for each patient, account and category: tags, totals and
// positions whether the book has seen the records or finds them again in the table; records told apart from others'.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { RecordTable } from '../../src/ingest/record-table.ts';
import { SeriesBook } from '../../src/ingest/series-book.ts';
import { MAX_TOTAL } from '../../src/records/lanes.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../src/records/series.ts';
import { randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(5);
const dealingKey = bytes(32);
const ledgerId = bytes(32);
const CATEGORIES = ['', 'inpatient', 'wellness'];
const account = (patient: string, generation = 0) =>
  Uint8Array.from({ length: 20 }, (_, i) => (i === 0 ? patient.charCodeAt(0) : i === 1 ? generation : 7));
const numberKey = (n: number) => Uint8Array.from({ length: 8 }, (_, i) => (n >> (8 * (i % 4))) & 255);

const book = (table: RecordTable, accountsOf = (patient: string) => [account(patient)]) =>
  new SeriesBook(2, { dealingKey, ledgerId, accountsOf, table });

const expectedTag = (patient: string, category: string, position: number, at = account(patient)) => {
  const key = viewingKey(dealingKey, patient);
  const id = seriesId(key, { ledgerId, account: at, category });
  return tagOf(at, id, position, saltOf(key, ledgerId, id, position));
};

const row = fc.record({
  patient: fc.constantFrom('a', 'b', 'c'),
  category: fc.constantFrom(...CATEGORIES),
  amounts: fc.tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(-5n, 5n)),
  /** Whether another run begins here: a new book over the same table. */
  again: fc.boolean(),
});

test('tags and totals are those of the model, in one run or many; every record is located with its amounts', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const table = new RecordTable(2);
      const model = new Map<string, bigint[][]>();
      let current = book(table);
      rows.forEach(({ patient, category, amounts, again }, n) => {
        if (again) current = book(table);
        const series = model.get(`${patient}/${category}`) ?? [];
        model.set(`${patient}/${category}`, series);
        series.push(amounts);
        const total = amounts.map((_, lane) => series.reduce((sum, one) => sum + one[lane]!, 0n));
        const appended = current.append(patient, category, amounts, numberKey(n));
        expect(appended.total).toEqual(total);
        expect(appended.tag).toEqual(expectedTag(patient, category, series.length));
      });
      const fresh = book(table);
      rows.forEach(({ patient, category, amounts }, n) => {
        expect(table.findKey(numberKey(n))).toBe(n);
        for (const reader of [current, fresh]) {
          expect(reader.amountsOf(n, patient, category)).toEqual(amounts);
          expect(reader.amountsOf(n, patient, category === '' ? 'inpatient' : '')).toBeNull();
          expect(reader.amountsOf(n, patient === 'a' ? 'b' : 'a', category)).toBeNull();
        }
      });
      for (let n = rows.length - 1; n >= 0; n--) {
        expect(fresh.amountsOf(n, rows[n]!.patient, rows[n]!.category)).toEqual(rows[n]!.amounts);
      }
    }),
    { numRuns: 60 },
  );
});

test.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100])('a series of %i records is found to its end', (length) => {
  const table = new RecordTable(2);
  const first = book(table);
  for (let k = 0; k < length; k++) first.append('a', '', [1n, -1n], numberKey(k));
  expect(book(table).append('a', '', [5n, 5n], numberKey(length))).toEqual({
    tag: expectedTag('a', '', length + 1),
    total: [BigInt(length) + 5n, 5n - BigInt(length)],
  });
});

describe('a patient who changes accounts', () => {
  it('begins new series, and the records under the former account are still theirs', () => {
    const table = new RecordTable(2);
    book(table).append('a', '', [3n, 0n], numberKey(0));
    const later = book(table, (patient) => [account(patient, 1), account(patient)]);
    const { tag, total } = later.append('a', '', [4n, 0n], numberKey(1));
    expect(total).toEqual([4n, 0n]);
    expect(tag).toEqual(expectedTag('a', '', 1, account('a', 1)));
    expect(later.amountsOf(0, 'a', '')).toEqual([3n, 0n]);
    expect(later.amountsOf(1, 'a', '')).toEqual([4n, 0n]);
    expect(book(table).amountsOf(1, 'a', '')).toBeNull();
  });
});

describe('totals', () => {
  it('up to ±(2^61 − 1) are taken; beyond, the row is refused, the lane named, and the series stays as it was', () => {
    const table = new RecordTable(2);
    const one = book(table);
    one.append('a', '', [MAX_TOTAL, -MAX_TOTAL], numberKey(0));
    expect(() => one.append('a', '', [1n, 0n], numberKey(1))).toThrow(
      expect.objectContaining({ code: 'TOTAL_RANGE', details: { lane: 0 } }),
    );
    expect(() => one.append('a', '', [0n, -1n], numberKey(1))).toThrow(/lane 1/);
    expect(table.size).toBe(1);
    expect(one.append('a', '', [-MAX_TOTAL, MAX_TOTAL], numberKey(1)).total).toEqual([0n, 0n]);
  });
});
