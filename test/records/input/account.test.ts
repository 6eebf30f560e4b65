// The reconciliation of a run.
import { expect, test } from 'vitest';
import { MIStoreError } from '../../../src/errors.ts';
import { Reconciliation } from '../../../src/records/input/reconciliation.ts';
import type { RowEntry } from '../../../src/records/input/row.ts';

const at = { line: 2, row: 1, raw: '' };
const row = (amounts: bigint[]): RowEntry & { kind: 'row' } => {
  return { ...at, kind: 'row', patient: 'P', category: '', amounts, id: undefined, date: undefined, metadata: {} };
};
const profile = {
  columns: {
    patient: 'p',
    lanes: [
      { name: 'a', column: 'x' },
      { name: 'b', column: 'y' },
    ],
    metadata: [],
  },
  amounts: { scale: 3, currency: 'KWD', decimal: '.', thousands: '', symbols: [], empty: 'reject' },
} as const;

test('rows = stored + rejected + skipped, with sums and reasons', () => {
  const account = new Reconciliation(profile);
  const entries: RowEntry[] = [
    row([1n, -5n]),
    row([1000n, 7n]),
    row([3n, 3n]),
    row([4n, 4n]),
    { ...at, kind: 'rejection', column: '', reason: 'empty-id', message: '' },
    { ...at, kind: 'rejection', column: '', reason: 'empty-id', message: '' },
    { ...at, kind: 'rejection', column: '', reason: 'broken-quotes', message: '' },
  ];
  for (const entry of entries) account.read(entry);
  expect(account.account()).toMatchObject({ rows: 7, stored: 0, rejected: 3, sums: { a: '0.000', b: '0.000' } });
  expect(() => account.close()).toThrow(MIStoreError);
  account.stored(row([1n, -5n]));
  account.stored(row([1000n, 7n]));
  account.skipped();
  expect(() => account.close()).toThrow('7 rows were read, but 6 were stored, rejected or skipped');
  account.rejected('conflicting-duplicate');
  expect(account.close()).toEqual({
    rows: 7,
    stored: 2,
    rejected: 4,
    skipped: 1,
    rejections: { 'empty-id': 2, 'broken-quotes': 1, 'conflicting-duplicate': 1 },
    sums: { a: '1.001', b: '0.002' },
    leftOut: {},
  });
  account.stored(row([1n, 1n]));
  expect(() => account.close()).toThrow('7 rows were read, but 8 were stored, rejected or skipped');
});

test('what is left out is counted by what it is, and is no row', () => {
  const account = new Reconciliation(profile);
  for (let k = 0; k < 600; k++) account.leftOut({ what: `kind ${k % 300}` });
  const { leftOut, ...counts } = account.close();
  expect(counts).toMatchObject({ rows: 0, stored: 0, rejected: 0, skipped: 0 });
  expect(Object.values(leftOut).reduce((sum, count) => sum + count, 0)).toBe(600);
  expect(leftOut).toMatchObject({ 'kind 0': 2, 'kind 255': 2, others: 88 });
  expect(Object.keys(leftOut)).toHaveLength(257);
});
