// The hospital's CSV, with rows that no ledger can hold, and what must come out: read by another CSV parser and added up by
// plain arithmetic. Nothing here computes a sum the way MIStore does.
import { parse } from 'csv-parse/sync';
import { sampleEncounters } from '../../src/demo/sample.ts';
import { changedRow } from '../support/sample.ts';

/** One row of a patient. */
export interface Bill {
  category: string;
  /** YYYY-MM-DD */
  day: string;
  /** In hundredths. */
  amounts: bigint[];
}

const LANES = ['TOTAL_CLAIM_COST', 'PAYER_COVERAGE'];
const OPTIONS = { rows: 120, patients: 5, seed: 'people', patientId: (number: number) => `P-${number + 1}` };

/** Rows that are rejected, each by what is wrong with it. */
export const BAD = 3;
export const GOOD = OPTIONS.rows;
export const PATIENTS = OPTIONS.patients;

/** The CSV: good rows, and after them an amount that is no number, a row without a patient, an unknown category. */
export function makeCsv(): string {
  const good = [...sampleEncounters(OPTIONS)].join('');
  const more = [...sampleEncounters({ ...OPTIONS, rows: BAD, seed: 'more people' })].join('').split('\n').slice(1);
  const bad = [
    changedRow(more[0]!, 'TOTAL_CLAIM_COST', () => 'twelve'),
    changedRow(more[1]!, 'PATIENT', () => ''),
    changedRow(more[2]!, 'ENCOUNTERCLASS', () => 'teleport'),
  ];
  return `${good}${bad.join('\n')}\n`;
}

/** The good rows by patient. */
export function billsIn(csv: string): Map<string, Bill[]> {
  const rows = (parse(csv, { columns: true }) as Record<string, string>[]).slice(0, GOOD);
  const bills = new Map<string, Bill[]>();
  for (const row of rows) {
    const amounts = LANES.map((lane) => BigInt(row[lane]!.replace('.', '')));
    const bill = { category: row.ENCOUNTERCLASS!, day: row.START!.slice(0, 10), amounts };
    bills.set(row.PATIENT!, [...(bills.get(row.PATIENT!) ?? []), bill]);
  }
  return bills;
}

/** Sum of each lane, with two decimals. */
export function sumsOf(bills: readonly Bill[]): Record<string, string> {
  const sum = (lane: number) => bills.reduce((total, { amounts }) => total + amounts[lane]!, 0n);
  return Object.fromEntries(LANES.map((lane, l) => [lane, decimal(sum(l))]));
}

function decimal(hundredths: bigint): string {
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** As people read it: 12345.67 as 12,345.67. */
export const grouped = (amount: string): string => amount.replace(/\B(?=(\d{3})+\.)/g, ',');
