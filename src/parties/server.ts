// A server: registers, joins the ledgers that name it, checks the batches dealt to it, and answers queries with its
// masked share of the sum. It needs nothing but its seed and the contract: shares are recomputed from the chain.
import { randomBytes } from 'node:crypto';
import { concat, equalBytes, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import type { AnswerCall, EventArguments } from '../contract/types.ts';
import { PAD_BYTES } from '../engine/sizes.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { kemKeys } from '../identity/kem.ts';
import { accountKey, checkSeed } from '../identity/keys.ts';
import { receiveChannel } from '../ledger/channels.ts';
import type { Site } from '../ledger/site.ts';
import { type LedgerBatch, LedgerView } from '../ledger/view.ts';
import { answer } from '../query/answer.ts';
import { mask, maskCommitment } from '../query/masks.ts';
import { shares, verify } from '../vss/dealing.ts';
import { pads } from '../vss/pads.ts';
import { type SentAnswers, sendAnswers } from './send-answers.ts';

/** What a server knows of a ledger that names it. */
interface Membership {
  ledger: LedgerView;
  seat: number;
  /** K(hospital→this server). */
  channel: Uint8Array;
}

/** Why this server does not answer a query. */
export type Refusal =
  | 'the insurer has opened no channel to this server'
  | 'the mask commitment is not that of the channel'
  | 'the hospital dealt wrong shares of these records';

export class Server {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #seed: Uint8Array;

  constructor(site: Site, seed: Uint8Array) {
    checkSeed(seed);
    this.#site = site;
    this.#seed = seed;
    this.address = accountOf(accountKey(seed));
  }

  /** Publishes this server's X-Wing key, unless it is on chain already. */
  async register(): Promise<void> {
    const hash = await this.#site.contract.kemKeyHash(this.address);
    if (hash.some((byte) => byte !== 0)) return;
    await this.#site.contract.register(kemKeys(this.#seed).publicKey);
  }

  /** This server's seat in a ledger, 0 if the ledger does not name it, and whether it has joined. */
  seatIn(ledgerId: bigint): Promise<{ seat: number; joined: boolean }> {
    return this.#site.contract.seatOf(ledgerId, this.address);
  }

  /** Joins a ledger that names this server, unless it has. */
  async join(ledgerId: bigint): Promise<void> {
    await this.#membership(ledgerId); // Throws if the ledger does not name this server, or there is no channel to it.
    if (!(await this.seatIn(ledgerId)).joined) await this.#site.contract.join(ledgerId);
  }

  /** Checks this server's shares in a ledger's batches from number `from` on; yields each batch's bad record ids. */
  async *check(ledgerId: bigint, from = 0): AsyncGenerator<{ batch: number; records: number; bad: number[] }> {
    const { ledger, seat, channel } = await this.#membership(ledgerId);
    for await (const batch of ledger.batches(from)) {
      const bad = await this.#wronglyDealt(batch, seat, channel);
      yield {
        batch: batch.event.index,
        records: batch.columns.count,
        bad: bad.map((k) => batch.event.firstRecordId + k),
      };
    }
  }

  /** Ledgers whose hospital has named this server. */
  async ledgers(): Promise<bigint[]> {
    const named: bigint[] = [];
    for await (const { ledgerId, servers } of this.#site.events.read('LedgerOpened', {})) {
      if (servers.some((server) => equalBytes(server, this.address))) named.push(ledgerId);
    }
    return named;
  }

  /** The ledger's queries that are sealed, also according to the contract's storage, and not answered by this server. */
  async pending(ledgerId: bigint): Promise<EventArguments['QuerySealed'][]> {
    const { seat } = await this.#membership(ledgerId);
    const pending: EventArguments['QuerySealed'][] = [];
    for await (const sealed of this.#site.events.read('QuerySealed', { ledgerId })) {
      const { status, answeredSeats } = await this.#site.contract.queryState(sealed.queryId);
      if (status === 'sealed' && !answeredSeats.includes(seat)) pending.push(sealed);
    }
    return pending;
  }

  /** This server's answer to a query, or why it refuses. Sends nothing. */
  async prepare(sealed: EventArguments['QuerySealed']): Promise<AnswerCall | Refusal> {
    const { queryId, ledgerId, insurer, count, sums, masks } = sealed;
    const { ledger, seat, channel } = await this.#membership(ledgerId);
    const insurers = await this.#channelOf(insurer);
    if (insurers === null) return 'the insurer has opened no channel to this server';
    const own = mask(insurers, sealed, seat);
    if (!equalBytes(maskCommitment(this.#site.engine, own), masks.subarray(64 * (seat - 1), 64 * seat))) {
      return 'the mask commitment is not that of the channel';
    }
    const queried = await this.#queriedShares(await this.#recordIds(queryId, count), ledger, seat, channel);
    if (queried === null || !this.#fits(queried, ledger, seat, sums)) {
      return 'the hospital dealt wrong shares of these records';
    }
    return { queryId, ledgerId, ...answer(queried, own), sums, masks };
  }

  /** Sends any number of answers in as few transactions as it can; yields the outcome of each part. */
  sendAnswers(answers: readonly AnswerCall[]): AsyncGenerator<SentAnswers> {
    return sendAnswers(this.#site.contract, answers);
  }

  /** Places in the batch of the records that the hospital dealt wrongly to this seat. */
  async #wronglyDealt(batch: LedgerBatch, seat: number, channel: Uint8Array): Promise<number[]> {
    const { committee, columns } = batch;
    const all = Array.from({ length: columns.count }, (_, k) => k);
    const keystream = pads(channel, batch.position, seat, columns.count);
    let readable = all;
    let mine = this.#shares(batch, seat, keystream, all);
    if (mine === null) {
      readable = all.filter((k) => this.#shares(batch, seat, keystream, [k]) !== null);
      mine = this.#shares(batch, seat, keystream, readable)!;
    }
    keystream.fill(0);
    const commitments = concat(...readable.map((k) => batch.commitments(k)));
    const wrong = await this.#site.pool.run({ kind: 'verify', committee, seat, shares: mine, commitments });
    const right = new Set(readable);
    for (const place of wrong) right.delete(readable[place]!);
    return all.filter((k) => !right.has(k));
  }

  /**
   * Shares of the records with these ids, from all batches; null if one of the hospital's corrections is not a scalar.
   * Throws IncompleteLogsError if the node has fewer of the records: then it lags, and the hospital is not to blame.
   */
  async #queriedShares(
    recordIds: readonly number[],
    ledger: LedgerView,
    seat: number,
    channel: Uint8Array,
  ): Promise<Uint8Array | null> {
    const queried: Uint8Array[] = [];
    let found = 0;
    for await (const batch of ledger.batches()) {
      const places = batch.places(recordIds);
      if (places.length === 0) continue;
      const keystream = pads(channel, batch.position, seat, batch.columns.count);
      const mine = this.#shares(batch, seat, keystream, places);
      keystream.fill(0);
      if (mine === null) return null;
      queried.push(mine);
      found += places.length;
    }
    if (found < recordIds.length) {
      const message = `the node knows ${found} of the ${recordIds.length} records of a query in ledger ${ledger.ledgerId}`;
      throw new IncompleteLogsError(message, { ledgerId: ledger.ledgerId, found, count: recordIds.length });
    }
    return concat(...queried);
  }

  /** Whether the sum of these shares is the one that A_0 … A_{t−1} commit to: what the contract will check, unmasked. */
  #fits(queried: Uint8Array, ledger: LedgerView, seat: number, sums: Uint8Array): boolean {
    const { engine } = this.#site;
    const zero = new Uint8Array(32);
    const { y, w } = answer(queried, { value: zero, blinding: zero });
    return verify(engine, ledger.committee, seat, concat(y, w), engine.compress(sums), randomBytes).length === 0;
  }

  /** Shares (s ‖ b) of the records at these places of the batch; null if one of their corrections is not a scalar. */
  #shares(batch: LedgerBatch, seat: number, keystream: Uint8Array, places: readonly number[]): Uint8Array | null {
    const own = concat(...places.map((k) => keystream.subarray(PAD_BYTES * k, PAD_BYTES * (k + 1))));
    try {
      return shares(this.#site.engine, batch.committee, seat, own, batch.corrections(places));
    } catch (error) {
      if (error instanceof EncodingError) return null;
      throw error;
    } finally {
      own.fill(0);
    }
  }

  /** K(insurer→this server), or null if the insurer has not opened a valid channel. */
  async #channelOf(insurer: Uint8Array): Promise<Uint8Array | null> {
    try {
      return await receiveChannel(this.#site, this.#seed, this.address, insurer);
    } catch (error) {
      if (error instanceof MIStoreError && error.code === 'CHANNEL_MISSING') return null;
      throw error;
    }
  }

  /** Throws IncompleteLogsError unless there are `count`: if some were missing, right shares would look wrong. */
  async #recordIds(queryId: Uint8Array, count: number): Promise<number[]> {
    const ids: number[] = [];
    for await (const { recordIds } of this.#site.events.read('QueryExtended', { queryId })) ids.push(...recordIds);
    if (ids.length === count) return ids;
    const message = `the node's logs name ${ids.length} records of query ${toHex(queryId)}, which has ${count}`;
    throw new IncompleteLogsError(message, { queryId: toHex(queryId), named: ids.length, count });
  }

  async #membership(ledgerId: bigint): Promise<Membership> {
    const ledger = await LedgerView.load(this.#site, ledgerId);
    const seat = 1 + ledger.opening.servers.findIndex((server) => equalBytes(server, this.address));
    if (seat === 0) {
      throw new MIStoreError('NOT_A_MEMBER', `server ${toHex(this.address)} has no seat in ledger ${ledgerId}`, {
        ledgerId,
      });
    }
    return {
      ledger,
      seat,
      channel: await receiveChannel(this.#site, this.#seed, this.address, ledger.opening.hospital),
    };
  }
}
