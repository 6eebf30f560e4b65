// Cuts text into lines: one JSON text each (NDJSON). Keeps no more text than one line and one piece.
import { InputError } from '../input/errors.ts';

/** Longest text of one record or entry, in UTF-16 units; a longer one ends the run. */
export const MAX_TEXT = 2 ** 26;

/** One JSON text, as it stands in the input. */
export interface Cut {
  /** Its line, or its entry of a document; from 1. */
  readonly place: number;
  readonly raw: string;
}

export class LineCutter {
  #text = '';
  #at = 0;
  #line = 0;
  #ended = false;
  #blankLines = 0;

  /** Empty lines passed so far; they are not records. */
  get blankLines(): number {
    return this.#blankLines;
  }

  push(piece: string): void {
    this.#text = this.#text.slice(this.#at) + piece;
    this.#at = 0;
    if (this.#text.length > MAX_TEXT + 2 && !this.#text.includes('\n')) throw tooLong(`line ${this.#line + 1}`);
  }

  /** No more text will come. */
  end(): void {
    this.#ended = true;
  }

  /** The next line that is not empty, or undefined if it is not complete yet (after end(): if there is none). */
  next(): Cut | undefined {
    for (;;) {
      const found = this.#text.indexOf('\n', this.#at);
      if (found < 0 && !(this.#ended && this.#at < this.#text.length)) return undefined;
      const end = found < 0 ? this.#text.length : found;
      // Where files were joined, a line begins with the byte order mark of the next.
      const start = this.#text[this.#at] === '\ufeff' ? this.#at + 1 : this.#at;
      const raw = this.#text.slice(start, this.#text[end - 1] === '\r' ? Math.max(start, end - 1) : end);
      this.#at = end + 1;
      this.#line++;
      if (raw.length > MAX_TEXT) throw tooLong(`line ${this.#line}`);
      if (/\S/.test(raw)) return { place: this.#line, raw };
      this.#blankLines++;
    }
  }
}

/** `what`: the line or entry. */
export function tooLong(what: string): InputError {
  return new InputError('JSON_TOO_LONG', `${what} is longer than ${MAX_TEXT} characters`, { most: MAX_TEXT });
}
