// One JSON text to its value (RFC 8259). Numbers keep their text, so that no digit of an amount is lost. What JSON.parse lets
// pass in silence is a fault here: a name that stands twice in one object, and nesting without end.
import { JsonNumber, type JsonValue } from './value.ts';

/** Why a text is no JSON. */
export interface JsonFault {
  readonly reason: 'not-json' | 'repeated-name' | 'too-deep';
  /** Says where; never quotes the text. */
  readonly message: string;
}

/** Objects and lists within one another. FHIR resources have some 15. */
export const MAX_DEPTH = 100;

/** The value, or what is wrong with the text. */
export function parseText(text: string): { readonly value: JsonValue } | JsonFault {
  try {
    return { value: new Parser(text).whole() };
  } catch (error) {
    if (error instanceof Fault)
      return { reason: error.reason, message: `${WORDS[error.reason]}, at character ${error.at + 1}` };
    throw error;
  }
}

/** Text of a value, with numbers as they were written. */
export function textOf(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`)}}`;
}

const WORDS: Record<JsonFault['reason'], string> = {
  'not-json': 'is not JSON',
  'repeated-name': 'names a member of an object twice',
  'too-deep': `has objects and lists nested more than ${MAX_DEPTH} deep`,
};

class Fault extends Error {
  readonly reason: JsonFault['reason'];
  readonly at: number;

  constructor(reason: JsonFault['reason'], at: number) {
    super(reason);
    this.reason = reason;
    this.at = at;
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [BRACE, END_BRACE, BRACKET, END_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must be escaped in JSON
const NOT_PLAIN = /[\\\u0000-\u001f]/;

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonValue {
    const value = this.#value();
    if (!Number.isNaN(this.#next())) throw this.#fault();
    return value;
  }

  #fault(reason: JsonFault['reason'] = 'not-json', at = this.#at): Fault {
    return new Fault(reason, at);
  }

  /** The code of the next sign that is not a space; NaN at the end. */
  #next(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at++;
    }
  }

  #take(code: number): void {
    if (this.#next() !== code) throw this.#fault();
    this.#at++;
  }

  #value(): JsonValue {
    const code = this.#next();
    if (code === QUOTE) return this.#string();
    if (code === BRACE || code === BRACKET) {
      if (++this.#depth > MAX_DEPTH) throw this.#fault('too-deep');
      const value = code === BRACE ? this.#object() : this.#list();
      this.#depth--;
      return value;
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return new JsonNumber(number);
    const word = this.#match(WORD);
    if (word === undefined) throw this.#fault();
    return word === 'null' ? null : word === 'true';
  }

  #object(): JsonValue {
    const object: Record<string, JsonValue> = {};
    this.#take(BRACE);
    for (let next = this.#next(); next !== END_BRACE; next = this.#separator(END_BRACE)) {
      if (this.#next() !== QUOTE) throw this.#fault();
      const start = this.#at;
      const name = this.#string();
      if (Object.hasOwn(object, name)) throw this.#fault('repeated-name', start);
      this.#take(COLON);
      const value = this.#value();
      // Assigned, it would become the object's prototype.
      if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true });
      else object[name] = value;
    }
    this.#at++;
    return object;
  }

  #list(): JsonValue {
    const list: JsonValue[] = [];
    this.#take(BRACKET);
    for (let next = this.#next(); next !== END_BRACKET; next = this.#separator(END_BRACKET)) list.push(this.#value());
    this.#at++;
    return list;
  }

  /** After a member or an element: the end, or a comma and what is not the end. */
  #separator(end: number): number {
    if (this.#next() === end) return end;
    this.#take(COMMA);
    if (this.#next() === end) throw this.#fault();
    return COMMA;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    const plain = this.#text.slice(start + 1, end);
    if (end > 0 && !NOT_PLAIN.test(plain)) {
      this.#at = end + 1;
      return plain;
    }
    // A quote after an odd number of backslashes is not the end.
    for (; end > 0 && this.#backslashes(end) % 2 === 1; ) end = this.#text.indexOf('"', end + 1);
    if (end < 0) throw this.#fault('not-json', this.#text.length);
    try {
      const value: string = JSON.parse(this.#text.slice(start, end + 1));
      this.#at = end + 1;
      return value;
    } catch {
      throw this.#fault();
    }
  }

  #backslashes(end: number): number {
    let count = 0;
    while (this.#text.charCodeAt(end - 1 - count) === BACKSLASH) count++;
    return count;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
