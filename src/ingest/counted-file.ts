// A file's bytes as a stream that knows how far it has been read, for progress and the time left.
import { openBytes } from '../records/input/file-bytes.ts';

export class CountedFile {
  /** Bytes in the file; null where that is not known: standard input, pipes, devices. */
  readonly size: number | null;
  /** Bytes read so far. */
  read = 0;
  readonly #chunks: AsyncIterable<Uint8Array>;

  private constructor(size: number | null, chunks: AsyncIterable<Uint8Array>) {
    this.size = size;
    this.#chunks = chunks;
  }

  /** `path`: - for standard input. Throws INPUT_UNREADABLE. */
  static async open(path: string): Promise<CountedFile> {
    const { size, bytes } = await openBytes(path);
    return new CountedFile(size, bytes);
  }

  /** To be read once. Throws INPUT_CHANGED where a file does not stay as it was. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.read += chunk.length;
      yield chunk;
    }
  }
}
