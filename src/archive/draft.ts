// An archive being written: FILE.part, which becomes FILE in one step when it is complete. If an export is interrupted, the
// next one continues the part from its last checkpoint. Only one export at a time may write a file; a part that two have
// written is damaged, which is noticed.
import type { FileHandle } from 'node:fs/promises';
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import type { RawLog } from '../chain/types.ts';
import { type Sha256, startSha256 } from '../sha256.ts';
import { ArchiveContents, type Tally } from './contents.ts';
import { DraftPlace, openToRead, orArchiveError } from './draft-place.ts';
import {
  ArchiveError,
  type ArchiveHeader,
  checkHeader,
  decoded,
  encodeCheckpoint,
  encodeEvent,
  encodeHeader,
} from './format.ts';
import { type CheckpointFrame, scanArchive } from './scan.ts';

/** A checkpoint of the draft, and what the draft holds up to it. */
interface ResumePoint {
  frame: CheckpointFrame;
  tally: Tally;
}

/** What a file was found to hold. */
interface FoundDraft {
  points: ResumePoint[];
  contents: ArchiveContents;
}

/** Bytes that are collected before they are written. */
const WRITE_BYTES = 2 ** 20;

export class ArchiveDraft {
  readonly contents: ArchiveContents;
  readonly #place: DraftPlace;
  readonly #header: Uint8Array;
  readonly #handle: FileHandle;
  readonly #points: ResumePoint[];
  #hash = startSha256();
  #bytes = 0;
  #unwritten: Uint8Array[] = [];
  #unwrittenBytes = 0;

  private constructor(place: DraftPlace, header: Uint8Array, handle: FileHandle, { contents, points }: FoundDraft) {
    this.#place = place;
    this.#header = header;
    this.#handle = handle;
    this.contents = contents;
    this.#points = points;
  }

  /**
   * Continues FILE.part or a copy of FILE, whichever reaches further, or else starts a new draft. Throws ArchiveError if
   * FILE is not a whole archive of this ledger, or FILE.part not the beginning of one, so that no other file is ever
   * replaced; and as DraftPlace.at does.
   */
  static async open(file: string, header: ArchiveHeader): Promise<ArchiveDraft> {
    const place = await DraftPlace.at(file);
    const whole = await readDraft(place.file, header, false);
    const begun = await readDraft(place.part, header, true);
    const reached = ({ points }: FoundDraft) => points.at(-1)?.frame.block ?? -1;
    const best = reached(begun) > reached(whole) ? begun : whole;
    if (best === whole && best.points.length > 0) await place.copy();
    const draft = new ArchiveDraft(place, encodeHeader(header), await place.openPart(), best);
    await draft.rewind();
    return draft;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last checkpoint. */
  get last(): CheckpointFrame | undefined {
    return this.#points.at(-1)?.frame;
  }

  /** Bytes since the last checkpoint. */
  get bytesSinceCheckpoint(): number {
    return this.#bytes - (this.last?.end ?? 0);
  }

  async append(log: RawLog): Promise<void> {
    const frame = encodeEvent(log);
    this.contents.add(log.topics, log.data);
    this.#hash.update(frame);
    await this.#write(frame);
  }

  /**
   * States that all events up to and including this block are in the draft. Replaces the last checkpoint if no event
   * follows it.
   */
  async checkpoint(block: number, blockHash: Hex): Promise<void> {
    const { tally } = this.contents;
    if (this.last?.block === block) return;
    if (this.last?.events === tally.events) await this.#cut(this.last.start, this.#points.pop()!.frame.hashBefore);
    const start = this.#bytes;
    const hashBefore = this.#hash.copy();
    await this.#write(encodeCheckpoint({ block, blockHash, events: tally.events }, this.#hash));
    await this.#flush();
    const place = { start, end: this.#bytes, hashBefore, hash: this.#hash.copy() };
    this.#points.push({ frame: { block, blockHash, events: tally.events, ...place }, tally });
  }

  /** Cuts off everything after the last checkpoint for which `holds` is true. */
  async rewind(holds: (checkpoint: CheckpointFrame) => Promise<boolean> = async () => true): Promise<void> {
    while (this.last !== undefined && !(await holds(this.last))) this.#points.pop();
    const { frame, tally } = this.#points.at(-1) ?? { frame: undefined, tally: new ArchiveContents().tally };
    this.contents.rewind(tally);
    await this.#cut(frame?.end ?? 0, frame?.hash ?? startSha256());
    if (frame === undefined) {
      this.#hash.update(this.#header);
      await this.#write(this.#header);
    }
  }

  /** Turns the draft into the archive. Its last frame must be a checkpoint. Throws as DraftPlace.publish does. */
  async publish(): Promise<void> {
    await orArchiveError(this.#place.part, this.#handle.sync());
    await this.#handle.close();
    await this.#place.publish();
  }

  /** Leaves the part for the next export. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#unwritten.push(bytes);
    this.#unwrittenBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#unwrittenBytes >= WRITE_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    await orArchiveError(this.#place.part, this.#handle.appendFile(Buffer.concat(this.#unwritten)));
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
  }

  /** Drops all bytes from number `bytes` on. `hash` has taken those before. */
  async #cut(bytes: number, hash: Sha256): Promise<void> {
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    await orArchiveError(this.#place.part, this.#handle.truncate(bytes));
    this.#bytes = bytes;
    this.#hash = hash.copy();
  }
}

/**
 * What a file holds of the ledger; nothing if there is no such file. Throws ArchiveError if it is not a whole archive of
 * that ledger. A `part` need only begin like one: it counts up to its last checkpoint.
 */
async function readDraft(file: string, wanted: ArchiveHeader, part: boolean): Promise<FoundDraft> {
  const found: FoundDraft = { points: [], contents: new ArchiveContents() };
  const handle = await openToRead(file);
  if (handle === null) return found;
  let begun = false;
  try {
    begun = part && (await isBeginning(handle, encodeHeader(wanted)));
    for await (const piece of scanArchive(handle, file)) {
      if (piece.kind === 'header') checkHeader(file, piece.header, wanted);
      else if (piece.kind === 'checkpoint') found.points.push({ frame: piece.frame, tally: found.contents.tally });
      else {
        const { log, at } = piece;
        decoded(() => found.contents.add(log.topics.map(toHex), toHex(log.data.subarray(0, 96))), file, at);
      }
    }
  } catch (error) {
    if (!begun || !(error instanceof ArchiveError)) throw error;
  } finally {
    await handle.close();
  }
  return found;
}

/** Whether the file begins with the header, or is cut short in it. */
async function isBeginning(handle: FileHandle, header: Uint8Array): Promise<boolean> {
  const { bytesRead, buffer } = await handle.read(new Uint8Array(header.length), 0, header.length, 0);
  return equalBytes(buffer.subarray(0, bytesRead), header.subarray(0, bytesRead));
}
