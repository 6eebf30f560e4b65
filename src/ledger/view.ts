// A ledger as the chain shows it, to every party alike: its terms, and its batches decoded.
import { type Hex, toHex } from '../bytes.ts';
import { termsFault } from '../contract/storage-check.ts';
import type { EventArguments, LedgerState } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import { BatchTree } from '../records/merkle.ts';
import { type Columns, decodeRecords, KEY_BYTES, leaves, TAG_BYTES } from '../records/record.ts';
import { type Committee, commitmentBytes, correctionBytes, DEALING } from '../vss/dealing.ts';
import type { BatchPosition } from '../vss/pads.ts';
import { findEvent } from './find-event.ts';
import type { Site } from './site.ts';

/** The terms that a ledger was opened with, which never change. */
export type LedgerOpening = EventArguments['LedgerOpened'];

export class LedgerView {
  readonly #site: Site;
  readonly opening: LedgerOpening;

  private constructor(site: Site, opening: LedgerOpening) {
    this.#site = site;
    this.opening = opening;
  }

  /**
   * Loads the ledger's terms from the events and compares them with the contract's storage: whoever deals to the servers that
   * an archive names must know that they are the ledger's. Throws UNKNOWN_LEDGER, FORGED_TERMS where they differ, and
   * UNSUPPORTED_DEALING for a ledger that a later version opened.
   */
  static async load(site: Site, ledgerId: bigint): Promise<LedgerView> {
    const view = await LedgerView.loadUnchecked(site, ledgerId);
    const [state, servers] = await Promise.all([view.state(), site.contract.getServers(ledgerId)]);
    const fault = termsFault(view.opening, state, servers);
    if (fault === null) return view;
    throw new MIStoreError('FORGED_TERMS', `ledger ${ledgerId} is not what its events say: ${fault}`, { ledgerId });
  }

  /** As load, but without the comparison: the terms are whatever the events say. */
  static async loadUnchecked(site: Site, ledgerId: bigint): Promise<LedgerView> {
    let count = 0n;
    const opening = await findEvent(site.events, 'LedgerOpened', { ledgerId }, async () => {
      count = await site.contract.ledgerCount();
      return ledgerId >= 1n && ledgerId <= count;
    });
    if (opening === null) {
      throw new MIStoreError(
        'UNKNOWN_LEDGER',
        `there is no ledger ${ledgerId}; the contract has ${count} (numbers from 1)`,
        { ledgerId },
      );
    }
    if (opening.dealing !== DEALING) {
      throw new MIStoreError(
        'UNSUPPORTED_DEALING',
        `ledger ${ledgerId} uses dealing ${opening.dealing}; this program supports ${DEALING}`,
      );
    }
    return new LedgerView(site, opening);
  }

  get ledgerId(): bigint {
    return this.opening.ledgerId;
  }

  get committee(): Committee {
    return { threshold: this.opening.threshold, seats: this.opening.servers.length };
  }

  state(): Promise<LedgerState> {
    return this.#site.contract.getLedger(this.ledgerId);
  }

  /** The batches from number `from` on, in order, without gaps. */
  async *batches(from = 0): AsyncGenerator<LedgerBatch> {
    for await (const event of this.#site.events.readBatches(this.ledgerId, from))
      yield new LedgerBatch(this.#site.engine, this.committee, event);
  }

  /** Batch number `index`. Throws UNKNOWN_BATCH. */
  async batch(index: number): Promise<LedgerBatch> {
    for await (const batch of this.batches(index)) return batch;
    throw new MIStoreError('UNKNOWN_BATCH', `ledger ${this.ledgerId} has no batch ${index}`, { index });
  }
}

/** One batch on chain; row k of each column is record firstRecordId + k. */
export class LedgerBatch {
  readonly committee: Committee;
  readonly event: EventArguments['BatchAppended'];
  readonly columns: Columns;
  readonly #engine: Engine;
  #tree: BatchTree | undefined;

  constructor(engine: Engine, committee: Committee, event: EventArguments['BatchAppended']) {
    this.#engine = engine;
    this.committee = committee;
    this.event = event;
    this.columns = decodeRecords(committee, event.records);
  }

  get position(): BatchPosition {
    const { ledgerId, index, nonce } = this.event;
    return { ledgerId, index, nonce };
  }

  get tree(): BatchTree {
    const { records, firstRecordId } = this.event;
    this.#tree ??= new BatchTree(this.#engine, leaves(this.#engine, this.committee, records, firstRecordId));
    return this.#tree;
  }

  /** Tag of record k, 20 bytes as 0x-hex. */
  tag(k: number): Hex {
    return toHex(this.columns.tags.subarray(TAG_BYTES * k, TAG_BYTES * (k + 1)));
  }

  /** Key of record k, 8 bytes. */
  key(k: number): Uint8Array {
    return this.columns.keys.subarray(KEY_BYTES * k, KEY_BYTES * (k + 1));
  }

  /** Commitments of record k: t compressed points. */
  commitments(k: number): Uint8Array {
    const size = commitmentBytes(this.committee);
    return this.columns.commitments.subarray(size * k, size * (k + 1));
  }

  /** The corrections of the records with these numbers, concatenated. */
  corrections(numbers: readonly number[]): Uint8Array {
    const size = correctionBytes(this.committee);
    const out = new Uint8Array(size * numbers.length);
    numbers.forEach((k, row) => {
      out.set(this.columns.corrections.subarray(size * k, size * (k + 1)), size * row);
    });
    return out;
  }

  /** Numbers of the records whose id is in `recordIds` (ascending), ascending. */
  places(recordIds: readonly number[]): number[] {
    const { firstRecordId, count } = this.event;
    return recordIds.filter((id) => id >= firstRecordId && id < firstRecordId + count).map((id) => id - firstRecordId);
  }
}
