// What becomes of a record of an input: a row of checked amounts, or a rejection with its reason; or it is left out, because
// the profile says that it is no record to be stored.
import type { AmountReason } from '../amounts.ts';
import type { JsonFault } from '../json/parse.ts';
import type { JsonNumber } from '../json/value.ts';
import type { NameReason } from './names.ts';

/** A record as it was cut out of its input. */
export interface InputRecord {
  /** Where it is, for people, from 1: the line on which it begins, or its entry of a document. */
  readonly line: number;
  /** The record as it stands in the input, without its line end. */
  readonly raw: string;
  /** The text of each column, '' for what is missing; or what is wrong with the record, or why it is left out. */
  readonly fields: readonly string[] | RecordFault | Pick<LeftOut, 'what'>;
  /** In JSON, where a column may have several values: those of each lane and of each rule. In a CSV they are among the fields. */
  readonly several?: {
    readonly lanes: readonly (readonly LaneValue[])[];
    readonly rules: readonly (readonly string[])[];
  };
}

/** `text`: as it is written, a number of JSON or text that is read as the profile says. */
export interface LaneValue {
  readonly column: string;
  readonly value: string | JsonNumber;
}

export interface RecordFault {
  readonly reason: RejectionReason;
  /** Says what is wrong; never quotes a field. */
  readonly message: string;
  /** The column at fault, if it is not the whole record. */
  readonly column?: string;
}

export type Entry = RowEntry | LeftOut;
/** What is counted as a row. */
export type RowEntry = Row | Rejection;

export interface Row {
  readonly kind: 'row';
  /** See InputRecord. */
  readonly line: number;
  /** Rows of the file count from 1, rejected ones too; the header, empty lines and what is left out do not. */
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
  readonly raw: string;
}

/** Why a row is not stored. */
export type RejectionReason =
  | AmountReason
  | NameReason
  | JsonFault['reason']
  | 'broken-quotes'
  | 'too-few-fields'
  | 'too-many-fields'
  | 'not-an-object'
  | 'wrong-type'
  | 'several-values'
  | 'no-records'
  | 'no-resource'
  | 'nested-bundle'
  | 'modifier-extension'
  | 'wrong-currency'
  | 'unreadable-reference'
  | 'not-accepted'
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
  /** The column at fault, or '' if it is the whole row. Columns that are at fault together are joined by +. */
  readonly column: string;
  readonly reason: RejectionReason;
  /** Says what is wrong; never quotes a field. */
  readonly message: string;
  readonly raw: string;
}

/** Neither stored nor rejected, and not counted as a row. */
export interface LeftOut {
  readonly kind: 'left-out';
  readonly line: number;
  /** What it is: one of the profile's values, or the type of a resource. */
  readonly what: string;
  readonly raw: string;
}
