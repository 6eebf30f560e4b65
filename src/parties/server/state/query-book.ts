// The queries of the ledgers that a server serves, as the events of settled blocks tell them: which are sealed, and which seats
// have answered. Those that need nothing more are forgotten, once no reorganisation can bring them back by itself.
import { type Hex, toHex } from '../../../bytes.ts';
import type { ContractEvent } from '../../../contract/types.ts';
import type { AnswerRefusal } from '../answer-parts.ts';
import { Trouble } from '../daemon/trouble.ts';

export type QueryEvent = ContractEvent<'QueryOpened' | 'QueryContinued' | 'AnswerAccepted'>;
export const QUERY_EVENTS = ['QueryOpened', 'QueryContinued', 'AnswerAccepted'] as const;

/** A sealed query. */
export interface SealedQuery {
  readonly queryId: Uint8Array;
  readonly ledger: Hex;
  /** The ledger's when it was opened; undefined where that was before a restart. */
  readonly epoch: number | undefined;
  /** 20 bytes as 0x-hex; null where it was opened before a restart. */
  readonly insurer: Hex | null;
  /** Block in which it was sealed. */
  readonly block: number;
  /** Block of each accepted answer, by seat. */
  readonly answers: Map<number, number>;
  /** Time (ms) since which this server knows of it. */
  readonly since: number;
  /** Whether it has been reported that others answer first. */
  isLater?: boolean;
  /** Why this server does not answer. */
  refusal?: AnswerRefusal;
  /** An answer is being prepared or sent. */
  isBusy: boolean;
  /** Head at which enough seats had answered, or this one. */
  doneAt?: Hex;
  readonly trouble: Trouble;
}

/** As a cache keeps it. */
export interface StoredQuery {
  query: Hex;
  ledger: Hex;
  epoch?: number;
  block: number;
  answers: [seat: number, block: number][];
}

/** Milliseconds between attempts to answer a query, at most. */
const LONGEST_PAUSE = 10 * 60_000;

export class QueryBook {
  readonly #queries = new Map<Hex, SealedQuery>();
  /** Epochs and insurers of queries that are not sealed. */
  readonly #opened = new Map<Hex, { epoch: number; insurer: Hex }>();

  get all(): Iterable<SealedQuery> {
    return this.#queries.values();
  }

  add(event: QueryEvent): void {
    const name = toHex(event.queryId);
    const { blockNumber } = event;
    if (event.event === 'AnswerAccepted') {
      this.#queries.get(name)?.answers.set(event.seat, blockNumber);
      return;
    }
    if (event.event === 'QueryOpened') {
      this.#opened.set(name, { epoch: event.epoch, insurer: toHex(event.insurer) });
    }
    if (!event.isSealed) return;
    const { epoch, insurer = null } = this.#opened.get(name) ?? {};
    this.#open(event.queryId, { ledger: toHex(event.ledgerId), epoch, insurer, block: blockNumber, answers: [] });
    this.#opened.delete(name);
  }

  /** Forgets what stood in blocks above this one, which are gone. */
  rewind(block: number): void {
    for (const [name, query] of this.#queries) {
      if (query.block > block) this.#queries.delete(name);
      for (const [seat, answered] of query.answers) if (answered > block) query.answers.delete(seat);
      delete query.doneAt;
      query.trouble.retryNow();
    }
  }

  /** Forgets the queries of one ledger, or all. */
  clear(ledger?: Hex): void {
    for (const [name, query] of this.#queries) {
      if (ledger === undefined || query.ledger === ledger) this.#queries.delete(name);
    }
  }

  /** Forgets the queries that were answered up to this block: `block(query)`, where it was. */
  prune(block: number, answeredIn: (query: SealedQuery) => number | undefined): void {
    for (const [name, query] of this.#queries) {
      const answered = answeredIn(query);
      if (answered !== undefined && answered <= block && !query.isBusy) this.#queries.delete(name);
    }
  }

  stored(): StoredQuery[] {
    return [...this.#queries].map(([query, { ledger, epoch, block, answers }]) => ({
      query,
      ledger,
      ...(epoch !== undefined && { epoch }),
      block,
      answers: [...answers],
    }));
  }

  restore(queryId: Uint8Array, { ledger, epoch, block, answers }: StoredQuery): void {
    this.#open(queryId, { ledger, epoch, insurer: null, block, answers });
  }

  #open(
    queryId: Uint8Array,
    {
      answers,
      ...known
    }: Pick<SealedQuery, 'ledger' | 'epoch' | 'insurer' | 'block'> & { answers: [number, number][] },
  ): void {
    const name = toHex(queryId);
    if (this.#queries.has(name)) return;
    this.#queries.set(name, {
      queryId,
      ...known,
      answers: new Map(answers),
      since: Date.now(),
      isBusy: false,
      trouble: new Trouble(LONGEST_PAUSE),
    });
  }
}

/** Block in which enough seats had answered, or this one had; undefined before. */
export function answeredIn(
  { answers }: SealedQuery,
  { threshold, seat }: { threshold: number; seat: number },
): number | undefined {
  const blocks = [...answers.values()].sort((a, b) => a - b);
  return answers.get(seat) ?? blocks[threshold - 1];
}
