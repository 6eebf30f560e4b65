// A batch as it stands on chain (docs/protocol.md, "Batch"): its synthetic nonce and the leaves under its Merkle root.
import { concat, uint64, uint256, utf8 } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { keccak256 } from '../keccak.ts';
import { hmacSha256, sha256 } from '../sha256.ts';
import { correctionsOf, headsOf, leafPreimageBytes, leafPreimages, recordBytes, TAG_BYTES } from './record.ts';

export const NONCE_BYTES = 16;
export const SOURCE_BYTES = 32;

/** Most bytes of records in one batch: a transaction is at most 128 KiB, of which its envelope and ABI head take < 512. */
export const MAX_RECORDS_BYTES = 128 * 1024 - 512;

/** Records that fill a batch. */
export const batchCapacity = (threshold: number): number => Math.floor(MAX_RECORDS_BYTES / recordBytes(threshold));

/** What a batch holds, in the order of its tags. */
export interface BatchContents {
  /** B × 20 bytes, strictly ascending. */
  tags: Uint8Array;
  /** B × 8 bytes. */
  keys: Uint8Array;
  /** B × 32-byte scalars: the encoded totals. SECRET. */
  messages: Uint8Array;
  /** 32 bytes: see source.ts. */
  source: Uint8Array;
}

/** Where a batch stands. */
export interface BatchPlace {
  index: number;
  epoch: number;
  /** Committee hash of the epoch, 32 bytes. */
  committeeHash: Uint8Array;
  /** Nonce of the batch before it, 16 bytes; zeros for the first. */
  previousNonce: Uint8Array;
}

/**
 * Synthetic nonce: HMAC-SHA256(dealing key; deployment, place and contents), 16 bytes. The same contents give the same
 * batch, so a retry is idempotent; different contents, committees and histories never share a keystream. Who has opened a
 * batch and finds its nonce again knows that the totals are those that were dealt.
 */
export function batchNonce(
  dealingKey: Uint8Array,
  { chainId, contract }: Deployment,
  { index, epoch, committeeHash, previousNonce }: BatchPlace,
  { source, tags, keys, messages }: BatchContents,
): Uint8Array {
  if (committeeHash.length !== 32) throw new ArgumentError('committee hash', committeeHash, '32 bytes');
  if (previousNonce.length !== NONCE_BYTES) throw new ArgumentError('previous nonce', previousNonce, '16 bytes');
  if (source.length !== SOURCE_BYTES) throw new ArgumentError('source', source, '32 bytes');
  const head = concat(
    utf8('MIStore/v2/nonce'),
    uint256(chainId),
    contract,
    committeeHash,
    uint64(epoch),
    uint64(index),
    previousNonce,
    source,
    uint64(tags.length / TAG_BYTES),
  );
  return hmacSha256(dealingKey, head, tags, keys, messages).slice(0, NONCE_BYTES);
}

/** SHA-256(tags ‖ keys), 32 bytes: binds a batch's keystreams to what it shows of its records. */
export function contentsHash(tags: Uint8Array, keys: Uint8Array): Uint8Array {
  return sha256(tags, keys);
}

/** contentsHash of a batch's bytes. Throws an EncodingError for bytes that are not a positive number of records. */
export function contentsOf(threshold: number, records: Uint8Array): Uint8Array {
  return contentsHash(...headsOf(threshold, records));
}

/** A batch as its event tells it. */
export interface BatchEvent {
  index: number;
  epoch: number;
  firstRecordId: number;
  nonce: Uint8Array;
  source: Uint8Array;
  records: Uint8Array;
}

/**
 * The leaves of a batch, (B + 1) × 32 bytes: one for each record, then keccak256(uint64 index ‖ uint64 epoch ‖ nonce ‖ source ‖
 * δ_0 … δ_{B−1}), so that the root vouches for all that a server needs.
 */
export function batchLeaves(engine: Engine, threshold: number, batch: BatchEvent): Uint8Array {
  const { index, epoch, firstRecordId, nonce, source, records } = batch;
  const preimages = leafPreimages(threshold, records, firstRecordId);
  return concat(
    engine.hashEach(preimages, leafPreimageBytes(threshold)),
    keccak256(uint64(index), uint64(epoch), nonce, source, correctionsOf(threshold, records)),
  );
}
