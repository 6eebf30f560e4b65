// The events of one ledger out of an archive: what a party reads where its node has pruned its logs. Later events come
// from the chain, if there is one to ask. The file is checked to be whole and undamaged, not to be true: that is
// archive-verify.ts. Keeps about 250 bytes of memory for each event; batches stay on disk.
import { close, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { fromHex } from '../bytes.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import { readBlock } from '../chain/state.ts';
import { decodeEvent, topicOf } from '../contract/abi.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { EventReader, type EventSource, topicsOf, type Where } from '../contract/events.ts';
import type { ContractEvent, EventName } from '../contract/types.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { checkHeader } from './draft.ts';
import { ArchiveError, type ArchiveHeader, type Checkpoint, decodeBody, rawLog } from './format.ts';
import { type Readable, scanArchive } from './scan.ts';

export interface ArchiveOptions {
  /** Where later events come from. Without it there are only those of the file. */
  contract?: MIStoreContract;
  /** Told once if the node has pruned later logs too, so that events end with the archive. Batches never end unnoticed. */
  onPruned?: (error: IncompleteLogsError) => void;
}

/** Where an event's frame is, and its topics as one binary string: compact, and quick to compare. */
interface Entry {
  at: number;
  length: number;
  topics: string;
}

const BATCH = binary(topicOf('BatchAppended'));

export class ArchiveReader implements EventSource {
  readonly file: string;
  readonly header: ArchiveHeader;
  /** The last has `block`: up to and including it, the archive has all events. */
  readonly checkpoints: readonly Checkpoint[];
  readonly bytes: number;
  readonly #handle: OpenFile;
  readonly #entries: readonly Entry[];
  readonly #batches: readonly Entry[];
  readonly #contract: MIStoreContract | undefined;
  readonly #later: EventReader | undefined;
  #onPruned: ArchiveOptions['onPruned'];

  private constructor(
    file: string,
    handle: OpenFile,
    found: { header: ArchiveHeader; checkpoints: Checkpoint[]; entries: Entry[]; bytes: number },
    { contract, onPruned }: ArchiveOptions,
  ) {
    this.file = file;
    this.header = found.header;
    this.checkpoints = found.checkpoints;
    this.bytes = found.bytes;
    this.#handle = handle;
    this.#entries = found.entries;
    this.#batches = found.entries.filter(({ topics }) => topics.startsWith(BATCH));
    this.#contract = contract;
    this.#later = contract && new EventReader({ rpc: contract.rpc, address: contract.address });
    this.#onPruned = onPruned;
  }

  /** Reads the whole file once. Throws ArchiveError where it is damaged, cut short, or not of `contract`. */
  static async open(file: string, options: ArchiveOptions = {}): Promise<ArchiveReader> {
    const handle = await openFile(file);
    try {
      const checkpoints: Checkpoint[] = [];
      const entries: Entry[] = [];
      let header: ArchiveHeader | undefined;
      let bytes = 0;
      for await (const part of scanArchive(handle, file)) {
        if (part.kind === 'header') header = part.header;
        else if (part.kind === 'event') entries.push(entryOf(part));
        else {
          const { block, blockHash, events, end } = part.mark;
          checkpoints.push({ block, blockHash, events });
          bytes = end;
        }
      }
      if (options.contract) await checkChain(file, header!, checkpoints.at(-1)!, options.contract);
      return new ArchiveReader(file, handle, { header: header!, checkpoints, entries, bytes }, options);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get ledgerId(): bigint {
    return this.header.ledgerId;
  }

  /** The archive has all events up to and including this block. */
  get block(): number {
    return this.checkpoints.at(-1)!.block;
  }

  get events(): number {
    return this.#entries.length;
  }

  /** As EventReader.read, of this ledger only. */
  async *read<N extends EventName>(names: N | readonly N[], where: Where<N> = {}): AsyncGenerator<ContractEvent<N>> {
    this.#checkLedger((where as { ledgerId?: bigint }).ledgerId);
    const kinds: readonly N[] = Array.isArray(names) ? names : [names as N];
    const filters = kinds.map((name) => topicsOf(name, where).map((topic) => topic && binary(topic)));
    const matches = ({ topics }: Entry) =>
      filters.some((filter) => filter.every((topic, i) => topic === null || topics.startsWith(topic, 32 * i)));
    for (const entry of this.#entries)
      if (matches(entry)) yield (await this.#event(entry)) as unknown as ContractEvent<N>;
    for await (const event of this.#laterEvents(kinds, where)) yield event;
  }

  /** Every event of the file, and none of the chain. */
  async *readAll(): AsyncGenerator<ContractEvent> {
    for (const entry of this.#entries) yield this.#event(entry);
  }

  /** As EventReader.readBatches, of this ledger only. */
  async *readBatches(ledgerId: bigint, from = 0): AsyncGenerator<ContractEvent<'BatchAppended'>> {
    this.#checkLedger(ledgerId);
    checkInteger('from', from, 0, Number.MAX_SAFE_INTEGER);
    const stored = (await this.#contract?.getLedger(ledgerId))?.nextBatch ?? this.#batches.length;
    if (stored < this.#batches.length) {
      throw new ArchiveError(this.file, `has ${this.#batches.length} batches, the contract ${stored}: export it again`);
    }
    for (let index = from; index < this.#batches.length; index++) yield this.batch(index);
    if (stored > this.#batches.length) {
      yield* this.#later!.readBatches(ledgerId, Math.max(from, this.#batches.length), this.block + 1);
    }
  }

  /** Batch number `index` of those in the file. */
  async batch(index: number): Promise<ContractEvent<'BatchAppended'>> {
    const entry = this.#batches[index];
    if (entry === undefined) throw new ArgumentError('batch', index, `one of the archive's ${this.#batches.length}`);
    const event = (await this.#event(entry)) as ContractEvent<'BatchAppended'>;
    if (event.index === index) return event;
    throw new ArchiveError(this.file, `has batch ${event.index} where batch ${index} should be`, { batch: index });
  }

  /** Can be called again. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async *#laterEvents<N extends EventName>(kinds: readonly N[], where: Where<N>): AsyncGenerator<ContractEvent<N>> {
    if (this.#later === undefined) return;
    try {
      for await (const event of this.#later.read(kinds, where, { fromBlock: this.block + 1 })) {
        if (!('ledgerId' in event) || event.ledgerId === this.ledgerId) yield event;
      }
    } catch (error) {
      if (!(error instanceof IncompleteLogsError)) throw error;
      this.#onPruned?.(error);
      this.#onPruned = undefined;
    }
  }

  async #event({ at, length }: Entry): Promise<ContractEvent> {
    const body = new Uint8Array(length);
    const { bytesRead } = await this.#handle.read(body, 0, length, at);
    const log = bytesRead === length ? decodeBody(body) : null;
    if (log === null || 'digest' in log) throw new ArchiveError(this.file, 'has changed while it was in use');
    const event = decodeEvent(rawLog(this.header.contract, log));
    if (event === null) throw new ArchiveError(this.file, `has an unknown event at byte ${at}`, { byte: at });
    return event;
  }

  #checkLedger(ledgerId: bigint | undefined): void {
    if (ledgerId === undefined || ledgerId === this.ledgerId) return;
    throw new ArchiveError(this.file, `is of ledger ${this.ledgerId}, not of ledger ${ledgerId}`, { ledgerId });
  }
}

interface OpenFile extends Readable {
  close(): Promise<void>;
}

/** By descriptor: a reader lives as long as its party, and a FileHandle that nobody closes complains in the end. */
async function openFile(file: string): Promise<OpenFile> {
  const descriptor = await promisify(open)(file, 'r').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${error.code})`;
    throw new ArchiveError(file, reason);
  });
  let closed: Promise<void> | undefined;
  return {
    read: (buffer, offset, length, position) => promisify(read)(descriptor, buffer, offset, length, position),
    close: () => {
      closed ??= promisify(close)(descriptor);
      return closed;
    },
  };
}

/** Throws ArchiveError unless the archive is of this contract, and of the chain as it now is as far as the node knows. */
async function checkChain(
  file: string,
  header: ArchiveHeader,
  { block, blockHash }: Checkpoint,
  { chainId, address, rpc }: MIStoreContract,
): Promise<void> {
  checkHeader(file, header, { chainId, contract: address, ledgerId: header.ledgerId });
  const known = await readBlock(rpc, block);
  if (known === null || known.hash === blockHash) return;
  throw new ArchiveError(file, `was reorganised: block ${block} of the chain is now another; export it again`, {
    block,
  });
}

function entryOf({ log, at, length }: { log: { topics: Uint8Array[] }; at: number; length: number }): Entry {
  return { at, length, topics: Buffer.concat(log.topics).toString('latin1') };
}

function binary(topic: `0x${string}`): string {
  return Buffer.from(fromHex(topic, 'topic')).toString('latin1');
}
