// Pads: what a seat can derive for every record without a message. One AES-256-CTR keystream for each batch and seat; its
// key comes from the channel secret and the batch's synthetic nonce, so it is never used for two different contents.
import { createCipheriv } from 'node:crypto';
import { uint8, uint64, uint256 } from '../bytes.ts';
import { MAX_SEATS, PAD_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { expand } from '../identity/keys.ts';

export const NONCE_BYTES = 16;

export interface BatchPosition {
  ledgerId: bigint;
  /** Batch number in its ledger. */
  index: number;
  /** The batch's synthetic nonce, 16 bytes. */
  nonce: Uint8Array;
}

/**
 * Keystream of `seat` for `count` records. SECRET. `channel`: K(hospital→server), 32 bytes. Of each record 96 bytes, the
 * pads u ‖ v: 48 bytes each, read big-endian mod r.
 */
export function pads(
  channel: Uint8Array,
  { ledgerId, index, nonce }: BatchPosition,
  seat: number,
  count: number,
): Uint8Array {
  checkInteger('seat', seat, 1, MAX_SEATS);
  if (nonce.length !== NONCE_BYTES) throw new ArgumentError('nonce', nonce, `${NONCE_BYTES} bytes`);
  const key = expand(channel, 'deal', [uint256(ledgerId), uint64(index), uint8(seat)], 32, nonce);
  const stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16)).update(new Uint8Array(PAD_BYTES * count));
  key.fill(0);
  return new Uint8Array(stream.buffer, stream.byteOffset, stream.length);
}
