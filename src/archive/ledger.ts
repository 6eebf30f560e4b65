// The story of one ledger as an archive's events tell it: opened, joined by its servers, activated, filled batch by batch.
// Each event must be possible after those before it and agree with the contract's storage. Faults in words, null where
// all is right.
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import { batchFault, termsFault } from '../contract/storage-check.ts';
import type { BatchState, ContractEvent, LedgerState } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';

type Fault = string | null;

export class ArchivedLedger {
  /** First record id of each batch so far. */
  readonly firstIds: number[] = [];
  records = 0;
  readonly #registered = new Set<Hex>();
  /** Sender and recipient of each. */
  readonly #channels = new Set<string>();
  readonly #engine: Engine;
  readonly #ledgerId: bigint;
  readonly #state: LedgerState;
  readonly #servers: readonly Uint8Array[];
  readonly #joined = new Set<number>();
  #opened = false;
  #activated = false;

  /** `state`, `servers`: as the contract has them. */
  constructor(engine: Engine, ledgerId: bigint, state: LedgerState, servers: readonly Uint8Array[]) {
    this.#engine = engine;
    this.#ledgerId = ledgerId;
    this.#state = state;
    this.#servers = servers;
  }

  get batches(): number {
    return this.firstIds.length;
  }

  /** Any event but a batch, in the chain's order. */
  add(event: ContractEvent): Fault {
    if ('ledgerId' in event && event.ledgerId !== this.#ledgerId)
      return `${event.event} is of ledger ${event.ledgerId}`;
    switch (event.event) {
      case 'Registered':
        this.#registered.add(toHex(event.account));
        return null;
      case 'ChannelOpened':
        this.#channels.add(channel(event.from, event.to));
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

  /** `stored`: what the contract has of the batch; null if nothing. */
  append(batch: ContractEvent<'BatchAppended'>, stored: BatchState | null): Fault {
    if (batch.ledgerId !== this.#ledgerId) return `it is of ledger ${batch.ledgerId}`;
    if (!this.#activated) return 'it stands before LedgerActivated';
    if (stored === null) return 'the contract has no such batch';
    const expected = { index: this.batches, firstRecordId: this.records };
    const fault = batchFault(this.#engine, this.#state, batch, expected, stored);
    if (fault !== null) return fault;
    this.firstIds.push(batch.firstRecordId);
    this.records += batch.count;
    return null;
  }

  hasChannel(from: Uint8Array, to: Uint8Array): boolean {
    return this.#channels.has(channel(from, to));
  }

  /** At the end. `whole`: the state is of the archive's last block, so everything must be there. */
  missing(whole: boolean): Fault {
    const { joined, nextBatch, nextRecordId } = this.#state;
    if (!this.#opened) return 'LedgerOpened is missing';
    for (const [i, server] of this.#servers.entries()) {
      if (!this.#registered.has(toHex(server))) return `the key of ${toHex(server)}, seat ${i + 1}, is missing`;
      if (!this.#joined.has(i + 1) || this.hasChannel(this.#state.hospital, server)) continue;
      return `the hospital's channel to ${toHex(server)}, seat ${i + 1}, is missing`;
    }
    if (!whole) return null;
    if (this.#joined.size !== joined)
      return `${joined} servers have joined; ServerJoined stands ${this.#joined.size} times`;
    if (this.#activated !== (joined === this.#servers.length)) return 'LedgerActivated is missing';
    if (this.batches !== nextBatch) return `batch ${this.batches} is missing: there were ${nextBatch} batches`;
    return this.records === nextRecordId ? null : `there were ${nextRecordId} records, ${this.records} are here`;
  }

  #join({ seat, server }: ContractEvent<'ServerJoined'>): Fault {
    const member = this.#servers[seat - 1];
    if (!this.#opened) return 'ServerJoined stands before LedgerOpened';
    if (member === undefined || !equalBytes(member, server)) return `${toHex(server)} does not have seat ${seat}`;
    if (this.#joined.has(seat)) return `seat ${seat} joins twice`;
    this.#joined.add(seat);
    return null;
  }
}

const channel = (from: Uint8Array, to: Uint8Array): string => toHex(from) + toHex(to);
