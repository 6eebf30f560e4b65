// The sample: the same for the same seed, in Synthea's columns, with what a real file has: refunds, quotes, a patient
// with far more rows than the others.
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { SAMPLE_HEADER, type SampleOptions, sampleEncounters } from '../../src/demo/sample.ts';
import { ArgumentError } from '../../src/errors.ts';
import { readRows } from '../../src/records/input/rows.ts';
import { PRESETS } from '../../src/records/profile-presets.ts';

const text = (options: SampleOptions) => [...sampleEncounters(options)].join('');
const OPTIONS = { rows: 5000, patients: 100, seed: 'test' };

test('the seed decides, and nothing else', () => {
  const first = text(OPTIONS);
  expect(text(OPTIONS)).toBe(first);
  expect(text({ ...OPTIONS, seed: 'other' })).not.toBe(first);
  expect(first.startsWith(text({ ...OPTIONS, rows: 4000 }))).toBe(true);
  expect(createHash('sha256').update(first).digest('hex')).toBe(
    'ae2a4f65c02aa33df48d4bd2a2b3dd5fb32f017579fde660ef123e8a971b9535',
  );
});

test('patients are called as the caller wants, and nothing else changes', () => {
  const named = text({ ...OPTIONS, patientId: (number) => `P-${number}` });
  expect(named.replace(/,P-\d+,/g, ',')).toBe(text(OPTIONS).replace(/(Z,)[0-9a-f-]{36},/g, '$1'));
  expect(named).toContain('Z,P-0,');
});

test('another seed shares neither ids nor patients', () => {
  const ids = (seed: string) => parse(text({ ...OPTIONS, seed }), { columns: true }) as Record<string, string>[];
  const [a, b] = [ids('a'), ids('b')];
  for (const column of ['Id', 'PATIENT']) {
    const known = new Set(a.map((row) => row[column]));
    expect(b.filter((row) => known.has(row[column]!))).toEqual([]);
  }
});

test('the rows', () => {
  const rows: Record<string, string>[] = parse(text(OPTIONS), { columns: true });
  expect(rows).toHaveLength(OPTIONS.rows);
  expect(new Set(rows.map((row) => row.Id)).size).toBe(OPTIONS.rows);
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  const time = /^20[12]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  for (const row of rows) {
    for (const column of ['Id', 'PATIENT', 'ORGANIZATION', 'PROVIDER', 'PAYER']) expect(row[column]).toMatch(uuid);
    for (const column of ['START', 'STOP']) expect(row[column]).toMatch(time);
    expect(row.STOP! > row.START!).toBe(true);
    const [cost, covered] = [Number(row.TOTAL_CLAIM_COST), Number(row.PAYER_COVERAGE)];
    expect(Math.abs(covered)).toBeLessThanOrEqual(Math.abs(cost));
    expect(cost * covered).toBeGreaterThanOrEqual(0);
  }
  const refunds = rows.filter((row) => row.TOTAL_CLAIM_COST!.startsWith('-')).length;
  expect(refunds).toBeGreaterThan(0.005 * OPTIONS.rows);
  expect(refunds).toBeLessThan(0.02 * OPTIONS.rows);
  expect(rows.some((row) => /,/.test(row.DESCRIPTION!))).toBe(true);
  expect(rows.some((row) => /"/.test(row.DESCRIPTION!))).toBe(true);
  const counts = new Map<string, number>();
  for (const { PATIENT } of rows) counts.set(PATIENT!, (counts.get(PATIENT!) ?? 0) + 1);
  const descending = [...counts.values()].sort((a, b) => b - a);
  expect(counts.size).toBeGreaterThan(90);
  expect(counts.size).toBeLessThanOrEqual(100);
  expect(descending[0]).toBeGreaterThan(0.07 * OPTIONS.rows);
  expect(descending[50]).toBeLessThan(0.01 * OPTIONS.rows);
});

test('the preset stores all of it', async () => {
  const pieces = async function* () {
    for (const piece of sampleEncounters(OPTIONS)) yield Buffer.from(piece);
  };
  const kinds = new Map<string, number>();
  for await (const entry of readRows(pieces(), PRESETS['synthea-encounters']!)) {
    kinds.set(entry.kind, (kinds.get(entry.kind) ?? 0) + 1);
  }
  expect([...kinds]).toEqual([['row', OPTIONS.rows]]);
});

test('pieces are of bounded size', () => {
  const lengths = [...sampleEncounters(OPTIONS)].map((piece) => piece.length);
  expect(lengths.length).toBeGreaterThan(10);
  expect(Math.max(...lengths)).toBeLessThan(70_000);
});

test('no rows, one patient, misuse', () => {
  expect(text({ rows: 0, patients: 1, seed: '' })).toBe(SAMPLE_HEADER);
  const one: Record<string, string>[] = parse(text({ rows: 50, patients: 1, seed: '' }), { columns: true });
  expect(new Set(one.map((row) => row.PATIENT)).size).toBe(1);
  for (const options of [{ rows: -1 }, { rows: 1.5 }, { rows: 1e9 }, { patients: 0 }]) {
    expect(() => text({ ...OPTIONS, ...options })).toThrow(ArgumentError);
  }
});
