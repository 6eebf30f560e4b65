// Cuts a JSON document into the elements of its list, each the text of one record: of an array, or of a member of an object,
// such as a bundle's entry. A document without such a list is one record. Keeps no more text than one element and one piece.
// What is broken within an element is for the parser to say; between elements it ends the run.
import { InputError, type InputErrorCode } from '../input/errors.ts';
import { type Cut, MAX_TEXT, tooLong } from './lines.ts';
import { isSpace, ValueEnd } from './value-end.ts';

/** A list within an object: the member `list` of an object whose member resourceType is `type`. */
export interface ListMember {
  readonly list: string;
  readonly type: string;
}

/** What reading gives: an element, or undefined where it waits for more text. */
type Reading<T> = Generator<Cut | undefined, T>;

export class DocumentCutter {
  readonly #member: ListMember | undefined;
  readonly #reading: Reading<void>;
  #text = '';
  #at = 0;
  /** Where in #text the value begins that is being read. */
  #start: number | undefined;
  /** Line feeds before #text. */
  #lineFeeds = 0;
  #type: string | undefined;
  #isList = false;
  #isMember = false;
  #isRead = false;
  #isBroken = false;
  #elements = 0;
  #ended = false;

  /** `member`: the list that an object may have; an array is a list anyway. */
  constructor(member?: ListMember) {
    this.#member = member;
    this.#reading = this.#document();
  }

  /** Whether the list of records has begun. */
  get isList(): boolean {
    return this.#isList;
  }

  /** Whether the list is a member of an object. */
  get isMember(): boolean {
    return this.#isMember;
  }

  /** Whether a fault has been thrown. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether the document has been read to its end; more text may follow. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** The line on which reading stands, from 1. */
  get line(): number {
    return this.#lineFeeds + lineFeeds(this.#text.slice(0, this.#at)) + 1;
  }

  push(piece: string): void {
    // A document that may be one record is kept whole.
    const from = this.#isList ? (this.#start ?? this.#at) : 0;
    this.#lineFeeds += lineFeeds(this.#text.slice(0, from));
    this.#text = this.#text.slice(from) + piece;
    this.#at -= from;
    if (this.#start !== undefined) this.#start -= from;
    if (this.#text.length - piece.length > MAX_TEXT) throw tooLong(this.#place());
  }

  /** No more text will come. */
  end(): void {
    this.#ended = true;
  }

  /** The next element; undefined if it is not complete yet (after end(): if there is none). Throws an InputError. */
  next(): Cut | undefined {
    return this.#reading.next().value ?? undefined;
  }

  *#document(): Reading<void> {
    const isArray = (yield* this.#sign('{', '[')) === '[';
    yield* isArray ? this.#list() : this.#object();
    this.#isRead = true;
    const raw = this.#text.slice(0, this.#at).trim();
    if (!this.#isList && (this.#member === undefined || this.#type !== this.#member.type)) yield { place: 1, raw };
    while (!this.#ended || this.#at < this.#text.length) {
      if ((yield* this.#next()) !== '') throw this.#fault('JSON_TRAILING', 'something follows the end of the document');
    }
  }

  /** After the bracket: elements, and the bracket at the end. */
  *#list(): Reading<void> {
    this.#isList = true;
    if ((yield* this.#next()) === ']') return void (yield* this.#sign(']'));
    do {
      const raw = yield* this.#value();
      if (raw.length > MAX_TEXT) throw tooLong(this.#place());
      yield { place: ++this.#elements, raw };
    } while ((yield* this.#sign(',', ']')) === ',');
  }

  /** After the bracket: members, and the bracket at the end. */
  *#object(): Reading<void> {
    const { list, type } = this.#member ?? {};
    if ((yield* this.#next()) === '}') return void (yield* this.#sign('}'));
    do {
      if ((yield* this.#next()) !== '"') throw this.#broken('the name of a member is missing');
      const name = plain(yield* this.#value());
      yield* this.#sign(':');
      const isList = name === list && (this.#type ?? type) === type && (yield* this.#next()) === '[';
      if (isList && this.#isList) throw this.#broken(`${list} stands twice`);
      if (isList) {
        this.#isMember = true;
        yield* this.#sign('[');
        yield* this.#list();
      } else {
        const value = yield* this.#value();
        if (name === 'resourceType') this.#type = plain(value);
      }
    } while ((yield* this.#sign(',', '}')) === ',');
    if (this.#isList && this.#type !== type) {
      throw this.#fault('JSON_NOT_BUNDLE', `the document has a list ${list}, but is not of the type ${type}`);
    }
  }

  /** The next sign that is not a space, which is left where it is; '' at the end of the input. */
  *#next(): Reading<string> {
    for (;;) {
      while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
      if (this.#at < this.#text.length) return this.#text[this.#at]!;
      if (this.#ended && this.#isRead) return '';
      if (this.#ended) throw this.#fault('JSON_CUT_SHORT', `the input ends in the middle of ${this.#place()}`);
      yield undefined;
    }
  }

  /** Takes one of these signs. */
  *#sign(...signs: readonly string[]): Reading<string> {
    const sign = yield* this.#next();
    if (!signs.includes(sign)) throw this.#broken(`${signs.join(' or ')} is missing`);
    this.#at++;
    return sign;
  }

  /** Takes a value: its text. */
  *#value(): Reading<string> {
    yield* this.#next();
    const value = new ValueEnd();
    this.#start = this.#at;
    for (;;) {
      const found = value.find(this.#text, this.#at);
      this.#at = 'fault' in found ? found.at : found.end < 0 ? this.#text.length : found.end;
      if ('fault' in found) throw this.#broken(found.fault);
      if (found.end >= 0) break;
      if (this.#ended) throw this.#fault('JSON_CUT_SHORT', `the input ends in the middle of ${this.#place()}`);
      yield undefined;
    }
    const text = this.#text.slice(this.#start, this.#at);
    this.#start = undefined;
    if (text === '') throw this.#broken('a value is missing');
    return text;
  }

  #place(): string {
    return this.#isList && !this.#isRead ? `entry ${this.#elements + 1}` : 'the document';
  }

  #broken(what: string): InputError {
    return this.#fault(
      'JSON_BROKEN',
      `${what}, in or after entry ${this.#elements}: the rest cannot be told apart into entries`,
    );
  }

  #fault(code: InputErrorCode, what: string): InputError {
    this.#isBroken = true;
    return new InputError(code, `line ${this.line}: ${what}`, { line: this.line, entries: this.#elements });
  }
}

/** A string without its quotes, where it has no escapes. */
const plain = (text: string) => /^"([^"\\]*)"$/.exec(text)?.[1];

function lineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
