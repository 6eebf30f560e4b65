// A receipts file as bills, before any check: order, totals against plain arithmetic, gaps, carries, and files that are none.
import { describe, expect, it } from 'vitest';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { openReceipts } from '../../../web/model/receipts.ts';
import { sampleReceipts } from '../../records/receipts/receipt-sample.ts';
import { cents } from '../../support/sample.ts';

const sample = sampleReceipts().receipts;
const receipts: Receipts = { ...sample, records: sample.records.map(({ metadata: _, ...one }) => one) };
const open = (file: Receipts) => openReceipts(formatReceipts(file));
const dated = (dates: (string | undefined)[]): Receipts => ({
  ...receipts,
  records: receipts.records.map((one, k) => (dates[k] ? { ...one, metadata: { date: dates[k]! } } : one)),
});
const add = (amounts: readonly (readonly string[])[]) =>
  receipts.terms.lanes.map((_, l) => amounts.reduce((sum, one) => sum + cents(one[l]!), 0n));

describe('bills', () => {
  it('have the file’s terms, and sums that plain arithmetic gives', () => {
    const file = open(receipts);
    expect(file).toMatchObject({
      ledgerId: receipts.ledgerId,
      patient: receipts.patient,
      lanes: receipts.terms.lanes,
      minRecords: receipts.terms.minRecords,
      place: { chainId: receipts.chainId, contract: receipts.contract },
    });
    expect(file.bills.map(({ recordId }) => recordId)).toEqual(receipts.records.map(({ recordId }) => recordId));
    file.bills.forEach((bill, k) => {
      const before = file.bills.slice(0, k + 1);
      expect(bill.runningTotal.map(cents)).toEqual(add(before.map(({ amounts }) => amounts)));
      const series = file.bills.filter((one) => one.category === bill.category && one.position <= bill.position);
      expect(bill.categoryTotal!.map(cents)).toEqual(add(series.map(({ amounts }) => amounts)));
      expect(bill.state).toEqual({ kind: 'unchecked' });
    });
    expect(file.total).toEqual(file.bills.at(-1)!.runningTotal);
  });

  it('stand in the order of their days; one without a date after the one before it on chain', () => {
    const ids = receipts.records.map(({ recordId }) => recordId);
    const file = open(dated(['2025-03-02', undefined, '2025-01-09T23:00:00Z', '2025-03-01', undefined, '2024-12-31']));
    expect(file.bills.map(({ recordId }) => recordId - ids[0]!)).toEqual([5, 2, 3, 4, 0, 1]);
    expect(file.bills.map(({ date }) => date?.slice(0, 10) ?? null)).toEqual([
      '2024-12-31',
      '2025-01-09',
      '2025-03-01',
      null,
      '2025-03-02',
      null,
    ]);
    // The total of a category goes by position all the same.
    const last = file.bills.find((bill) => bill.category === 'inpatient' && bill.position === 4)!;
    const inpatient = receipts.records.filter(({ category }) => category === 'inpatient');
    expect(last.categoryTotal!.map(cents)).toEqual(add(inpatient.map(({ amounts }) => amounts)));
  });

  it('have the description as their text, or all there is', () => {
    const file = open({
      ...receipts,
      records: receipts.records.map((one, k) => ({
        ...one,
        metadata: (k % 2
          ? { date: '2025-01-01', ROOM: 'B', DESCRIPTION: 'X-ray' }
          : { ROOM: 'B', floor: '3' }) as Record<string, string>,
      })),
    });
    expect(new Set(file.bills.map(({ text }) => text))).toEqual(new Set(['X-ray', 'B, 3']));
    expect(open(receipts).bills[0]!.text).toBe('');
  });

  it('have no category total behind a gap', () => {
    const file = open({ ...receipts, records: receipts.records.filter((one) => one.position !== 2) });
    const totals = file.bills.map(({ position, categoryTotal }) => [position, categoryTotal === null]);
    expect(new Set(totals.map(String))).toEqual(new Set(['1,false', '3,true', '4,true']));
  });

  it('of an empty file are none, with a total of 0', () => {
    expect(open({ ...receipts, records: [] })).toMatchObject({
      bills: [],
      total: receipts.terms.lanes.map(() => '0.00'),
    });
  });
});

describe('a file that is none', () => {
  it.each([
    ['no JSON', 'hello', /not JSON/],
    ['another JSON', '{"format":"mistore-consent/2"}', /format must be/],
    ['of protocol 1', '{"format":"mistore-receipts/1"}', /ask the hospital for new ones/],
  ])('%s is refused', (_, text, message) => {
    expect(() => openReceipts(text)).toThrow(message);
  });

  it('with an amount that is not written plainly is refused without quoting it', () => {
    const records = receipts.records.map((one) => ({ ...one, amounts: ['(123.45)', '0.00'] }));
    expect(() => open({ ...receipts, records })).toThrow(/amount is not written plainly/);
    expect(() => open({ ...receipts, records })).not.toThrow(/123/);
  });
});
