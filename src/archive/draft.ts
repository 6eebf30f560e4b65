// An archive being written: FILE.part, which becomes FILE in one step when it is whole, and from whose last checkpoint
// the next attempt goes on when it is not. One writer at a time; two would spoil the part, which is noticed.
import { createHash, type Hash } from 'node:crypto';
import { constants, copyFile, type FileHandle, open, rename } from 'node:fs/promises';
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import type { RawLog } from '../chain/types.ts';
import { ArchiveContents, type Tally } from './contents.ts';
import { ArchiveError, type ArchiveHeader, encodeCheckpoint, encodeEvent, encodeHeader } from './format.ts';
import { type Mark, scanArchive } from './scan.ts';

/** A checkpoint and what the file holds up to it. */
interface Kept {
  mark: Mark;
  tally: Tally;
}

/** Bytes that are gathered before they are written. */
const PIECE = 2 ** 20;

export class ArchiveDraft {
  readonly contents: ArchiveContents;
  readonly #file: string;
  readonly #header: Uint8Array;
  readonly #handle: FileHandle;
  readonly #kept: Kept[];
  #hash = createHash('sha256');
  #bytes = 0;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;

  private constructor(file: string, header: Uint8Array, handle: FileHandle, { contents, kept }: Read) {
    this.#file = file;
    this.#header = header;
    this.#handle = handle;
    this.contents = contents;
    this.#kept = kept;
  }

  /**
   * Continues the part of an export that was interrupted, or else FILE, or else starts anew. Throws ArchiveError where
   * FILE is something else, damaged, or of another ledger: it is never replaced by an archive that is not its successor.
   */
  static async open(file: string, header: ArchiveHeader): Promise<ArchiveDraft> {
    const part = partOf(file);
    const whole = await readKept(file, header, false);
    const begun = await readKept(part, header, true);
    const reached = ({ kept }: Read) => kept.at(-1)?.mark.block ?? -1;
    const best = reached(begun) > reached(whole) ? begun : whole;
    if (best === whole && best.kept.length > 0) await copyFile(file, part, constants.COPYFILE_FICLONE);
    const draft = new ArchiveDraft(file, encodeHeader(header), await open(part, 'a'), best);
    await draft.rewind();
    return draft;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get last(): Mark | undefined {
    return this.#kept.at(-1)?.mark;
  }

  /** Bytes since the last checkpoint. */
  get unmarked(): number {
    return this.#bytes - (this.last?.end ?? 0);
  }

  async append(log: RawLog): Promise<void> {
    const frame = encodeEvent(log);
    this.contents.add(log.topics, log.data);
    this.#hash.update(frame);
    await this.#write(frame);
  }

  /** States that all events up to and including this block are in the file. Takes the place of one with none after it. */
  async checkpoint(block: number, blockHash: Hex): Promise<void> {
    const { tally } = this.contents;
    if (this.last?.block === block) return;
    if (this.last?.events === tally.events) await this.#cut(this.last.start, this.#kept.pop()!.mark.before);
    const start = this.#bytes;
    const before = this.#hash.copy();
    await this.#write(encodeCheckpoint({ block, blockHash, events: tally.events }, this.#hash));
    await this.#flush();
    const [end, hash] = [this.#bytes, this.#hash.copy()];
    this.#kept.push({ mark: { block, blockHash, events: tally.events, start, end, before, hash }, tally });
  }

  /** Cuts off what follows the last checkpoint that passes. */
  async rewind(passes: (mark: Mark) => Promise<boolean> = async () => true): Promise<void> {
    while (this.last !== undefined && !(await passes(this.last))) this.#kept.pop();
    const { mark, tally } = this.#kept.at(-1) ?? { mark: undefined, tally: new ArchiveContents().tally };
    this.contents.rewind(tally);
    await this.#cut(mark?.end ?? 0, mark?.hash ?? createHash('sha256'));
    if (mark === undefined) {
      this.#hash.update(this.#header);
      await this.#write(this.#header);
    }
  }

  /** Makes the draft the archive; its last frame must be a checkpoint. */
  async publish(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(partOf(this.#file), this.#file);
  }

  /** Leaves the part for the next attempt. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#gatheredBytes >= PIECE) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#handle.appendFile(Buffer.concat(this.#gathered));
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  async #cut(bytes: number, hash: Hash): Promise<void> {
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#handle.truncate(bytes);
    this.#bytes = bytes;
    this.#hash = hash.copy();
  }
}

/** What a file was found to hold. */
interface Read {
  kept: Kept[];
  contents: ArchiveContents;
}

const partOf = (file: string): string => `${file}.part`;

/**
 * What a file holds of the ledger; nothing if there is no such file. Throws ArchiveError where it is not a whole archive
 * of that ledger, unless a `part` is enough: then what is right up to its last checkpoint counts.
 */
async function readKept(file: string, wanted: ArchiveHeader, part: boolean): Promise<Read> {
  const read: Read = { kept: [], contents: new ArchiveContents() };
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return read;
    throw error;
  }
  try {
    for await (const found of scanArchive(handle, file)) {
      if (found.kind === 'header') checkHeader(file, found.header, wanted);
      else if (found.kind === 'checkpoint') read.kept.push({ mark: found.mark, tally: read.contents.tally });
      else read.contents.add(found.log.topics.map(toHex), toHex(found.log.data.subarray(0, 64)));
    }
  } catch (error) {
    if (!part || !(error instanceof ArchiveError)) throw error;
  } finally {
    await handle.close();
  }
  return read;
}

/** Throws ArchiveError unless the archive is of this ledger of this contract on this chain. */
export function checkHeader(file: string, header: ArchiveHeader, wanted: ArchiveHeader): void {
  const same =
    header.chainId === wanted.chainId &&
    header.ledgerId === wanted.ledgerId &&
    equalBytes(header.contract, wanted.contract);
  if (same) return;
  throw new ArchiveError(file, `is of ${describe(header)}, not of ${describe(wanted)}`);
}

const describe = ({ chainId, contract, ledgerId }: ArchiveHeader): string =>
  `ledger ${ledgerId} of contract ${toHex(contract)} on chain ${chainId}`;
