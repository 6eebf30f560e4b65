// One JSON text to its records: the values at the profile's paths, as the text of its columns. An object is one record, or
// each element of one of its lists is (file.records). What a path leads to is checked, never guessed.
import type { InputRecord, LaneValue, RecordFault } from '../input/row.ts';
import { idColumns, laneColumns, rulesOf, singleColumns } from '../profile/columns.ts';
import type { Profile } from '../profile.ts';
import { moneyOf, referredPatient, resourceOf } from './fhir.ts';
import type { Cut } from './lines.ts';
import { parseText, textOf } from './parse.ts';
import { Path } from './paths.ts';
import { isObject, JsonNumber, type JsonObject, type JsonValue } from './value.ts';

/** A path from the object, or from the element of its list that is the record. */
interface Column {
  readonly column: string;
  readonly path: Path;
  readonly ofElement: boolean;
}

/** What is read of a single column: an id and the like, a code, or text for people. */
type Use = 'name' | 'code' | 'text';

interface SingleColumn extends Column {
  readonly use: Use;
  readonly isReference: boolean;
}

/** Where a record's values are: the object, and the element that is the record, if it is not the object itself. */
type Place = readonly [object: JsonObject, element?: JsonValue];

export class RecordReader {
  /** The columns of the records' fields. */
  readonly names: readonly string[];
  readonly #isFhir: boolean;
  readonly #currency: string;
  readonly #list: Path | undefined;
  readonly #singles: readonly SingleColumn[];
  readonly #lanes: readonly (readonly Column[])[];
  readonly #rules: readonly Column[];

  constructor(profile: Profile) {
    const { columns, sign, file, amounts } = profile;
    const list = file.records === undefined ? undefined : new Path(file.records);
    const placed = (column: string): Column => {
      const path = new Path(column);
      const ofElement = list && path.within(list);
      return { column, path: ofElement ?? path, ofElement: ofElement !== undefined };
    };
    const named = [columns.patient, ...idColumns(profile), columns.date];
    const useOf = (column: string): Use =>
      named.includes(column) ? 'name' : [columns.category, sign?.column].includes(column) ? 'code' : 'text';
    this.#isFhir = file.format === 'fhir-eob';
    this.#currency = amounts.currency;
    this.#list = list;
    this.names = singleColumns(profile);
    this.#singles = this.names.map((column) => {
      const place = placed(column);
      const isReference = this.#isFhir && column === columns.patient && place.path.lastName === 'reference';
      return { ...place, use: useOf(column), isReference };
    });
    this.#lanes = columns.lanes.map((lane) => laneColumns(lane).map(placed));
    this.#rules = rulesOf(profile).map(({ column }) => placed(column));
  }

  /** `isEntry`: whether the text is that of an entry of a bundle. */
  *records({ place: line, raw }: Cut, isEntry: boolean): Generator<InputRecord> {
    const object = this.#object(raw, isEntry);
    if ('reason' in object || 'what' in object) return void (yield { line, raw, fields: object });
    if (this.#list === undefined) return void (yield { line, raw, ...this.#record([object.resource]) });
    const elements: JsonValue[] = [];
    const fault = this.#list.values(object.resource, elements);
    if (fault) return void (yield { line, raw, fields: { ...fault, column: this.#list.text } });
    if (elements.length === 0) {
      const none: RecordFault = { reason: 'no-records', message: 'has no elements', column: this.#list.text };
      return void (yield { line, raw, fields: none });
    }
    for (const element of elements) {
      yield { line, raw: textOf(element), ...this.#record([object.resource, element]) };
    }
  }

  #object(raw: string, isEntry: boolean): ReturnType<typeof resourceOf> {
    const read = parseText(raw);
    if ('reason' in read) return read;
    if (this.#isFhir) return resourceOf(read.value, raw, isEntry);
    if (isObject(read.value)) return { resource: read.value };
    return { reason: 'not-an-object', message: 'is not an object' };
  }

  #record(place: Place): Pick<InputRecord, 'fields' | 'several'> {
    const fields: string[] = [];
    for (const single of this.#singles) {
      const field = this.#single(single, place);
      if (typeof field !== 'string') return { fields: { ...field, column: single.column } };
      fields.push(field);
    }
    const lanes: LaneValue[][] = [];
    for (const columns of this.#lanes) {
      const values: LaneValue[] = [];
      for (const column of columns) {
        const fault = this.#amounts(column, place, values);
        if (fault) return { fields: { ...fault, column: column.column } };
      }
      lanes.push(values);
    }
    const rules: string[][] = [];
    for (const column of this.#rules) {
      const texts = textsAt(column, place, 'code');
      if ('reason' in texts) return { fields: { ...texts, column: column.column } };
      rules.push(texts.length === 0 ? [''] : texts);
    }
    return { fields, several: { lanes, rules } };
  }

  #single(column: SingleColumn, place: Place): string | RecordFault {
    const texts = textsAt(column, place, column.use);
    if ('reason' in texts) return texts;
    const [text = '', ...others] = new Set(texts);
    if (others.length === 0) return column.isReference ? referredPatient(text) : text;
    if (column.use === 'text') return [text, ...others].join('; ');
    return { reason: 'several-values', message: `has ${others.length + 1} different values` };
  }

  #amounts(column: Column, place: Place, amounts: LaneValue[]): RecordFault | undefined {
    const found = valuesAt(column, place);
    if ('reason' in found) return found;
    for (const value of found) {
      const amount = this.#isFhir ? moneyOf(value, this.#currency) : amountOf(value);
      if (typeof amount === 'object' && 'reason' in amount) return amount;
      amounts.push({ column: column.column, value: amount });
    }
    return undefined;
  }
}

function valuesAt({ path, ofElement }: Column, [object, element]: Place): JsonValue[] | RecordFault {
  const found: JsonValue[] = [];
  return path.values(ofElement ? element! : object, found) ?? found;
}

function amountOf(value: JsonValue): LaneValue['value'] | RecordFault {
  if (typeof value === 'string' || value instanceof JsonNumber) return value;
  return { reason: 'wrong-type', message: 'is neither a number nor text' };
}

function textsAt(column: Column, place: Place, use: Use): string[] | RecordFault {
  const found = valuesAt(column, place);
  if ('reason' in found) return found;
  const texts: string[] = [];
  for (const value of found) {
    const text = fieldOf(value, use);
    if (typeof text !== 'string') return text;
    texts.push(text);
  }
  return texts;
}

/** One number can be written in many ways, but an integer without an exponent in one only. */
const INTEGER = /^(?:-?[1-9]\d*|0)$/;

function fieldOf(value: JsonValue, use: Use): string | RecordFault {
  if (typeof value === 'string') return value;
  if (use === 'text') return textOf(value);
  if (value instanceof JsonNumber) {
    if (use === 'code' || INTEGER.test(value.text)) return value.text;
    return { reason: 'wrong-type', message: 'is a number that can be written in several ways; it must be text' };
  }
  if (typeof value === 'boolean' && use === 'code') return `${value}`;
  return { reason: 'wrong-type', message: `is not text but ${nameOf(value)}` };
}

const nameOf = (value: JsonValue): string =>
  Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : 'true or false';
