// A ledger as the chain shows it: its terms, its epochs, and its batches decoded. What every party reads. Terms and
// committees prove themselves: the ledger's id is the hash of its terms, and a committee hash that of every change of a
// seat, so whoever knows the id is shown no other ledger.
import { equalBytes, toHex } from '../bytes.ts';
import type { BlockTag } from '../chain/types.ts';
import { committeeAfter, ledgerIdOf } from '../contract/ledger-id.ts';
import type { ContractEvent, EventArguments, LedgerState, LedgerTerms } from '../contract/types.ts';
import { MIStoreError } from '../errors.ts';
import { batchLeaves, contentsOf } from '../records/batch.ts';
import { BatchTree } from '../records/merkle.ts';
import { type Columns, decodeRecords, type RecordFields, recordAt, recordCount } from '../records/record.ts';
import type { Committee } from '../sharing/committee.ts';
import { findEvent, readUntilThere } from './find-event.ts';
import { deploymentOf, type ReadingSite } from './site.ts';

/** One set of subset keys of a ledger, and those who hold its seats while it lasts. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Holder of seat i is servers[i − 1], 20 bytes each: what the committee hash is the hash of. */
  servers: readonly Uint8Array[];
  /** 32 bytes. */
  committeeHash: Uint8Array;
  /** SHA-256 of the list of SHA-256(k_A), 32 bytes: the hospital's word until it is compared with keys. */
  digest: Uint8Array;
}

/** An account's time in a seat: it is given one seat of a ledger, once. */
export interface SeatHolding {
  seat: number;
  fromEpoch: number;
  /** First epoch after that in which another holds the seat; null while it is the account's. */
  untilEpoch: number | null;
}

/** Whether a seat was its holder's in an epoch: only those queries opened in it does the holder answer. */
export const heldIn = ({ fromEpoch, untilEpoch }: SeatHolding, epoch: number): boolean =>
  fromEpoch <= epoch && (untilEpoch === null || epoch < untilEpoch);

/** A ledger as events tell it, checked against its id: terms, epochs, holders of seats, batches. */
export class LedgerView {
  /** 32 bytes. */
  readonly ledgerId: Uint8Array;
  /** 20 bytes. */
  readonly hospital: Uint8Array;
  readonly terms: LedgerTerms;
  /** Chosen by the hospital, 32 bytes; part of what the id is the hash of. */
  readonly salt: Uint8Array;
  /** Those that the source of events shows; it can withhold the last ones. */
  readonly epochs: readonly Epoch[];
  readonly #site: ReadingSite;

  private constructor(site: ReadingSite, opened: EventArguments['LedgerOpened'], epochs: readonly Epoch[]) {
    const { ledgerId, hospital, terms, salt } = opened;
    this.#site = site;
    this.ledgerId = ledgerId;
    this.hospital = hospital;
    this.terms = terms;
    this.salt = salt;
    this.epochs = epochs;
  }

  /** Reads a ledger. Throws UNKNOWN_LEDGER, and FORGED_TERMS for events that are not those of a ledger of this id. */
  static async load(site: ReadingSite, ledgerId: Uint8Array): Promise<LedgerView> {
    const opened = await findEvent(site.events, 'LedgerOpened', { ledgerId }, () => site.contract.isOpen(ledgerId));
    if (opened === null) {
      throw new MIStoreError('UNKNOWN_LEDGER', `the contract has no ledger ${toHex(ledgerId)}`, {
        ledgerId: toHex(ledgerId),
      });
    }
    checkTerms(site, ledgerId, opened);
    return new LedgerView(site, opened, await readEpochs(site, ledgerId, opened.terms.servers));
  }

  get committee(): Committee {
    return { threshold: this.terms.threshold, seats: this.terms.servers.length };
  }

  get currentEpoch(): Epoch {
    return this.epochs.at(-1)!;
  }

  /** Throws UNKNOWN_EPOCH. */
  epoch(epoch: number): Epoch {
    const found = this.epochs[epoch - 1];
    if (found) return found;
    throw new MIStoreError('UNKNOWN_EPOCH', `the ledger has no epoch ${epoch}; it has ${this.epochs.length}`, {
      epoch,
    });
  }

  /** Present seat of an account (20 bytes); 0 if it has none. */
  seatOf(account: Uint8Array): number {
    return this.seatIn(this.epochs.length, account);
  }

  /** Seat of an account (20 bytes) in an epoch; 0 if it had none. Throws UNKNOWN_EPOCH. */
  seatIn(epoch: number, account: Uint8Array): number {
    return 1 + this.epoch(epoch).servers.findIndex((server) => equalBytes(server, account));
  }

  /** The seat that an account (20 bytes) has or had; null if it never had one. */
  holdingOf(account: Uint8Array): SeatHolding | null {
    const fromEpoch = 1 + this.epochs.findIndex(({ epoch }) => this.seatIn(epoch, account) > 0);
    if (fromEpoch === 0) return null;
    const until = this.epochs.find(({ epoch }) => epoch > fromEpoch && this.seatIn(epoch, account) === 0);
    return { seat: this.seatIn(fromEpoch, account), fromEpoch, untilEpoch: until?.epoch ?? null };
  }

  /** What the contract stores of it now. */
  state(): Promise<LedgerState> {
    return this.#site.contract.getLedger(this.ledgerId);
  }

  /** The batches from number `from` on, in order, gapless. */
  async *batches(from = 0): AsyncGenerator<LedgerBatch> {
    for await (const event of this.#site.events.readBatches(this.ledgerId, from)) {
      yield new LedgerBatch(this.#site, this.terms.threshold, event);
    }
  }

  /** Batch number `index`, without reading others. Throws UNKNOWN_BATCH. */
  async batch(index: number): Promise<LedgerBatch> {
    try {
      const event = await this.#site.events.readBatch(this.ledgerId, index);
      return new LedgerBatch(this.#site, this.terms.threshold, event);
    } catch (error) {
      const { nextBatch } = await this.state();
      if (index < nextBatch) throw error;
      throw new MIStoreError('UNKNOWN_BATCH', `the ledger has no batch ${index}; it has ${nextBatch}`, { index });
    }
  }
}

/** Throws FORGED_TERMS for an event whose terms do not hash to the ledger's id. */
export function checkTerms(site: ReadingSite, ledgerId: Uint8Array, opened: EventArguments['LedgerOpened']): void {
  if (equalBytes(ledgerIdOf(deploymentOf(site), opened), ledgerId)) return;
  throw forged(ledgerId, 'its terms do not hash to its id');
}

/**
 * The epochs in order, as many as the contract has, each committee hash computed from the one before and from the seat that
 * changed hands, if any. The first committee is that of the terms, its hash the ledger's id.
 */
function readEpochs(site: ReadingSite, ledgerId: Uint8Array, first: readonly Uint8Array[]): Promise<Epoch[]> {
  const read = async (): Promise<Epoch[] | null> => {
    const { epoch: count } = await site.contract.getLedger(ledgerId);
    const epochs: Epoch[] = [];
    let change: EventArguments['SeatChanged'] | undefined;
    for await (const event of site.events.read(['SeatChanged', 'EpochBegun'], { ledgerId })) {
      if (event.epoch !== epochs.length + 1) return null;
      if (event.event === 'SeatChanged') change = event;
      else {
        epochs.push(nextEpoch(event, epochs.at(-1), change, first));
        change = undefined;
      }
    }
    return epochs.length < count || epochs.length === 0 || change ? null : epochs;
  };
  return readUntilThere(read, 'EpochBegun', { ledgerId });
}

/** Throws FORGED_TERMS where the events tell of another committee than their hash. */
function nextEpoch(
  { ledgerId, epoch, committee, digest }: ContractEvent<'EpochBegun'>,
  before: Epoch | undefined,
  change: EventArguments['SeatChanged'] | undefined,
  first: readonly Uint8Array[],
): Epoch {
  const expected = before === undefined ? ledgerId : committeeAfter(before.committeeHash, change && changeOf(change));
  if (!equalBytes(committee, expected)) throw forged(ledgerId, `the committee hash of epoch ${epoch} is wrong`);
  const servers = [...(before?.servers ?? first)];
  if (change) {
    const { seat, from, to } = change;
    if (!before || !servers[seat - 1] || !equalBytes(servers[seat - 1]!, from)) {
      throw forged(ledgerId, `seat ${seat} is taken in epoch ${epoch} from an account that does not hold it`);
    }
    servers[seat - 1] = to;
  }
  return { epoch, servers, committeeHash: expected, digest };
}

const changeOf = ({ seat, to }: EventArguments['SeatChanged']) => ({ seat, server: to });

function forged(ledgerId: Uint8Array, why: string): MIStoreError {
  const id = toHex(ledgerId);
  return new MIStoreError('FORGED_TERMS', `the events of ledger ${id} are not its own: ${why}`, { ledgerId: id });
}

/** One batch on chain; row k of each column is record firstRecordId + k. */
export class LedgerBatch {
  readonly event: EventArguments['BatchAppended'];
  /** Number of records in its bytes. */
  readonly count: number;
  readonly #threshold: number;
  readonly #site: ReadingSite;
  #tree: BatchTree | undefined;
  #columns: Columns | undefined;
  #contents: Uint8Array | undefined;

  constructor(site: ReadingSite, threshold: number, event: EventArguments['BatchAppended']) {
    this.#site = site;
    this.#threshold = threshold;
    this.event = event;
    this.count = recordCount(threshold, event.records);
  }

  /** All records; a copy. For one record, record() costs no more than that record. */
  get columns(): Columns {
    this.#columns ??= decodeRecords(this.#threshold, this.event.records);
    return this.#columns;
  }

  /** SHA-256 of all tags and keys, 32 bytes: what the batch's keystreams are bound to. */
  get contents(): Uint8Array {
    this.#contents ??= contentsOf(this.#threshold, this.event.records);
    return this.#contents;
  }

  /** Over all that the event tells: its root is right only if all of that is. */
  get tree(): BatchTree {
    const { engine } = this.#site;
    this.#tree ??= new BatchTree(engine, batchLeaves(engine, this.#threshold, this.event));
    return this.#tree;
  }

  /** Throws INCONSISTENT_BATCH where the event is not what the contract computed the stored root of, as of `block`. */
  async check(block?: BlockTag): Promise<void> {
    const { ledgerId, index, firstRecordId, count } = this.event;
    const stored = await this.#site.contract.getBatch(ledgerId, index, block);
    const same =
      equalBytes(stored.root, this.tree.root) && stored.firstRecordId === firstRecordId && stored.count === count;
    if (same && count === this.count) return;
    const message = `the event of batch ${index} does not fit the root that the contract stores: the endpoint or archive shows something else than was appended`;
    throw new MIStoreError('INCONSISTENT_BATCH', message, { batch: index });
  }

  /** The tag of record k of the batch, 20 bytes. */
  tag(k: number): Uint8Array {
    return this.#record(k).tag;
  }

  /** The key of record k of the batch, 8 bytes. */
  key(k: number): Uint8Array {
    return this.#record(k).key;
  }

  /** t compressed points of record k. */
  commitments(k: number): Uint8Array {
    return this.#record(k).commitments;
  }

  /** The correction of record k, 32 bytes. */
  correction(k: number): Uint8Array {
    return this.#record(k).correction;
  }

  #record(k: number): RecordFields {
    return recordAt(this.#threshold, this.event.records, k);
  }
}
