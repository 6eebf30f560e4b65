// What the demonstration expects, computed from the CSV by plain code that shares nothing with the rest of MIStore: the rows
// of each patient with their amounts in hundredths, and sums of them.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';

export interface PlainRow {
  /** Empty if there is no column of categories. */
  category: string;
  /** First four characters of the date; empty if there is no column of dates. */
  year: string;
  /** In hundredths, one for each column of amounts. */
  amounts: bigint[];
}

export interface PlainColumns {
  patient: string;
  amounts: readonly string[];
  category: string | undefined;
  date: string | undefined;
}

/** Rows by patient, in the file's order. Rows that are incomplete, or whose amounts are not plain decimals, are left out. */
export async function plainRows(file: string, columns: PlainColumns): Promise<Map<string, PlainRow[]>> {
  const byPatient = new Map<string, PlainRow[]>();
  const rows = parse({ columns: true, bom: true, skip_records_with_error: true });
  pipeline(createReadStream(file), rows, () => undefined); // A file that cannot be read fails the loop below.
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    const cell = (column: string | undefined) => (column === undefined ? '' : (row[column] ?? ''));
    const patient = cell(columns.patient);
    const amounts = columns.amounts.map((column) => hundredths(cell(column)));
    if (patient === '' || !amounts.every((amount) => amount !== null)) continue;
    const own = byPatient.get(patient) ?? [];
    own.push({ category: cell(columns.category), year: cell(columns.date).slice(0, 4), amounts });
    byPatient.set(patient, own);
  }
  return byPatient;
}

function hundredths(text: string): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text);
  return match && BigInt(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(2, '0')}`);
}

/** The patient with the most rows; the first in the file if there are several. There must be one. */
export function busiest(rows: ReadonlyMap<string, readonly PlainRow[]>): string {
  return [...rows].reduce((most, next) => (next[1].length > most[1].length ? next : most))[0];
}

/** The category and year with the most rows. */
export function busiestYear(rows: readonly PlainRow[]): { category: string; year: string } {
  const counts = new Map<string, { category: string; year: string; count: number }>();
  for (const { category, year } of rows) {
    const name = `${year}/${category}`;
    const known = counts.get(name) ?? { category, year, count: 0 };
    counts.set(name, { ...known, count: known.count + 1 });
  }
  const [first, ...others] = [...counts.values()];
  return others.reduce((most, next) => (next.count > most.count ? next : most), first!);
}

/** Sum of each column. */
export const sumOf = (rows: readonly PlainRow[]): bigint[] =>
  (rows[0]?.amounts ?? []).map((_, lane) => rows.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n));

/** `count` of the numbers 0 … length − 1, as far apart as possible; all of them if there are fewer. */
export const spread = (length: number, count: number): number[] =>
  length <= count
    ? Array.from({ length }, (_, k) => k)
    : Array.from({ length: count }, (_, k) => Math.floor((k * (length - 1)) / Math.max(1, count - 1)));
