// A server: registers, joins the ledgers that name it, checks the batches dealt to it, and answers queries with its masked
// share of the sum. It needs its seed and the contract: keys and shares are recomputed from the chain. It believes no log
// (docs/protocol.md, "Who is believed"): before it computes a share it checks what the patient signed and what storage vouches for.
import { equalBytes, toHex } from '../../bytes.ts';
import { accountOf } from '../../chain/account.ts';
import type { BlockTag } from '../../chain/types.ts';
import type { TransactionOutcome } from '../../contract/outcome.ts';
import { signKey } from '../../contract/signing.ts';
import type { AnswerCall, EventArguments } from '../../contract/types.ts';
import { MIStoreError } from '../../errors.ts';
import { kemKeys } from '../../identity/kem.ts';
import { accountKey, checkSeed } from '../../identity/keys.ts';
import { receiveChannel } from '../../ledger/channels.ts';
import { type ContractSignature, QueryView } from '../../ledger/query-view.ts';
import { deploymentOf, type Site } from '../../ledger/site.ts';
import { LedgerBatch, LedgerView } from '../../ledger/view.ts';
import { answer } from '../../query/answer.ts';
import { addEdges } from '../../query/sums.ts';
import { complain, positionOf } from '../complaints.ts';
import { withdrawOwed } from '../owed.ts';
import { type AnswerRefusal, maskFor, shareOfEdges } from './answer-parts.ts';
import { declined, type Willingness } from './declining.ts';
import { type Earnings, earningsOf } from './earnings.ts';
import { pendingQueries } from './pending.ts';
import { checkIsHolder, keysIn, loadSeat, notMember, type Seat } from './seat.ts';
import { type SentAnswers, sendAnswers } from './send-answers.ts';

/** What a server found in a batch. */
export interface CheckedBatch {
  batch: number;
  records: number;
  /** Ids of the records whose shares are wrong. */
  bad: number[];
  /** The batch's Merkle root, which storage has too. */
  root: Uint8Array;
}

/** An account's place in a ledger, by the contract's word. */
export interface Membership {
  /** From 1. */
  seat: number;
  /** Last epoch that it has joined; 0 if none. */
  joinedEpoch: number;
  /** First epoch in which the seat is another's; 0 while it is its own. */
  untilEpoch: number;
  /** The ledger's current one. */
  epoch: number;
  /** 20 bytes. */
  hospital: Uint8Array;
}

/** Which queries a server answers. */
export interface ServerOptions extends Willingness {
  /** Asks for EIP-1271 signatures of accounts that the operator knows to be contracts. */
  contractSignature?: ContractSignature;
}

/** A server: joins ledgers that name it, checks its shares, answers queries. Needs its seed (32 bytes, SECRET). */
export class Server {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #seed: Uint8Array;
  readonly #options: ServerOptions;
  readonly #ledgers = new Map<string, Promise<LedgerView>>();
  readonly #seats = new Map<string, Promise<Seat>>();
  /** K(insurer→this server) by insurer. SECRET. */
  readonly #channels = new Map<string, Promise<Uint8Array>>();

  constructor(site: Site, seed: Uint8Array, options: ServerOptions = {}) {
    checkSeed(seed);
    this.#site = site;
    this.#seed = seed;
    this.#options = options;
    this.address = accountOf(accountKey(seed));
  }

  /** Publishes this server's X-Wing key, signed, unless a key is on chain already. */
  async register(): Promise<void> {
    const hash = await this.#site.contract.kemKeyHash(this.address);
    if (hash.some((byte) => byte !== 0)) return;
    const { publicKey } = kemKeys(this.#seed);
    await this.#site.contract.register(publicKey, signKey(accountKey(this.#seed), deploymentOf(this.#site), publicKey));
  }

  /** This server's place in a ledger by the contract's word, as of `block`. Throws NOT_A_MEMBER. */
  async membership(ledgerId: Uint8Array, block?: BlockTag): Promise<Membership> {
    const { contract } = this.#site;
    const [{ epoch, hospital }, { seat, joinedEpoch, untilEpoch }] = await Promise.all([
      contract.getLedger(ledgerId, block),
      contract.seatOf(ledgerId, this.address, block),
    ]);
    if (seat === 0) throw notMember(this.address, ledgerId);
    return { seat, joinedEpoch, untilEpoch, epoch, hospital };
  }

  /**
   * Joins the current epoch of a ledger that names this server; null if it has joined already. Throws, and joins nothing, where
   * in any epoch its packet of keys is missing, does not open, is not whole, or does not fit the list that all seats see: it can
   * be asked about the records of all of them.
   */
  async join(ledgerId: Uint8Array): Promise<TransactionOutcome | null> {
    this.forget(ledgerId); // there may be a new epoch
    const seat = await this.seat(ledgerId);
    checkIsHolder(seat);
    const { epochs, currentEpoch } = seat.ledger;
    for (const { epoch } of epochs) await keysIn(this.#site, seat, epoch);
    const { epoch, digest } = currentEpoch;
    const { joinedEpoch } = await this.membership(ledgerId);
    return joinedEpoch === epoch ? null : this.#site.contract.join({ ledgerId, epoch, digest });
  }

  /** Checks this server's shares in a ledger's batches from number `from` on. */
  async *check(ledgerId: Uint8Array, from = 0): AsyncGenerator<CheckedBatch> {
    for await (const event of this.#site.events.readBatches(ledgerId, from)) yield await this.checkBatch(event);
  }

  /** Checks this server's shares in one batch. Throws INCONSISTENT_BATCH where its root is not that of storage at `block`. */
  checkBatch(event: EventArguments['BatchAppended'], block?: BlockTag): Promise<CheckedBatch> {
    return this.#withSeat(event.ledgerId, async (seat) => {
      const { ledger } = seat;
      const batch = new LedgerBatch(this.#site, ledger.terms.threshold, event);
      await batch.check(block);
      const { corrections, commitments } = batch.columns;
      const bad = await this.#site.pool.run({
        kind: 'check',
        committee: ledger.committee,
        seat: seat.seat,
        position: positionOf(batch),
        keys: await keysIn(this.#site, seat, event.epoch),
        corrections,
        commitments,
      });
      const { index, firstRecordId, count } = event;
      return { batch: index, records: count, bad: bad.map((k) => firstRecordId + k), root: batch.tree.root };
    });
  }

  /** Ids of the ledgers whose hospital has named this server, at first or later. */
  async ledgers(): Promise<Uint8Array[]> {
    const named: Uint8Array[] = [];
    for await (const event of this.#site.events.read(['LedgerOpened', 'SeatChanged'], {})) {
      const servers = event.event === 'LedgerOpened' ? event.terms.servers : [event.to];
      if (servers.some((server) => equalBytes(server, this.address))) named.push(event.ledgerId);
    }
    return named;
  }

  /**
   * Ids of a ledger's queries that are sealed, by the contract's word too, lack answers, and lack this server's. Only those that
   * were opened while it held its seat.
   */
  async pending(ledgerId: Uint8Array): Promise<Uint8Array[]> {
    return pendingQueries(this.#site, await this.seat(ledgerId));
  }

  /** This server's answer to a query, or why it refuses. Sends nothing. Throws INVALID_QUERY for one that nobody consented to. */
  prepare(ledgerId: Uint8Array, queryId: Uint8Array): Promise<AnswerCall | AnswerRefusal> {
    return this.#withSeat(ledgerId, async (seat) => {
      const query = await QueryView.load(this.#site, queryId, seat.ledger);
      await query.checkSignature(this.#options.contractSignature);
      return (await declined(this.#site, this.#options, query, seat)) ?? (await this.#answerTo(query, seat));
    });
  }

  async #answerTo(query: QueryView, seat: Seat): Promise<AnswerCall | AnswerRefusal> {
    const site = this.#site;
    const edges = await query.edges();
    const mask = await maskFor(site, seat.seat, query, (insurer) => this.#channelFrom(insurer));
    if (typeof mask === 'string') return mask;
    const share = await shareOfEdges(site, seat, edges);
    if (share === null) {
      for (const { inBatch } of edges) await inBatch.check(); // or the endpoint has changed a correction
      return 'the hospital dealt wrong shares of these records';
    }
    const sums = addEdges(site.engine, query.maskCommitments, edges);
    return { queryId: query.queryId, epoch: query.epoch.epoch, sums, ...answer(share, mask) };
  }

  /** K(account→this server), read once: to derive it takes milliseconds. SECRET. */
  #channelFrom(account: Uint8Array): Promise<Uint8Array> {
    return once(this.#channels, account, () => receiveChannel(this.#site, this.#seed, this.address, account));
  }

  /** Sends any number of answers to queries of one ledger, and tells what became of them: see sendAnswers. */
  send(ledgerId: Uint8Array, answers: readonly AnswerCall[]): AsyncGenerator<SentAnswers> {
    return sendAnswers(this.#site.contract, ledgerId, answers);
  }

  /** A ledger, read once. Throws UNKNOWN_LEDGER, FORGED_TERMS. */
  ledger(ledgerId: Uint8Array): Promise<LedgerView> {
    return once(this.#ledgers, ledgerId, () => LedgerView.load(this.#site, ledgerId));
  }

  /** This server's place in a ledger, read once. Throws NOT_A_MEMBER, CHANNEL_MISSING. */
  seat(ledgerId: Uint8Array): Promise<Seat> {
    return once(this.#seats, ledgerId, async () =>
      loadSeat(this.#site, this.#seed, this.address, await this.ledger(ledgerId)),
    );
  }

  /** Reads a ledger and the place in it anew when they are next needed: an epoch may have begun. */
  forget(ledgerId: Uint8Array): void {
    this.#ledgers.delete(toHex(ledgerId));
    this.#seats.delete(toHex(ledgerId));
  }

  /** Works with this server's place; where the ledger has more epochs than when it was read, once more with the place as it is now. */
  async #withSeat<T>(ledgerId: Uint8Array, work: (seat: Seat) => Promise<T>): Promise<T> {
    const seat = await this.seat(ledgerId);
    try {
      return await work(seat);
    } catch (error) {
      if (!(error instanceof MIStoreError) || error.code !== 'UNKNOWN_EPOCH') throw error;
      this.forget(ledgerId);
      return work(await this.seat(ledgerId));
    }
  }

  /** Complains about records that this server found to be dealt wrongly, by their ids. Gives what it had to send. */
  async complain(ledgerId: Uint8Array, batch: number, recordIds: readonly number[]): Promise<TransactionOutcome[]> {
    const place = await this.seat(ledgerId);
    checkIsHolder(place);
    const { ledger, seat } = place;
    const inBatch = await ledger.batch(batch);
    const sent: TransactionOutcome[] = [];
    for (const recordId of recordIds) {
      const outcome = await complain(this.#site, inBatch, recordId, seat);
      if (outcome !== null) sent.push(outcome);
    }
    return sent;
  }

  /** Withdraws this seat's complaint about a record. */
  async withdrawComplaint(ledgerId: Uint8Array, recordId: number): Promise<void> {
    await this.#site.contract.withdrawComplaint(ledgerId, recordId);
  }

  /** Wei for which this server answers a query, at least. */
  get minimumFee(): bigint {
    return this.#options.minimumFee ?? 0n;
  }

  /** States a minimum fee (wei of an answer) on chain for insurers to read, unless it stands there. Null if nothing was sent. */
  async stateMinimumFee(fee: bigint): Promise<TransactionOutcome | null> {
    const { contract } = this.#site;
    return (await contract.minimumFee(this.address)) === fee ? null : contract.stateMinimumFee(fee);
  }

  /** What this server has earned, and what of all that is owed to it still. */
  earnings(): Promise<Earnings> {
    return earningsOf(this.#site, this.address);
  }

  /** Sends all that the contract owes this server to an account (20 bytes), its own if not given; gives the wei. */
  withdraw(to: Uint8Array = this.address): Promise<bigint> {
    return withdrawOwed(this.#site, to);
  }

  /** Tells the hospital that this server wishes to give up its seat. It holds it until the hospital names another server. */
  async resign(ledgerId: Uint8Array): Promise<void> {
    checkIsHolder(await this.seat(ledgerId));
    await this.#site.contract.resign(ledgerId);
  }
}

/** What `load` gave for a ledger or an account; one that failed is loaded again. */
function once<T>(known: Map<string, Promise<T>>, id: Uint8Array, load: () => Promise<T>): Promise<T> {
  const name = toHex(id);
  let loaded = known.get(name);
  if (!loaded) {
    const loading = load();
    loading.catch(() => known.get(name) === loading && known.delete(name));
    known.set(name, loading);
    loaded = loading;
  }
  return loaded;
}
