// Where a JSON value ends, told by quotes and brackets alone, in text that comes in pieces. Whether the value is JSON is for
// the parser to say (parse.ts); what is found here is only what would make the rest of a document unreadable.
import { MAX_DEPTH } from './parse.ts';

const [QUOTE, BACKSLASH, COMMA, LINE_FEED] = [0x22, 0x5c, 0x2c, 0x0a];
const [BRACE, END_BRACE, BRACKET, END_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

export const isSpace = (code: number): boolean => code === 0x20 || code === LINE_FEED || code === 0x0d || code === 0x09;

export class ValueEnd {
  /** Ends of the open objects and lists, the innermost last; deeper than the parser goes they are only counted. */
  readonly #open: number[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  #begun = false;

  /**
   * Reads on from `from`, where the value begins or reading stopped. `end`: the index after the value, -1 if it has not come
   * by the end of the text; `fault`: what no value can have, at `at`.
   */
  find(text: string, from: number): { readonly end: number } | { readonly fault: string; readonly at: number } {
    for (let at = from; at < text.length; at++) {
      if (this.#inString) {
        at = this.#endOfString(text, at);
        if (at === text.length) break;
        if (text.charCodeAt(at) !== QUOTE) return { fault: 'a string is not closed where its line ends', at };
        this.#inString = false;
        if (this.#depth === 0) return { end: at + 1 };
        continue;
      }
      const code = text.charCodeAt(at);
      switch (code) {
        case QUOTE:
          // A quote after a number or a word does not belong to it.
          if (this.#begun && this.#depth === 0) return { end: at };
          this.#inString = true;
          break;
        case BRACE:
        case BRACKET:
          if (this.#begun && this.#depth === 0) return { end: at };
          if (++this.#depth <= MAX_DEPTH) this.#open.push(code === BRACE ? END_BRACE : END_BRACKET);
          break;
        case END_BRACE:
        case END_BRACKET:
          if (this.#depth === 0) return { end: at };
          if (this.#depth-- <= MAX_DEPTH && this.#open.pop() !== code) return { fault: 'a bracket does not match', at };
          if (this.#depth === 0) return { end: at + 1 };
          break;
        default:
          if (this.#depth === 0 && (code === COMMA || isSpace(code))) return { end: at };
      }
      this.#begun = true;
    }
    return { end: -1 };
  }

  /** Index of the quote that ends the string, of a control character before it, or of the end of the text. */
  #endOfString(text: string, from: number): number {
    let escaped = this.#escaped;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < 0x20 || (code === QUOTE && !escaped)) break;
      escaped = code === BACKSLASH && !escaped;
    }
    this.#escaped = at === text.length && escaped;
    return at;
  }
}
