// The reconciliation of a run.
import { expect, test } from 'vitest';
import { MIStoreError } from '../../../src/errors.ts';
import { Reconciliation } from '../../../src/records/input/reconciliation.ts';
import type { Entry } from '../../../src/records/input/rows.ts';

const at = { line: 2, row: 1, raw: '' };
const row = (amounts: bigint[]): Entry & { kind: 'row' } => {
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
  const entries: Entry[] = [
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
  });
  account.stored(row([1n, 1n]));
  expect(() => account.close()).toThrow('7 rows were read, but 8 were stored, rejected or skipped');
});
