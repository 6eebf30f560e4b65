// The events of one ledger, read from an archive: for a party whose node has pruned its logs. Later events come from the
// chain, if a contract is given. The file is checked to be whole and undamaged; whether it is true, verify.ts checks. Takes
// about 250 bytes of memory for each event; batches stay on disk.
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import { readBlock } from '../chain/state.ts';
import { decodeEvent, topicOf } from '../contract/abi.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { type BlockRange, EventReader, type EventSource, topicsOf, type Where } from '../contract/events.ts';
import type { ContractEvent, EventName } from '../contract/types.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { openBlob } from './blob-file.ts';
import { openDiskFile } from './disk-file.ts';
import { type ArchiveIndex, type IndexedEvent, indexArchive, topicKey } from './event-index.ts';
import type { OpenFile } from './file-bytes.ts';
import {
  ArchiveError,
  type ArchiveHeader,
  type Checkpoint,
  checkHeader,
  decodeBody,
  decoded,
  rawLog,
} from './format.ts';

/** What an archive is read together with. */
export interface ArchiveOptions {
  /** Where later events come from. Without it there are only the events of the file. */
  contract?: MIStoreContract;
  /**
   * Called once if the node has pruned later logs too, so that events other than batches end with the archive. A missing
   * batch is always an error.
   */
  onPruned?: (error: IncompleteLogsError) => void;
}

const BATCH = topicKey(topicOf('BatchAppended'));

export class ArchiveReader implements EventSource {
  /** Path or name of the file. */
  readonly file: string;
  readonly header: ArchiveHeader;
  /** Ascending by block. */
  readonly checkpoints: readonly Checkpoint[];
  readonly bytes: number;
  readonly #handle: OpenFile;
  readonly #events: readonly IndexedEvent[];
  readonly #batches: readonly IndexedEvent[];
  readonly #contract: MIStoreContract | undefined;
  readonly #later: EventReader | undefined;
  #onPruned: ArchiveOptions['onPruned'];

  private constructor(
    file: string,
    handle: OpenFile,
    { header, checkpoints, events, bytes }: ArchiveIndex,
    { contract, onPruned }: ArchiveOptions,
  ) {
    this.file = file;
    this.header = header;
    this.checkpoints = checkpoints;
    this.bytes = bytes;
    this.#handle = handle;
    this.#events = events;
    this.#batches = events.filter(({ topics }) => topics.startsWith(BATCH));
    this.#contract = contract;
    this.#later = contract && new EventReader({ rpc: contract.rpc, address: contract.address });
    this.#onPruned = onPruned;
  }

  /**
   * Reads the whole file once: a path, or a Blob (in a browser, which has no paths, a File). Throws ArchiveError if it is
   * damaged, cut short, or not of `contract`.
   */
  static async open(file: string | Blob, options: ArchiveOptions = {}): Promise<ArchiveReader> {
    const handle = typeof file === 'string' ? await openDiskFile(file) : openBlob(file);
    const { name } = handle;
    try {
      const index = await indexArchive(handle, name);
      if (options.contract) await checkChain(name, index, options.contract);
      return new ArchiveReader(name, handle, index, options);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** 32 bytes. */
  get ledgerId(): Uint8Array {
    return this.header.ledgerId;
  }

  /** The archive has all events up to and including this block. */
  get block(): number {
    return this.checkpoints.at(-1)!.block;
  }

  get events(): number {
    return this.#events.length;
  }

  /** Number of batches in the file. */
  get batches(): number {
    return this.#batches.length;
  }

  /** As EventSource.read, for this ledger only: throws ArchiveError for another. */
  async *read<N extends EventName>(
    names: N | readonly N[],
    where: Where<N> = {},
    { fromBlock = 0, toBlock = Number.POSITIVE_INFINITY }: BlockRange = {},
  ): AsyncGenerator<ContractEvent<N>> {
    const { ledgerId = [] } = where as Where<'BatchAppended'>;
    for (const asked of ledgerId instanceof Uint8Array ? [ledgerId] : ledgerId) this.#checkLedger(asked);
    const kinds: readonly N[] = Array.isArray(names) ? names : [names as N];
    const filters = kinds.map((name) => topicsOf(name, where).map(keysOf));
    const matches = ({ topics }: IndexedEvent) =>
      filters.some((filter) => filter.every((keys, i) => keys?.some((key) => topics.startsWith(key, 32 * i)) ?? true));
    for (const indexed of fromBlock > this.block ? [] : this.#events) {
      if (!matches(indexed)) continue;
      const event = await this.#decode(indexed);
      if (event.blockNumber >= fromBlock && event.blockNumber <= toBlock) yield event as unknown as ContractEvent<N>;
    }
    const later = {
      fromBlock: Math.max(fromBlock, this.block + 1),
      ...(toBlock < Number.POSITIVE_INFINITY && { toBlock }),
    };
    for await (const event of this.#laterEvents(kinds, where, later)) yield event;
  }

  /** Every event of the file, and none from the chain. */
  async *readAll(): AsyncGenerator<ContractEvent> {
    for (const event of this.#events) yield this.#decode(event);
  }

  /** As EventSource.readBatches, for this ledger only: throws ArchiveError for another. */
  async *readBatches(ledgerId: Uint8Array, from = 0): AsyncGenerator<ContractEvent<'BatchAppended'>> {
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

  /** As EventSource.readBatch, for this ledger only: throws ArchiveError for another. */
  async readBatch(ledgerId: Uint8Array, index: number): Promise<ContractEvent<'BatchAppended'>> {
    this.#checkLedger(ledgerId);
    if (index < this.#batches.length || !this.#later) return this.batch(index);
    return this.#later.readBatch(ledgerId, index, this.block + 1);
  }

  /** Batch number `index`, which must be in the file. */
  async batch(index: number): Promise<ContractEvent<'BatchAppended'>> {
    const indexed = this.#batches[index];
    if (indexed === undefined) throw new ArgumentError('batch', index, `one of the archive's ${this.#batches.length}`);
    const event = (await this.#decode(indexed)) as ContractEvent<'BatchAppended'>;
    if (event.index === index) return event;
    throw new ArchiveError(this.file, `has batch ${event.index} where batch ${index} should be`, { batch: index });
  }

  /** May be called more than once. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async *#laterEvents<N extends EventName>(
    kinds: readonly N[],
    where: Where<N>,
    range: BlockRange,
  ): AsyncGenerator<ContractEvent<N>> {
    if (this.#later === undefined) return;
    try {
      for await (const event of this.#later.read(kinds, where, range)) {
        if (!('ledgerId' in event) || equalBytes(event.ledgerId, this.ledgerId)) yield event;
      }
    } catch (error) {
      if (!(error instanceof IncompleteLogsError)) throw error;
      this.#onPruned?.(error);
      this.#onPruned = undefined;
    }
  }

  async #decode({ at, length }: IndexedEvent): Promise<ContractEvent> {
    const body = new Uint8Array(length);
    const { bytesRead } = await this.#handle.read(body, 0, length, at);
    const log = bytesRead === length ? decodeBody(body) : null;
    if (log === null || 'digest' in log) throw new ArchiveError(this.file, 'has changed while it was in use');
    const event = decoded(() => decodeEvent(rawLog(this.header.contract, log)), this.file, at);
    if (event === null) throw new ArchiveError(this.file, `has an unknown event at byte ${at}`, { byte: at });
    return event;
  }

  #checkLedger(ledgerId: Uint8Array | undefined): void {
    if (ledgerId === undefined || equalBytes(ledgerId, this.ledgerId)) return;
    throw new ArchiveError(this.file, `is of ledger ${toHex(this.ledgerId)}, not of ledger ${toHex(ledgerId)}`, {
      ledgerId: toHex(ledgerId),
    });
  }
}

/** Keys of the topics that an event may have in one place; null for any. */
const keysOf = (topic: Hex | readonly Hex[] | null): string[] | null =>
  topic === null ? null : (typeof topic === 'string' ? [topic] : topic).map(topicKey);

/** Throws ArchiveError if the archive is of another contract, or its last block is no longer in the chain. */
async function checkChain(
  file: string,
  { header, checkpoints }: ArchiveIndex,
  { chainId, address, rpc }: MIStoreContract,
): Promise<void> {
  checkHeader(file, header, { chainId, contract: address, ledgerId: header.ledgerId });
  const { block, blockHash } = checkpoints.at(-1)!;
  const known = await readBlock(rpc, block);
  if (known === null || known.hash === blockHash) return;
  throw new ArchiveError(file, `was reorganised: block ${block} of the chain is now another; export it again`, {
    block,
  });
}
