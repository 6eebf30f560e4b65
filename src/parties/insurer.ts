// An insurer: asks for the sum that a patient has consented to, and opens it from the servers' accepted answers. It needs its
// seed and the contract: a query it forgot about can be opened again from the chain.
import { concat, equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import type { TransactionReceipt } from '../chain/types.ts';
import { eventOf } from '../contract/outcome.ts';
import { consentDigest } from '../contract/signing.ts';
import type { QueryStatus } from '../contract/types.ts';
import { counted } from '../counted.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey, checkSeed } from '../identity/keys.ts';
import { openChannels, sendingSecrets } from '../ledger/channels.ts';
import { committedSum, QueryView } from '../ledger/query-view.ts';
import { checkSameDeployment, deploymentOf, type Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { openSum, type SeatAnswer } from '../query/answer.ts';
import { type Masks, makeMasks, maskPad } from '../query/masks.ts';
import { countCovered } from '../query/runs.ts';
import { edgesHash, type NamedConsent, type SignedConsent } from '../records/consent-file.ts';
import { decodeLanes } from '../records/lanes.ts';
import { withdrawOwed } from './owed.ts';
import { checkFeeIsEnough, checkSameFee, offerOf, type QueryFeeOptions } from './query-offer.ts';
import { QueryParts } from './query-parts.ts';
import type { SumProof } from './sum-proof.ts';

/** What a query pays, and what is called as it is sent. */
export interface QueryOptions extends QueryFeeOptions {
  /** Called with the number of edges on chain, after each transaction. */
  onProgress?: (edges: number) => void;
}

/** A query that is on chain, complete. */
export interface QuerySent {
  queryId: Hex;
  /** Records that its runs cover. */
  records: number;
  edges: number;
  /** Wei that each of the first t answers earns. */
  fee: bigint;
  /** Wei that went to the contract with these transactions. */
  paid: bigint;
  transactions: TransactionReceipt[];
}

/** The sum that a query gave. */
export interface QuerySum {
  queryId: Hex;
  ledgerId: Hex;
  /** Number of records in it, by their positions. */
  records: number;
  /** Minor units, one for each lane. SECRET, as is the proof. */
  amounts: bigint[];
  lanes: readonly string[];
  scale: number;
  /** For people. */
  currency: string;
  /** Seats whose answers were used. */
  seats: number[];
  /** Proves the sum to whom it is shown. */
  proof: SumProof;
}

/** Why there is no sum of a query, by its status in the contract. */
const NOT_SEALED: Record<QueryStatus, string> = {
  none: 'does not exist here: nobody has opened it (its status is "none")',
  revoked: 'can never be opened: the patient has revoked the consent',
  open: 'is not complete: its insurer must send the rest of its edges, by asking again with the same consent',
  cancelled: 'has been cancelled by its insurer: the consent cannot be used again',
  sealed: 'is sealed, but the source of events does not show that',
};

/** An insurer: asks for sums that patients consent to, and opens them. Needs its seed (32 bytes, SECRET). */
export class Insurer {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #seed: Uint8Array;
  readonly #channels = new Map<Hex, Promise<Uint8Array>>();

  constructor(site: Site, seed: Uint8Array) {
    checkSeed(seed);
    this.#site = site;
    this.#seed = seed;
    this.address = accountOf(accountKey(seed));
  }

  /**
   * Opens the query that the consent allows, in as many transactions as it takes; its fee goes with the first. Continues one that
   * was interrupted. Sends nothing, and throws, FEE_TOO_LOW where fewer than t servers would answer for the fee, FEE_DIFFERS where
   * the query has been opened with another.
   */
  async query(signed: SignedConsent, { onProgress, ...options }: QueryOptions = {}): Promise<QuerySent> {
    const { contract, engine } = this.#site;
    const { consent, edges, signature } = signed;
    const queryId = this.#checkConsent(signed);
    const ledger = await LedgerView.load(this.#site, fromHex(consent.ledgerId, 'ledger id', 32));
    const offer = offerOf(ledger.terms.threshold, options);
    const { status } = await contract.queryState(queryId);
    if (status === 'revoked') {
      const message = `the patient has revoked this consent (query ${toHex(queryId)}); nothing was sent`;
      throw new MIStoreError('CONSENT_IS_REVOKED', message, { queryId: toHex(queryId) });
    }
    if (status === 'cancelled') throw notSealed(queryId, status);
    const begun = status === 'none' ? undefined : await QueryView.load(this.#site, queryId, ledger);
    const fee = begun ? (await contract.feeOf(queryId)).share : (options.fee ?? 0n);
    if (!begun) await checkFeeIsEnough(this.#site, ledger, fee);
    else if (options.fee !== undefined) checkSameFee(queryId, fee, options.fee);
    const records = countCovered(edges);
    const sent: QuerySent = { queryId: toHex(queryId), records, edges: edges.length, fee, paid: 0n, transactions: [] };
    if (begun?.isSealed) return sent;

    const epoch = begun?.epoch ?? ledger.currentEpoch;
    const channels = await Promise.all(epoch.servers.map((server) => this.#channelTo(server)));
    const masks = masksOf(this.#site, ledger, channels, { queryId, committee: epoch.committeeHash });
    const parts = new QueryParts(engine, consent, epoch.epoch, masks.commitments, edges);
    let done = begun?.told.length ?? 0;
    while (done < edges.length) {
      const part = parts.from(done);
      const { receipt } =
        done === 0
          ? await contract.openQuery({
              consent,
              signature: fromHex(signature),
              masks: concat(masks.commitments, masks.corrections),
              edges: part.edges,
              proofs: part.proofs,
              epoch: epoch.epoch,
              ...(offer && { offer }),
            })
          : await contract.continueQuery({ consent, progress: parts.progress(done), ...part });
      if (done === 0) sent.paid = offer?.fee ?? 0n;
      sent.transactions.push(receipt);
      done += part.count;
      onProgress?.(done);
    }
    return sent;
  }

  /** Ends a query of this insurer that is not sealed, for good; gives the wei of its fee, which are owed to the insurer again. */
  async cancel(named: NamedConsent): Promise<bigint> {
    this.#checkOwn(named);
    const { events } = await this.#site.contract.cancelQuery(named.consent);
    const refunded = events.find((event) => event.event === 'FeeRefunded');
    return refunded?.amount ?? 0n;
  }

  /**
   * Takes back what is left of a query's fee: the contract owes it to this insurer again. Gives the wei. Throws a ContractError,
   * NothingToRefund or RefundTooEarly.
   */
  async refund(named: NamedConsent): Promise<bigint> {
    this.#checkOwn(named);
    return eventOf(await this.#site.contract.refund(named.consent), 'FeeRefunded').amount;
  }

  /** Wei that the contract owes this insurer. */
  owed(): Promise<bigint> {
    return this.#site.contract.owed(this.address);
  }

  /** Sends all that the contract owes this insurer to an account (20 bytes), its own if not given; gives the wei. */
  withdraw(to: Uint8Array = this.address): Promise<bigint> {
    return withdrawOwed(this.#site, to);
  }

  /** K(insurer→server), opened once, for any number of queries at a time. SECRET. */
  #channelTo(server: Uint8Array): Promise<Uint8Array> {
    const name = toHex(server);
    let channel = this.#channels.get(name);
    if (!channel) {
      channel = openChannels(this.#site, this.#seed, this.address, [server]).then(([secret]) => secret!);
      channel.catch(() => this.#channels.delete(name));
      this.#channels.set(name, channel);
    }
    return channel;
  }

  /** What the contract would find too, but only after channels are paid for or the consent is spent. Gives the query's id. */
  #checkConsent(signed: SignedConsent): Uint8Array {
    const queryId = this.#checkOwn(signed);
    const { consent, edges } = signed;
    if (toHex(edgesHash(fromHex(consent.patient), edges)) !== consent.runsHash.toLowerCase()) {
      throw new MIStoreError('INVALID_CONSENT', 'the consent is for other records than the edges given');
    }
    return queryId;
  }

  /** Throws WRONG_DEPLOYMENT, NOT_THE_INSURER. Gives the query's id. */
  #checkOwn(named: NamedConsent): Uint8Array {
    checkSameDeployment(this.#site, 'the consent is', named);
    const { insurer } = named.consent;
    const me = toHex(this.address);
    if (insurer.toLowerCase() !== me) {
      throw new MIStoreError('NOT_THE_INSURER', `the consent is for insurer ${insurer}, not for ${me}`, { insurer });
    }
    return consentDigest(deploymentOf(this.#site), named.consent);
  }

  /**
   * The sum, from seed and chain alone. Throws QUERY_NOT_SEALED, NOT_YOUR_QUERY, or TOO_FEW_ANSWERS, which says how many
   * there are and how many it takes.
   */
  async sum(queryIdHex: Hex): Promise<QuerySum> {
    const { engine, contract } = this.#site;
    const queryId = fromHex(queryIdHex, 'query id', 32);
    const { status } = await contract.queryState(queryId);
    if (status !== 'sealed') throw notSealed(queryId, status);
    const query = await QueryView.load(this.#site, queryId);
    if (!query.isSealed) throw notSealed(queryId, status);
    const { consent, ledger, epoch } = query;
    if (!equalBytes(fromHex(consent.insurer), this.address)) {
      const message = `query ${queryIdHex} is of insurer ${consent.insurer}, not of ${toHex(this.address)}`;
      throw new MIStoreError('NOT_YOUR_QUERY', message);
    }
    const { threshold, lanes, scale, currency } = ledger.terms;
    const answers = await this.answers(queryId);
    if (answers.length < threshold) {
      const message = `${counted(answers.length, 'server has', 'servers have')} answered query ${queryIdHex}; the sum takes ${threshold}`;
      throw new MIStoreError('TOO_FEW_ANSWERS', message, { answers: answers.length, threshold });
    }
    const edges = await query.edges();
    const channels = await sendingSecrets(this.#site, this.#seed, this.address, epoch.servers);
    const masks = masksOf(this.#site, ledger, channels, { queryId, committee: epoch.committeeHash });
    const { sum, blinding } = openSum(engine, threshold, answers, masks.atZero);
    const commitment = engine.compress(committedSum(this.#site, threshold, edges).subarray(0, 64));
    if (!equalBytes(engine.commit(sum, blinding), commitment)) {
      const message = `the answers to query ${queryIdHex} do not open the commitment that follows from its records: is this the seed that asked, and are the answers those of the chain?`;
      throw new MIStoreError('SUM_NOT_PROVEN', message);
    }
    const { chainId, contract: address } = deploymentOf(this.#site);
    const signature = toHex(query.signature);
    return {
      queryId: queryIdHex,
      ledgerId: toHex(ledger.ledgerId),
      records: query.count,
      amounts: decodeLanes(sum, lanes.length),
      lanes,
      scale,
      currency,
      seats: answers.slice(0, threshold).map(({ seat }) => seat),
      proof: {
        signed: { chainId, contract: toHex(address), consent, edges, signature },
        sum: toHex(sum),
        blinding: toHex(blinding),
      },
    };
  }

  /** The accepted answers to a query (32 bytes), each seat once. */
  async answers(queryId: Uint8Array): Promise<SeatAnswer[]> {
    const answers = new Map<number, SeatAnswer>();
    for await (const { seat, y, w } of this.#site.events.read('AnswerAccepted', { queryId })) {
      if (!answers.has(seat)) answers.set(seat, { seat, y, w });
    }
    return [...answers.values()];
  }
}

function masksOf(
  site: Site,
  ledger: LedgerView,
  channels: readonly Uint8Array[],
  use: { queryId: Uint8Array; committee: Uint8Array },
): Masks {
  const pads = channels.map((channel, s) => maskPad(channel, use, s + 1));
  return makeMasks(site.engine, ledger.terms.threshold, pads);
}

/** The error for a query that has no sum, by its status. */
export function notSealed(queryId: Uint8Array, status: QueryStatus): MIStoreError {
  return new MIStoreError('QUERY_NOT_SEALED', `query ${toHex(queryId)} ${NOT_SEALED[status]}`, { status });
}
