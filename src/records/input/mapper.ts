// One record to one row of amounts, or to a rejection with its reason. Every column that the profile names must hold
// something readable; the other columns are only counted.
import { type AmountFormat, MAX_AMOUNT, outOfRange, readAmount } from '../amounts.ts';
import { readNumber } from '../json/number.ts';
import { idColumns, laneColumns, rulesOf } from '../profile/columns.ts';
import { amountFormat, type Profile } from '../profile.ts';
import { readDate } from './dates.ts';
import { readName } from './names.ts';
import type { Entry, InputRecord, LaneValue, LeftOut, RecordFault, RejectionReason, Row } from './row.ts';

interface Column {
  readonly column: string;
  readonly at: number;
}

interface LaneAt {
  readonly columns: readonly Column[];
  readonly format: AmountFormat;
}

/** Reads the records of an input whose fields have these names, in this order. */
export class RowMapper {
  readonly #profile: Profile;
  readonly #width: number;
  readonly #at: { patient: number; date: number; category: number; sign: number; metadata: number[] };
  readonly #lanes: readonly LaneAt[];
  readonly #ids: readonly Column[];
  readonly #rules: readonly (Column & { readonly values: ReadonlySet<string>; readonly leavesOut: boolean })[];
  readonly #negative: ReadonlyMap<string, boolean>;
  readonly #patients = new Interned();
  readonly #categories = new Interned();
  #row = 0;

  constructor(profile: Profile, names: readonly string[]) {
    const { columns, sign } = profile;
    const at = (column: string | undefined) => (column === undefined ? -1 : names.indexOf(column));
    const placed = (column: string): Column => ({ column, at: at(column) });
    const format = amountFormat(profile);
    this.#profile = profile;
    this.#width = names.length;
    this.#at = {
      patient: at(columns.patient),
      date: at(columns.date),
      category: at(columns.category),
      sign: at(sign?.column),
      metadata: columns.metadata.map(at),
    };
    this.#lanes = columns.lanes.map((lane) => ({
      columns: laneColumns(lane).map(placed),
      format: { ...format, empty: lane.empty ?? format.empty },
    }));
    this.#ids = idColumns(profile).map(placed);
    const leftOut = profile.leaveOut?.length ?? 0;
    this.#rules = rulesOf(profile).map(({ column, values }, i) => ({
      ...placed(column),
      values: new Set(values),
      leavesOut: i < leftOut,
    }));
    this.#negative = new Map([
      ...(sign?.positive ?? []).map((code) => [code, false] as const),
      ...(sign?.negative ?? []).map((code) => [code, true] as const),
    ]);
  }

  /** The records are to be given in order. */
  read(record: InputRecord): Entry {
    const { line, raw, fields } = record;
    const read = 'length' in fields ? this.#read(fields, record.several) : fields;
    if ('what' in read) return { kind: 'left-out', line, ...read, raw };
    const row = ++this.#row;
    if (!('reason' in read)) return { kind: 'row', line, row, ...read, raw };
    return { kind: 'rejection', line, row, column: '', ...read, raw };
  }

  #read(fields: readonly string[], several: InputRecord['several']): Contents | RecordFault | Pick<LeftOut, 'what'> {
    if (fields.length !== this.#width) {
      const reason = fields.length < this.#width ? 'too-few-fields' : 'too-many-fields';
      return { reason, message: `has ${fields.length} fields; the header has ${this.#width}` };
    }
    const ruled = this.#rules.length === 0 ? undefined : this.#ruled(fields, several?.rules);
    if (ruled) return ruled;
    const patient = nameIn(fields[this.#at.patient]!, this.#profile.columns.patient, 'empty-patient');
    if (typeof patient !== 'string') return patient;
    const amounts = this.#amounts(fields, several?.lanes);
    if ('reason' in amounts) return amounts;
    const id = this.#id(fields);
    if (typeof id === 'object') return id;
    const date = this.#date(fields);
    if (typeof date === 'object') return date;
    const [category, metadata] = [this.#category(fields), this.#metadata(fields)];
    return { patient: this.#patients.get(patient), category, amounts, id, date, metadata };
  }

  /** What the rules say, if they do not let the record pass. */
  #ruled(
    fields: readonly string[],
    several?: readonly (readonly string[])[],
  ): RecordFault | Pick<LeftOut, 'what'> | undefined {
    for (const [i, { column, at, values, leavesOut }] of this.#rules.entries()) {
      const held = several?.[i] ?? [fields[at]!.trim()];
      const listed = held.find((value) => values.has(value) === leavesOut);
      if (listed === undefined) continue;
      if (leavesOut) return { what: listed };
      return { column, reason: 'not-accepted', message: 'holds what the profile does not accept' };
    }
    return undefined;
  }

  #amounts(fields: readonly string[], several?: readonly (readonly LaneValue[])[]): bigint[] | RecordFault {
    const { sign } = this.#profile;
    const negative = sign && this.#negative.get(fields[this.#at.sign]!.trim());
    if (sign && negative === undefined) {
      return { column: sign.column, reason: 'unknown-sign-code', message: 'is a code without a stated sign' };
    }
    const amounts: bigint[] = [];
    for (let lane = 0; lane < this.#lanes.length; lane++) {
      const { columns, format } = this.#lanes[lane]!;
      const amount =
        several === undefined && columns.length === 1
          ? this.#amount(columns[0]!.column, fields[columns[0]!.at]!, format)
          : this.#sum(lane, several?.[lane] ?? columns.map(({ column, at }) => ({ column, value: fields[at]! })));
      if (typeof amount !== 'bigint') return amount;
      amounts.push(negative ? -amount : amount);
    }
    return amounts;
  }

  #amount(column: string, value: LaneValue['value'], format: AmountFormat): bigint | RecordFault {
    const amount = typeof value === 'string' ? readAmount(value, format) : readNumber(value.text, format.scale);
    if (typeof amount !== 'bigint') return { column, ...amount };
    const { sign } = this.#profile;
    if (sign === undefined || amount >= 0n) return amount;
    return {
      column,
      reason: 'double-sign',
      message: `has a sign of its own in addition to that of column ${sign.column}`,
    };
  }

  /** Of the values that are there. If there is none the lane is empty. */
  #sum(lane: number, values: readonly LaneValue[]): bigint | RecordFault {
    const { columns, format } = this.#lanes[lane]!;
    const there = values.filter(({ value }) => typeof value !== 'string' || value.trim() !== '');
    const all = columns.map(({ column }) => column).join('+');
    if (there.length === 0) return this.#amount(all, '', format);
    let sum = 0n;
    for (const { column, value } of there) {
      const amount = this.#amount(column, value, format);
      if (typeof amount !== 'bigint') return amount;
      sum += amount;
    }
    return sum > MAX_AMOUNT || sum < -MAX_AMOUNT ? { column: all, ...outOfRange(format.scale) } : sum;
  }

  /** No part has control characters, so U+001F between them makes no two ids one. */
  #id(fields: readonly string[]): string | undefined | RecordFault {
    let id: string | undefined;
    for (const { column, at } of this.#ids) {
      const part = nameIn(fields[at]!, column, 'empty-id');
      if (typeof part !== 'string') return part;
      id = id === undefined ? part : `${id}\x1f${part}`;
    }
    return id;
  }

  #date(fields: readonly string[]): string | undefined | RecordFault {
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

function nameIn(field: string, column: string, whenEmpty: RejectionReason): string | RecordFault {
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
