// Made-up CSV files in the columns of Synthea's encounters, for tests, and what is in them: read by another CSV parser
// and added up by plain arithmetic. Nothing here computes a sum the way MIStore does.
import { writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { sampleEncounters } from '../../src/demo/sample.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';

/** The columns with amounts. */
export const LANES = ['TOTAL_CLAIM_COST', 'PAYER_COVERAGE'];

/** Text of a CSV file. Row k of one seed is the same for every number of rows. */
export const sampleCsv = (rows: number, seed: string, patients = 12): string =>
  [...sampleEncounters({ rows, patients, seed })].join('');

/** The first line of such a file, with its line end. */
export const HEADER = sampleCsv(0, '', 1);

/** The lines of such a file after the header, without line ends. */
export const sampleRows = (rows: number, seed: string): string[] => sampleCsv(rows, seed, 40).split('\n').slice(1, -1);

export async function writeCsv(file: string, rows: readonly string[]): Promise<void> {
  await writeFile(file, `${HEADER}${rows.join('\n')}\n`);
}

/** The row with one field changed. */
export function changedRow(row: string, column: string, change: (value: string) => string): string {
  const at = HEADER.trim().split(',').indexOf(column);
  const fields = row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)!.map((field) => field.replace(/,$/, ''));
  fields[at] = change(fields[at]!);
  return fields.slice(0, HEADER.split(',').length).join(',');
}

/** The amount with another last digit. */
export const otherCent = (amount: string): string => amount.replace(/\d$/, (digit) => `${(Number(digit) + 1) % 10}`);

/** The rows as ingest takes them. */
export function rowsOf(csv: string): IngestRow[] {
  return (parse(csv, { columns: true }) as Record<string, string>[]).map((fields, i) => ({
    row: i + 1,
    patient: fields.PATIENT!,
    category: fields.ENCOUNTERCLASS!,
    id: fields.Id!,
    amounts: LANES.map((lane) => cents(fields[lane]!)),
  }));
}

/** Days of a patient's rows, YYYY-MM-DD, ascending. */
export const daysOf = (csv: string, patient: string): string[] =>
  (parse(csv, { columns: true }) as Record<string, string>[])
    .filter((fields) => fields.PATIENT === patient)
    .map((fields) => fields.START!.slice(0, 10))
    .sort();

/** Decimal text with up to two decimals → hundredths. */
export function cents(text: string): bigint {
  const [whole, part] = text.replace('-', '').split('.');
  const magnitude = BigInt(whole!) * 100n + BigInt((part ?? '').padEnd(2, '0'));
  return text.startsWith('-') ? -magnitude : magnitude;
}

/** Records and sums of a patient, or of all. */
export function plainTotals(rows: readonly IngestRow[], patient?: string): { records: number; sums: bigint[] } {
  const own = rows.filter((row) => patient === undefined || row.patient === patient);
  return {
    records: own.length,
    sums: LANES.map((_, lane) => own.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n)),
  };
}

/** The patient with most rows. */
export function busiestPatient(rows: readonly IngestRow[]): string {
  const counts = new Map<string, number>();
  for (const { patient } of rows) counts.set(patient, (counts.get(patient) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}
