// From text in pieces to what a cutter cuts out of it: records of a CSV, lines, elements of a document.

export interface Cutter<T> {
  push(piece: string): void;
  /** No more text will come. */
  end(): void;
  /** The next cut, or undefined if it is not complete yet (after end(): if there is none). */
  next(): T | undefined;
}

/** What the text gives that the cutter has, then the pieces to come. Leaving early closes the pieces. */
export async function* cutAll<T>(cutter: Cutter<T>, pieces: AsyncIterator<string>): AsyncGenerator<T> {
  try {
    for (let ended = false; !ended; ) {
      for (let cut = cutter.next(); cut; cut = cutter.next()) yield cut;
      const piece = await pieces.next();
      if (piece.done) ended = true;
      else cutter.push(piece.value);
    }
    cutter.end();
    for (let cut = cutter.next(); cut; cut = cutter.next()) yield cut;
  } finally {
    await pieces.return?.();
  }
}
