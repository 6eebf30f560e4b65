// Finds the header: the first record that has every column of the profile, at most HEADER_RECORDS records into the file, so
// that title lines before it do not matter. With it come the line ends, by what ends the header, and the delimiter, where
// the profile does not give one.

import { nearest } from '../../nearest.ts';
import { InputError } from '../input/errors.ts';
import { usedColumns } from '../profile/columns.ts';
import type { Profile } from '../profile.ts';
import { DELIMITERS, type Dialect, Splitter } from './splitter.ts';

/** How far the header is searched for: this many records, or this much text (UTF-16 units), whichever ends first. */
export const HEADER_RECORDS = 100;
export const HEADER_TEXT = 2 ** 16;

export interface Header {
  readonly line: number;
  readonly names: readonly string[];
  readonly dialect: Dialect;
  /** Where the rows begin: line, and offset into the text that was searched. */
  readonly next: { readonly line: number; readonly offset: number };
}

/** `start`: the first HEADER_TEXT or more characters, or all (`whole`). Throws a InputError if no record has all columns. */
export function findHeader(start: string, whole: boolean, profile: Profile): Header {
  const wanted = usedColumns(profile);
  const delimiters = profile.file.delimiter === undefined ? DELIMITERS : [profile.file.delimiter];
  // Line feeds first: a header that ends in CR LF is found by its CR too.
  const dialects = (['\n', '\r'] as const).flatMap((lineEnd) =>
    delimiters.map((delimiter): Dialect => ({ delimiter, lineEnd, quote: profile.file.quote })),
  );
  const candidates = dialects.flatMap((dialect) =>
    headers(start, whole, dialect).map((header) => {
      return { ...header, missing: wanted.filter((column) => !header.names.includes(column)) };
    }),
  );
  if (candidates.length === 0) throw new InputError('INPUT_EMPTY', 'the input has no lines: there is no header');
  const best = candidates.reduce((a, b) => (better(b, a) ? b : a));
  if (best.missing.length > 0) throw looksLikeJson(start) ?? missingColumns(best.missing, best.names);
  const twice = wanted.filter((column) => best.names.indexOf(column) !== best.names.lastIndexOf(column));
  if (twice.length > 0) {
    const message = `line ${best.line} names the column ${twice.map(quote).join(', ')} more than once`;
    throw new InputError('CSV_DUPLICATE_COLUMN', message, { columns: twice, line: best.line });
  }
  return best;
}

interface Candidate extends Header {
  readonly missing: readonly string[];
  /** Where the header begins in the text that was searched. */
  readonly offset: number;
}

/** Fewer missing columns, then more columns, then the earlier place. */
function better(a: Candidate, b: Candidate): boolean {
  if (a.missing.length !== b.missing.length) return a.missing.length < b.missing.length;
  if (a.missing.length > 0 && a.names.length !== b.names.length) return a.names.length > b.names.length;
  return a.offset < b.offset;
}

/** Every record that may be the header. Text after `start` is not waited for: a quote may be left open in a title. */
function headers(start: string, whole: boolean, dialect: Dialect): Omit<Candidate, 'missing'>[] {
  const splitter = new Splitter(dialect);
  splitter.push(start);
  splitter.end();
  const found: Omit<Candidate, 'missing'>[] = [];
  for (let i = 0; i < HEADER_RECORDS; i++) {
    const record = splitter.next();
    const next = splitter.position;
    if (!record || (!whole && next.offset > start.length)) break;
    if ('reason' in record.fields) continue;
    const windows = dialect.lineEnd === '\n' && start[next.offset - 2] === '\r' ? 1 : 0;
    const offset = next.offset - 1 - windows - record.raw.length;
    found.push({ line: record.line, names: record.fields.map((name) => name.trim()), dialect, next, offset });
  }
  return found;
}

function looksLikeJson(start: string): InputError | undefined {
  if (!/^\s*[[{]/.test(start)) return undefined;
  const message = `the input looks like JSON, and the profile reads a CSV. Choose another --preset, such as fhir-eob, or --profile; 'mistore profiles' says what each reads`;
  return new InputError('INPUT_FORMAT', message);
}

const SHOWN = 60;

function missingColumns(missing: readonly string[], names: readonly string[]): InputError {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const wanted = missing.map((column) => `${quote(column)}${meant(column, names)}`).join(', ');
  const message = `no header with the column ${wanted}; the columns are ${names
    .slice(0, SHOWN)
    .map(quote)
    .join(', ')}${more}`;
  return new InputError('CSV_MISSING_COLUMN', message, { missing, columns: names });
}

/** A column of the header that is called almost like it. */
function meant(column: string, names: readonly string[]): string {
  const near = nearest(column, names);
  return near === undefined ? '' : ` (did you mean ${quote(near)}?)`;
}

/** Spaces that are not the plain one look like it, so they are shown by their codes. */
function quote(name: string): string {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  return shown.replace(/(?! )\p{Zs}/gu, (space) => `\\u${space.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
