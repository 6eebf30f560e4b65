// Choosing records of a receipts file: by id, category and period, against a filter written again; and what is refused.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Choice, chooseRecords, chosenCorrections } from '../../../src/records/receipts/choose.ts';
import type { Receipt, Receipts } from '../../../src/records/receipts/receipt.ts';
import { sampleReceipts } from './receipt-sample.ts';

const DATES = ['2020-02-29', '2020-12-31T23:59:59Z', '2021-01-01', '2021-06-15 08:00', '2022-01-01', '2019-01-01'];
const receipts: Receipts = structuredClone(sampleReceipts().receipts);
receipts.records.forEach((record, k) => {
  record.metadata = { date: DATES[k]! };
});
const ids = receipts.records.map(({ recordId }) => recordId);

test('records meet every criterion that is given', () => {
  const choice = fc.record(
    {
      records: fc.subarray(ids),
      categories: fc.subarray(['inpatient', 'wellness']),
      from: fc.constantFrom('2020-02-29', '2020-03-01', '2021-01-01'),
      to: fc.constantFrom('2020-12-31', '2021-06-15', '2021-06-14'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(choice, (given: Choice) => {
      const expected = receipts.records.filter((record) => {
        const day = record.metadata!.date!.slice(0, 10);
        return (
          (!given.records || given.records.includes(record.recordId)) &&
          (!given.categories || given.categories.includes(record.category)) &&
          (!given.from || day >= given.from) &&
          (!given.to || day <= given.to)
        );
      });
      expect(chooseRecords(receipts, given)).toEqual(expected.map(({ recordId }) => recordId).sort((a, b) => a - b));
    }),
  );
});

test('an id without a receipt, another category, a date that is none, and receipts without dates are refused', () => {
  expect(() => chooseRecords(receipts, { records: [ids[0]!, 7] })).toThrow(/record 7 has no receipt in this file/);
  expect(() => chooseRecords(receipts, { categories: ['dental'] })).toThrow(/category is "dental"; it must be one of/);
  for (const day of ['2020', '1.1.2020', '2020-1-1', '2020-01-01T00:00']) {
    expect(() => chooseRecords(receipts, { from: day })).toThrow(/from is/);
    expect(() => chooseRecords(receipts, { to: day })).toThrow(/to is/);
  }
  const undated = structuredClone(receipts);
  delete undated.records[0]!.metadata;
  expect(() => chooseRecords(undated, { from: '2020-01-01' })).toThrow(/states no date/);
  expect(chooseRecords(undated, {})).toHaveLength(6);
});

test('a carry record goes with the record that it carries on, and so does one that carries it on in turn', () => {
  const file = structuredClone(receipts);
  // Ids of one category in the order of their records: the second carries on the first, the third the second.
  const [first, second, third, last] = file.records
    .filter(({ category }) => category === 'inpatient')
    .sort((a, b) => a.recordId - b.recordId) as [Receipt, Receipt, Receipt, Receipt];
  second.carries = first.recordId;
  third.carries = second.recordId;
  delete second.metadata;
  delete third.metadata;
  const day = first.metadata!.date!.slice(0, 10);
  const three = [first.recordId, second.recordId, third.recordId];
  expect(chooseRecords(file, { records: [first.recordId] })).toEqual(three);
  expect(chooseRecords(file, { records: [second.recordId] })).toEqual(three.slice(1));
  expect(chooseRecords(file, { records: [last.recordId] })).toEqual([last.recordId]);
  expect(chooseRecords(file, { categories: ['inpatient'], from: day, to: day })).toEqual(three);
  expect(chooseRecords(file, {})).toHaveLength(6);
});

/** Ids of one category in the order of its series: the third corrects the first, the fourth the third. */
function corrected() {
  const file = structuredClone(receipts);
  const series = file.records
    .filter(({ category }) => category === 'inpatient')
    .sort((a, b) => a.position - b.position) as [Receipt, Receipt, Receipt, Receipt];
  series.forEach((one, k) => {
    one.recordId = 100 + k;
  });
  const [first, second, third, fourth] = series;
  third.corrects = 100;
  fourth.corrects = 102;
  return { file, first, second, third, fourth };
}

test('corrections go with the record that they correct, and corrections of these with them', () => {
  const { file } = corrected();
  expect(chooseRecords(file, { records: [100] })).toEqual([100, 102, 103]);
  expect(chooseRecords(file, { records: [101] })).toEqual([101]);
  expect(chooseRecords(file, { records: [102] })).toEqual([102, 103]);
  expect(chooseRecords(file, { records: [103] })).toEqual([103]);
  expect(chooseRecords(file, { records: [100], categories: ['wellness'] })).toEqual([]);
});

test('in a period they are where the record is, whatever their own date says, and without one', () => {
  const { file, first, second, third, fourth } = corrected();
  first.metadata = { date: '2021-03-01' };
  second.metadata = { date: '2021-05-01' };
  third.metadata = { date: '2024-01-01' };
  delete fourth.metadata;
  const within = (from: string, to: string) => chooseRecords(file, { categories: ['inpatient'], from, to });
  expect(within('2021-03-01', '2021-03-01')).toEqual([100, 102, 103]);
  expect(within('2021-05-01', '2021-05-01')).toEqual([101]);
  expect(within('2024-01-01', '2024-12-31')).toEqual([]);
  delete first.metadata;
  expect(() => within('2021-03-01', '2021-03-01')).toThrow(/record 100 states no date/);
});

test('a file that says of a record what cannot be is followed no further than it can be', () => {
  const { file, first, third, fourth } = corrected();
  first.corrects = 103; // a circle
  expect(chooseRecords(file, { records: [100] })).toEqual([100, 102, 103]);
  third.corrects = 4711; // no record of the file
  expect(chooseRecords(file, { records: [100] })).toEqual([100]);
  fourth.corrects = file.records.find(({ category }) => category === 'wellness')!.recordId;
  expect(chooseRecords(file, { records: [fourth.corrects] })).toEqual([fourth.corrects]);
});

test('corrections are told that are among chosen records, without theirs, and left out', () => {
  const { file } = corrected();
  const of = (...chosen: number[]) => chosenCorrections(file, chosen);
  expect(of(103, 102, 100)).toEqual({ included: [102, 103], alone: [], leftOut: [] });
  expect(of(100, 101)).toEqual({ included: [], alone: [], leftOut: [102] });
  expect(of(100, 103)).toEqual({ included: [], alone: [103], leftOut: [102] });
  expect(of(101)).toEqual({ included: [], alone: [], leftOut: [] });
});
