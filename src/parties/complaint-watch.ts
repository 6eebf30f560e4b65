// A hospital's watch over complaints about its records (docs/protocol.md, "Complaints"): round after round it reads what stands,
// and reports what has changed. It sends nothing: void records are carried on by an ingest, complaints justified by a person.
import { setTimeout } from 'node:timers/promises';
import { type Hex, toHex } from '../bytes.ts';
import { checkInteger, MIStoreError } from '../errors.ts';
import type { Dealer } from '../ingest/dealer.ts';
import { LedgerComplaints, type RecordComplaints } from '../ledger/complaints.ts';
import type { Site } from '../ledger/site.ts';
import { carryKeys } from './complaints.ts';
import type { Hospital } from './hospital.ts';
import { Trouble } from './server/daemon/trouble.ts';

/** What stands against a record of the hospital's. */
export interface WatchedRecord extends RecordComplaints {
  ledgerId: Hex;
  /** How many more seats must complain to make it void; 0 if it is. */
  toVoid: number;
  /** How many shares of it may still become public by justifying complaints. */
  justifiable: number;
  /** The record that carries its series' total on; null if none does. Not public: it links the two. */
  carriedBy: number | null;
}

/** What happens in a round. An error is reported once, whatever its digits, until the same thing works again. */
export type WatchEvent =
  /** A ledger is watched from now on; so many records have something against them. */
  | { kind: 'watching'; ledgerId: Hex; batches: number; records: number }
  /** Something has changed, or is there when the watch begins. */
  | { kind: 'record'; record: WatchedRecord }
  /** Nothing stands against the record any more. */
  | { kind: 'cleared'; ledgerId: Hex; recordId: number }
  /** A ledger cannot be watched; the others are. */
  | { kind: 'left-out'; ledgerId: Hex; error: MIStoreError }
  /** The list of ledgers cannot be read; the next round tries again. */
  | { kind: 'away'; error: MIStoreError }
  /** … and can be read again. */
  | { kind: 'back' };

/** What is watched, and what is called with it. */
export interface ComplaintWatchOptions {
  /** Watch this ledger only; if not given, every ledger of the hospital. */
  ledgerId?: Uint8Array;
  /** Called with each event as it happens. */
  onEvent?: (event: WatchEvent) => void;
  /** Stops the rounds. */
  signal?: AbortSignal;
}

/** A ledger as far as it is known. */
interface Watched {
  dealer: Dealer;
  records: Map<number, WatchedRecord>;
  /** Record by the void record that it carries on. */
  carriedBy: Map<number, number>;
  /** Number of batches that have been searched for the carry records of these void records. */
  searched: { batches: number; voids: Set<number> };
}

/** Watches what servers complain about in a hospital's ledgers, and which records are void. */
export class ComplaintWatch {
  readonly #site: Site;
  readonly #hospital: Hospital;
  readonly #options: ComplaintWatchOptions;
  readonly #ledgers = new Map<Hex, Watched>();
  readonly #troubles = new Map<Hex, Trouble>();
  readonly #away = new Trouble(0);

  constructor(site: Site, hospital: Hospital, options: ComplaintWatchOptions = {}) {
    this.#site = site;
    this.#hospital = hospital;
    this.#options = options;
  }

  /** What stands after the last round, by ledger and record. */
  get records(): WatchedRecord[] {
    return [...this.#ledgers.values()].flatMap(({ records }) => [...records.values()]);
  }

  /** Ledgers that are watched. */
  get ledgers(): Hex[] {
    return [...this.#ledgers.keys()];
  }

  /** Ledgers that could not be watched in the last round. */
  get leftOut(): { ledgerId: Hex; error: MIStoreError }[] {
    return [...this.#troubles].flatMap(([ledgerId, { error }]) => (error ? [{ ledgerId, error }] : []));
  }

  /** Rounds with `interval` milliseconds between them (1 to 2^31 − 1), until the signal is aborted. */
  async run(interval: number): Promise<void> {
    checkInteger('interval', interval, 1, 2 ** 31 - 1);
    const { signal } = this.#options;
    while (!signal?.aborted) {
      try {
        await this.round();
        if (this.#away.end()) this.#options.onEvent?.({ kind: 'back' });
      } catch (error) {
        if (!(error instanceof MIStoreError)) throw error;
        if (this.#away.add(error)) this.#options.onEvent?.({ kind: 'away', error });
      }
      await setTimeout(interval, undefined, { signal }).catch(() => undefined); // Rejects when it is aborted.
    }
  }

  /** Reads what stands now. Throws where the hospital's ledgers cannot be listed. */
  async round(): Promise<void> {
    const { ledgerId } = this.#options;
    for (const id of ledgerId === undefined ? await this.#ownLedgers() : [ledgerId]) {
      const name = toHex(id);
      try {
        await this.#look(name, id);
        this.#troubles.get(name)?.end();
      } catch (error) {
        if (!(error instanceof MIStoreError)) throw error;
        const trouble = this.#troubles.get(name) ?? new Trouble(0);
        this.#troubles.set(name, trouble);
        if (trouble.add(error)) this.#options.onEvent?.({ kind: 'left-out', ledgerId: name, error });
      }
    }
  }

  async #ownLedgers(): Promise<Uint8Array[]> {
    const own: Uint8Array[] = [];
    const { address: hospital } = this.#hospital;
    for await (const { ledgerId } of this.#site.events.read('LedgerOpened', { hospital })) own.push(ledgerId);
    return own;
  }

  async #look(name: Hex, ledgerId: Uint8Array): Promise<void> {
    const known = this.#ledgers.get(name);
    const watched = known ?? {
      dealer: await this.#hospital.dealer(ledgerId),
      records: new Map(),
      carriedBy: new Map(),
      searched: { batches: 0, voids: new Set() },
    };
    const { dealer, carriedBy } = watched;
    const { threshold, seats } = dealer.ledger.committee;
    const { records } = await LedgerComplaints.read(this.#site, dealer.ledger);
    await searchCarries(watched, records);
    const now = records.map(
      (record): WatchedRecord => ({
        ...record,
        ledgerId: name,
        toVoid: record.isVoid ? 0 : seats - threshold + 1 - record.standing.length,
        justifiable: Math.max(0, threshold - 1 - record.justified.length),
        carriedBy: carriedBy.get(record.recordId) ?? null,
      }),
    );
    if (known === undefined) {
      const { nextBatch } = await dealer.ledger.state();
      this.#options.onEvent?.({ kind: 'watching', ledgerId: name, batches: nextBatch, records: now.length });
    }
    this.#ledgers.set(name, watched);
    this.#report(watched, name, now);
  }

  #report(watched: Watched, ledgerId: Hex, now: readonly WatchedRecord[]): void {
    const before = watched.records;
    watched.records = new Map(now.map((record) => [record.recordId, record]));
    for (const record of now) {
      const was = before.get(record.recordId);
      if (JSON.stringify(was) !== JSON.stringify(record)) this.#options.onEvent?.({ kind: 'record', record });
    }
    for (const recordId of before.keys()) {
      if (!watched.records.has(recordId)) this.#options.onEvent?.({ kind: 'cleared', ledgerId, recordId });
    }
  }
}

/** Looks for the carry records of void records: in batches that are new, or in all for a record that is newly void. */
async function searchCarries(
  { dealer, carriedBy, searched }: Watched,
  records: readonly RecordComplaints[],
): Promise<void> {
  const voids = records.filter(({ isVoid, recordId }) => isVoid && !carriedBy.has(recordId));
  if (voids.length === 0) return;
  const isNew = voids.some(({ recordId }) => !searched.voids.has(recordId));
  const voidOf = carryKeys(
    dealer,
    voids.map(({ recordId }) => recordId),
  );
  let next = isNew ? 0 : searched.batches;
  for await (const batch of dealer.ledger.batches(next)) {
    for (let k = 0; k < batch.count; k++) {
      const carried = voidOf.get(toHex(batch.key(k)));
      if (carried !== undefined) carriedBy.set(carried, batch.event.firstRecordId + k);
    }
    next = batch.event.index + 1;
  }
  searched.batches = next;
  for (const { recordId } of voids) searched.voids.add(recordId);
}
