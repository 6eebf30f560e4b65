// JSON that people make or are given: profiles, tags, receipts, consents. No name may stand twice in one object:
// JSON.parse lets the last one win in silence, and another program the first, so a patient could get the account of
// another, or see other amounts than those that were checked.
import { EncodingError } from '../errors.ts';

/**
 * The value of `text`. `what` names it in the EncodingError, which quotes nothing but the name of a field; its cause is
 * the parser's own error, which may quote what is private.
 */
export function parseJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EncodingError(what, 'not JSON', {}, { cause });
  }
  const name = repeatedName(text);
  if (name !== undefined) throw new EncodingError(what, `the name ${name} stands twice in one object`);
  return value;
}

/** The first name that an object has twice, in quotes; `json` must be valid JSON. */
function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{') open.push(new Set());
    else if (json[at] === '}') open.pop();
    else if (json[at] === '"') {
      const end = endOfString(json, at);
      const isName = /\s*:/y;
      isName.lastIndex = end;
      if (isName.test(json)) {
        // Two spellings may be one name: "a" is "\u0061".
        const name = JSON.stringify(JSON.parse(json.slice(at, end)));
        if (open.at(-1)!.has(name)) return name;
        open.at(-1)!.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Where the string that begins at `start` has ended. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at + 1;
  }
}
