// The queries of one ledger as its events tell them, with the blocks at which each thing happened.
import { concat, type Hex, toHex } from '../../../src/bytes.ts';
import type { ContractEvent } from '../../../src/contract/types.ts';
import { MIStoreError } from '../../../src/errors.ts';
import { countCovered } from '../../../src/query/runs.ts';
import { decodeEdges } from '../../../src/records/query-bytes.ts';
import type { QueryPoint } from '../types.ts';

export type QueryEvent = ContractEvent<
  | 'QueryOpened'
  | 'QueryContinued'
  | 'QueryCancelled'
  | 'ConsentRevoked'
  | 'AnswerAccepted'
  | 'FeeOffered'
  | 'FeeEarned'
  | 'FeeRefunded'
>;

/** One query, with blocks in place of moments. */
export interface LoggedQuery {
  opened: ContractEvent<'QueryOpened'>;
  sealedAt: number | null;
  /** As the events give them. */
  edges: Uint8Array[];
  end: 'revoked' | 'cancelled' | null;
  answers: { seat: number; server: Hex; block: number }[];
  fee: { share: bigint; payUntil: number; earned: bigint; refunded: bigint } | null;
}

export class QueryLog {
  readonly queries = new Map<Hex, LoggedQuery>();

  /** Events must come in the chain's order. `holder`: of a seat in an epoch. */
  add(event: QueryEvent, holder: (epoch: number, seat: number) => Hex): void {
    const name = toHex(event.queryId);
    if (event.event === 'QueryOpened') this.#open(name, event);
    const query = this.queries.get(name);
    if (query === undefined) return; // A consent that was revoked before anyone used it.
    const { blockNumber: block } = event;
    switch (event.event) {
      case 'QueryContinued':
        query.edges.push(event.edges);
        if (event.isSealed) query.sealedAt = block;
        break;
      case 'QueryCancelled':
        query.end = 'cancelled';
        break;
      case 'ConsentRevoked':
        query.end = 'revoked';
        break;
      case 'AnswerAccepted':
        query.answers.push({ seat: event.seat, server: holder(query.opened.epoch, event.seat), block });
        break;
      case 'FeeOffered':
        query.fee = { share: event.share, payUntil: event.payUntil, earned: 0n, refunded: 0n };
        break;
      case 'FeeEarned':
        if (query.fee) query.fee.earned += event.share;
        break;
      case 'FeeRefunded':
        if (query.fee) query.fee.refunded += event.amount;
    }
  }

  #open(name: Hex, opened: ContractEvent<'QueryOpened'>): void {
    this.queries.set(name, {
      opened,
      sealedAt: opened.isSealed ? opened.blockNumber : null,
      edges: [opened.edges],
      end: null,
      answers: [],
      fee: null,
    });
  }
}

/** `now`: Unix seconds, by which an open query is late. */
export function phaseOf({ opened, sealedAt, end, answers }: LoggedQuery, threshold: number, now: number) {
  if (end !== null) return end;
  if (sealedAt !== null) return answers.length >= threshold ? 'complete' : 'sealed';
  return opened.deadline < BigInt(now) ? 'expired' : 'open';
}

/** Number of edges, and of the records that they cover once no edge is missing. */
export function extentOf({ edges, sealedAt }: LoggedQuery): Pick<QueryPoint, 'edges' | 'records'> {
  try {
    const decoded = decodeEdges(concat(...edges));
    return { edges: decoded.length, records: sealedAt === null ? null : countCovered(decoded) };
  } catch (error) {
    if (error instanceof MIStoreError) return { edges: 0, records: null }; // An endpoint may show anything.
    throw error;
  }
}
