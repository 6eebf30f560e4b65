// Names of patients and records as they stand in a field. Spaces around a name and a spreadsheet's wrapping are removed. What
// could turn two names into one, or one into two, without anybody seeing it is refused with its reason.

/** What kind of fault an id or a name has. */
export type NameReason =
  | 'control-character'
  | 'invisible-character'
  | 'replacement-character'
  | 'scientific-notation'
  | 'formula';

export interface NameFault {
  readonly reason: NameReason;
  /** Says what is wrong; never quotes the name. */
  readonly message: string;
}

/** The name in a field, '' if there is none, or what is wrong with it. */
export function readName(field: string): string | NameFault {
  const text = field.trim();
  const name = FIRST_OF_WRAPPED.test(text) ? unwrapped(text) : text;
  if (name.startsWith('=')) return fault('formula', 'is a formula of a spreadsheet, not a value');
  if (SCIENTIFIC.test(name)) {
    return fault('scientific-notation', 'is in scientific notation: a spreadsheet may have made one id of several');
  }
  return PRINTABLE_ASCII.test(name) ? name : (characterFault(name) ?? name);
}

/** What is wrong with a text as the name that a row would have; null if a row can have exactly this name. Never quotes it. */
export function nameFault(text: string): string | null {
  const name = readName(text);
  if (typeof name !== 'string') return name.message;
  if (name === '') return 'is empty';
  return name === text ? null : "has spaces around it, or a spreadsheet's wrapping, which the names of rows have not";
}

const FIRST_OF_WRAPPED = /^[=']/;

/** ="00123" → 00123, as programs write what a spreadsheet must not take for a number; '00123 → 00123, as people type it. */
function unwrapped(text: string): string {
  const quoted = /^="((?:[^"]|"")*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"').trim();
  return /^'(\d+)$/.exec(text)?.[1] ?? text;
}

/**
 * As spreadsheets and programs write long numbers: 2.19E+26, 2,19E+26, 2.0E14, 2E+14. Without decimals and without a plus it
 * may be an id: 2E14, 4E-17.
 */
const SCIENTIFIC = /^[-+]?(\d{1,3}[.,]\d+E[-+]?\d{1,3}|\d{1,3}E\+\d{1,3})$/i;

const PRINTABLE_ASCII = /^[ -~]*$/;
const CONTROL = /\p{Cc}/u;
/** Characters that show nothing (of no width, marks of direction, fillers, line separators) or look like a plain space. */
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}|\p{Zl}|\p{Zp}|(?! )\p{Zs}|\u2800/u;
/** What a careless program writes for bytes that it could not read. */
const REPLACEMENT = '\ufffd';
const HALF_CHARACTER = /\p{Cs}/u;

function characterFault(name: string): NameFault | undefined {
  if (CONTROL.test(name)) return fault('control-character', 'has a control character');
  const invisible = INVISIBLE.exec(name)?.[0];
  if (invisible !== undefined) {
    const code = invisible.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return fault('invisible-character', `has the character U+${code}, which cannot be seen, or looks like a space`);
  }
  if (name.includes(REPLACEMENT)) {
    return fault('replacement-character', 'has the character U+FFFD, which stands for one that was lost');
  }
  // Text of JSON can have it as an escape; every encoding would make the same character of all of them.
  if (HALF_CHARACTER.test(name)) return fault('replacement-character', 'has half a character, a lone surrogate');
  return undefined;
}

function fault(reason: NameReason, message: string): NameFault {
  return { reason, message };
}
