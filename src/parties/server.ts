// A server: registers, joins the ledgers that name it, checks the batches dealt to it, and answers queries with its
// masked share of the sum. It needs its seed and the contract: shares are recomputed from the chain.

import { concat, equalBytes, toHex } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey, checkSeed, kemKeys } from '../identity/keys.ts';
import { accountOf } from '../ledger/account.ts';
import type { AnswerCall, EventArguments, Receipt } from '../ledger/types.ts';
import { answer } from '../query/answer.ts';
import { mask, maskCommitment } from '../query/masks.ts';
import { shares } from '../vss/dealing.ts';
import { pads } from '../vss/pads.ts';
import { receiveChannel } from './channels.ts';
import { type LedgerBatch, LedgerView } from './ledger-view.ts';
import type { Site } from './site.ts';

/** A server's place in one ledger. */
interface Seat {
  ledger: LedgerView;
  seat: number;
  /** K(hospital→this server). */
  channel: Uint8Array;
}

/** Why this server does not answer a query. */
export type Refusal = 'the mask commitment is not that of the channel';

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

  /** Joins a ledger that names this server, unless it has. */
  async join(ledgerId: bigint): Promise<void> {
    const { seat } = await this.#seat(ledgerId);
    const { joined } = await this.#site.contract.seatOf(ledgerId, this.address);
    if (seat > 0 && !joined) await this.#site.contract.join(ledgerId);
  }

  /** Checks this server's shares in a ledger's batches from number `from` on; yields each batch's bad record ids. */
  async *check(ledgerId: bigint, from = 0): AsyncGenerator<{ batch: number; records: number; bad: number[] }> {
    const { ledger, seat, channel } = await this.#seat(ledgerId);
    for await (const batch of ledger.batches(from)) {
      const mine = this.#shares(batch, seat, channel);
      const bad = await this.#site.pool.run({
        kind: 'verify',
        committee: ledger.committee,
        seat,
        shares: mine,
        commitments: batch.columns.commitments,
      });
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

  /** Sealed queries of a ledger that this server has not answered. */
  async pending(ledgerId: bigint): Promise<EventArguments['QuerySealed'][]> {
    const { seat } = await this.#seat(ledgerId);
    const pending: EventArguments['QuerySealed'][] = [];
    for await (const sealed of this.#site.events.read('QuerySealed', { ledgerId })) {
      const { answeredSeats } = await this.#site.contract.queryState(sealed.queryId);
      if (!answeredSeats.includes(seat)) pending.push(sealed);
    }
    return pending;
  }

  /** This server's answer to a query, or why it refuses. Sends nothing. */
  async prepare(sealed: EventArguments['QuerySealed']): Promise<AnswerCall | Refusal> {
    const { queryId, ledgerId, insurer, sums, masks } = sealed;
    const { ledger, seat, channel } = await this.#seat(ledgerId);
    const insurers = await receiveChannel(this.#site, this.#seed, this.address, insurer);
    const mine = mask(insurers, queryId, ledgerId, seat);
    if (!equalBytes(maskCommitment(this.#site.engine, mine), masks.subarray(64 * (seat - 1), 64 * seat))) {
      return 'the mask commitment is not that of the channel';
    }
    const recordIds = await this.#recordIds(queryId);
    const queried: Uint8Array[] = [];
    for await (const batch of ledger.batches()) {
      const places = batch.places(recordIds);
      if (places.length === 0) continue;
      const all = this.#shares(batch, seat, channel);
      queried.push(...places.map((k) => all.slice(64 * k, 64 * (k + 1))));
      all.fill(0);
    }
    return { queryId, ledgerId, ...answer(concat(...queried), mine), sums, masks };
  }

  /** Sends answers, as many as there are, in one transaction; the contract checks each. */
  async send(answers: readonly AnswerCall[]): Promise<Receipt> {
    return (await this.#site.contract.answer(answers)).receipt;
  }

  /** Shares (s ‖ b) of all records of a batch. */
  #shares(batch: LedgerBatch, seat: number, channel: Uint8Array): Uint8Array {
    const keystream = pads(channel, batch.position, seat, batch.columns.count);
    const mine = shares(this.#site.engine, batch.committee, seat, keystream, batch.columns.corrections);
    keystream.fill(0);
    return mine;
  }

  async #recordIds(queryId: Uint8Array): Promise<number[]> {
    const ids: number[] = [];
    for await (const { recordIds } of this.#site.events.read('QueryExtended', { queryId })) ids.push(...recordIds);
    return ids;
  }

  async #seat(ledgerId: bigint): Promise<Seat> {
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
