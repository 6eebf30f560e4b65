// One CSV record to one row of amounts, or to a rejection with its reason. Every column that the profile names must
// hold something readable; the other columns are only counted.
import { type AmountReason, readAmount } from '../amounts.ts';
import type { Profile } from '../profile.ts';
import { readDate } from './dates.ts';
import type { Header } from './header.ts';
import type { CsvRecord, RecordFault } from './splitter.ts';

export interface Row {
  readonly kind: 'row';
  /** Physical line, from 1, on which the row begins. */
  readonly line: number;
  /** Rows of the file count from 1, rejected ones too; the header and empty lines do not. */
  readonly row: number;
  readonly patient: string;
  /** Minor units, one for each lane. */
  readonly amounts: readonly bigint[];
  /** The record's id, if the profile has a column of ids. */
  readonly id: string | undefined;
  /** ISO 8601, if the profile has a column of dates. */
  readonly date: string | undefined;
  /** The profile's metadata columns as they stand in the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The row as it stands in the file, without its line end. */
  readonly raw: string;
}

export type RejectionReason =
  | AmountReason
  | RecordFault['reason']
  | 'too-few-fields'
  | 'too-many-fields'
  | 'empty-patient'
  | 'empty-id'
  | 'empty-date'
  | 'unreadable-date'
  | 'unknown-sign-code'
  /** Found by the ingest, not by the reader. */
  | 'conflicting-duplicate';

export interface Rejection {
  readonly kind: 'rejection';
  readonly line: number;
  readonly row: number;
  /** The column at fault, or '' if it is the whole row. */
  readonly column: string;
  readonly reason: RejectionReason;
  /** Says what is wrong; never quotes a field. */
  readonly message: string;
  readonly raw: string;
}

/** Reads the records of a file with this header. */
export class RowMapper {
  readonly #profile: Profile;
  readonly #width: number;
  readonly #at: { patient: number; lanes: number[]; id: number; date: number; sign: number; metadata: number[] };
  readonly #negative: ReadonlyMap<string, boolean>;
  readonly #patients = new Interned();

  constructor(profile: Profile, { names }: Pick<Header, 'names'>) {
    const { columns, sign } = profile;
    const at = (column: string | undefined) => (column === undefined ? -1 : names.indexOf(column));
    this.#profile = profile;
    this.#width = names.length;
    this.#at = {
      patient: at(columns.patient),
      lanes: columns.lanes.map((lane) => at(lane.column)),
      id: at(columns.id),
      date: at(columns.date),
      sign: at(sign?.column),
      metadata: columns.metadata.map(at),
    };
    this.#negative = new Map([
      ...(sign?.positive ?? []).map((code) => [code, false] as const),
      ...(sign?.negative ?? []).map((code) => [code, true] as const),
    ]);
  }

  /** `row`: the row's number. */
  read({ line, raw, fields }: CsvRecord, row: number): Row | Rejection {
    const reject = (column: string | undefined, reason: RejectionReason, message: string): Rejection => {
      return { kind: 'rejection', line, row, column: column ?? '', reason, message, raw };
    };
    if ('reason' in fields) return reject('', fields.reason, fields.message);
    if (fields.length !== this.#width) {
      const reason = fields.length < this.#width ? 'too-few-fields' : 'too-many-fields';
      return reject('', reason, `has ${fields.length} fields; the header has ${this.#width}`);
    }
    const { columns, amounts: format, dates, sign } = this.#profile;
    const patient = fields[this.#at.patient]!.trim();
    if (patient === '') return reject(columns.patient, 'empty-patient', 'is empty');
    if (CONTROL.test(patient)) return reject(columns.patient, 'control-character', 'has a control character');

    let negative = false;
    if (sign) {
      const code = this.#negative.get(fields[this.#at.sign]!.trim());
      if (code === undefined) return reject(sign.column, 'unknown-sign-code', 'is a code without a stated sign');
      negative = code;
    }
    const amounts: bigint[] = [];
    for (let lane = 0; lane < columns.lanes.length; lane++) {
      const amount = readAmount(fields[this.#at.lanes[lane]!]!, format);
      const { column } = columns.lanes[lane]!;
      if (typeof amount !== 'bigint') return reject(column, amount.reason, amount.message);
      if (sign && amount < 0n) return reject(column, 'double-sign', `has a sign besides that of column ${sign.column}`);
      amounts.push(negative ? -amount : amount);
    }

    const id = columns.id === undefined ? undefined : fields[this.#at.id]!.trim();
    if (id === '') return reject(columns.id, 'empty-id', 'is empty');
    if (id !== undefined && CONTROL.test(id)) return reject(columns.id, 'control-character', 'has a control character');

    let date: string | undefined;
    if (columns.date !== undefined) {
      const text = fields[this.#at.date]!.trim();
      if (text === '') return reject(columns.date, 'empty-date', 'is empty');
      date = readDate(text, dates);
      if (date === undefined) return reject(columns.date, 'unreadable-date', `is not a date of the form ${dates}`);
    }
    const metadata: Record<string, string> = {};
    for (let i = 0; i < columns.metadata.length; i++) metadata[columns.metadata[i]!] = fields[this.#at.metadata[i]!]!;
    return { kind: 'row', line, row, patient: this.#patients.get(patient), amounts, id, date, metadata, raw };
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;

/**
 * Own copies of recurring strings. A piece of a larger string keeps all of it in memory, so whoever kept one patient's
 * id from every stretch of the file would keep the file.
 */
class Interned {
  readonly #known = new Map<string, string>();

  get(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_INTERNED) this.#known.clear();
    const copy = Buffer.from(text).toString();
    this.#known.set(copy, copy);
    return copy;
  }
}

const MAX_INTERNED = 2 ** 16;
