// A daemon's knowledge of the chain: where it has read up to, the ledgers that name its server, and their queries. It grows by
// events of settled blocks, goes back when they are reorganised, and can be stored and restored.
import { fromHex, type Hex, toHex } from '../../../bytes.ts';
import type { BlockRange, EventSource } from '../../../contract/events.ts';
import type { ContractEvent } from '../../../contract/types.ts';
import { rootOf, type StoredLedger, type StoredState } from './cache.ts';
import type { BlockPoint } from './chain-cursor.ts';
import { doubt, type FollowedLedger, followedLedger } from './followed-ledger.ts';
import { answeredIn, QUERY_EVENTS, QueryBook, type SealedQuery } from './query-book.ts';

const NAMINGS = ['LedgerOpened', 'SeatChanged'] as const;
const FOLLOWED = [...NAMINGS, 'EpochBegun', 'ServerJoined', 'ComplaintJustified', ...QUERY_EVENTS] as const;
/** Blocks that are read once more each time: a backend of the endpoint that lags gives fewer logs and does not say so. */
const OVERLAP = 8;
type Followed = ContractEvent<(typeof FOLLOWED)[number]>;

export interface StateOptions {
  /** Own account, 20 bytes. */
  account: Uint8Array;
  /** This ledger only. */
  only: Uint8Array | undefined;
  events: EventSource;
  /** A ledger has changed: what is known of it must be read anew. */
  onChange: (ledger: FollowedLedger) => void;
  /** The hospital made this seat's share of a record public. */
  onJustified: (ledger: FollowedLedger, recordId: number) => void;
}

export class DaemonState {
  readonly queries = new QueryBook();
  readonly #options: StateOptions;
  readonly #ledgers = new Map<Hex, FollowedLedger>();
  /** Events of the last blocks that have been taken, with their blocks. */
  readonly #taken = new Map<string, number>();

  constructor(options: StateOptions) {
    this.#options = options;
    if (options.only !== undefined) this.#follow(options.only, 0);
  }

  get ledgers(): FollowedLedger[] {
    return [...this.#ledgers.values()];
  }

  /** Reads the events from block `from` on (undefined: all) up to the settled block, in as few calls as it can. */
  async read(from: number | undefined, settled: BlockPoint): Promise<void> {
    const fromBlock = from && Math.max(0, from - OVERLAP);
    for (const [place, block] of this.#taken) if (block < (fromBlock ?? 0)) this.#taken.delete(place);
    const range: BlockRange = { toBlock: settled.number, ...(fromBlock !== undefined && { fromBlock }) };
    // Without a beginning all but the ledgers can wait until it is known which of them are served.
    const names = from === undefined ? NAMINGS : FOLLOWED;
    for await (const event of this.#options.events.read(names as typeof FOLLOWED, {}, range)) {
      const place = `${event.blockHash} ${event.logIndex}`;
      if (!this.#taken.has(place)) this.#take(event);
      if (event.blockNumber > settled.number - OVERLAP) this.#taken.set(place, event.blockNumber);
    }
  }

  /** Reads the queries of a ledger up to the settled block, once it is served. */
  async readQueries(ledger: FollowedLedger, settled: BlockPoint): Promise<void> {
    this.queries.clear(ledger.name);
    const { ledgerId, place } = ledger;
    const range = { toBlock: settled.number };
    for await (const event of this.#options.events.read(QUERY_EVENTS, { ledgerId }, range)) this.queries.add(event);
    ledger.hasQueries = true;
    if (place !== null) this.prune(settled.number);
  }

  /** Queries that lack answers, as far as it is known. */
  get unanswered(): SealedQuery[] {
    return [...this.queries.all].filter((query) => this.#answeredIn(query) === undefined);
  }

  /** Forgets queries that were answered well before this block: only a reorganisation below it would bring them back. */
  prune(block: number): void {
    this.queries.prune(block - OVERLAP - 1, (query) => this.#answeredIn(query));
  }

  /** The blocks above this one are gone; undefined: all that is remembered. */
  rewind(to: number | undefined): void {
    for (const ledger of this.ledgers) {
      if (to !== undefined && ledger.block > to) this.#ledgers.delete(ledger.name);
      doubt(ledger);
      if (to === undefined) ledger.hasQueries = false;
      this.#options.onChange(ledger);
    }
    for (const [place, block] of this.#taken) if (block > (to ?? -1)) this.#taken.delete(place);
    if (to === undefined) this.queries.clear();
    else this.queries.rewind(to);
  }

  stored(points: readonly BlockPoint[]): StoredState {
    return { points: [...points], ledgers: this.ledgers.map(storedLedger), queries: this.queries.stored() };
  }

  restore({ ledgers, queries }: StoredState): void {
    for (const stored of ledgers) {
      const ledger = this.#follow(fromHex(stored.ledger, 'ledger of the cache', 32), stored.block);
      ledger.hasQueries = stored.hasQueries;
      const roots = stored.roots.map(rootOf);
      Object.assign(ledger.batches, { next: stored.next, from: stored.from ?? undefined, roots, isConfirmed: false });
      for (const [recordId, batch] of stored.wrong) ledger.wrong.set(recordId, batch);
      for (const [recordId, batch] of stored.complained) ledger.complained.set(recordId, batch);
    }
    for (const query of queries) this.queries.restore(fromHex(query.query, 'query of the cache', 32), query);
  }

  #answeredIn(query: SealedQuery): number | undefined {
    const place = this.#ledgers.get(query.ledger)?.place;
    return place ? answeredIn(query, place) : undefined;
  }

  #follow(ledgerId: Uint8Array, block: number): FollowedLedger {
    const name = toHex(ledgerId);
    const ledger = this.#ledgers.get(name) ?? followedLedger(ledgerId, block);
    this.#ledgers.set(name, ledger);
    return ledger;
  }

  #take(event: Followed): void {
    const { account, only, onChange, onJustified } = this.#options;
    const isMine = (address: Uint8Array) => toHex(address) === toHex(account);
    if (event.event === 'LedgerOpened') {
      if (only === undefined && event.terms.servers.some(isMine)) this.#follow(event.ledgerId, event.blockNumber);
      return;
    }
    if (event.event === 'SeatChanged') {
      if (only === undefined && isMine(event.to)) this.#follow(event.ledgerId, event.blockNumber);
      return;
    }
    const ledger = this.#ledgers.get(toHex(event.ledgerId));
    if (ledger === undefined) return;
    switch (event.event) {
      case 'EpochBegun':
        ledger.isStale = true;
        onChange(ledger);
        break;
      case 'ServerJoined':
        if (isMine(event.server)) ledger.isStale = true;
        break;
      case 'ComplaintJustified':
        if (event.seat === ledger.place?.seat) onJustified(ledger, event.recordId);
        break;
      default:
        if (ledger.hasQueries) this.queries.add(event);
    }
  }
}

const storedLedger = ({ name, block, hasQueries, batches, wrong, complained }: FollowedLedger): StoredLedger => ({
  ledger: name,
  block,
  hasQueries,
  next: batches.next,
  from: batches.from ?? null,
  roots: batches.roots.map(toHex),
  wrong: [...wrong],
  complained: [...complained],
});
