// Masks: what hides a server's answer from all but the insurer. Both derive them from their channel; on chain there
// is only their commitment (protocol.md section 8).
import { fromBigInt, toBigInt, uint8, uint256 } from '../bytes.ts';
import { GROUP_ORDER as r } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors.ts';
import { expand } from '../identity/keys.ts';

/** z and z′ of one seat, 32-byte scalars. SECRET. */
export interface Mask {
  value: Uint8Array;
  blinding: Uint8Array;
}

/**
 * Mask of `seat`: HKDF(K(insurer→server); salt queryId; "mask", ledgerId, seat), 48 bytes mod r each. A query's id is
 * the digest of a consent, which is used once: so a mask serves one set of records only.
 */
export function mask(channel: Uint8Array, queryId: Uint8Array, ledgerId: bigint, seat: number): Mask {
  if (queryId.length !== 32) throw new ArgumentError('query id', queryId, '32 bytes');
  const wide = expand(channel, 'mask', [uint256(ledgerId), uint8(seat)], 96, queryId);
  const scalar = (bytes: Uint8Array) => fromBigInt(toBigInt(bytes) % r, 32);
  return { value: scalar(wide.subarray(0, 48)), blinding: scalar(wide.subarray(48)) };
}

/** Z = Com(z; z′) of one mask, 64 bytes uncompressed. */
export function maskCommitment(engine: Engine, { value, blinding }: Mask): Uint8Array {
  return engine.decompress(engine.commit(value, blinding));
}
