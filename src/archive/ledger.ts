// One ledger as an archive's events describe it: opened, joined by its servers, activated, filled batch by batch. Each event
// must be possible after those before it, and must agree with the contract's storage. Each check returns in words what is
// wrong, or null.
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import { batchFault, termsFault } from '../contract/storage-check.ts';
import type { ContractEvent, LedgerState } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { StoredBatch } from '../records/receipt.ts';

export class ArchivedLedger {
  /** First record id of each batch so far. */
  readonly firstIds: number[] = [];
  records = 0;
  readonly #registered = new Set<Hex>();
  /** The channels, each as its sender and recipient. */
  readonly #channels = new Set<string>();
  readonly #engine: Engine;
  readonly #ledgerId: bigint;
  readonly #state: LedgerState;
  readonly #servers: readonly Uint8Array[];
  readonly #joined = new Set<number>();
  #opened = false;
  #activated = false;

  /** `state`, `servers`: as the contract stores them. */
  constructor(engine: Engine, ledgerId: bigint, state: LedgerState, servers: readonly Uint8Array[]) {
    this.#engine = engine;
    this.#ledgerId = ledgerId;
    this.#state = state;
    this.#servers = servers;
  }

  get batches(): number {
    return this.firstIds.length;
  }

  /** Adds any event except a batch. Events and batches must come in the chain's order. */
  add(event: ContractEvent): string | null {
    if ('ledgerId' in event && event.ledgerId !== this.#ledgerId)
      return `its ${event.event} is of ledger ${event.ledgerId}`;
    switch (event.event) {
      case 'Registered':
        this.#registered.add(toHex(event.account));
        return null;
      case 'ChannelOpened':
        this.#channels.add(channelKey(event.from, event.to));
        return null;
      case 'LedgerOpened':
        if (this.#opened) return 'it is opened twice';
        this.#opened = true;
        return termsFault(event, this.#state, this.#servers);
      case 'ServerJoined':
        return this.#join(event);
      case 'LedgerActivated':
        if (this.#activated) return 'it is activated twice';
        this.#activated = true;
        return this.#joined.size === this.#servers.length ? null : 'it is activated before all servers have joined';
      default:
        return null;
    }
  }

  /** Adds a batch. `stored`: what the contract stores of it; null if it has no such batch. */
  append(batch: ContractEvent<'BatchAppended'>, stored: StoredBatch | null): string | null {
    if (batch.ledgerId !== this.#ledgerId) return `it is of ledger ${batch.ledgerId}`;
    if (!this.#activated) return 'it comes before LedgerActivated';
    if (stored === null) return 'the contract has no such batch';
    const next = { index: this.batches, firstRecordId: this.records };
    const fault = batchFault(this.#engine, this.#state, batch, next, stored);
    if (fault !== null) return fault;
    this.firstIds.push(batch.firstRecordId);
    this.records += batch.count;
    return null;
  }

  hasChannel(from: Uint8Array, to: Uint8Array): boolean {
    return this.#channels.has(channelKey(from, to));
  }

  /** After the last event. `whole`: the contract's state is that of the archive's last block, so nothing may be missing. */
  missing(whole: boolean): string | null {
    const { joined, nextBatch, nextRecordId } = this.#state;
    if (!this.#opened) return 'LedgerOpened is missing';
    for (const [i, server] of this.#servers.entries()) {
      if (!this.#registered.has(toHex(server))) return `the key of ${toHex(server)}, seat ${i + 1}, is missing`;
      if (!this.#joined.has(i + 1) || this.hasChannel(this.#state.hospital, server)) continue;
      return `the hospital's channel to ${toHex(server)}, seat ${i + 1}, is missing`;
    }
    if (!whole) return null;
    if (this.#joined.size !== joined)
      return `${joined} servers have joined; there are ${this.#joined.size} events ServerJoined`;
    if (this.#activated !== (joined === this.#servers.length)) return 'LedgerActivated is missing';
    if (this.batches !== nextBatch) return `batch ${this.batches} is missing: there were ${nextBatch} batches`;
    return this.records === nextRecordId ? null : `there were ${nextRecordId} records; the archive has ${this.records}`;
  }

  #join({ seat, server }: ContractEvent<'ServerJoined'>): string | null {
    const member = this.#servers[seat - 1];
    if (!this.#opened) return 'ServerJoined comes before LedgerOpened';
    if (member === undefined || !equalBytes(member, server)) return `${toHex(server)} does not have seat ${seat}`;
    if (this.#joined.has(seat)) return `seat ${seat} joins twice`;
    this.#joined.add(seat);
    return null;
  }
}

const channelKey = (from: Uint8Array, to: Uint8Array): string => toHex(from) + toHex(to);
