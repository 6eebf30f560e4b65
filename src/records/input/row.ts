// One CSV record to one row of amounts, or to a rejection with its reason. Every column that the profile names must
// hold something readable; the other columns are only counted.
import { type AmountFormat, type AmountReason, readAmount } from '../amounts.ts';
import type { Header } from '../csv/header.ts';
import type { CsvRecord, RecordFault } from '../csv/splitter.ts';
import { amountFormat, idColumns, type Profile } from '../profile.ts';
import { readDate } from './dates.ts';
import { type NameReason, readName } from './names.ts';

export interface Row {
  readonly kind: 'row';
  /** Physical line, from 1, on which the row begins. */
  readonly line: number;
  /** Rows of the file count from 1, rejected ones too; the header and empty lines do not. */
  readonly row: number;
  readonly patient: string;
  /** Minor units, one for each lane. */
  readonly amounts: readonly bigint[];
  /** The record's id, if the profile names columns of ids: what the column holds, or several do, joined by U+001F. */
  readonly id: string | undefined;
  /** One of the profile's; '' where it has no column of categories. */
  readonly category: string;
  /** ISO 8601, if the profile has a column of dates. */
  readonly date: string | undefined;
  /** The profile's metadata columns as they stand in the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The row as it stands in the file, without its line end. */
  readonly raw: string;
}

export type RejectionReason =
  | AmountReason
  | NameReason
  | RecordFault['reason']
  | 'too-few-fields'
  | 'too-many-fields'
  | 'empty-patient'
  | 'empty-id'
  | 'unknown-category'
  | 'total-out-of-range'
  | 'empty-date'
  | 'unreadable-date'
  | 'unknown-sign-code'
  /** Found by the ingest, not by the reader. */
  | 'conflicting-duplicate';

export interface Rejection {
  readonly kind: 'rejection';
  readonly line: number;
  readonly row: number;
  /** The column at fault, or '' if it is the whole row. Columns of ids that are at fault together are joined by +. */
  readonly column: string;
  readonly reason: RejectionReason;
  /** Says what is wrong; never quotes a field. */
  readonly message: string;
  readonly raw: string;
}

/** Reads the records of a file with this header. */
export class RowMapper {
  readonly #profile: Profile;
  readonly #format: AmountFormat;
  readonly #width: number;
  readonly #at: { patient: number; lanes: number[]; date: number; category: number; sign: number; metadata: number[] };
  readonly #ids: readonly { column: string; at: number }[];
  readonly #negative: ReadonlyMap<string, boolean>;
  readonly #patients = new Interned();
  readonly #categories = new Interned();

  constructor(profile: Profile, { names }: Pick<Header, 'names'>) {
    const { columns, sign } = profile;
    const at = (column: string | undefined) => (column === undefined ? -1 : names.indexOf(column));
    this.#profile = profile;
    this.#format = amountFormat(profile);
    this.#width = names.length;
    this.#at = {
      patient: at(columns.patient),
      lanes: columns.lanes.map((lane) => at(lane.column)),
      date: at(columns.date),
      category: at(columns.category),
      sign: at(sign?.column),
      metadata: columns.metadata.map(at),
    };
    this.#ids = idColumns(profile).map((column) => ({ column, at: at(column) }));
    this.#negative = new Map([
      ...(sign?.positive ?? []).map((code) => [code, false] as const),
      ...(sign?.negative ?? []).map((code) => [code, true] as const),
    ]);
  }

  /** `row`: the row's number. */
  read({ line, raw, fields }: CsvRecord, row: number): Row | Rejection {
    const read = 'reason' in fields ? { column: '', ...fields } : this.#read(fields);
    return 'reason' in read ? { kind: 'rejection', line, row, ...read, raw } : { kind: 'row', line, row, ...read, raw };
  }

  #read(fields: readonly string[]): Contents | Fault {
    if (fields.length !== this.#width) {
      const reason = fields.length < this.#width ? 'too-few-fields' : 'too-many-fields';
      return { column: '', reason, message: `has ${fields.length} fields; the header has ${this.#width}` };
    }
    const patient = nameIn(fields[this.#at.patient]!, this.#profile.columns.patient, 'empty-patient');
    if (typeof patient !== 'string') return patient;
    const amounts = this.#amounts(fields);
    if ('reason' in amounts) return amounts;
    const id = this.#id(fields);
    if (typeof id === 'object') return id;
    const date = this.#date(fields);
    if (typeof date === 'object') return date;
    const [category, metadata] = [this.#category(fields), this.#metadata(fields)];
    return { patient: this.#patients.get(patient), category, amounts, id, date, metadata };
  }

  #amounts(fields: readonly string[]): bigint[] | Fault {
    const { columns, sign } = this.#profile;
    const negative = sign && this.#negative.get(fields[this.#at.sign]!.trim());
    if (sign && negative === undefined) {
      return { column: sign.column, reason: 'unknown-sign-code', message: 'is a code without a stated sign' };
    }
    const amounts: bigint[] = [];
    for (let lane = 0; lane < columns.lanes.length; lane++) {
      const amount = readAmount(fields[this.#at.lanes[lane]!]!, this.#format);
      const { column } = columns.lanes[lane]!;
      if (typeof amount !== 'bigint') return { column, ...amount };
      if (sign && amount < 0n) {
        return {
          column,
          reason: 'double-sign',
          message: `has a sign of its own in addition to that of column ${sign.column}`,
        };
      }
      amounts.push(negative ? -amount : amount);
    }
    return amounts;
  }

  /** No part has control characters, so U+001F between them makes no two ids one. */
  #id(fields: readonly string[]): string | undefined | Fault {
    let id: string | undefined;
    for (const { column, at } of this.#ids) {
      const part = nameIn(fields[at]!, column, 'empty-id');
      if (typeof part !== 'string') return part;
      id = id === undefined ? part : `${id}\x1f${part}`;
    }
    return id;
  }

  #date(fields: readonly string[]): string | undefined | Fault {
    const { columns, dates } = this.#profile;
    if (columns.date === undefined) return undefined;
    const text = fields[this.#at.date]!.trim();
    if (text === '') return { column: columns.date, reason: 'empty-date', message: 'is empty' };
    const date = readDate(text, dates);
    if (date !== undefined) return date;
    return { column: columns.date, reason: 'unreadable-date', message: `is not a date of the form ${dates}` };
  }

  #category(fields: readonly string[]): string {
    if (this.#profile.columns.category === undefined) return '';
    return this.#categories.get(fields[this.#at.category]!.trim());
  }

  #metadata(fields: readonly string[]): Record<string, string> {
    const { metadata: columns } = this.#profile.columns;
    const metadata: Record<string, string> = {};
    for (let i = 0; i < columns.length; i++) metadata[columns[i]!] = fields[this.#at.metadata[i]!]!;
    return metadata;
  }
}

type Contents = Pick<Row, 'patient' | 'category' | 'amounts' | 'id' | 'date' | 'metadata'>;
type Fault = Pick<Rejection, 'column' | 'reason' | 'message'>;

function nameIn(field: string, column: string, whenEmpty: RejectionReason): string | Fault {
  const name = readName(field);
  if (typeof name !== 'string') return { column, ...name };
  return name === '' ? { column, reason: whenEmpty, message: 'is empty' } : name;
}

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
