// What the contract would store of queries and their fees, by the events of an archive, which are believed here.
import { type Hex, toHex } from '../bytes.ts';
import type { ContractEvent, QueryFee, QueryState } from '../contract/types.ts';

type QueryEvent = ContractEvent<
  | 'QueryOpened'
  | 'QueryContinued'
  | 'QueryCancelled'
  | 'ConsentRevoked'
  | 'AnswerAccepted'
  | 'FeeOffered'
  | 'FeeEarned'
  | 'FeeRefunded'
>;

interface Held extends QueryState {
  offer: Pick<QueryFee, 'share' | 'payUntil'> | null;
  earned: number;
  isRefunded: boolean;
}

export class ArchivedQueries {
  readonly #queries = new Map<Hex, Held>();

  /** Events must come in the chain's order. */
  add(event: QueryEvent): void {
    const query = this.#held(event.queryId);
    switch (event.event) {
      case 'QueryOpened':
      case 'QueryContinued':
        query.status = event.isSealed ? 'sealed' : 'open';
        break;
      case 'QueryCancelled':
        query.status = 'cancelled';
        break;
      case 'ConsentRevoked':
        query.status = 'revoked';
        break;
      case 'AnswerAccepted':
        query.answeredSeats = [...query.answeredSeats, event.seat].sort((a, b) => a - b);
        break;
      case 'FeeOffered':
        query.offer = { share: event.share, payUntil: event.payUntil };
        break;
      case 'FeeEarned':
        query.earned++;
        break;
      case 'FeeRefunded':
        query.isRefunded = true;
    }
  }

  state(queryId: Uint8Array): QueryState {
    const { status, answeredSeats } = this.#queries.get(toHex(queryId)) ?? NOBODYS;
    return { status, answeredSeats: [...answeredSeats] };
  }

  /** All 0 for a query without one. `threshold`: the ledger's, the number of answers that are paid. */
  fee(queryId: Uint8Array, threshold: number): QueryFee {
    const { offer, earned, isRefunded } = this.#queries.get(toHex(queryId)) ?? NOBODYS;
    if (offer === null) return { share: 0n, payUntil: 0, left: 0 };
    return { ...offer, left: isRefunded ? 0 : threshold - earned };
  }

  #held(queryId: Uint8Array): Held {
    const name = toHex(queryId);
    const query = this.#queries.get(name) ?? { ...NOBODYS };
    this.#queries.set(name, query);
    return query;
  }
}

const NOBODYS: Held = { status: 'none', answeredSeats: [], offer: null, earned: 0, isRefunded: false };
