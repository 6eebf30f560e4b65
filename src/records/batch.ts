// A batch as it is dealt: how many records it takes, what it is made from, and its synthetic nonce (docs/protocol.md,
// "Batch").
import { createHmac } from 'node:crypto';
import { concat, uint8, uint64, uint256, utf8 } from '../bytes.ts';
import type { Deployment } from '../identity/channel.ts';
import type { Committee } from '../vss/dealing.ts';
import { NONCE_BYTES } from '../vss/pads.ts';
import { recordBytes, TAG_BYTES } from './record.ts';

/** Most bytes of records in one batch: a transaction is at most 128 KiB, of which its envelope and ABI head take < 512. */
export const MAX_RECORDS_BYTES = 128 * 1024 - 512;

/** Records that fill a batch. */
export const batchCapacity = (committee: Committee): number => Math.floor(MAX_RECORDS_BYTES / recordBytes(committee));

/** What a batch is dealt from, in columns; row k of each belongs to record k. */
export interface BatchContents {
  /** B × 20 bytes. */
  tags: Uint8Array;
  /** B × 8 bytes. */
  keys: Uint8Array;
  /** B × 32-byte scalars. SECRET. */
  messages: Uint8Array;
}

/** All that a batch's nonce is computed from, except for key and deployment. */
export interface NonceInput extends BatchContents {
  ledgerId: bigint;
  threshold: number;
  /** Accounts of the seats 1, 2, …, 20 bytes each. */
  servers: readonly Uint8Array[];
  /** Number of the batch in its ledger. */
  index: number;
  /** 32 bytes: see records/source.ts. */
  source: Uint8Array;
}

/**
 * Synthetic nonce: HMAC-SHA256(dealing key; deployment, place, committee and contents), 16 bytes. The same contents give
 * the same batch, so a retry is idempotent. Different contents never share a keystream, nor do the same contents dealt to
 * two committees: after a reorganisation, or if a node lies, a ledger's number can be another ledger's, and if two
 * thresholds used the same pads, the smaller would hold for both. The two counts fix all lengths.
 */
export function batchNonce(dealingKey: Uint8Array, { chainId, contract }: Deployment, input: NonceInput): Uint8Array {
  const { ledgerId, threshold, servers, index, source, tags, keys, messages } = input;
  const count = tags.length / TAG_BYTES;
  const mac = createHmac('sha256', dealingKey).update(
    concat(
      utf8('MIStore/v1/nonce'),
      uint256(chainId),
      contract,
      uint256(ledgerId),
      uint64(index),
      uint8(threshold),
      uint8(servers.length),
      ...servers,
      source,
      uint64(count),
    ),
  );
  return new Uint8Array(mac.update(tags).update(keys).update(messages).digest().subarray(0, NONCE_BYTES));
}
