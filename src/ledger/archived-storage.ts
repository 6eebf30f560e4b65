// What the contract would store of one ledger, recomputed from the events of an archive: for whoever checks receipts without a
// network. Every batch's root is computed again from all that its event tells, so the file agrees with itself; that it tells
// what was appended, and all of it, is its maker's word. archive/verify.ts compares an archive with the contract.

import { ArchiveError } from '../archive/format.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import { batchFault } from '../contract/storage-check.ts';
import type {
  Complaints,
  ContractEvent,
  EventArguments,
  LedgerState,
  QueryFee,
  QueryState,
  StoredBatch,
} from '../contract/types.ts';
import type { ContractStorage } from '../contract/views.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import { ArchivedQueries } from './archived-queries.ts';
import { ComplaintTally } from './complaints.ts';

const EVENTS = [
  'LedgerOpened',
  'EpochBegun',
  'ServerJoined',
  'BatchAppended',
  'ComplaintFiled',
  'ComplaintWithdrawn',
  'ComplaintJustified',
  'RecordVoided',
  'QueryOpened',
  'QueryContinued',
  'QueryCancelled',
  'ConsentRevoked',
  'AnswerAccepted',
  'FeeOffered',
  'FeeEarned',
  'FeeRefunded',
] as const;
type ArchivedEvent = ContractEvent<(typeof EVENTS)[number]>;

/** What is called while an archive is read. */
export interface ArchivedStorageOptions {
  /** Called after each batch. */
  onProgress?: (progress: { batches: number; total: number }) => void;
  /** Ends the reading with its reason. */
  signal?: AbortSignal;
}

/** What the contract's storage would be after an archive's events, recomputed: the archive's maker is believed. */
export class ArchivedStorage implements ContractStorage {
  readonly chainId: bigint;
  readonly address: Uint8Array;
  readonly #reader: ArchiveReader;
  readonly #engine: Engine;
  readonly #batches: StoredBatch[] = [];
  readonly #queries = new ArchivedQueries();
  #complaints: ComplaintTally | undefined;
  #opened: EventArguments['LedgerOpened'] | undefined;
  #epoch: Pick<LedgerState, 'epoch' | 'joined' | 'committee' | 'digest'> | undefined;

  private constructor(reader: ArchiveReader, engine: Engine) {
    this.chainId = reader.header.chainId;
    this.address = reader.header.contract;
    this.#reader = reader;
    this.#engine = engine;
  }

  /** Reads the whole archive. Throws ArchiveError where a batch does not fit the root that its event tells, or is out of order. */
  static async read(
    reader: ArchiveReader,
    engine: Engine,
    { onProgress, signal }: ArchivedStorageOptions = {},
  ): Promise<ArchivedStorage> {
    const storage = new ArchivedStorage(reader, engine);
    for await (const event of reader.read(EVENTS)) {
      signal?.throwIfAborted();
      storage.#add(event);
      if (event.event === 'BatchAppended') onProgress?.({ batches: event.index + 1, total: reader.batches });
    }
    return storage;
  }

  /** Throws ArchiveError for a ledger that the archive is not of: it cannot know. */
  async isOpen(ledgerId: Uint8Array): Promise<boolean> {
    this.#checkLedger(ledgerId);
    return this.#opened !== undefined;
  }

  async getLedger(ledgerId: Uint8Array): Promise<LedgerState> {
    this.#checkLedger(ledgerId);
    const opened = this.#known(this.#opened, 'LedgerOpened');
    const { threshold, servers, minRecords } = opened.terms;
    const last = this.#batches.at(-1);
    return {
      hospital: opened.hospital,
      threshold,
      seats: servers.length,
      minRecords,
      ...this.#known(this.#epoch, 'EpochBegun'),
      hasVoids: this.#known(this.#complaints, 'LedgerOpened').everVoid.length > 0,
      nextBatch: this.#batches.length,
      nextRecordId: last === undefined ? 0 : last.firstRecordId + last.count,
    };
  }

  async getBatch(ledgerId: Uint8Array, index: number): Promise<StoredBatch> {
    this.#checkLedger(ledgerId);
    const batch = this.#batches[index];
    if (batch !== undefined) return batch;
    const message = `${this.#reader.file} has no batch ${index}; it has ${this.#batches.length}`;
    throw new MIStoreError('UNKNOWN_BATCH', message, { index });
  }

  /** What stands against a record after the archive's last event. */
  async complaintsOf(ledgerId: Uint8Array, recordId: number): Promise<Complaints> {
    this.#checkLedger(ledgerId);
    const { standing, justified, isVoid } = this.#known(this.#complaints, 'LedgerOpened').of(recordId);
    return { standing, justified, isVoid };
  }

  /** Where a query (32 bytes) stood after the archive's last event. */
  async queryState(queryId: Uint8Array): Promise<QueryState> {
    return this.#queries.state(queryId);
  }

  /** What a query paid for each answer, and what was left of it. Wei. */
  async feeOf(queryId: Uint8Array): Promise<QueryFee> {
    return this.#queries.fee(queryId, this.#known(this.#opened, 'LedgerOpened').terms.threshold);
  }

  #add(event: ArchivedEvent): void {
    switch (event.event) {
      case 'LedgerOpened': {
        const { threshold, servers } = event.terms;
        this.#opened = event;
        this.#complaints = new ComplaintTally({ threshold, seats: servers.length });
        break;
      }
      case 'EpochBegun':
        this.#epoch = { epoch: event.epoch, joined: 0, committee: event.committee, digest: event.digest };
        break;
      case 'ServerJoined':
        if (this.#epoch?.epoch === event.epoch) this.#epoch.joined++;
        break;
      case 'BatchAppended':
        this.#append(event);
        break;
      case 'ComplaintFiled':
      case 'ComplaintWithdrawn':
      case 'ComplaintJustified':
      case 'RecordVoided':
        this.#known(this.#complaints, 'LedgerOpened').add(event);
        break;
      default:
        this.#queries.add(event);
    }
  }

  #append(batch: EventArguments['BatchAppended']): void {
    const { threshold } = this.#known(this.#opened, 'LedgerOpened').terms;
    const last = this.#batches.at(-1);
    const next = {
      index: this.#batches.length,
      firstRecordId: last === undefined ? 0 : last.firstRecordId + last.count,
    };
    const { root, firstRecordId, count } = batch;
    const fault = batchFault(this.#engine, threshold, batch, next, batch);
    if (fault === null) this.#batches.push({ root: root.slice(), firstRecordId, count });
    else throw this.#broken(`batch ${next.index}: ${fault}`, { batch: next.index });
  }

  #known<T>(value: T | undefined, event: string): T {
    if (value !== undefined) return value;
    throw this.#broken(`it has no ${event}, or too late`);
  }

  #broken(why: string, details: Record<string, unknown> = {}): ArchiveError {
    return new ArchiveError(this.#reader.file, `contradicts itself: ${why}`, details);
  }

  #checkLedger(ledgerId: Uint8Array): void {
    if (equalBytes(ledgerId, this.#reader.ledgerId)) return;
    const [own, asked]: Hex[] = [toHex(this.#reader.ledgerId), toHex(ledgerId)];
    throw new ArchiveError(this.#reader.file, `is of ledger ${own}, not of ledger ${asked}`, { ledgerId: asked });
  }
}
