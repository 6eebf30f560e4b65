// A hospital's dealing for one ledger: from the contents of a batch to its bytes, and back. Everything is recomputed from the
// seed and the chain; a batch that is opened must have the nonce that its contents give, so its totals are those dealt.
import { equalBytes } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import type { LedgerBatch, LedgerView } from '../ledger/view.ts';
import { type BatchContents, type BatchPlace, batchNonce, contentsHash } from '../records/batch.ts';
import { encodeRecords, TAG_BYTES } from '../records/record.ts';
import { subsetKeys } from '../vss/subset-keys.ts';

/** Nonce of the batch before the first. */
export const NO_NONCE: Uint8Array = new Uint8Array(16);

/** A batch's place and its nonce. */
export interface NamedBatch extends BatchPlace {
  nonce: Uint8Array;
}

/**
 * Deals the batches of one ledger of a hospital: their nonces, shares and commitments. Holds its keys, which are
 * SECRET.
 */
export class Dealer {
  readonly ledger: LedgerView;
  readonly #site: Site;
  readonly #dealingKey: Uint8Array;
  /** Keys of all subsets, by epoch. */
  readonly #keys = new Map<number, Uint8Array>();

  constructor(site: Site, ledger: LedgerView, dealingKey: Uint8Array) {
    this.#site = site;
    this.ledger = ledger;
    this.#dealingKey = dealingKey;
  }

  get dealingKey(): Uint8Array {
    return this.#dealingKey;
  }

  /** Where batch `index` of the current epoch stands, after a batch with this nonce, and the nonce of these contents there. */
  name(index: number, previousNonce: Uint8Array, contents: BatchContents): NamedBatch {
    const { epoch, committeeHash } = this.ledger.currentEpoch;
    const place = { index, epoch, committeeHash, previousNonce };
    return { ...place, nonce: batchNonce(this.#dealingKey, deploymentOf(this.#site), place, contents) };
  }

  /** The records of a batch, as they go on chain. Deterministic: the same contents at the same place give the same bytes. */
  async deal({ index, epoch, nonce }: NamedBatch, { tags, keys, messages }: BatchContents): Promise<Uint8Array> {
    const { committee } = this.ledger;
    const { commitments, corrections, openings } = await this.#site.pool.run({
      kind: 'deal',
      committee,
      position: { index, nonce, contents: contentsHash(tags, keys) },
      keys: this.keys(epoch),
      messages,
    });
    openings.fill(0);
    const count = tags.length / TAG_BYTES;
    return encodeRecords(committee.threshold, { count, tags, keys, commitments, corrections });
  }

  /**
   * Messages and openings of C_0 of a batch on chain, B × 64 bytes. SECRET. `previousNonce`: of the batch before it. Throws
   * NOT_OF_THIS_SEED where the batch was not dealt from this seed at this place, or the source of events lies about it.
   */
  async open(batch: LedgerBatch, previousNonce: Uint8Array): Promise<Uint8Array> {
    const { index, epoch, nonce, source } = batch.event;
    const { tags, keys, corrections, count } = batch.columns;
    const { openings } = await this.#site.pool.run({
      kind: 'open',
      committee: this.ledger.committee,
      position: { index, nonce, contents: contentsHash(tags, keys) },
      keys: this.keys(epoch),
      corrections,
    });
    const messages = new Uint8Array(32 * count);
    for (let k = 0; k < count; k++) messages.set(openings.subarray(64 * k, 64 * k + 32), 32 * k);
    const place = { index, epoch, committeeHash: this.ledger.epoch(epoch).committeeHash, previousNonce };
    const expected = batchNonce(this.#dealingKey, deploymentOf(this.#site), place, { source, tags, keys, messages });
    messages.fill(0);
    if (equalBytes(expected, nonce)) return openings;
    openings.fill(0);
    throw new MIStoreError(
      'NOT_OF_THIS_SEED',
      `batch ${index} of the ledger was not dealt from this seed, or the source of its events has changed it`,
      { batch: index },
    );
  }

  /** Keys of all subsets in an epoch, in order. SECRET. */
  keys(epoch: number): Uint8Array {
    let keys = this.#keys.get(epoch);
    if (!keys) {
      const { committeeHash } = this.ledger.epoch(epoch);
      keys = subsetKeys(this.#dealingKey, { ...deploymentOf(this.#site), committeeHash }, this.ledger.committee);
      this.#keys.set(epoch, keys);
    }
    return keys;
  }
}
