// Reads an archive file from its beginning and checks its form: whole frames, events in the chain's order, checkpoints whose
// digest is that of the bytes before them. Memory stays flat. What the events say is checked elsewhere.
import { equalBytes } from '../bytes.ts';
import { type Sha256, startSha256 } from '../sha256.ts';
import { FileBytes, type ReadableFile } from './file-bytes.ts';
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
  type SealedCheckpoint,
} from './format.ts';

/** A checkpoint in the file, from which the file can be continued. */
export interface CheckpointFrame extends Checkpoint {
  /** Bytes of the file before the frame, and up to its end. */
  start: number;
  end: number;
  /** SHA-256 that has taken the file's first `start` bytes. */
  hashBefore: Sha256;
  /** SHA-256 that has taken the file's first `end` bytes. */
  hash: Sha256;
}

export type ArchivePart =
  | { kind: 'header'; header: ArchiveHeader }
  /** The log's bytes are valid until the next step. `at`, `length`: where the frame's body is in the file. */
  | { kind: 'event'; log: ArchivedLog; at: number; length: number }
  | { kind: 'checkpoint'; frame: CheckpointFrame };

/** The parts of an archive, in order. Throws ArchiveError at the first byte that is wrong. `file`: its name, for errors. */
export async function* scanArchive(handle: ReadableFile, file: string): AsyncGenerator<ArchivePart> {
  const scan = new Scan(handle, file);
  yield { kind: 'header', header: await scan.header() };
  for (let part = await scan.next(); part !== null; part = await scan.next()) yield part;
}

interface Frame {
  /** Bytes of the file before the frame. */
  start: number;
  body: Uint8Array;
  /** SHA-256 that has taken those bytes. */
  hashBefore: Sha256;
}

/** How far a scan has got. */
class Scan {
  readonly #bytes: FileBytes;
  readonly #file: string;
  readonly #hash = startSha256();
  #events = 0;
  #lastEvent = { block: -1, logIndex: -1 };
  /** Block of the last checkpoint. */
  #covered = -1;
  /** Whether the file may end here, which is behind a checkpoint. */
  #mayEnd = false;

  constructor(handle: ReadableFile, file: string) {
    this.#bytes = new FileBytes(handle);
    this.#file = file;
  }

  async header(): Promise<ArchiveHeader> {
    const line = await this.#bytes.line(MAX_HEADER_BYTES);
    const header = decodeHeader(line ?? new Uint8Array(0));
    if (typeof header === 'string') throw new ArchiveError(this.#file, header);
    this.#hash.update(line!);
    return header;
  }

  /** The next frame; null at the end of the file. */
  async next(): Promise<ArchivePart | null> {
    const frame = await this.#frame();
    if (frame === null) return null;
    const part = decodeBody(frame.body);
    if (part === null) {
      return this.#fail(`is damaged at byte ${frame.start}: neither an event nor a checkpoint`, frame.start);
    }
    this.#mayEnd = 'digest' in part;
    return 'digest' in part ? this.#checkpoint(part, frame) : this.#event(part, frame);
  }

  /** The next frame, of which the length has been hashed. Null at the end of the file. */
  async #frame(): Promise<Frame | null> {
    const start = this.#bytes.position;
    const head = await this.#bytes.take(LENGTH_BYTES);
    if (head === null) {
      const end = this.#bytes.position;
      if (end === start && this.#mayEnd) return null;
      return this.#fail(`is cut short: no checkpoint at its end, byte ${end}`, start);
    }
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (length === 0 || length > MAX_BODY_BYTES) {
      return this.#fail(`is damaged at byte ${start}: no frame begins there`, start);
    }
    const hashBefore = this.#hash.copy();
    this.#hash.update(head);
    const body = await this.#bytes.take(length);
    return body ? { start, body, hashBefore } : this.#fail(`is cut short in the frame at byte ${start}`, start);
  }

  #event(log: ArchivedLog, { start, body }: Frame): ArchivePart {
    this.#hash.update(body);
    const { block, logIndex } = log;
    const last = this.#lastEvent;
    const ascends = block > last.block || (block === last.block && logIndex > last.logIndex);
    if (!ascends || block <= this.#covered || !Number.isSafeInteger(block)) {
      this.#fail(`the event at byte ${start} is out of order: block ${block}, log ${logIndex}`, start);
    }
    this.#lastEvent = { block, logIndex };
    this.#events++;
    return { kind: 'event', log, at: start + LENGTH_BYTES, length: body.length };
  }

  #checkpoint({ block, blockHash, events, digest }: SealedCheckpoint, { start, body, hashBefore }: Frame): ArchivePart {
    this.#hash.update(body.subarray(0, -DIGEST_BYTES));
    if (!equalBytes(this.#hash.copy().digest(), digest)) {
      this.#fail(`is damaged somewhere before byte ${start}: the checkpoint there has another digest`, start);
    }
    this.#hash.update(digest);
    if (events !== this.#events) {
      this.#fail(`the checkpoint at byte ${start} counts ${events} events of ${this.#events}`, start);
    }
    if (block < this.#lastEvent.block || block <= this.#covered || !Number.isSafeInteger(block)) {
      this.#fail(`the checkpoint at byte ${start} is out of order: block ${block}`, start);
    }
    this.#covered = block;
    const place = { start, end: this.#bytes.position };
    const hash = this.#hash.copy();
    return { kind: 'checkpoint', frame: { block, blockHash, events, ...place, hashBefore, hash } };
  }

  #fail(message: string, at: number): never {
    throw new ArchiveError(this.#file, message, { byte: at });
  }
}
