// A daemon's answers: which sealed queries need one from this server now, and sending those of a ledger that are ready together.
// The seats take turns (turns.ts), so that a server seldom pays for an answer that comes too late to be needed.
import { type Hex, toHex } from '../../../bytes.ts';
import { quantity } from '../../../chain/rpc.ts';
import type { AnswerCall } from '../../../contract/types.ts';
import { heldIn } from '../../../ledger/view.ts';
import type { Look } from '../state/chain-cursor.ts';
import type { FollowedLedger } from '../state/followed-ledger.ts';
import { answeredIn, type SealedQuery } from '../state/query-book.ts';
import type { DaemonParts } from './daemon-parts.ts';
import { asFault } from './trouble.ts';
import { turnOf } from './turns.ts';

/** Queries that are looked at together, and those of one ledger in one round: their answers fit into a transaction. */
const AT_ONCE = 8;
const MOST = 128;

export class Answering {
  readonly #parts: DaemonParts;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
  }

  /** Queries of a ledger in this server's time that lack answers, by settled events, and lack this server's. */
  pending({ place, name }: FollowedLedger, queries: Iterable<SealedQuery>): SealedQuery[] {
    if (place === null) return [];
    return [...queries].filter(
      (query) =>
        query.ledger === name &&
        (query.epoch === undefined || heldIn(place, query.epoch)) &&
        answeredIn(query, place) === undefined,
    );
  }

  /**
   * Answers those of the pending queries whose turn it is; the transaction is followed beside the rounds. `patience`: milliseconds
   * from turn to turn. Whether others are left for which there was no room.
   */
  async answer(
    ledger: FollowedLedger,
    pending: readonly SealedQuery[],
    look: Look,
    patience: number,
  ): Promise<boolean> {
    const { background, fail } = this.#parts;
    const name = `answer ${ledger.name}`;
    if (pending.length === 0) ledger.troubles.answer.end();
    if (background.has(name) || !ledger.troubles.answer.isOver) return false;
    for (const query of pending) this.#tellLater(ledger, query, patience);
    const due = pending.filter((query) => this.#isDue(query, ledger.place!, look.head.hash, patience));
    const chosen = due.slice(0, MOST);
    const answers: { query: SealedQuery; call: AnswerCall }[] = [];
    for (let i = 0; i < chosen.length && !this.#parts.isStopping(); i += AT_ONCE) {
      await Promise.all(
        chosen.slice(i, i + AT_ONCE).map(async (query) => {
          const call = await this.#prepare(ledger, query, look);
          if (call !== null) answers.push({ query, call });
        }),
      );
    }
    if (answers.length === 0 || this.#parts.isStopping()) return due.length > MOST;
    for (const { query } of answers) query.isBusy = true;
    background.start(
      name,
      async () => {
        try {
          await this.#send(ledger, answers);
        } finally {
          for (const { query } of answers) query.isBusy = false;
        }
      },
      (error) => fail(ledger, 'answer', error),
    );
    return due.length > MOST;
  }

  /** Once: that other seats answer a query first. */
  #tellLater({ name, place }: FollowedLedger, query: SealedQuery, patience: number): void {
    const { queryId, insurer, since, isLater } = query;
    const turn = turnOf(queryId, place!.seat, place!);
    const seconds = Math.ceil((since + patience * turn - Date.now()) / 1000);
    if (isLater || seconds <= 0) return;
    query.isLater = true;
    this.#parts.report({ kind: 'later', ledgerId: name, queryId: toHex(queryId), insurer, turn, seconds });
  }

  #isDue(query: SealedQuery, place: NonNullable<FollowedLedger['place']>, head: Hex, patience: number): boolean {
    const { isBusy, doneAt, trouble, since, queryId } = query;
    if (isBusy || doneAt === head || !trouble.isOver || isFinal(query)) return false;
    return Date.now() >= since + patience * turnOf(queryId, place.seat, place);
  }

  /** The answer, if it is needed still and there is one. A fault concerns this query only. */
  async #prepare(ledger: FollowedLedger, query: SealedQuery, look: Look): Promise<AnswerCall | null> {
    const { server, report, fail } = this.#parts;
    try {
      if (!(await this.#isWanted(query, ledger.place!, look))) return null;
      const prepared = await server.prepare(ledger.ledgerId, query.queryId);
      if (typeof prepared !== 'string') {
        delete query.refusal;
        return prepared;
      }
      if (prepared !== query.refusal) {
        const { queryId, insurer } = query;
        report({ kind: 'refused', ledgerId: ledger.name, queryId: toHex(queryId), insurer, reason: prepared });
      }
      query.refusal = prepared;
      query.trouble.wait();
    } catch (error) {
      fail(ledger, 'answer', asFault(error), query);
    }
    return null;
  }

  /** Whether it is sealed in the settled block, and lacks answers, this server's among them, at the head. */
  async #isWanted(query: SealedQuery, { threshold, seat }: NonNullable<FollowedLedger['place']>, look: Look) {
    const { contract } = this.#parts.site;
    const settled = quantity(look.settled.number);
    const [before, now] = await Promise.all([
      contract.queryState(query.queryId, settled),
      look.head.number === look.settled.number ? undefined : contract.queryState(query.queryId),
    ]);
    const { status, answeredSeats } = now ?? before;
    const isWanted =
      before.status === 'sealed' &&
      status === 'sealed' &&
      answeredSeats.length < threshold &&
      !answeredSeats.includes(seat);
    if (!isWanted) {
      query.doneAt = look.head.hash;
      query.trouble.end();
    }
    return isWanted;
  }

  async #send(ledger: FollowedLedger, answers: readonly { query: SealedQuery; call: AnswerCall }[]): Promise<void> {
    const { server, report, fail } = this.#parts;
    const queries = new Map(answers.map(({ query }) => [toHex(query.queryId), query]));
    const calls = answers.map(({ call }) => call);
    for await (const sent of server.send(ledger.ledgerId, calls)) {
      const queryIds = sent.queryIds.map(toHex);
      if ('error' in sent) fail(ledger, 'answer', sent.error, queries.get(queryIds[0]!)!);
      else {
        for (const name of queryIds) queries.get(name)!.trouble.end();
        const insurers = queryIds.map((name) => queries.get(name)!.insurer);
        report({ kind: 'answered', ledgerId: ledger.name, queryIds, insurers, gasUsed: sent.transaction.gasUsed });
      }
    }
    ledger.troubles.answer.end();
  }
}

/** Whether a refusal stands for as long as the program runs. A channel can be opened later. */
function isFinal({ refusal }: SealedQuery): boolean {
  return refusal !== undefined && refusal !== 'the insurer has opened no channel to this server';
}
