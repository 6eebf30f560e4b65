// Masks: what hides a server's answer from everyone but the insurer. Both derive them from their channel; only commitments
// to them are on chain (docs/protocol.md, "Query").
import { fromBigInt, toBigInt, uint8, uint256 } from '../bytes.ts';
import { GROUP_ORDER as r } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors.ts';
import { expand } from '../identity/keys.ts';
import { keccak256 } from '../keccak.ts';

/** z and z′ of one seat, 32-byte scalars. SECRET. */
export interface Mask {
  value: Uint8Array;
  blinding: Uint8Array;
}

/** What the masks of a query depend on, besides channel and seat. */
export interface MaskUse {
  /** 32 bytes. */
  queryId: Uint8Array;
  ledgerId: bigint;
  /** A_0 … A_{t−1}, t points: the commitments to the sum that is asked for. */
  sums: Uint8Array;
}

/**
 * Mask of `seat`: HKDF(K(insurer→server); salt queryId; "mask", ledgerId, seat, keccak256(sums)), 48 bytes mod r each.
 * The sums are included because the query's id depends on the record ids only, and after a reorganisation, or if a node
 * lies, those records can be other ones: one mask on two contents would reveal their difference to everyone.
 */
export function mask(channel: Uint8Array, { queryId, ledgerId, sums }: MaskUse, seat: number): Mask {
  if (queryId.length !== 32) throw new ArgumentError('query id', queryId, '32 bytes');
  if (sums.length === 0 || sums.length % 64 !== 0) throw new ArgumentError('sums', sums, 'points of 64 bytes');
  const wide = expand(channel, 'mask', [uint256(ledgerId), uint8(seat), keccak256(sums)], 96, queryId);
  const scalar = (bytes: Uint8Array) => fromBigInt(toBigInt(bytes) % r, 32);
  return { value: scalar(wide.subarray(0, 48)), blinding: scalar(wide.subarray(48)) };
}

/** Z = Com(z; z′) of one mask, 64 bytes uncompressed. */
export function maskCommitment(engine: Engine, { value, blinding }: Mask): Uint8Array {
  return engine.decompress(engine.commit(value, blinding));
}
