// Which servers have answered a query, for an insurer who waits for enough of them. By the contract's views; needs no key.
import { pause } from '../../chain/rpc.ts';
import { QueryView } from '../../ledger/query-view.ts';
import type { Site } from '../../ledger/site.ts';
import { notSealed } from '../insurer.ts';

/** A seat of the query's epoch, and who held it then. */
export interface AnsweringSeat {
  seat: number;
  /** 20 bytes. */
  server: Uint8Array;
}

/** How far the answers to a query have come. */
export interface AnswersSoFar {
  answered: AnsweringSeat[];
  missing: AnsweringSeat[];
  threshold: number;
  /** Since the waiting began. */
  seconds: number;
}

/** For how long answers are waited for, and what is called meanwhile. */
export interface WaitForAnswersOptions {
  /** How long to wait at most. */
  seconds: number;
  /** Milliseconds between two looks at the chain; 1000 if not given. */
  interval?: number;
  /** Called at the beginning, and when there are more answers. */
  onChange?: (so: AnswersSoFar) => void;
}

/**
 * Waits until t servers have answered a query (32 bytes), or for so long; tells how far it has come. Throws QUERY_NOT_SEALED where
 * no server can answer, UNKNOWN_QUERY.
 */
export async function waitForAnswers(
  site: Site,
  queryId: Uint8Array,
  { seconds, interval = 1000, onChange }: WaitForAnswersOptions,
): Promise<AnswersSoFar> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const { status } = await site.contract.queryState(queryId);
  if (status !== 'sealed') throw notSealed(queryId, status);
  const { epoch, ledger } = await QueryView.load(site, queryId);
  const seats = epoch.servers.map((server, s) => ({ seat: s + 1, server }));
  const { threshold } = ledger.terms;
  let known = -1;
  for (;;) {
    const { answeredSeats } = await site.contract.queryState(queryId);
    const has = ({ seat }: AnsweringSeat) => answeredSeats.includes(seat);
    const so = {
      answered: seats.filter(has),
      missing: seats.filter((one) => !has(one)),
      threshold,
      seconds: elapsed(),
    };
    if (answeredSeats.length !== known) onChange?.(so);
    known = answeredSeats.length;
    const left = seconds - elapsed();
    if (known >= threshold || left <= 0) return so;
    await pause(Math.min(interval, 1000 * left));
  }
}
