// From bytes to rows: Synthea's encounters against a parser in three lines, sources of every kind, the bounds of the
// header, and what ends a run.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { formatAmount } from '../../../src/records/amounts.ts';
import { HEADER_RECORDS, HEADER_TEXT } from '../../../src/records/csv/header.ts';
import { InputError } from '../../../src/records/input/errors.ts';
import { Reconciliation } from '../../../src/records/input/reconciliation.ts';
import type { Entry, Row } from '../../../src/records/input/row.ts';
import { readRows } from '../../../src/records/input/rows.ts';
import type { InputSource } from '../../../src/records/input/source-bytes.ts';
import { parseProfile } from '../../../src/records/profile.ts';
import { PRESETS } from '../../../src/records/profile-presets.ts';

const PROFILE = parseProfile({
  name: 'test',
  columns: { patient: 'patient', lanes: [{ name: 'cost', column: 'cost' }], id: 'id' },
});
const TEXT = 'id,patient,cost\na,P1,1.00\nb,P2,-2.50\n';
const bytes = (text: string) => Readable.from([Buffer.from(text)]);

async function all(source: InputSource, profile = PROFILE): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of readRows(source, profile)) entries.push(entry);
  return entries;
}

async function errorOf(source: InputSource, profile = PROFILE): Promise<InputError> {
  const thrown = await all(source, profile).then(String, (error: unknown) => error);
  expect(thrown).toBeInstanceOf(InputError);
  return thrown as InputError;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-csv-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const synthea = new URL('../../../../shared/data/synthea/encounters.csv', import.meta.url).pathname;

test.skipIf(!existsSync(synthea))(`Synthea's encounters (skipped where ${synthea} is absent)`, async () => {
  const profile = PRESETS['synthea-encounters']!;
  const account = new Reconciliation(profile);
  const entries: Entry[] = [];
  for await (const entry of readRows(synthea, profile)) {
    if (entry.kind !== 'left-out') account.read(entry);
    if (entry.kind === 'row') account.stored(entry);
    entries.push(entry);
  }
  // The file has neither quotes nor empty lines.
  const [header, ...lines] = readFileSync(synthea, 'utf8').trimEnd().split('\n');
  const names = header!.split(',');
  const plain = lines.map((line, i) => {
    const field = Object.fromEntries(line.split(',').map((value, k) => [names[k], value]));
    return {
      kind: 'row',
      line: i + 2,
      row: i + 1,
      patient: field.PATIENT,
      category: field.ENCOUNTERCLASS,
      amounts: [field.TOTAL_CLAIM_COST, field.PAYER_COVERAGE].map((text) => BigInt(Math.round(100 * Number(text)))),
      id: field.Id,
      date: field.START,
      metadata: { DESCRIPTION: field.DESCRIPTION },
      raw: line,
    };
  });
  expect(entries).toEqual(plain);
  expect(new Set(entries.map((entry) => (entry as Row).patient)).size).toBe(111);
  expect(account.close()).toEqual({
    rows: 7584,
    stored: 7584,
    rejected: 0,
    skipped: 0,
    rejections: {},
    leftOut: {},
    sums: { TOTAL_CLAIM_COST: '21910819.27', PAYER_COVERAGE: '16355083.04' },
  });
});

test('a path, gzip at a path, standard input and a stream give the same rows', async () => {
  const expected = await all(bytes(TEXT));
  expect(expected.map((entry) => (entry as Row).patient)).toEqual(['P1', 'P2']);
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'plain.csv'), TEXT);
    await writeFile(join(folder, 'zipped'), gzipSync(TEXT));
    expect(await all(join(folder, 'plain.csv'))).toEqual(expected);
    expect(await all(join(folder, 'zipped'))).toEqual(expected);
  });
  const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(bytes(TEXT) as never);
  expect(await all('-')).toEqual(expected);
  stdin.mockRestore();
});

test('a file that cannot be read is named', async () => {
  await inFolder(async (folder) => {
    const error = await errorOf(join(folder, 'absent.csv'));
    expect(error.code).toBe('INPUT_UNREADABLE');
    expect(error.message).toContain('absent.csv');
    expect((await errorOf(folder)).code).toBe('INPUT_UNREADABLE');
  });
});

test('the source is closed when the reader stops early, and when the header is missing', async () => {
  for (const profile of [PROFILE, PRESETS['synthea-encounters']!]) {
    let closed = 0;
    const endless = async function* () {
      try {
        yield Buffer.from('id,patient,cost\n');
        for (;;) yield Buffer.from(`x${Math.random()},P,1.00\n`.repeat(100));
      } finally {
        closed++;
      }
    };
    const stop = async () => {
      let rows = 0;
      for await (const _ of readRows(endless(), profile)) if (++rows === 500) break;
    };
    await stop().catch((error: InputError) => expect(error.code).toBe('CSV_MISSING_COLUMN'));
    expect(closed).toBe(1);
  }
});

test('an error of the source itself is passed on, through gzip too', async () => {
  const zipped = gzipSync(TEXT.repeat(1000));
  for (const start of [Buffer.from(TEXT), zipped.subarray(0, zipped.length / 2)]) {
    const failing = async function* () {
      yield start;
      throw new Error('the line went dead');
    };
    await expect(all(failing())).rejects.toThrow('the line went dead');
  }
});

test('a column whose name has other spaces than the plain one is shown with them', async () => {
  const error = await errorOf(bytes('id,patient,cost\u00a0x\u2009y\na,P1,1.00\n'));
  expect(error.message).toBe(
    'no header with the column "cost"; the columns are "id", "patient", "cost\\u00a0x\\u2009y"',
  );
});

test('a missing column is named, with those that there are, before any row', async () => {
  const error = await errorOf(bytes('id,patient,price,cost \u00e9\na,P1,1.00,2\n'));
  expect(error.code).toBe('CSV_MISSING_COLUMN');
  expect(error.details).toEqual({ missing: ['cost'], columns: ['id', 'patient', 'price', 'cost é'] });
  expect(error.message).toBe('no header with the column "cost"; the columns are "id", "patient", "price", "cost é"');
});

test('a header of many columns is shown in part', async () => {
  const names = Array.from({ length: 500 }, (_, i) => (i === 0 ? 'x'.repeat(500) : `c${i}`));
  const error = await errorOf(bytes(`${names.join(',')}\n`));
  expect(error.message).toMatch(/x{80}…", "c1".* and 440 more$/);
});

test('the header is looked for in the first records only, and in the first text', async () => {
  const header = TEXT.slice(0, 16);
  expect(await all(bytes('title\n'.repeat(HEADER_RECORDS - 1) + TEXT))).toHaveLength(2);
  expect((await errorOf(bytes('title\n'.repeat(HEADER_RECORDS) + TEXT))).code).toBe('CSV_MISSING_COLUMN');
  const title = (length: number) => `${'t'.repeat(length - 1)}\n`;
  expect(await all(bytes(title(HEADER_TEXT - header.length) + TEXT))).toHaveLength(2);
  // One piece at a time: the header's end comes after the text that is searched.
  const late = Readable.from([title(HEADER_TEXT), TEXT, 'c,P3,1\n'.repeat(10)].map((text) => Buffer.from(text)));
  expect((await errorOf(late)).code).toBe('CSV_MISSING_COLUMN');
});

test('line ends are those of the header, whatever is in quotes', async () => {
  for (const [end, other] of [
    ['\r', '\n'],
    ['\n', '\r'],
    ['\r\n', '\r'],
    ['\r\n', '\n'],
  ] as const) {
    const lines = [
      `"a ${other}title"`,
      `id,"free${other}text",patient,cost`,
      `a,"x${other.repeat(9)}y",P1,1.00`,
      'b,,P2,2',
    ];
    const entries = await all(bytes(`${lines.join(end)}${end}`));
    expect(entries.map((entry) => (entry as Row).patient)).toEqual(['P1', 'P2']);
    expect(entries.map(({ raw }) => raw)).toEqual(lines.slice(2));
  }
});

test('a column name cut off by the end of the searched text is not taken for the header', async () => {
  const text = `${'t'.repeat(HEADER_TEXT - 'id,patient,cost'.length - 1)}\nid,patient,cost`;
  const source = Readable.from([text, 'X\na,P1,1.00\n'].map((part) => Buffer.from(part)));
  expect((await errorOf(source)).code).toBe('CSV_MISSING_COLUMN');
});

test.each([
  [Buffer.from('id,patient,cost\na,P\xe9,1.00\n', 'latin1'), 19, 'utf-8'],
  [Buffer.concat([Buffer.from(`\ufeff${TEXT}`), Buffer.from([0xc3, 0x28])]), 3 + TEXT.length, 'utf-8'],
  [Buffer.concat([Buffer.from(TEXT), Buffer.from([0xe2, 0x82])]), TEXT.length, 'utf-8'],
  [Buffer.concat([Buffer.from(TEXT), Buffer.from([0xf0, 0x80, 0x80, 0x80])]), TEXT.length, 'utf-8'],
  [Buffer.concat([Buffer.from(TEXT), Buffer.from([0xed, 0xa0, 0x80])]), TEXT.length, 'utf-8'],
  [Buffer.concat([Buffer.from(`\ufeff${TEXT}`, 'utf16le'), Buffer.from([0x41])]), 2 + 2 * TEXT.length, 'utf-16le'],
  [Buffer.concat([Buffer.from(`\ufeff${TEXT}`, 'utf16le'), Buffer.from([0, 0xdc])]), 2 + 2 * TEXT.length, 'utf-16le'],
])('the place of a byte that is not text, in any pieces: %#', async (data, offset, encoding) => {
  for (const size of [1, 2, 3, 5, 1000]) {
    const chunks = Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
      data.subarray(i * size, (i + 1) * size),
    );
    const error = await errorOf(Readable.from(chunks));
    expect(error.code).toBe('INPUT_ENCODING');
    expect(error.details).toEqual({ offset, encoding });
  }
});

test('characters of every length, cut anywhere, survive in every encoding', async () => {
  const text = 'id,patient,cost\na,aé€𝒫😀\u{10ffff}\ue000\ud7ff,1.00\n';
  const encoded = [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`, 'utf16le'),
    Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  ];
  for (const data of encoded) {
    for (let size = 1; size < 9; size++) {
      const chunks = Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
        data.subarray(i * size, (i + 1) * size),
      );
      const [row] = await all(Readable.from(chunks));
      expect((row as Row).patient).toBe('aé€𝒫😀\u{10ffff}\ue000\ud7ff');
    }
  }
});

test('all of Windows-1252 reads as the encoding standard says', async () => {
  const profile = parseProfile({ ...PROFILE, file: { encoding: 'windows-1252' } });
  // Columns 8 and 9 of the code page (WHATWG Encoding, index-windows-1252).
  const high = '€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ';
  for (let byte = 0x80; byte < 0x100; byte++) {
    const data = Buffer.concat([Buffer.from('id,patient,cost\na,P'), Buffer.from([byte]), Buffer.from('Q,1\n')]);
    const expected = byte < 0xa0 ? high[byte - 0x80] : String.fromCharCode(byte);
    if (expected === '?') expect((await errorOf(Readable.from([data]), profile)).details).toMatchObject({ offset: 19 });
    else expect((await all(Readable.from([data]), profile))[0]).toMatchObject({ raw: `a,P${expected}Q,1` });
  }
});

test('rows of one id are all read: what they are to each other is for the ingest to say', async () => {
  const entries = await all(bytes('id,patient,cost\na,P,1\na,P,1\na,Q,2\n'));
  expect(entries.map((entry) => [entry.kind, (entry as Row).id])).toEqual([1, 2, 3].map(() => ['row', 'a']));
});

test('no message of a rejection quotes a field', async () => {
  const profile = parseProfile({
    ...PROFILE,
    columns: { ...PROFILE.columns, date: 'date' },
    sign: { column: 'code', negative: ['R'], positive: ['C'] },
  });
  const rows = [
    'secret,P,1,2024-01-01,secret',
    'b,P,secret,2024-01-01,C',
    'c,P,1,secret,C',
    'd,P,1',
    'e,"secret"x,1,,C',
  ];
  const entries = await all(bytes(`id,patient,cost,date,code\n${rows.join('\n')}\n`), profile);
  expect(entries.map((entry) => entry.kind)).toEqual(rows.map(() => 'rejection'));
  for (const entry of entries) expect(JSON.stringify({ ...entry, raw: '' })).not.toContain('secret');
});

test('ids of patients do not keep the file in memory', async () => {
  // 40 MB of text, of which every piece names a patient of its own.
  const source = async function* () {
    yield Buffer.from('id,patient,cost,note\n');
    for (let i = 0; i < 160; i++) yield Buffer.from(`${i},patient-with-a-long-id-${i},1.00,${'x'.repeat(250_000)}\n`);
  };
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const patients: string[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for await (const entry of readRows(source(), PROFILE)) if (entry.kind === 'row') patients.push(entry.patient);
  collect();
  expect(patients).toHaveLength(160);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10e6);
});

test('sums are exact', () => {
  const account = new Reconciliation(PROFILE);
  for (let i = 0; i < 3; i++) account.stored({ amounts: [2n ** 41n - 1n] });
  expect(account.account().sums).toEqual({ cost: formatAmount(3n * (2n ** 41n - 1n), 2) });
});
