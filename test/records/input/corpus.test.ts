// Every file of test/corpus: each of its rows ends stored, skipped or rejected for the stated reason, and no character
// after the header is lost, however the bytes arrive. Rows are read as the ingest reads them, and
// compared as it compares records.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { PatientAccounts } from '../../../src/identity/accounts.ts';
import { RecordTable } from '../../../src/ingest/record-table.ts';
import { SeriesBook } from '../../../src/ingest/series-book.ts';
import { formatAmount } from '../../../src/records/amounts.ts';
import { InputError } from '../../../src/records/input/errors.ts';
import type { Entry } from '../../../src/records/input/row.ts';
import { openRows, type RowStream } from '../../../src/records/input/rows.ts';
import { parseProfile } from '../../../src/records/profile.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import { RecordKeys, recordName } from '../../../src/records/record.ts';

interface Case {
  file: string;
  about: string;
  profile?: unknown;
  error?: string;
  /** [line, patient, amount, …] */
  stored?: [number, ...string[]][];
  /** [line, column, reason] */
  rejected?: [number, string, string][];
  skipped?: number[];
  blankLines?: number;
  encoding?: string;
  delimiter?: string;
  /** [line, what] */
  leftOut?: [number, string][];
  counts?: 'line' | 'entry';
  /** Whether records are parts of lines or entries. */
  parts?: boolean;
  headerLine?: number;
  dates?: string[];
  metadata?: Record<string, string>[];
}

const folder = new URL('../../corpus/', import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'));
const PLAIN = { name: 'corpus', columns: { patient: 'patient', lanes: [{ name: 'cost', column: 'cost' }] } };

/** A preset's name, or a profile. */
const profileOf = (json: unknown) => (typeof json === 'string' ? presetProfile(json) : parseProfile(json));

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, { profile = PLAIN }: Case, chunk: number) {
  const stream = await openRows(inChunks(bytes, chunk), profileOf(profile));
  const entries: Entry[] = [];
  for await (const entry of stream) entries.push(entry);
  return { stream, entries };
}

const dealingKey = new Uint8Array(32).fill(1);
const source = new Uint8Array(24).fill(2);
const ledgerId = new Uint8Array(32).fill(3);

/** How each row stands to those before it. */
function sightings(entries: readonly Entry[], lanes: number) {
  const table = new RecordTable(lanes);
  const keys = new RecordKeys(dealingKey, ledgerId);
  const accounts = new PatientAccounts(new Uint8Array(32).fill(4));
  const accountsOf = (patient: string) => accounts.accounts(patient);
  const book = new SeriesBook(lanes, { dealingKey, ledgerId, accountsOf, table });
  return entries.map((entry) => {
    if (entry.kind !== 'row') return undefined;
    const key = keys.key(recordName(entry, source));
    const record = table.findKey(key);
    if (record < 0) {
      book.append(entry.patient, entry.category, entry.amounts, key);
      return 'new';
    }
    const stored = book.amountsOf(record, entry.patient, entry.category);
    return stored?.join() === entry.amounts.join() ? 'same' : 'different';
  });
}

function text(bytes: Uint8Array, { encoding }: RowStream): string {
  const plain = bytes[0] === 0x1f ? gunzipSync(bytes) : Buffer.from(bytes);
  const decoded = {
    'utf-8': () => plain.toString('utf8'),
    'utf-16le': () => plain.toString('utf16le'),
    'utf-16be': () => Buffer.from(plain).swap16().toString('utf16le'),
    'windows-1252': () => plain.toString('latin1').replace('\x80', '€').replace('\x93', '“').replace('\x94', '”'),
  }[encoding]();
  return decoded.replace(/^\ufeff/, '');
}

/** Lines without their ends, empty ones left out. */
const lines = (csv: string) => csv.split(/\r\n|\n|\r(?!b)/).filter((line) => line !== '');

test('the corpus is what the manifest says', () => {
  const files = readdirSync(folder).filter((name) => name !== 'manifest.json' && !name.startsWith('.'));
  expect(cases.map(({ file }) => file).sort()).toEqual(files.sort());
  expect(cases.length).toBeGreaterThanOrEqual(40);
});

test.each(cases)('$file: $about', async (expected) => {
  const bytes = readFileSync(new URL(expected.file, folder));
  for (const chunk of [2 ** 16, 7, 1]) {
    if (expected.error) {
      const error = await read(bytes, expected, chunk).then(String, (thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).code).toBe(expected.error);
      continue;
    }
    const { stream, entries } = await read(bytes, expected, chunk);
    const rows = entries.filter((entry) => entry.kind === 'row');
    const { columns, amounts } = profileOf(expected.profile ?? PLAIN);
    const sighted = sightings(entries, columns.lanes.length);
    const stored: unknown[] = [];
    const rejected: unknown[] = [];
    const skipped: number[] = [];
    const leftOut: unknown[] = [];
    for (const [i, entry] of entries.entries()) {
      const { line } = entry;
      if (entry.kind === 'left-out') leftOut.push([line, entry.what]);
      else if (entry.kind === 'rejection') rejected.push([line, entry.column, entry.reason]);
      else if (sighted[i] === 'different')
        rejected.push([line, [columns.id].flat().join('+'), 'conflicting-duplicate']);
      else if (sighted[i] === 'same') skipped.push(line);
      else stored.push([line, entry.patient, ...entry.amounts.map((amount) => formatAmount(amount, amounts.scale))]);
    }
    expect(stored).toEqual(expected.stored);
    expect(rejected).toEqual(expected.rejected);
    expect(skipped).toEqual(expected.skipped ?? []);
    expect(leftOut).toEqual(expected.leftOut ?? []);
    const counted = entries.filter((entry) => entry.kind !== 'left-out');
    expect(counted.map(({ row }) => row)).toEqual(counted.map((_, i) => i + 1));
    expect(stream.blankLines).toBe(expected.blankLines ?? 0);
    expect(stream.counts).toBe(expected.counts ?? 'line');
    if (expected.encoding) expect(stream.encoding).toBe(expected.encoding);
    if (expected.delimiter) expect(stream.header!.dialect.delimiter).toBe(expected.delimiter);
    if (expected.dates) expect(rows.map(({ date }) => date)).toEqual(expected.dates);
    if (expected.metadata) expect(rows.map(({ metadata }) => metadata)).toEqual(expected.metadata);
    if (stream.header) {
      expect(stream.header.line).toBe(expected.headerLine ?? 1);
      expectAllLines(text(bytes, stream), entries, stream.header.line);
    } else if (!expected.parts) expectAllTexts(text(bytes, stream), entries, stream.counts);
  }
});

/** Nothing is lost: the raw rows, in order, are all the text after the header. */
function expectAllLines(csv: string, entries: readonly Entry[], headerLine: number): void {
  const raw = entries.flatMap((entry) => lines(entry.raw));
  expect(raw).toEqual(lines(csv).slice(-raw.length || Number.POSITIVE_INFINITY));
  expect(lines(csv).length - raw.length).toBeLessThanOrEqual(headerLine);
}

/** Nothing is lost: of lines each comes out, and of a document what comes out leaves nothing but its frame. */
function expectAllTexts(json: string, entries: readonly Entry[], counts: 'line' | 'entry'): void {
  const raw = entries.map((entry) => entry.raw);
  if (counts === 'line')
    expect(raw).toEqual(
      json
        .split(/\r?\n/)
        .map((line) => line.replace('\ufeff', ''))
        .filter((line) => line.trim() !== ''),
    );
  else expect(raw.reduce((rest, part) => rest.replace(part, ''), json)).not.toContain('amount');
}
