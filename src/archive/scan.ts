// Reads an archive file from its beginning, checking as it goes: whole frames, events in the chain's order, checkpoints
// whose digest is that of the bytes before them. Memory stays flat. What the events say is checked elsewhere.
import { createHash, type Hash } from 'node:crypto';
import { equalBytes } from '../bytes.ts';
import {
  type ArchivedLog,
  ArchiveError,
  type ArchiveHeader,
  type Checkpoint,
  DIGEST_BYTES,
  decodeBody,
  decodeHeader,
  LENGTH_BYTES,
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
} from './format.ts';

/** A checkpoint and where the file can be continued from it. */
export interface Mark extends Checkpoint {
  /** Bytes of the file before and after the checkpoint. */
  start: number;
  end: number;
  /** Has taken the file's first `start` bytes. */
  before: Hash;
  /** Has taken the file's first `end` bytes. */
  hash: Hash;
}

/** A file open for reading, such as a FileHandle. */
export interface Readable {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

export type Scanned =
  | { kind: 'header'; header: ArchiveHeader }
  /** The log's bytes are valid until the next step; its frame's body is at `at`. */
  | { kind: 'event'; log: ArchivedLog; at: number; length: number }
  | { kind: 'checkpoint'; mark: Mark };

/** The parts of an archive, in order. Throws ArchiveError at the first byte that is not right. */
export async function* scanArchive(handle: Readable, file: string): AsyncGenerator<Scanned> {
  const bytes = new FileBytes(handle);
  const hash = createHash('sha256');
  const fail = (message: string, at: number): never => {
    throw new ArchiveError(file, message, { byte: at });
  };
  const line = await bytes.line(MAX_HEADER_BYTES);
  const header = line && decodeHeader(line.toString());
  if (!header) throw new ArchiveError(file, 'is not an archive of a ledger that this program knows');
  yield { kind: 'header', header };
  hash.update(line);

  let last = { block: -1, logIndex: -1 };
  let covered = -1;
  let events = 0;
  let whole = false;
  for (;;) {
    const start = bytes.position;
    const head = await bytes.take(LENGTH_BYTES);
    if (head === null) {
      if (bytes.position > start || !whole)
        fail(`is cut short: no checkpoint at its end, byte ${bytes.position}`, start);
      return;
    }
    const length = head.readUInt32BE();
    if (length === 0 || length > MAX_BODY_BYTES) fail(`is damaged at byte ${start}: no frame begins there`, start);
    const before = hash.copy();
    hash.update(head);
    const body = await bytes.take(length);
    if (body === null) return fail(`is cut short in the frame at byte ${start}`, start);
    const part = decodeBody(body);
    if (part === null) return fail(`is damaged at byte ${start}: neither an event nor a checkpoint`, start);
    whole = 'digest' in part;
    if ('digest' in part) {
      hash.update(body.subarray(0, -DIGEST_BYTES));
      if (!equalBytes(hash.copy().digest(), part.digest)) {
        fail(`is damaged somewhere before byte ${start}: the checkpoint there has another digest`, start);
      }
      hash.update(part.digest);
      if (part.events !== events)
        fail(`the checkpoint at byte ${start} counts ${part.events} events of ${events}`, start);
      if (part.block < last.block || part.block <= covered || !Number.isSafeInteger(part.block)) {
        fail(`the checkpoint at byte ${start} is out of order: block ${part.block}`, start);
      }
      covered = part.block;
      const { block, blockHash } = part;
      const mark = { block, blockHash, events, start, end: bytes.position, before, hash: hash.copy() };
      yield { kind: 'checkpoint', mark };
      continue;
    }
    hash.update(body);
    const ascending = part.block > last.block || (part.block === last.block && part.logIndex > last.logIndex);
    if (!ascending || part.block <= covered || !Number.isSafeInteger(part.block)) {
      fail(`the event at byte ${start} is out of order: block ${part.block}, log ${part.logIndex}`, start);
    }
    last = { block: part.block, logIndex: part.logIndex };
    events++;
    yield { kind: 'event', log: part, at: start + LENGTH_BYTES, length };
  }
}

const PIECE = 2 ** 20;

/** The bytes of a file, one stretch after the other. */
class FileBytes {
  readonly #handle: Readable;
  #buffer = Buffer.alloc(PIECE);
  /** What is read and not taken: #buffer[#start, #end). */
  #start = 0;
  #end = 0;
  #read = 0;

  constructor(handle: Readable) {
    this.#handle = handle;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#read - (this.#end - this.#start);
  }

  /** Exactly so many bytes, valid until the next call; null where fewer are left, which then count as taken. */
  async take(length: number): Promise<Buffer | null> {
    await this.#fill(length);
    const taken = Math.min(length, this.#end - this.#start);
    this.#start += taken;
    return taken < length ? null : this.#buffer.subarray(this.#start - length, this.#start);
  }

  /** A line with its end; null if there is none within the first `most` bytes. */
  async line(most: number): Promise<Buffer | null> {
    await this.#fill(most);
    const end = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + most)).indexOf(10);
    return end < 0 ? null : this.take(end + 1);
  }

  /** Reads until so many bytes are there, or the file ends. */
  async #fill(length: number): Promise<void> {
    if (this.#end - this.#start >= length) return;
    const wanted = Math.max(length, PIECE);
    const buffer = this.#buffer.length < wanted ? Buffer.alloc(wanted) : this.#buffer;
    this.#buffer.copy(buffer, 0, this.#start, this.#end);
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
