// The file of rejected rows, read back by csv-parse, and the reconciliation of a run.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIStoreError } from '../../../src/errors.ts';
import { Reconciliation } from '../../../src/records/csv/reconciliation.ts';
import { RejectedRows } from '../../../src/records/csv/rejected-rows.ts';
import type { Rejection } from '../../../src/records/csv/row.ts';
import type { Entry } from '../../../src/records/csv/rows.ts';

async function written(rejections: readonly Rejection[]): Promise<{ text: string; mode: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-rejected-'));
  try {
    const path = join(folder, 'rejected.csv');
    await writeFile(path, 'an older, longer file\n'.repeat(10), { mode: 0o644 });
    const file = await RejectedRows.create(path);
    for (const rejection of rejections) await file.write(rejection);
    await file.close();
    expect(file.count).toBe(rejections.length);
    return { text: await readFile(path, 'utf8'), mode: (await stat(path)).mode & 0o777 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '=', 'é', '\0') });
const rejection = fc.record({
  kind: fc.constant('rejection' as const),
  line: fc.nat(),
  row: fc.nat(),
  column: text,
  reason: fc.constantFrom('not-a-number' as const, 'broken-quotes' as const),
  message: text,
  raw: text,
});

test('what csv-parse reads from it is what was rejected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rejection, { maxLength: 5 }), async (rejections) => {
      const { text, mode } = await written(rejections);
      const expected = rejections.map(({ line, column, reason, message, raw }) => {
        return { line: String(line), column, reason, message, raw };
      });
      expect(parse(text, { columns: true, record_delimiter: '\n' })).toEqual(expected);
      expect(mode).toBe(0o600);
    }),
    { numRuns: 50 },
  );
});

test('without rejections there is a header only', async () => {
  expect((await written([])).text).toBe('line,column,reason,message,raw\n');
});

test('more than is kept in memory is written in order', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => {
    const base = { kind: 'rejection', line: i, row: i, column: 'c', reason: 'empty-id', message: 'm' } as const;
    return { ...base, raw: 'x'.repeat(50) };
  });
  const { text } = await written(many);
  expect(parse(text).map(([line]: string[]) => line)).toEqual(['line', ...many.map(({ line }) => String(line))]);
});

test('a file that cannot be made is an error at once', async () => {
  await expect(RejectedRows.create(join(tmpdir(), 'absent', 'folder', 'rejected.csv'))).rejects.toThrow('ENOENT');
});

const at = { line: 2, row: 1, raw: '' };
const row = (amounts: bigint[]): Entry & { kind: 'row' } => {
  return { ...at, kind: 'row', patient: 'P', amounts, id: undefined, date: undefined, metadata: {} };
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
