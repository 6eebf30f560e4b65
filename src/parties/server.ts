// A server: registers, joins the ledgers that name it, checks the batches dealt to it, and answers queries with its masked
// share of the sum. It needs its seed and the contract: keys and shares are recomputed from the chain. It believes no log
// (docs/protocol.md, "Who is believed"): before it computes a share it checks what the patient signed and what storage vouches for.
import { randomBytes } from 'node:crypto';
import { concat, fromHex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { signKey } from '../contract/signing.ts';
import type { AnswerCall, EventArguments } from '../contract/types.ts';
import { MIStoreError } from '../errors.ts';
import { kemKeys } from '../identity/kem.ts';
import { accountKey, checkSeed } from '../identity/keys.ts';
import { receiveChannel } from '../ledger/channels.ts';
import { receiveKeys } from '../ledger/epoch-keys.ts';
import { type ContractSignature, type QueryEdge, QueryView } from '../ledger/query-view.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import { type LedgerBatch, LedgerView } from '../ledger/view.ts';
import { answer, shareOfSum } from '../query/answer.ts';
import { type Mask, maskOf, maskPad, opensAt } from '../query/masks.ts';
import { addEdges } from '../query/sums.ts';
import { shares } from '../vss/dealing.ts';
import { verify } from '../vss/verify.ts';
import { complain, justifiedShare, positionOf } from './complaints.ts';
import { type SentAnswers, sendAnswers } from './send-answers.ts';

/** A server's place in one ledger. */
export interface Seat {
  ledger: LedgerView;
  seat: number;
  /** K(hospital→this server). SECRET. */
  channel: Uint8Array;
  /** This seat's subset keys by epoch, as they have been asked for. SECRET. */
  keys: Map<number, Uint8Array>;
}

/** Why this server does not answer a query. */
export type AnswerRefusal =
  | 'its consent ran out longer ago than this server allows for'
  | 'the insurer has opened no channel to this server'
  | 'the mask is not that of the channel'
  | 'the hospital dealt wrong shares of these records';

export interface ServerOptions {
  /** Seconds after a consent's deadline in which its query is still answered. 7 days if not given. */
  grace?: number;
  /** Asks for EIP-1271 signatures of accounts that the operator knows to be contracts. */
  contractSignature?: ContractSignature;
  /** Unix time in seconds. */
  now?: () => number;
}

const WEEK = 7 * 24 * 3600;

export class Server {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #seed: Uint8Array;
  readonly #options: ServerOptions;
  readonly #seats = new Map<string, Promise<Seat>>();

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

  /** Whether this server has joined the current epoch of a ledger, by the contract's word. Throws NOT_A_MEMBER. */
  async hasJoined(ledgerId: Uint8Array): Promise<boolean> {
    const { contract } = this.#site;
    const [{ epoch }, { seat, joinedEpoch }] = await Promise.all([
      contract.getLedger(ledgerId),
      contract.seatOf(ledgerId, this.address),
    ]);
    if (seat === 0) throw this.#notMember(ledgerId);
    return joinedEpoch === epoch;
  }

  /**
   * Joins the current epoch of a ledger that names this server, unless it has. Throws, and joins nothing, where its packet of
   * keys does not open, is not whole, or does not fit the list that all seats see.
   */
  async join(ledgerId: Uint8Array): Promise<void> {
    this.#seats.delete(toHex(ledgerId)); // there may be a new epoch
    const seat = await this.seat(ledgerId);
    const { epoch, digest } = seat.ledger.currentEpoch;
    await this.#keys(seat, epoch);
    if (!(await this.hasJoined(ledgerId))) await this.#site.contract.join({ ledgerId, epoch, digest });
  }

  /** Checks this server's shares in a ledger's batches from number `from` on; yields each batch's bad record ids. */
  async *check(ledgerId: Uint8Array, from = 0): AsyncGenerator<{ batch: number; records: number; bad: number[] }> {
    const seat = await this.seat(ledgerId);
    for await (const batch of seat.ledger.batches(from)) {
      await batch.check();
      const bad = await this.#wronglyDealt(seat, batch);
      const { index, firstRecordId } = batch.event;
      yield { batch: index, records: batch.columns.count, bad: bad.map((k) => firstRecordId + k) };
    }
  }

  /** Ids of the ledgers whose hospital has named this server. */
  async ledgers(): Promise<Uint8Array[]> {
    const named: Uint8Array[] = [];
    const me = toHex(this.address);
    for await (const { ledgerId, terms } of this.#site.events.read('LedgerOpened', {})) {
      if (terms.servers.some((server) => toHex(server) === me)) named.push(ledgerId);
    }
    return named;
  }

  /** Ids of a ledger's queries that are sealed, by the contract's word too, lack answers, and lack this server's. */
  async pending(ledgerId: Uint8Array): Promise<Uint8Array[]> {
    const { ledger, seat } = await this.seat(ledgerId);
    const pending: Uint8Array[] = [];
    const consider = async ({ queryId, isSealed }: Pick<EventArguments['QueryOpened'], 'queryId' | 'isSealed'>) => {
      if (!isSealed) return;
      const { status, answeredSeats } = await this.#site.contract.queryState(queryId);
      const wanted = answeredSeats.length < ledger.terms.threshold && !answeredSeats.includes(seat);
      if (status === 'sealed' && wanted) pending.push(queryId);
    };
    for await (const opened of this.#site.events.read('QueryOpened', { ledgerId })) await consider(opened);
    for await (const continued of this.#site.events.read('QueryContinued', { ledgerId })) await consider(continued);
    return pending;
  }

  /** This server's answer to a query, or why it refuses. Sends nothing. Throws INVALID_QUERY for one that nobody consented to. */
  async prepare(ledgerId: Uint8Array, queryId: Uint8Array): Promise<AnswerCall | AnswerRefusal> {
    const seat = await this.seat(ledgerId);
    const query = await QueryView.load(this.#site, queryId, seat.ledger);
    await query.checkSignature(this.#options.contractSignature);
    const { grace = WEEK, now = () => Date.now() / 1000 } = this.#options;
    if (BigInt(Math.floor(now())) > query.consent.deadline + BigInt(grace)) {
      return 'its consent ran out longer ago than this server allows for';
    }
    const edges = await query.edges();
    const { threshold } = seat.ledger.terms;
    const mask = await this.#maskOf(query, seat.seat, threshold);
    if (typeof mask === 'string') return mask;
    const { engine } = this.#site;
    const share = await this.#shareOfSum(seat, edges);
    if (share === null) {
      for (const { inBatch } of edges) await inBatch.check(); // or the endpoint has changed a correction
      return 'the hospital dealt wrong shares of these records';
    }
    const sums = addEdges(engine, query.maskCommitments, edges);
    return { queryId, epoch: query.epoch.epoch, sums, ...answer(share, mask) };
  }

  /** Sends any number of answers to queries of one ledger, and tells what became of them: see sendAnswers. */
  send(ledgerId: Uint8Array, answers: readonly AnswerCall[]): AsyncGenerator<SentAnswers> {
    return sendAnswers(this.#site.contract, ledgerId, answers);
  }

  /** This server's place in a ledger, read once. Throws NOT_A_MEMBER, CHANNEL_MISSING. */
  seat(ledgerId: Uint8Array): Promise<Seat> {
    const name = toHex(ledgerId);
    let seat = this.#seats.get(name);
    if (!seat) {
      seat = this.#loadSeat(ledgerId);
      seat.catch(() => this.#seats.delete(name));
      this.#seats.set(name, seat);
    }
    return seat;
  }

  async #loadSeat(ledgerId: Uint8Array): Promise<Seat> {
    const ledger = await LedgerView.load(this.#site, ledgerId);
    const seat = ledger.seatOf(this.address);
    if (seat === 0) throw this.#notMember(ledgerId);
    const channel = await receiveChannel(this.#site, this.#seed, this.address, ledger.hospital);
    return { ledger, seat, channel, keys: new Map() };
  }

  #notMember(ledgerId: Uint8Array): MIStoreError {
    const message = `server ${toHex(this.address)} has no seat in ledger ${toHex(ledgerId)}`;
    return new MIStoreError('NOT_A_MEMBER', message, { ledgerId: toHex(ledgerId) });
  }

  /** This seat's keys in an epoch, checked against the epoch's digest. */
  async #keys({ ledger, seat, channel, keys }: Seat, epoch: number): Promise<Uint8Array> {
    let own = keys.get(epoch);
    if (!own) {
      own = await receiveKeys(this.#site, ledger, ledger.epoch(epoch), seat, channel);
      keys.set(epoch, own);
    }
    return own;
  }

  /** Numbers of the batch's records that the hospital dealt wrongly to this seat. */
  async #wronglyDealt(seat: Seat, batch: LedgerBatch): Promise<number[]> {
    const { corrections, commitments } = batch.columns;
    return this.#site.pool.run({
      kind: 'check',
      committee: seat.ledger.committee,
      seat: seat.seat,
      position: positionOf(batch),
      keys: await this.#keys(seat, batch.event.epoch),
      corrections,
      commitments,
    });
  }

  /** Complains about records that this server found to be dealt wrongly, by their ids. */
  async complain(ledgerId: Uint8Array, batch: number, recordIds: readonly number[]): Promise<void> {
    const { ledger, seat } = await this.seat(ledgerId);
    const inBatch = await ledger.batch(batch);
    for (const recordId of recordIds) await complain(this.#site, inBatch, recordId, seat);
  }

  /** Withdraws this seat's complaint about a record. */
  async withdrawComplaint(ledgerId: Uint8Array, recordId: number): Promise<void> {
    await this.#site.contract.withdrawComplaint(ledgerId, recordId);
  }

  /**
   * Σ ± of this seat's shares of the edges, which opens the edges' commitments; null if it does not. A share that was dealt
   * wrongly is replaced by the one that a justification has made public. SECRET.
   */
  async #shareOfSum(seat: Seat, edges: readonly QueryEdge[]): Promise<Mask | null> {
    const { engine } = this.#site;
    const { committee } = seat.ledger;
    const own = new Uint8Array(64 * edges.length);
    for (const [k, { inBatch, place }] of edges.entries()) {
      const keys = await this.#keys(seat, inBatch.event.epoch);
      const correction = inBatch.correction(place);
      own.set(shares(engine, committee, seat.seat, keys, positionOf(inBatch), correction, place), 64 * k);
    }
    const commitments = concat(...edges.map((edge) => edge.commitments));
    for (const k of verify(engine, committee.threshold, seat.seat, own, commitments, randomBytes)) {
      const revealed = await justifiedShare(this.#site, edges[k]!, seat.seat);
      if (revealed === null) return null;
      own.set(revealed, 64 * k);
    }
    const share = shareOfSum(edges, own);
    own.fill(0);
    return share;
  }

  /** This seat's mask of a query, if it opens the query's mask commitments. */
  async #maskOf(query: QueryView, seat: number, threshold: number): Promise<Mask | AnswerRefusal> {
    let channel: Uint8Array;
    try {
      const insurer = fromHex(query.consent.insurer);
      channel = await receiveChannel(this.#site, this.#seed, this.address, insurer);
    } catch (error) {
      if (!(error instanceof MIStoreError) || error.code !== 'CHANNEL_MISSING') throw error;
      return 'the insurer has opened no channel to this server';
    }
    const { queryId, epoch, maskCommitments, maskCorrections } = query;
    const pad = maskPad(channel, { queryId, committee: epoch.committeeHash }, seat);
    const wrong = 'the mask is not that of the channel';
    try {
      const mask = maskOf(threshold, seat, pad, maskCorrections);
      return opensAt(this.#site.engine, seat, mask, maskCommitments) ? mask : wrong;
    } catch (error) {
      if (error instanceof MIStoreError) return wrong; // corrections that are missing, or commitments that are no points
      throw error;
    }
  }
}
