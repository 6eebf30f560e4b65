// The queries of an archive by their ids, and which of their edges are in which batch, so that each batch is read once. Each
// check returns in words what is wrong, or null.
import { type Hex, toHex } from '../../bytes.ts';
import type { ContractEvent } from '../../contract/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Deployment } from '../../identity/channel.ts';
import { ArchivedQuery, type LedgerMoment, type QueryTerms } from './query.ts';

export type QueryEvent = ContractEvent<
  'QueryOpened' | 'QueryContinued' | 'QueryCancelled' | 'AnswerAccepted' | 'FeeOffered' | 'FeeEarned' | 'FeeRefunded'
>;

export class ArchivedQueries {
  readonly #engine: Engine;
  readonly #deployment: Deployment;
  readonly #terms: QueryTerms;
  readonly #queries = new Map<Hex, ArchivedQuery>();

  constructor(engine: Engine, deployment: Deployment, terms: QueryTerms) {
    this.#engine = engine;
    this.#deployment = deployment;
    this.#terms = terms;
  }

  [Symbol.iterator](): Iterator<ArchivedQuery> {
    return this.#queries.values();
  }

  /** The insurers of the queries, each once, 20 bytes. */
  get insurers(): Uint8Array[] {
    return [...new Map([...this].map(({ consent, insurer }) => [consent.insurer, insurer])).values()];
  }

  /** Adds an event. Events must come in the chain's order. */
  add(event: QueryEvent, moment: LedgerMoment): string | null {
    const query = this.#queries.get(toHex(event.queryId));
    if (event.event === 'QueryOpened') return query ? 'it is opened twice' : this.#open(event, moment);
    if (!query) return `its ${event.event} comes before its QueryOpened`;
    switch (event.event) {
      case 'QueryContinued':
        return query.extend(event, moment);
      case 'QueryCancelled':
        return query.cancel(event);
      case 'AnswerAccepted':
        return query.answer(event);
      case 'FeeOffered':
        return query.offer(event);
      case 'FeeEarned':
        return query.earn(event, moment.seatIn(query.epoch, event.server));
      case 'FeeRefunded':
        return query.refund(event);
    }
  }

  /** A revocation may be of a consent that no query has used, or of another ledger. */
  revoke(event: ContractEvent<'ConsentRevoked'>): string | null {
    return this.#queries.get(toHex(event.queryId))?.revoke(event) ?? null;
  }

  #open(event: ContractEvent<'QueryOpened'>, moment: LedgerMoment): string | null {
    const query = new ArchivedQuery(this.#engine, this.#terms, event);
    this.#queries.set(toHex(event.queryId), query);
    return query.open(this.#deployment, moment.epoch) ?? query.extend(event, moment);
  }

  /** For each batch that has edges: which ones, by their queries. */
  edgesByBatch(): Map<number, Map<ArchivedQuery, number[]>> {
    const byBatch = new Map<number, Map<ArchivedQuery, number[]>>();
    for (const query of this) {
      for (const [k, { batch }] of query.edges.entries()) {
        const inBatch = byBatch.get(batch) ?? new Map<ArchivedQuery, number[]>();
        byBatch.set(batch, inBatch);
        const numbers = inBatch.get(query);
        if (numbers) numbers.push(k);
        else inBatch.set(query, [k]);
      }
    }
    return byBatch;
  }
}
