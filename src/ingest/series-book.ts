// The series of an ingest (docs/protocol.md, "Series and tags"): where each stands in the ledger, and how it goes on. A series is found
// when its first row comes, by a galloping and binary search for its last tag in the table of records. Keeps about 400 bytes
// for each series of the input and as much for each of its patients.
import { checkInteger, MIStoreError } from '../errors.ts';
import { MAX_POSITION } from '../query/runs.ts';
import { isTotal } from '../records/lanes.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../records/series.ts';
import type { RecordTable } from './record-table.ts';

/** A row would take a lane's total beyond ±(2^61 − 1). */
export class TotalRangeError extends MIStoreError {
  constructor(lane: number) {
    super('TOTAL_RANGE', `lane ${lane}: the series' total would leave ±(2^61 − 1) minor units`, { lane });
  }
}

export interface SeriesBookOptions {
  /** 32 bytes. SECRET. */
  dealingKey: Uint8Array;
  /** 32 bytes. */
  ledgerId: Uint8Array;
  /** Accounts of a patient, 20 bytes each: the present one, then former ones. */
  accountsOf(patient: string): readonly Uint8Array[];
  /** The records of the ledger; those that this book appends are added to it. */
  table: RecordTable;
}

/** Where a record of the table is: in a series of a patient's, under the account with this number (0: the present one). */
export interface PlaceInSeries {
  record: number;
  patient: string;
  category: string;
  account: number;
}

interface Patient {
  viewingKey: Uint8Array;
  accounts: readonly Uint8Array[];
  /** By account, then by category; opened when they are first asked for. */
  series: Map<string, Series>[];
}

interface Series {
  patient: Patient;
  account: Uint8Array;
  /** 8 bytes. */
  id: Uint8Array;
  /** Of the last record; 0 for none. */
  position: number;
  total: bigint[];
  /** Position of the record that was located last: the next one asked for is usually the next. */
  cursor: number;
  /** Positions by record number, once somebody has asked out of order. */
  walked: Map<number, number> | undefined;
}

export class SeriesBook {
  readonly #options: SeriesBookOptions;
  readonly #lanes: number;
  readonly #patients = new Map<string, Patient>();

  /** `lanes` of the ledger. */
  constructor(lanes: number, options: SeriesBookOptions) {
    this.#options = options;
    this.#lanes = lanes;
  }

  /** The next record of a series: its tag and total, which the table gets with `key`. Throws TotalRangeError. */
  append(
    patient: string,
    category: string,
    amounts: readonly bigint[],
    key: Uint8Array,
  ): { tag: Uint8Array; total: bigint[] } {
    const series = this.#find(patient, category, 0);
    return this.#append(series, totalAfter(series.total, amounts), key);
  }

  /** The records among these that are in series of the patient, of these categories and under any of their accounts. */
  placesOf(patient: string, categories: readonly string[], records: ReadonlySet<number>): PlaceInSeries[] {
    const places: PlaceInSeries[] = [];
    for (const account of this.#patient(patient).accounts.keys()) {
      for (const category of categories) {
        const series = this.#look(patient, category, account);
        for (let position = 1; position <= series.position; position++) {
          const record = this.#recordAt(series, position);
          if (records.has(record)) places.push({ record, patient, category, account });
        }
      }
    }
    return places;
  }

  /** Whether the record there is the last of its series. */
  isLast({ record, patient, category, account }: PlaceInSeries): boolean {
    const series = this.#look(patient, category, account);
    return this.#recordAt(series, series.position) === record;
  }

  /** The next record of a place's series, of amount 0: its tag and total, which the table gets with `key`. */
  carry({ patient, category, account }: PlaceInSeries, key: Uint8Array): { tag: Uint8Array; total: bigint[] } {
    const series = this.#find(patient, category, account);
    return this.#append(series, series.total, key);
  }

  #append(series: Series, total: bigint[], key: Uint8Array): { tag: Uint8Array; total: bigint[] } {
    checkInteger('position', series.position + 1, 1, MAX_POSITION);
    series.position++;
    series.total = total;
    const tag = this.#tag(series, series.position);
    const record = this.#options.table.add(key, tag, total);
    series.walked?.set(record, series.position);
    return { tag, total };
  }

  /** Throws TotalRangeError if a row could not have followed the series' record that was located last. */
  checkRange(patient: string, category: string, amounts: readonly bigint[]): void {
    const series = this.#find(patient, category, 0);
    const { cursor } = series;
    const before = cursor === 0 ? null : this.#options.table.total(this.#recordAt(series, cursor));
    totalAfter(before ?? series.total.map(() => 0n), amounts);
  }

  /**
   * Amounts of a record of the table if it is one of this patient's and category's, under the present account or a
   * former one; null if it is somebody else's.
   */
  amountsOf(record: number, patient: string, category: string): bigint[] | null {
    const { accounts } = this.#patient(patient);
    for (let account = 0; account < accounts.length; account++) {
      const series = this.#find(patient, category, account);
      const position = this.#positionOf(series, record);
      if (position > 0) return this.#amounts(series, position, record);
    }
    return null;
  }

  #amounts(series: Series, position: number, record: number): bigint[] {
    const { table } = this.#options;
    const total = table.total(record);
    if (position === 1) return total;
    const before = table.total(this.#recordAt(series, position - 1));
    return total.map((lane, l) => lane - before[l]!);
  }

  /** 0 if the record is not in the series. */
  #positionOf(series: Series, record: number): number {
    if (series.cursor < series.position && this.#recordAt(series, series.cursor + 1) === record) return ++series.cursor;
    series.walked ??= this.#walk(series);
    const position = series.walked.get(record) ?? 0;
    if (position > 0) series.cursor = position;
    return position;
  }

  #walk(series: Series): Map<number, number> {
    const walked = new Map<number, number>();
    for (let position = 1; position <= series.position; position++)
      walked.set(this.#recordAt(series, position), position);
    return walked;
  }

  #recordAt(series: Series, position: number): number {
    return this.#options.table.findTag(this.#tag(series, position));
  }

  #patient(name: string): Patient {
    let patient = this.#patients.get(name);
    if (!patient) {
      const { dealingKey, accountsOf } = this.#options;
      const accounts = accountsOf(name);
      patient = { viewingKey: viewingKey(dealingKey, name), accounts, series: accounts.map(() => new Map()) };
      this.#patients.set(name, patient);
    }
    return patient;
  }

  /** The series under one of the patient's accounts (0 for the present one), as far as the table has it. */
  #find(name: string, category: string, account: number): Series {
    const patient = this.#patient(name);
    let series = patient.series[account]!.get(category);
    if (!series) {
      series = this.#open(patient, category, account);
      patient.series[account]!.set(category, series);
    }
    return series;
  }

  /** As #find(), and does not keep what it finds. */
  #look(name: string, category: string, account: number): Series {
    const patient = this.#patient(name);
    return patient.series[account]!.get(category) ?? this.#open(patient, category, account);
  }

  #open(patient: Patient, category: string, index: number): Series {
    const { ledgerId, table } = this.#options;
    const account = patient.accounts[index]!;
    const id = seriesId(patient.viewingKey, { ledgerId, account, category });
    const none = { position: 0, total: Array<bigint>(this.#lanes).fill(0n), cursor: 0, walked: undefined };
    const series: Series = { patient, account, id, ...none };
    const has = (position: number) => this.#recordAt(series, position) >= 0;
    let above = 1;
    while (has(above)) above *= 2;
    let last = Math.floor(above / 2); // there, or 0; `above` is not there
    while (above - last > 1) {
      const middle = Math.floor((last + above) / 2);
      if (has(middle)) last = middle;
      else above = middle;
    }
    series.position = last;
    if (last > 0) series.total = table.total(this.#recordAt(series, last));
    return series;
  }

  #tag({ patient, account, id }: Series, position: number): Uint8Array {
    return tagOf(account, id, position, saltOf(patient.viewingKey, this.#options.ledgerId, id, position));
  }
}

function totalAfter(before: readonly bigint[], amounts: readonly bigint[]): bigint[] {
  return before.map((lane, l) => {
    const total = lane + amounts[l]!;
    if (!isTotal(total)) throw new TotalRangeError(l);
    return total;
  });
}
