// Paths into JSON values, which are the columns of JSON inputs (docs/inputs.md, "Paths"): names of members, each after a
// point. name[] is every element of the list called name; name[PATH=TEXT] is every element in which a value at PATH is TEXT.
// A path leads to no value where a member is missing or null, and to several through lists.
import { ArgumentError } from '../../errors.ts';
import { isObject, JsonNumber, type JsonValue } from './value.ts';

interface Step {
  readonly name: string;
  /** Elements of a list: all, or those that the filter lets through. A single value if absent. */
  readonly each?: 'all' | { readonly steps: readonly Step[]; readonly text: string };
}

/** What is on the way is not what the path says. Never quotes a value. */
export interface PathFault {
  readonly reason: 'wrong-type';
  readonly message: string;
}

export class Path {
  readonly text: string;
  readonly #steps: readonly Step[];

  /** Throws an ArgumentError for text that is no path. */
  constructor(text: string) {
    this.text = text;
    const parser = new PathParser(text);
    this.#steps = parser.steps();
    if (!parser.ended) throw parser.fault('a path, or nothing more');
  }

  /** Whether the path leads to the elements of one list. */
  get isList(): boolean {
    return this.#steps.at(-1)!.each === 'all' && this.#steps.slice(0, -1).every(({ each }) => each === undefined);
  }

  /** The name of the last member. */
  get lastName(): string {
    return this.#steps.at(-1)!.name;
  }

  /** The rest of the path, if it begins with the list `start`; undefined if it does not. */
  within(start: Path): Path | undefined {
    return this.text.startsWith(`${start.text}.`) ? new Path(this.text.slice(start.text.length + 1)) : undefined;
  }

  /** Adds the values at the path, in order, to `found`. */
  values(from: JsonValue, found: JsonValue[]): PathFault | undefined {
    return follow(this.#steps, 0, from, found);
  }
}

function follow(steps: readonly Step[], at: number, from: JsonValue, found: JsonValue[]): PathFault | undefined {
  if (at === steps.length) {
    found.push(from);
    return undefined;
  }
  const { name, each } = steps[at]!;
  if (!isObject(from)) return fault(steps, at - 1, 'is not an object');
  const value = Object.hasOwn(from, name) ? from[name]! : null;
  if (value === null) return undefined;
  if (each === undefined) {
    return Array.isArray(value) ? fault(steps, at, 'is a list') : follow(steps, at + 1, value, found);
  }
  if (!Array.isArray(value)) return fault(steps, at, 'is not a list');
  for (const element of value) {
    if (element === null) continue;
    if (each !== 'all') {
      const passes = isIn(each, element);
      if (typeof passes === 'object') return passes;
      if (!passes) continue;
    }
    const wrong = follow(steps, at + 1, element, found);
    if (wrong) return wrong;
  }
  return undefined;
}

/** Whether one of the values at the filter's path is its text. */
function isIn({ steps, text }: { steps: readonly Step[]; text: string }, element: JsonValue): boolean | PathFault {
  const found: JsonValue[] = [];
  const wrong = follow(steps, 0, element, found);
  return wrong ?? found.some((value) => (value instanceof JsonNumber ? value.text : `${value}`) === text);
}

/** The names up to the step, as far as there are any. */
function fault(steps: readonly Step[], at: number, message: string): PathFault {
  const names = steps.slice(0, at + 1).map(({ name, each }) => (each === undefined ? name : `${name}[]`));
  return { reason: 'wrong-type', message: names.length === 0 ? message : `${message} at ${names.join('.')}` };
}

/** Bare names and texts end at these; others are in quotes, as JSON writes them. */
const NAME = /[^.[\]="\s]+|"(?:[^"\\]|\\.)*"/y;
const TEXT = /[^\]"\s]+|"(?:[^"\\]|\\.)*"/y;

class PathParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  fault(expected: string): ArgumentError {
    return new ArgumentError('path', this.#text, `written with ${expected} at character ${this.#at + 1}`);
  }

  steps(): Step[] {
    const steps: Step[] = [];
    do {
      const name = this.#token(NAME, 'the name of a member');
      if (!this.#take('[')) steps.push({ name });
      else if (this.#take(']')) steps.push({ name, each: 'all' });
      else steps.push({ name, each: this.#filter() });
    } while (this.#take('.'));
    return steps;
  }

  #filter(): { steps: readonly Step[]; text: string } {
    const steps = this.steps();
    if (!this.#take('=')) throw this.fault('= and a text');
    const text = this.#token(TEXT, 'a text');
    if (!this.#take(']')) throw this.fault(']');
    return { steps, text };
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #token(pattern: RegExp, expected: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.fault(expected);
    let value: unknown = found;
    try {
      if (found.startsWith('"')) value = JSON.parse(found);
    } catch {
      throw this.fault(expected);
    }
    this.#at += found.length;
    return value as string;
  }
}
