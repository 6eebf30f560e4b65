// Text to records and fields, RFC 4180 read strictly where strictness protects an amount. Quotes enclose a field only
// if they are its first and last characters; a quote inside a field that is not enclosed is an ordinary character.
// A record whose quoting is broken costs its first line only: reading goes on with the next line, so that one stray
// quote cannot swallow the rest of the file. Keeps no more text than one record and one piece.
import { InputError } from '../input/errors.ts';
import type { InputRecord, RecordFault } from '../input/row.ts';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface Dialect {
  readonly delimiter: Delimiter;
  /** The quote, or '' if quotes are ordinary characters. */
  readonly quote: '"' | "'" | '';
  /** Last character of a line; a '\r' before '\n' belongs to the line's end too. */
  readonly lineEnd: '\n' | '\r';
}

type CsvFault = Omit<RecordFault, 'column'>;

export interface CsvRecord extends InputRecord {
  readonly fields: readonly string[] | CsvFault;
}

/** Longest record, in UTF-16 units. An open quote is not searched beyond it; a longer line ends the run. */
export const MAX_RECORD = 2 ** 20;

export class Splitter {
  readonly #dialect: Dialect;
  /** What may not stand outside quotes. */
  readonly #forbidden: RegExp;
  #text = '';
  #at = 0;
  #ended = false;
  #line: number;
  /** First quote at or after #at, as far as known; Infinity if there is none in #text. */
  #quoteAt = -1;
  #blankLines = 0;
  #columns = 0;

  /** `line`: the number of the line that the text starts with. */
  constructor(dialect: Dialect, line = 1) {
    this.#dialect = dialect;
    this.#line = line;
    this.#forbidden = dialect.lineEnd === '\n' ? /[\0\r]/ : /[\0\n]/;
  }

  /** Empty lines passed so far; they are not records. */
  get blankLines(): number {
    return this.#blankLines;
  }

  /** Where the next record begins: its line, and its place in the text since the last push. */
  get position(): { line: number; offset: number } {
    return { line: this.#line, offset: this.#at };
  }

  /** A record over several lines that has another number of fields than this is taken to be broken. 0: not known. */
  set columns(count: number) {
    this.#columns = count;
  }

  push(piece: string): void {
    this.#text = this.#text.slice(this.#at) + piece;
    this.#at = 0;
    this.#quoteAt = -1;
  }

  /** No more text will come. */
  end(): void {
    this.#ended = true;
  }

  /** The next record, or undefined if it is not complete yet (after end(): if there is none). */
  next(): CsvRecord | undefined {
    const text = this.#text;
    for (;;) {
      const lineEnd = this.#lineEnd(this.#at);
      if (lineEnd === undefined) {
        if (text.length - this.#at > MAX_RECORD + 1) throw tooLong(this.#line);
        return undefined;
      }
      const contentEnd = this.#contentEnd(this.#at, lineEnd);
      if (contentEnd === this.#at) {
        this.#blankLines++;
        this.#line++;
        this.#at = lineEnd + 1;
        continue;
      }
      if (contentEnd - this.#at > MAX_RECORD) throw tooLong(this.#line);
      if (this.#firstQuote() < contentEnd) return this.#quoted(lineEnd, contentEnd);
      const raw = text.slice(this.#at, contentEnd);
      const content = text.slice(this.#contentStart(), contentEnd);
      return this.#take(raw, lineEnd, 1, check(raw, this.#forbidden) ?? content.split(this.#dialect.delimiter));
    }
  }

  #take(raw: string, lineEnd: number, lines: number, fields: CsvRecord['fields']): CsvRecord {
    const line = this.#line;
    this.#line += lines;
    this.#at = lineEnd + 1;
    return { line, raw, fields };
  }

  /** Index of the end of the line that `from` is in: undefined if it has not come yet, or nothing is left. */
  #lineEnd(from: number): number | undefined {
    const found = this.#text.indexOf(this.#dialect.lineEnd, from);
    if (found >= 0) return found;
    return this.#ended && from < this.#text.length ? this.#text.length : undefined;
  }

  /** Where files were joined, a record begins with the byte order mark of the next. */
  #contentStart(): number {
    return this.#text[this.#at] === BYTE_ORDER_MARK ? this.#at + 1 : this.#at;
  }

  #contentEnd(from: number, lineEnd: number): number {
    const windows = this.#dialect.lineEnd === '\n' && lineEnd > from && this.#text[lineEnd - 1] === '\r';
    return windows ? lineEnd - 1 : lineEnd;
  }

  #firstQuote(): number {
    if (this.#quoteAt < this.#at) {
      const found = this.#dialect.quote === '' ? -1 : this.#text.indexOf(this.#dialect.quote, this.#at);
      this.#quoteAt = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#quoteAt;
  }

  /** A record with a quote in its first line, which ends at `lineEnd` (its content at `contentEnd`). */
  #quoted(lineEnd: number, contentEnd: number): CsvRecord | undefined {
    const text = this.#text;
    const { delimiter, quote } = this.#dialect;
    const broken = (message: string) =>
      this.#take(text.slice(this.#at, contentEnd), lineEnd, 1, { reason: 'broken-quotes', message });
    const unclosed = () =>
      this.#ended || text.length - this.#at > MAX_RECORD ? broken('opens a quote that is not closed') : undefined;
    const fields: string[] = [];
    let fault: CsvFault | undefined;
    let end = lineEnd;
    let stop = contentEnd;
    for (let at = this.#contentStart(); ; at++) {
      if (text[at] === quote) {
        const field = this.#enclosed(at + 1);
        if (field === undefined) return unclosed();
        fields.push(field.value);
        at = field.next;
        if (at > end) {
          end = this.#lineEnd(at) ?? (this.#ended ? text.length : Number.POSITIVE_INFINITY);
          if (end - this.#at > MAX_RECORD) return unclosed();
          stop = this.#contentEnd(at, end);
        }
      } else {
        const next = text.indexOf(delimiter, at);
        const value = text.slice(at, next < 0 || next > stop ? stop : next);
        if (value.trimStart().startsWith(quote)) return broken('has spaces before an opening quote');
        fault ??= check(value, this.#forbidden);
        fields.push(value);
        at += value.length;
      }
      if (at === stop) break;
      if (text[at] !== delimiter) return broken('has text after a closing quote');
    }
    const raw = text.slice(this.#at, stop);
    const lines = end === lineEnd ? 1 : raw.split(this.#dialect.lineEnd).length;
    if (lines > 1 && this.#columns > 0 && fields.length !== this.#columns) {
      return broken(`opens a quote that closes on a later line and leaves ${fields.length} fields`);
    }
    return this.#take(raw, end, lines, fault ?? check(raw, ZERO_BYTE) ?? fields);
  }

  /**
   * The value of an enclosed field whose content starts at `from`; undefined if its end is not in the text (yet). A quote
   * that is the last character so far may not be the end, but then the record's line end is still to come as well.
   */
  #enclosed(from: number): { value: string; next: number } | undefined {
    const { quote } = this.#dialect;
    let value = '';
    for (let at = from; ; ) {
      const found = this.#text.indexOf(quote, at);
      if (found < 0 || found - this.#at >= MAX_RECORD) return undefined;
      value += this.#text.slice(at, found);
      if (this.#text[found + 1] !== quote) return { value, next: found + 1 };
      value += quote;
      at = found + 2;
    }
  }
}

const BYTE_ORDER_MARK = '\ufeff';
const ZERO_BYTE = /\0/;

function check(text: string, forbidden: RegExp): CsvFault | undefined {
  const found = text.search(forbidden);
  if (found < 0) return undefined;
  const name = { '\0': 'zero byte', '\r': 'lone carriage return', '\n': 'lone line feed' }[text[found]!];
  return { reason: 'control-character', message: `has a ${name}` };
}

function tooLong(line: number): InputError {
  return new InputError('CSV_LINE_TOO_LONG', `line ${line} is longer than ${MAX_RECORD} characters: not a CSV`, {
    line,
  });
}
