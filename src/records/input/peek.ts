// Looks at the first bytes of a stream and hands the stream on whole.

export interface Peeked {
  /** At least the length asked for, unless the stream is shorter. */
  readonly head: Uint8Array;
  /** All bytes, the head included. To be read once; reading it to the end or leaving it closes the stream. */
  readonly whole: AsyncIterable<Uint8Array>;
  /** Closes the stream if `whole` is not going to be read. */
  close(): Promise<void>;
}

export async function peek(stream: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const chunks = stream[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < length) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const close = async () => {
    await chunks.return?.();
  };
  return { head, whole: resume(head, chunks, close), close };
}

async function* resume(head: Uint8Array, chunks: AsyncIterator<Uint8Array>, close: () => Promise<void>) {
  try {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await close();
  }
}
