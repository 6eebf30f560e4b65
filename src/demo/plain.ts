// What the demonstration expects, computed from the CSV by plain code that shares nothing with the rest of MIStore: each
// patient's number of records and sums of amounts, in hundredths.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';

export interface PlainTotals {
  records: number;
  /** Sum of each column, in hundredths. */
  sums: bigint[];
}

/** Totals by patient. Rows that are incomplete, or whose amounts are not plain decimals in hundredths, do not count. */
export async function plainTotals(
  file: string,
  patientColumn: string,
  amountColumns: readonly string[],
): Promise<Map<string, PlainTotals>> {
  const totals = new Map<string, PlainTotals>();
  const rows = parse({ columns: true, bom: true, skip_records_with_error: true });
  pipeline(createReadStream(file), rows, () => undefined); // A file that cannot be read fails the loop below.
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    const patient = row[patientColumn] ?? '';
    const amounts = amountColumns.map((column) => hundredths(row[column] ?? ''));
    if (patient === '' || !amounts.every((amount) => amount !== null)) continue;
    const known = totals.get(patient) ?? { records: 0, sums: amountColumns.map(() => 0n) };
    totals.set(patient, { records: known.records + 1, sums: known.sums.map((sum, lane) => sum + amounts[lane]!) });
  }
  return totals;
}

function hundredths(text: string): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text);
  return match && BigInt(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(2, '0')}`);
}

/** The patient with the most records; the first in the file if there are several. There must be one. */
export function busiest(totals: ReadonlyMap<string, PlainTotals>): string {
  return [...totals].reduce((most, next) => (next[1].records > most[1].records ? next : most))[0];
}
