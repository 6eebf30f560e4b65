// The bytes of an open file in sequence, read in large pieces and taken in small ones. Memory stays flat.

/** A file open for reading, such as a FileHandle. */
export interface ReadableFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/** An archive that is open, on disk or in memory. */
export interface OpenFile extends ReadableFile {
  /** Its path or name, for messages. */
  readonly name: string;
  /** May be called more than once. */
  close(): Promise<void>;
}

/** Bytes read at once. */
const READ_BYTES = 2 ** 20;

export class FileBytes {
  readonly #handle: ReadableFile;
  #buffer = new Uint8Array(READ_BYTES);
  /** What is read and not yet taken: #buffer[#start, #end). */
  #start = 0;
  #end = 0;
  #read = 0;

  constructor(handle: ReadableFile) {
    this.#handle = handle;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#read - (this.#end - this.#start);
  }

  /** Exactly `length` bytes, valid until the next call; null if fewer are left, which then count as taken. */
  async take(length: number): Promise<Uint8Array | null> {
    await this.#fill(length);
    const taken = Math.min(length, this.#end - this.#start);
    this.#start += taken;
    return taken < length ? null : this.#buffer.subarray(this.#start - length, this.#start);
  }

  /** A line with its line feed; null if there is none within the next `most` bytes. */
  async line(most: number): Promise<Uint8Array | null> {
    await this.#fill(most);
    const end = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + most)).indexOf(10);
    return end < 0 ? null : this.take(end + 1);
  }

  /** Reads until `length` bytes are there, or the file ends. */
  async #fill(length: number): Promise<void> {
    if (this.#end - this.#start >= length) return;
    const wanted = Math.max(length, READ_BYTES);
    const buffer = this.#buffer.length < wanted ? new Uint8Array(wanted) : this.#buffer;
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = buffer;
    while (this.#end < length) {
      const { bytesRead } = await this.#handle.read(buffer, this.#end, buffer.length - this.#end, this.#read);
      if (bytesRead === 0) return;
      this.#end += bytesRead;
      this.#read += bytesRead;
    }
  }
}
