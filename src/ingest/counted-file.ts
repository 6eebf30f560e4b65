// A file's bytes as a stream that knows how far it has been read, for progress and the time left.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CsvError } from '../records/csv/errors.ts';

export class CountedFile {
  /** Bytes in the file; null where that is not known (standard input). */
  readonly size: number | null;
  /** Bytes read so far. */
  read = 0;
  readonly #chunks: AsyncIterable<Uint8Array>;

  private constructor(size: number | null, chunks: AsyncIterable<Uint8Array>) {
    this.size = size;
    this.#chunks = chunks;
  }

  /** `path`: - for standard input. */
  static async open(path: string): Promise<CountedFile> {
    if (path === '-') return new CountedFile(null, process.stdin);
    const about = await stat(path);
    if (about.isDirectory()) {
      throw new CsvError('CSV_UNREADABLE', `cannot read ${path}: it is a folder`, { name: path });
    }
    return new CountedFile(about.size, createReadStream(path, { highWaterMark: 256 * 1024 }));
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.read += chunk.length;
      yield chunk;
    }
  }
}
