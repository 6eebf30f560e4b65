// One ledger as an archive's events describe it: opened with the terms that its id is the hash of, its epochs, its batches.
// Each event must be possible after those before it, and must agree with the contract's storage. Each check returns in words
// what is wrong, or null.
import { equalBytes } from '../../bytes.ts';
import { ledgerIdOf } from '../../contract/ledger-id.ts';
import { batchFault } from '../../contract/storage-check.ts';
import type { EventArguments, LedgerState, StoredBatch } from '../../contract/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Deployment } from '../../identity/channel.ts';
import type { Committee } from '../../sharing/committee.ts';
import { ArchivedEpochs } from './epochs.ts';

export class ArchivedLedger {
  readonly ledgerId: Uint8Array;
  readonly committee: Committee;
  readonly epochs: ArchivedEpochs;
  /** First record id of each batch so far. */
  readonly #firstIds: number[] = [];
  #records = 0;
  readonly #engine: Engine;
  readonly #deployment: Deployment;
  #opening: EventArguments['LedgerOpened'] | undefined;

  /** `state`: as the contract stores it. */
  constructor(engine: Engine, deployment: Deployment, ledgerId: Uint8Array, { threshold, seats }: LedgerState) {
    this.#engine = engine;
    this.#deployment = deployment;
    this.ledgerId = ledgerId;
    this.committee = { threshold, seats };
    this.epochs = new ArchivedEpochs(this.committee);
  }

  get batches(): number {
    return this.#firstIds.length;
  }

  get records(): number {
    return this.#records;
  }

  /** 20 bytes; undefined before LedgerOpened. */
  get hospital(): Uint8Array | undefined {
    return this.#opening?.hospital;
  }

  /** Servers of the terms, 20 bytes each, by seat; none before LedgerOpened. */
  get firstServers(): readonly Uint8Array[] {
    return this.#opening?.terms.servers ?? [];
  }

  /** Number of the batch that holds a record; undefined if none does. */
  batchOf(recordId: number): number | undefined {
    if (recordId >= this.#records) return undefined;
    let [from, to] = [0, this.#firstIds.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (this.#firstIds[middle]! <= recordId) from = middle;
      else to = middle;
    }
    return from;
  }

  open(event: EventArguments['LedgerOpened']): string | null {
    if (this.#opening) return 'it is opened twice';
    this.#opening = event;
    return equalBytes(ledgerIdOf(this.#deployment, event), this.ledgerId) ? null : 'its terms do not hash to its id';
  }

  /** `stored`: what the contract stores of the batch; null if it has no such batch. */
  append(batch: EventArguments['BatchAppended'], stored: StoredBatch | null): string | null {
    const { current, isActive } = this.epochs;
    if (batch.epoch !== current) return `it is of epoch ${batch.epoch}, in epoch ${current}`;
    if (!isActive) return `it comes before EpochActivated of epoch ${current}`;
    if (stored === null) return 'the contract has no such batch';
    const next = { index: this.batches, firstRecordId: this.#records };
    const fault = batchFault(this.#engine, this.committee.threshold, batch, next, stored);
    if (fault !== null) return fault;
    this.#firstIds.push(batch.firstRecordId);
    this.#records += batch.count;
    return null;
  }

  /** After the last event. `state`: as the contract stores it; `whole`: as of the archive's last block. */
  missing(state: LedgerState, whole: boolean): string | null {
    if (!this.#opening) return 'LedgerOpened is missing';
    const fault = this.epochs.missing(state, whole);
    if (fault !== null || !whole) return fault;
    const { nextBatch, nextRecordId } = state;
    if (this.batches !== nextBatch) return `batch ${this.batches} is missing: there were ${nextBatch} batches`;
    return this.#records === nextRecordId
      ? null
      : `there were ${nextRecordId} records; the archive has ${this.#records}`;
  }
}
