// Choosing records of a receipts file: by id, category and period, against a filter written again; and what is refused.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Choice, chooseRecords } from '../../../src/records/receipts/choose.ts';
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
