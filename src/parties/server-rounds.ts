// A server at work: round after round it checks the batches dealt to it and answers the queries it can, in every ledger
// it has joined. It remembers what it has checked and refused for as long as the object lives, and keeps nothing on disk.
import { setTimeout } from 'node:timers/promises';
import { type Hex, toHex } from '../bytes.ts';
import type { AnswerCall } from '../contract/types.ts';
import { checkInteger, MIStoreError } from '../errors.ts';
import type { AnswerRefusal, Server } from './server.ts';

export interface ServerRoundsOptions {
  /** Serve this ledger only; if not given, every ledger that names the server. */
  ledgerId?: Uint8Array;
  /** First join every ledger that names the server, whoever opened it. */
  join?: boolean;
  /** Called with each event as it happens. */
  onEvent?: (event: RoundEvent) => void;
  /** Stops the rounds: after the batch that is being checked, or after the answers to the ledger that is being served. */
  signal?: AbortSignal;
}

/** What happens in a round. A ledger's or the chain's error is reported once, and again only when its message changes. */
export type RoundEvent =
  /** A batch was checked; `bad`: ids of the records whose shares are wrong. */
  | { kind: 'checked'; ledgerId: Hex; batch: number; records: number; bad: number[] }
  /** One transaction of answers was accepted. */
  | { kind: 'answered'; ledgerId: Hex; queryIds: Hex[]; gasUsed: bigint }
  | { kind: 'refused'; ledgerId: Hex; queryId: Hex; reason: AnswerRefusal }
  /** A ledger names this server, which has not joined it. */
  | { kind: 'invited'; ledgerId: Hex }
  /** A ledger could not be served, or not completely; the others were. */
  | { kind: 'left-out'; ledgerId: Hex; error: MIStoreError }
  /** The list of ledgers cannot be read; the next round tries again. */
  | { kind: 'away'; error: MIStoreError }
  /** … and can be read again. */
  | { kind: 'back' };

/** What has been done since the rounds began. */
export interface RoundsSummary {
  /** Records checked, and the ids of those with wrong shares, of all ledgers. */
  records: number;
  badRecords: number[];
  /** Queries answered, and queries refused so far. */
  answered: number;
  refused: number;
  /** Ledgers that name this server, which has not joined them. */
  notJoined: Hex[];
  /** Ledgers that could not be served when they were last tried. */
  leftOut: { ledgerId: Hex; error: MIStoreError }[];
  /** Why the list of ledgers could not be read in the last round; null if it could. */
  away: MIStoreError | null;
}

export class ServerRounds {
  readonly #server: Server;
  readonly #options: ServerRoundsOptions;
  /** Number of each ledger's first batch that is not checked yet. */
  readonly #nextBatch = new Map<Hex, number>();
  readonly #refused = new Map<Hex, AnswerRefusal>();
  readonly #leftOut = new Map<Hex, MIStoreError>();
  readonly #invitations = new Set<Hex>();
  readonly #badRecords: number[] = [];
  #records = 0;
  #answered = 0;
  #away: MIStoreError | null = null;

  constructor(server: Server, options: ServerRoundsOptions = {}) {
    this.#server = server;
    this.#options = options;
  }

  /**
   * Rounds with `interval` milliseconds between them (1 to 2^31 − 1), until the signal is aborted. An endpoint that fails
   * for a while does not end them: after a new start every batch would be checked again.
   */
  async run(interval: number): Promise<void> {
    checkInteger('interval', interval, 1, 2 ** 31 - 1);
    const { signal } = this.#options;
    while (!this.#stopping) {
      await this.#roundUnlessAway();
      await setTimeout(interval, undefined, { signal }).catch(() => undefined); // Rejects when it is aborted.
    }
  }

  /** Serves every ledger once. Throws if the list of ledgers cannot be read; errors of one ledger are only reported. */
  async round(): Promise<void> {
    const { ledgerId } = this.#options;
    for (const served of ledgerId === undefined ? await this.#server.ledgers() : [ledgerId]) {
      if (!this.#stopping) await this.#serve(served);
    }
  }

  get summary(): RoundsSummary {
    return {
      records: this.#records,
      badRecords: [...this.#badRecords],
      answered: this.#answered,
      refused: this.#refused.size,
      notJoined: [...this.#invitations],
      leftOut: [...this.#leftOut].map(([ledgerId, error]) => ({ ledgerId, error })),
      away: this.#away,
    };
  }

  get #stopping(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  #report(event: RoundEvent): void {
    this.#options.onEvent?.(event);
  }

  async #roundUnlessAway(): Promise<void> {
    const before = this.#away;
    try {
      await this.round();
      this.#away = null;
    } catch (error) {
      if (!(error instanceof MIStoreError)) throw error;
      this.#away = error;
      if (before?.message !== error.message) this.#report({ kind: 'away', error });
      return;
    }
    if (before !== null) this.#report({ kind: 'back' });
  }

  /** Anyone can open a ledger that names this server, or a query: what is wrong with one must not stop the others. */
  async #serve(ledgerId: Uint8Array): Promise<void> {
    const name = toHex(ledgerId);
    try {
      if (!(await this.#isMember(ledgerId))) return;
      await this.#check(ledgerId);
      if (this.#stopping) return;
      await this.#answer(ledgerId);
      this.#leftOut.delete(name);
    } catch (error) {
      if (!(error instanceof MIStoreError)) throw error;
      const before = this.#leftOut.get(name);
      this.#leftOut.set(name, error);
      if (before?.message !== error.message) this.#report({ kind: 'left-out', ledgerId: name, error });
    }
  }

  /** A server joins a ledger only if it was told to. */
  async #isMember(ledgerId: Uint8Array): Promise<boolean> {
    if (this.#options.join) {
      await this.#server.join(ledgerId);
      return true;
    }
    const joined = await this.#server.hasJoined(ledgerId);
    const name = toHex(ledgerId);
    if (!joined && !this.#invitations.has(name)) {
      this.#invitations.add(name);
      this.#report({ kind: 'invited', ledgerId: name });
    }
    return joined;
  }

  async #check(ledgerId: Uint8Array): Promise<void> {
    const name = toHex(ledgerId);
    for await (const { batch, records, bad } of this.#server.check(ledgerId, this.#nextBatch.get(name) ?? 0)) {
      this.#nextBatch.set(name, batch + 1);
      this.#records += records;
      this.#badRecords.push(...bad);
      this.#report({ kind: 'checked', ledgerId: name, batch, records, bad });
      if (this.#stopping) return; // After this batch rather than after millions of records.
    }
  }

  /** Answers all it can; throws the first error afterwards. */
  async #answer(ledgerId: Uint8Array): Promise<void> {
    const errors: MIStoreError[] = [];
    const answers: AnswerCall[] = [];
    for (const queryId of await this.#server.pending(ledgerId)) {
      const answer = await this.#prepare(ledgerId, queryId, errors);
      if (answer !== null) answers.push(answer);
    }
    for await (const sent of this.#server.send(ledgerId, answers)) {
      if ('error' in sent) errors.push(sent.error);
      else {
        this.#answered += sent.queryIds.length;
        const queryIds = sent.queryIds.map(toHex);
        this.#report({ kind: 'answered', ledgerId: toHex(ledgerId), queryIds, gasUsed: sent.transaction.gasUsed });
      }
    }
    if (errors[0]) throw errors[0];
  }

  /** The answer to one query, or null. An error concerns this query only: the node may have the logs of the others. */
  async #prepare(ledgerId: Uint8Array, queryId: Uint8Array, errors: MIStoreError[]): Promise<AnswerCall | null> {
    const name = toHex(queryId);
    const before = this.#refused.get(name);
    // A channel can be opened late, or a node can learn of it late: it is looked for again.
    if (before !== undefined && before !== 'the insurer has opened no channel to this server') return null;
    try {
      const prepared = await this.#server.prepare(ledgerId, queryId);
      if (typeof prepared !== 'string') {
        this.#refused.delete(name);
        return prepared;
      }
      this.#refused.set(name, prepared);
      if (prepared !== before) {
        this.#report({ kind: 'refused', ledgerId: toHex(ledgerId), queryId: name, reason: prepared });
      }
    } catch (error) {
      if (!(error instanceof MIStoreError)) throw error;
      errors.push(error);
    }
    return null;
  }
}
