// The files of rejected and of skipped rows, read back by csv-parse; and which files they replace.
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Rejection } from '../../../src/records/input/row.ts';
import { RowFile, rejectedRows, skippedRows } from '../../../src/records/input/row-file.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-row-file-'));
  path = join(folder, 'rows.csv');
});
afterAll(() => rm(folder, { recursive: true }));

const REJECTED_ROWS = rejectedRows('line');
const csv = { form: 'csv' } as const;
const REJECTED_HEADER = 'line,column,reason,message,raw\n';

async function written(rejections: readonly Rejection[]): Promise<{ text: string; mode: number }> {
  await writeFile(path, `${REJECTED_HEADER}${'1,an,older,longer,file\n'.repeat(10)}`, { mode: 0o644 });
  const file = await RowFile.create(path, REJECTED_ROWS, csv);
  for (const rejection of rejections) await file.write(rejection);
  await file.keep();
  expect(file.count).toBe(rejections.length);
  return { text: await readFile(path, 'utf8'), mode: (await stat(path)).mode & 0o777 };
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

test('skipped rows name the line or the record that they repeat', async () => {
  const skipped = join(folder, 'skipped.csv');
  const file = await RowFile.create(skipped, skippedRows('line'), csv);
  await file.write({ line: 7, raw: 'a,"b",1', first: { line: 3 } });
  await file.write({ line: 9, raw: 'c', first: { recordId: 0 } });
  await file.keep();
  expect(parse(await readFile(skipped), { columns: true })).toEqual([
    { line: '7', repeats_line: '3', repeats_record: '', raw: 'a,"b",1' },
    { line: '9', repeats_line: '', repeats_record: '0', raw: 'c' },
  ]);
});

test('without rows there is a header only', async () => {
  expect((await written([])).text).toBe(REJECTED_HEADER);
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
  await expect(RowFile.create(join(folder, 'absent', 'rejected.csv'), REJECTED_ROWS, csv)).rejects.toThrow(
    'no such folder',
  );
});

test.each([
  ['a keystore', '{"version": 3}'],
  ['an empty file', ''],
  ['skipped rows', 'line,repeats_line,repeats_record,raw\n'],
  ['half a header', 'line,column,reason,message'],
])('%s is not replaced by rejected rows, unless forced', async (_, content) => {
  await writeFile(path, content);
  await expect(RowFile.create(path, REJECTED_ROWS, csv)).rejects.toThrow(
    /rows\.csv: the file exists.* or give --force$/,
  );
  expect(await readFile(path, 'utf8')).toBe(content);
  const forced = await RowFile.create(path, REJECTED_ROWS, { ...csv, force: true });
  await forced.keep();
  expect(await readFile(path, 'utf8')).toBe(REJECTED_HEADER);
});

test('the input is never replaced, under any name, even if it has the form of rejected rows', async () => {
  const link = join(folder, 'link.csv');
  const text = `${REJECTED_HEADER}1,,empty-id,is empty,"x"\n`;
  await writeFile(path, text);
  await symlink(path, link);
  for (const name of [path, link]) {
    const created = RowFile.create(name, REJECTED_ROWS, { ...csv, inputs: [path], force: true });
    await expect(created).rejects.toThrow(/is a file that this run reads/);
  }
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('of JSON: one object a line, with the row as it stood; empty without rows, and replaced by later ones', async () => {
  const json = join(folder, 'rows.rejected.ndjson');
  const rows = [
    { line: 2, column: 'total', reason: 'empty-amount', message: 'is empty', raw: '{"a": 1.50,\n "b": "ä\\u0000"}' },
    { line: 9, column: '', reason: 'not-json', message: 'is not JSON', raw: '{"a' },
  ] as const;
  for (const written of [rows, rows.slice(1), []]) {
    const file = await RowFile.create(json, rejectedRows('entry'), { form: 'json' });
    for (const row of written) await file.write({ kind: 'rejection', row: 1, ...row });
    await file.keep();
    const lines = (await readFile(json, 'utf8')).split('\n');
    expect(lines.pop()).toBe('');
    const expected = written.map(({ line, column, ...rest }) => {
      return { mistore: 'rejected', entry: line, ...(column !== '' && { column }), ...rest };
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
  }
  const skipped = await RowFile.create(join(folder, 's.ndjson'), skippedRows('entry'), { form: 'json' });
  await skipped.write({ line: 7, raw: '{}', first: { line: 3 } });
  await skipped.write({ line: 8, raw: '{}', first: { recordId: 0 } });
  await skipped.keep();
  expect(
    (await readFile(join(folder, 's.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { mistore: 'skipped', entry: 7, repeats_entry: 3, raw: '{}' },
    { mistore: 'skipped', entry: 8, repeats_record: 0, raw: '{}' },
  ]);
  for (const content of ['{"id": 1}\n', '{"mistore":"skipped","line":1}\n']) {
    await writeFile(json, content);
    await expect(RowFile.create(json, rejectedRows('line'), { form: 'json' })).rejects.toThrow(/give --force$/);
  }
});
