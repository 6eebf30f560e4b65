// A hospital's dealing for one ledger: from the contents of a batch to its bytes on chain, and back. Everything is
// recomputed from the seed, the channels and the chain.
import { equalBytes } from '../bytes.ts';
import type { BatchCall } from '../contract/types.ts';
import { MIStoreError } from '../errors.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import type { LedgerBatch, LedgerView } from '../ledger/view.ts';
import { type BatchContents, batchNonce } from '../records/batch.ts';
import { encodeRecords, TAG_BYTES } from '../records/record.ts';
import { reconstruct, shares } from '../vss/dealing.ts';
import { pads } from '../vss/pads.ts';

export interface OpenedBatch {
  /** B × 32-byte messages. SECRET. */
  messages: Uint8Array;
  /** B × b_k(0), 32 bytes. SECRET. */
  openings: Uint8Array;
}

export class Dealer {
  readonly ledger: LedgerView;
  readonly #site: Site;
  readonly #dealingKey: Uint8Array;
  /** K(hospital→server_i) at i − 1. */
  readonly #channels: readonly Uint8Array[];

  constructor(site: Site, ledger: LedgerView, dealingKey: Uint8Array, channels: readonly Uint8Array[]) {
    this.#site = site;
    this.ledger = ledger;
    this.#dealingKey = dealingKey;
    this.#channels = channels;
  }

  get dealingKey(): Uint8Array {
    return this.#dealingKey;
  }

  /** The batch with these contents. Deterministic: the same contents give the same bytes. */
  async deal(batch: BatchContents & { index: number; source: Uint8Array }): Promise<BatchCall> {
    const { committee, opening } = this.ledger;
    const { ledgerId, threshold, servers } = opening;
    const { index, source, tags, keys, messages } = batch;
    const nonce = batchNonce(this.#dealingKey, deploymentOf(this.#site), { ...batch, ledgerId, threshold, servers });
    const count = tags.length / TAG_BYTES;
    const keystreams = this.#channels.map((channel, s) => pads(channel, { ledgerId, index, nonce }, s + 1, count));
    const { commitments, corrections, openings } = await this.#site.pool.run({
      kind: 'deal',
      committee,
      messages,
      pads: keystreams,
    });
    for (const secret of [openings, ...keystreams]) secret.fill(0);
    const records = encodeRecords(committee, { count, tags, keys, commitments, corrections });
    return { ledgerId, index, nonce, source, records };
  }

  /** Messages and openings of a batch on chain. Throws NOT_OF_THIS_SEED if they do not open its commitments. */
  open(batch: LedgerBatch): OpenedBatch {
    const { engine } = this.#site;
    const { committee, columns } = batch;
    const { threshold } = committee;
    const mine = this.#channels.slice(0, threshold).map((channel, s) => {
      const keystream = pads(channel, batch.position, s + 1, columns.count);
      return { seat: s + 1, shares: shares(engine, committee, s + 1, keystream, columns.corrections) };
    });
    const opened = reconstruct(engine, threshold, mine);
    const commitments = engine.commit(opened.messages, opened.openings);
    for (let k = 0; k < columns.count; k++) {
      if (!equalBytes(commitments.subarray(32 * k, 32 * k + 32), batch.commitments(k).subarray(0, 32))) {
        const recordId = batch.event.firstRecordId + k;
        throw new MIStoreError(
          'NOT_OF_THIS_SEED',
          `record ${recordId} of ledger ${this.ledger.ledgerId} was not dealt from this seed`,
          { recordId },
        );
      }
    }
    return opened;
  }
}
