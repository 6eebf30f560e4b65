// Tells in which form JSON texts come and cuts them: one a line (NDJSON), or the elements of one document's list. They are
// lines where the first line is a whole value, or where the line after a broken one begins with {.
import { type Cutter, cutAll } from '../input/cut-all.ts';
import { InputError } from '../input/errors.ts';
import { DocumentCutter, type ListMember } from './document.ts';
import { type Cut, LineCutter } from './lines.ts';

export interface Texts {
  /** What the places of the texts count. */
  readonly counts: 'line' | 'entry';
  /** Whether the texts are elements of the member's list, and not of an array or records by themselves. */
  readonly isMember: boolean;
  /** Empty lines so far. */
  readonly blankLines: () => number;
  readonly cuts: AsyncGenerator<Cut>;
}

/** Reads as far as it takes to tell the form. Throws an InputError, INPUT_FORMAT for text that does not begin like JSON. */
export async function openTexts(pieces: AsyncIterator<string>, member?: ListMember): Promise<Texts> {
  const document = new DocumentCutter(member);
  let text = '';
  for (;;) {
    const piece = await pieces.next();
    text += piece.done ? '' : piece.value;
    checkBeginning(text, piece.done === true);
    let first: Cut | undefined;
    try {
      if (piece.done) document.end();
      else document.push(piece.value);
      first = document.next();
    } catch (fault) {
      if (!document.isList && areLines(text, document)) return linesOf(text, pieces);
      throw fault;
    }
    if (!document.isList && areLines(text, document)) return linesOf(text, pieces);
    if (document.isList || document.isRead) return documentOf(document, first, pieces);
  }
}

function checkBeginning(text: string, isWhole: boolean): void {
  const sign = /\S/.exec(text)?.[0];
  if (sign === undefined && isWhole) throw new InputError('INPUT_EMPTY', 'the input is empty: it has no JSON');
  if (sign === undefined || sign === '{' || sign === '[') return;
  const looksLike = sign === '<' ? 'it looks like XML' : 'it may be a CSV';
  const message = `the input does not begin with { or [: ${looksLike}, and the profile reads JSON. Choose another --preset or --profile; 'mistore profiles' says what each reads`;
  throw new InputError('INPUT_FORMAT', message);
}

/** Whether the first line is a whole value, or broken; or the line after it begins with {, as no document's does. */
function areLines(text: string, { line, isRead, isBroken }: DocumentCutter): boolean {
  const start = text.search(/\S/);
  const firstLine = text.slice(0, start).split('\n').length;
  if ((isRead || isBroken) && line === firstLine) return true;
  const end = text.indexOf('\n', start);
  return end >= 0 && /^\s*\{/.test(text.slice(end));
}

function linesOf(text: string, pieces: AsyncIterator<string>): Texts {
  const cutter = new LineCutter();
  cutter.push(text);
  return { counts: 'line', isMember: false, blankLines: () => cutter.blankLines, cuts: cutAll(cutter, pieces) };
}

function documentOf(document: DocumentCutter, first: Cut | undefined, pieces: AsyncIterator<string>): Texts {
  let pending = first;
  const cutter: Cutter<Cut> = {
    push: (piece) => document.push(piece),
    end: () => document.end(),
    next: () => {
      const cut = pending ?? document.next();
      pending = undefined;
      return cut;
    },
  };
  return { counts: 'entry', isMember: document.isMember, blankLines: () => 0, cuts: cutAll(cutter, pieces) };
}
