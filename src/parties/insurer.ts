// An insurer: asks for the sum that a patient has consented to, and opens it from the servers' accepted answers. It needs
// nothing but its seed and the contract: every sum can be opened again from the chain.
import { concat, equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import type { TransactionReceipt } from '../chain/types.ts';
import { consentDigest } from '../contract/signing.ts';
import type { EventArguments, QueryStatus } from '../contract/types.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey, checkSeed } from '../identity/keys.ts';
import { openChannels, sendingSecrets } from '../ledger/channels.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { openSum, type SeatAnswer } from '../query/answer.ts';
import { type Consent, recordsHash } from '../query/consent.ts';
import { type MaskUse, mask, maskCommitment } from '../query/masks.ts';
import type { SignedConsent } from '../query/signed-consent.ts';
import { decodeLanes } from '../records/lanes.ts';
import type { AmountTerms } from '../records/terms.ts';
import { QueryParts } from './query-parts.ts';

export interface QuerySent {
  queryId: Hex;
  records: number;
  transactions: TransactionReceipt[];
}

/** The sum that a query gave, under the ledger's terms. */
export interface QuerySum extends AmountTerms {
  queryId: Hex;
  ledgerId: bigint;
  /** Number of records in it. */
  records: number;
  /** Minor units, one for each lane. SECRET, as is the opening. */
  amounts: bigint[];
  /** Seats whose answers were used. */
  seats: number[];
  /** (M, B): opens the commitment A_0 that the contract computed, which proves the sum to anyone. */
  opening: { sum: Hex; blinding: Hex; commitment: Hex };
}

/** Why there is no sum of a query, by its status in the contract. */
const NOT_SEALED: Record<QueryStatus, string> = {
  none: 'does not exist here: nobody has opened it (its status is "none")',
  revoked: 'can never be opened: the patient has revoked the consent',
  open: 'is not complete: its insurer must send the rest of its records, by asking again with the same consent',
  sealed: 'is sealed, but the node has no log of that',
};

export class Insurer {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #seed: Uint8Array;

  constructor(site: Site, seed: Uint8Array) {
    checkSeed(seed);
    this.#site = site;
    this.#seed = seed;
    this.address = accountOf(accountKey(seed));
  }

  /** Opens the query that the consent allows, in as many transactions as it takes. Continues one that was interrupted. */
  async query(
    { consent, recordIds, signature }: SignedConsent,
    onProgress?: (records: number) => void,
  ): Promise<QuerySent> {
    const { contract, engine } = this.#site;
    this.#checkConsent(consent, recordIds);
    const ledger = await LedgerView.load(this.#site, consent.ledgerId);
    const queryId = consentDigest(deploymentOf(this.#site), consent);
    const started = await this.#progress(queryId);
    // The contract also opens queries without records, and then gives 0 as the last record.
    const left = started?.count ? recordIds.filter((id) => id > started.lastRecordId) : recordIds;
    const channels = await openChannels(this.#site, this.#seed, this.address, ledger.opening.servers);

    const { threshold, seats } = ledger.committee;
    const before = started?.sums ?? new Uint8Array(64 * threshold);
    const parts = new QueryParts(engine, before, 64 * (seats + threshold) + fromHex(signature).length + 1024);
    await addRecords(parts, ledger, consent, left);
    const use = { queryId, ledgerId: consent.ledgerId, sums: parts.sums };
    const masks = concat(...channels.map((k, s) => maskCommitment(engine, mask(k, use, s + 1))));
    let progress = started;
    const transactions: TransactionReceipt[] = [];
    for (const batch of left.length > 0 ? parts.transactions : []) {
      const sent = progress
        ? await contract.continueQuery(consent, masks, progress, batch)
        : await contract.query(consent, fromHex(signature), masks, batch);
      transactions.push(sent.receipt);
      progress = sent.events.find((event) => event.event === 'QueryExtended')?.progress;
      onProgress?.(progress?.count ?? 0);
    }
    return { queryId: toHex(queryId), records: recordIds.length, transactions };
  }

  /** The contract checks this too, but only after channels have been paid for or the consent is used. */
  #checkConsent({ insurer, recordsHash: consented }: Consent, recordIds: readonly number[]): void {
    const me = toHex(this.address);
    if (insurer.toLowerCase() !== me) {
      throw new MIStoreError('NOT_THE_INSURER', `the consent is for insurer ${insurer}, not for ${me}`, { insurer });
    }
    if (toHex(recordsHash(recordIds)) !== consented.toLowerCase()) {
      throw new MIStoreError('INVALID_CONSENT', 'the consent is for other records than the ids given', { consented });
    }
  }

  /** The query's progress according to the last QueryExtended, if there is one. */
  async #progress(queryId: Uint8Array) {
    let last: EventArguments['QueryExtended']['progress'] | undefined;
    for await (const { progress } of this.#site.events.read('QueryExtended', { queryId })) last = progress;
    return last;
  }

  /** The answers to this insurer's query so far, with their masks, which this seed gives. Sends nothing. */
  async answers(query: MaskUse, servers: readonly Uint8Array[]): Promise<SeatAnswer[]> {
    const channels = await sendingSecrets(this.#site, this.#seed, this.address, servers);
    const answers: SeatAnswer[] = [];
    for await (const { seat, y, w } of this.#site.events.read('AnswerAccepted', { queryId: query.queryId })) {
      answers.push({ seat, y, w, mask: mask(channels[seat - 1]!, query, seat) });
    }
    return answers;
  }

  /**
   * The sum, from seed and chain alone. Throws QUERY_NOT_SEALED, NOT_YOUR_QUERY, or TOO_FEW_ANSWERS, which says how many
   * there are and how many it takes.
   */
  async sum(queryIdHex: Hex): Promise<QuerySum> {
    const { engine } = this.#site;
    const queryId = fromHex(queryIdHex, 'query id', 32);
    const { ledgerId, insurer, sums, count } = await this.#sealed(queryId);
    if (!equalBytes(insurer, this.address)) {
      throw new MIStoreError(
        'NOT_YOUR_QUERY',
        `query ${queryIdHex} belongs to insurer ${toHex(insurer)}, not to ${toHex(this.address)}`,
      );
    }
    const { opening: terms, committee } = await LedgerView.load(this.#site, ledgerId);
    const answers = await this.answers({ queryId, ledgerId, sums }, terms.servers);
    if (answers.length < committee.threshold) {
      throw new MIStoreError(
        'TOO_FEW_ANSWERS',
        `${answers.length} servers have answered query ${queryIdHex}; the sum takes ${committee.threshold}`,
        {
          answers: answers.length,
          threshold: committee.threshold,
        },
      );
    }
    const { sum, blinding } = openSum(engine, committee.threshold, answers);
    const commitment = engine.compress(sums.subarray(0, 64));
    if (!equalBytes(engine.commit(sum, blinding), commitment)) {
      throw new MIStoreError(
        'SUM_NOT_PROVEN',
        `the answers to query ${queryIdHex} do not open the commitment on chain; is this the seed that asked?`,
      );
    }
    return {
      queryId: queryIdHex,
      ledgerId,
      records: count,
      amounts: decodeLanes(sum, terms.lanes.length),
      lanes: terms.lanes,
      scale: terms.scale,
      currency: terms.currency,
      seats: answers.slice(0, committee.threshold).map(({ seat }) => seat),
      opening: { sum: toHex(sum), blinding: toHex(blinding), commitment: toHex(commitment) },
    };
  }

  async #sealed(queryId: Uint8Array): Promise<EventArguments['QuerySealed']> {
    for await (const sealed of this.#site.events.read('QuerySealed', { queryId })) return sealed;
    const { status } = await this.#site.contract.queryState(queryId);
    throw new MIStoreError('QUERY_NOT_SEALED', `query ${toHex(queryId)} ${NOT_SEALED[status]}`, { status });
  }
}

/**
 * Adds the ledger's records with these ids to the query. Throws FOREIGN_RECORD for one that is not the patient's, and
 * UNKNOWN_RECORD if the ledger has too few.
 */
async function addRecords(
  parts: QueryParts,
  ledger: LedgerView,
  { patient, ledgerId }: Consent,
  recordIds: readonly number[],
): Promise<void> {
  let found = 0;
  for await (const batch of ledger.batches()) {
    const places = batch.places(recordIds);
    const foreign = places.find((k) => batch.tag(k) !== patient.toLowerCase());
    if (foreign !== undefined) {
      const recordId = batch.event.firstRecordId + foreign;
      const message = `record ${recordId} belongs to ${batch.tag(foreign)}, not to ${patient} who signed the consent`;
      throw new MIStoreError('FOREIGN_RECORD', message, { recordId });
    }
    if (places.length > 0) parts.add(batch, places);
    found += places.length;
  }
  if (found === recordIds.length) return;
  const { nextRecordId } = await ledger.state();
  throw new MIStoreError(
    'UNKNOWN_RECORD',
    `the consent names record ${recordIds.at(-1)}; ledger ${ledgerId} holds the records 0 to ${nextRecordId - 1}`,
  );
}
