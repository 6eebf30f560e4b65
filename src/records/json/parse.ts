// One JSON text to its value. Numbers keep their text, so that no digit of an amount is lost; what JSON.parse lets pass in
// silence is a fault here: a name that stands twice in one object with two values, and nesting without end.
import { parse, stringify } from 'lossless-json';
import { JsonNumber, type JsonValue } from './value.ts';

export interface JsonFault {
  readonly reason: 'not-json' | 'repeated-name' | 'too-deep';
  /** Never quotes the text. */
  readonly message: string;
}

/** Objects and lists within one another. FHIR resources have some 15. */
export const MAX_DEPTH = 100;

/** The value, or what is wrong with the text. */
export function parseText(text: string): { readonly value: JsonValue } | JsonFault {
  if (depthOf(text) > MAX_DEPTH) {
    return { reason: 'too-deep', message: `has objects and lists nested more than ${MAX_DEPTH} deep` };
  }
  try {
    const value = parse(text, null, { parseNumber: (number) => new JsonNumber(number), onDuplicateKey: repeated });
    return { value: value as JsonValue };
  } catch (error) {
    if (error instanceof RepeatedName) {
      const message = `names a member of an object twice, with two values, at character ${error.position}`;
      return { reason: 'repeated-name', message };
    }
    // The parser's message may quote what is private; where it says the fault is does not.
    const place = /\d+$/.exec((error as Error).message)?.[0];
    return {
      reason: 'not-json',
      message: place === undefined ? 'is not JSON' : `is not JSON, at character ${+place + 1}`,
    };
  }
}

/** Text of a value, with numbers as they were written. */
export function textOf(value: JsonValue): string {
  const numbers = {
    test: (part: unknown) => part instanceof JsonNumber,
    stringify: (part: unknown) => String((part as JsonNumber).text),
  };
  return stringify(value, null, undefined, [numbers]) ?? 'null';
}

class RepeatedName extends Error {
  readonly position: number;

  constructor(position: number) {
    super('repeated name');
    this.position = position;
  }
}

function repeated({ position }: { position: number }): never {
  throw new RepeatedName(position);
}

const [QUOTE, BACKSLASH] = [34, 92];

/** How deep objects and lists are nested, as far as brackets outside of strings tell. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    } else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}
