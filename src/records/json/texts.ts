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
  const beginning = new Beginning();
  const read: string[] = [];
  for (;;) {
    const piece = await pieces.next();
    if (!piece.done) {
      read.push(piece.value);
      beginning.push(piece.value);
    } else if (beginning.first === undefined) throw new InputError('INPUT_EMPTY', 'the input is empty: it has no JSON');
    let first: Cut | undefined;
    try {
      if (piece.done) document.end();
      else document.push(piece.value);
      first = document.next();
    } catch (fault) {
      if (!document.isList && areLines(beginning, document)) return linesOf(read.join(''), pieces);
      throw fault;
    }
    if (!document.isList && areLines(beginning, document)) return linesOf(read.join(''), pieces);
    if (document.isList || document.isRead) return documentOf(document, first, pieces);
  }
}

/** Whether the first line is a whole value, or broken; or the line after it begins with {, as no document's does. */
const areLines = (beginning: Beginning, document: DocumentCutter): boolean =>
  beginning.second === '{' || ((document.isRead || document.isBroken) && document.line === beginning.line);

/** The first signs of the first two lines that are not empty. */
class Beginning {
  first: string | undefined;
  second: string | undefined;
  /** Number of the first of them. */
  line = 1;
  #isPast = false;

  /** Throws INPUT_FORMAT for text that does not begin like JSON. */
  push(piece: string): void {
    let at = 0;
    if (this.first === undefined) {
      at = piece.search(/\S/);
      this.line += (at < 0 ? piece : piece.slice(0, at)).split('\n').length - 1;
      if (at < 0) return;
      this.first = piece[at]!;
      checkFirst(this.first);
    }
    if (!this.#isPast) {
      at = piece.indexOf('\n', at);
      if (at < 0) return;
      this.#isPast = true;
    }
    this.second ??= /\S/.exec(piece.slice(at))?.[0];
  }
}

function checkFirst(sign: string): void {
  if (sign === '{' || sign === '[') return;
  const looksLike = sign === '<' ? 'it looks like XML' : 'it may be a CSV';
  const message = `the input does not begin with { or [: ${looksLike}, and the profile reads JSON. Choose another --preset or --profile; 'mistore profiles' says what each reads`;
  throw new InputError('INPUT_FORMAT', message);
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
