// The keys of a committee's subsets in one epoch, and how the seats get theirs (docs/protocol.md, "Keys of the subsets"): derived by the
// hospital, sent to each seat in one authenticated ciphertext in parts of fixed size, and named by a public list of
// hashes, so that a server sees whether all seats were given the same keys before it joins. Keys are SECRET.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat, equalBytes, uint8, uint256 } from '../bytes.ts';
import { ArgumentError, EncodingError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { expand } from '../identity/keys.ts';
import { sha256 } from '../sha256.ts';
import { type Committee, checkCommittee, heldBy, subsetsOf } from '../sharing/committee.ts';

export const SUBSET_KEY_BYTES = 32;
/** Keys, or hashes of keys, in one part: 64 KiB, which fits a transaction. */
export const PART_KEYS = 2048;

/** Which committee of which ledger the keys are for. */
export interface KeyPlace extends Deployment {
  /** 32 bytes: changes with every change of a seat. */
  committeeHash: Uint8Array;
}

/** k_A of every subset, in order, 32 bytes each: HKDF(dealing key; "subset", chainId ‖ contract ‖ committee hash ‖ A). */
export function subsetKeys(dealingKey: Uint8Array, place: KeyPlace, committee: Committee): Uint8Array {
  const context = [uint256(place.chainId), place.contract, hashOf(place)];
  return concat(
    ...subsetsOf(committee).map((subset) =>
      expand(dealingKey, 'subset', [...context, Uint8Array.from(subset)], SUBSET_KEY_BYTES),
    ),
  );
}

/** The keys that `seat` holds, of all, in order. */
export function keysOf(committee: Committee, seat: number, keys: Uint8Array): Uint8Array {
  return concat(...heldBy(committee, seat).map((q) => keys.subarray(SUBSET_KEY_BYTES * q, SUBSET_KEY_BYTES * (q + 1))));
}

/** SHA-256 of each key, in order: public, the `dealKeys` of seat 0. */
export function keyList(keys: Uint8Array): Uint8Array {
  const count = keys.length / SUBSET_KEY_BYTES;
  return concat(
    ...Array.from({ length: count }, (_, q) => sha256(keys.subarray(SUBSET_KEY_BYTES * q, SUBSET_KEY_BYTES * (q + 1)))),
  );
}

/** Digest of an epoch's keys, 32 bytes: what openLedger publishes and every server compares. */
export const digestOfKeys = (list: Uint8Array): Uint8Array => sha256(list);

/** `bytes` in parts of PART_KEYS · 32 bytes, the last one shorter. */
export function partsOf(bytes: Uint8Array): Uint8Array[] {
  const size = PART_KEYS * SUBSET_KEY_BYTES;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, part) =>
    bytes.subarray(size * part, size * (part + 1)),
  );
}

/** Number of parts that are dealt to a seat; for seat 0, of the list. */
export function partCount(committee: Committee, seat: number): number {
  const keys = seat === 0 ? subsetsOf(committee).length : heldBy(committee, seat).length;
  return Math.ceil(keys / PART_KEYS);
}

/** The seat's keys as its packet: ChaCha20-Poly1305 ciphertexts, one for each part. `channel`: K(hospital→seat). */
export function sealKeys(channel: Uint8Array, place: KeyPlace, seat: number, keys: Uint8Array): Uint8Array[] {
  return partsOf(keys).map((part, number) =>
    chacha20poly1305(packetKey(channel, place, seat, number), NONCE).encrypt(part),
  );
}

/** The keys in a packet. Throws an EncodingError where it does not open or is not all of the seat's keys. */
export function openKeys(
  channel: Uint8Array,
  place: KeyPlace,
  committee: Committee,
  seat: number,
  packet: readonly Uint8Array[],
): Uint8Array {
  checkCommittee(committee);
  const keys = concat(...packet.map((part, number) => openPart(packetKey(channel, place, seat, number), part, number)));
  const count = heldBy(committee, seat).length;
  if (keys.length !== SUBSET_KEY_BYTES * count) {
    throw new EncodingError('packet of keys', `holds ${keys.length} bytes; seat ${seat} has ${count} keys of 32 bytes`);
  }
  return keys;
}

/** Throws an EncodingError unless the seat's keys fit the list, and the list is whole and fits the digest. */
export function checkKeys(
  committee: Committee,
  seat: number,
  keys: Uint8Array,
  list: Uint8Array,
  digest: Uint8Array,
): void {
  const subsets = subsetsOf(committee).length;
  if (list.length !== 32 * subsets) {
    throw new EncodingError('list of keys', `has ${list.length} bytes; ${subsets} subsets make ${32 * subsets}`);
  }
  if (!equalBytes(digestOfKeys(list), digest)) {
    throw new EncodingError('list of keys', "is not that of the epoch's digest");
  }
  const own = keyList(keys);
  heldBy(committee, seat).forEach((q, k) => {
    if (equalBytes(own.subarray(32 * k, 32 * (k + 1)), list.subarray(32 * q, 32 * (q + 1)))) return;
    throw new EncodingError('packet of keys', `holds another key for subset ${q} than the list names`, { subset: q });
  });
}

/** Its key serves one packet part only, so the nonce can be constant. */
const NONCE = new Uint8Array(12);

function packetKey(channel: Uint8Array, place: KeyPlace, seat: number, part: number): Uint8Array {
  return expand(channel, 'keys', [hashOf(place), uint8(seat), uint8(part)], 32);
}

function openPart(key: Uint8Array, sealed: Uint8Array, number: number): Uint8Array {
  try {
    return chacha20poly1305(key, NONCE).decrypt(sealed);
  } catch {
    throw new EncodingError('packet of keys', `part ${number} does not open with this channel`, { part: number });
  }
}

function hashOf({ committeeHash }: KeyPlace): Uint8Array {
  if (committeeHash.length !== 32) throw new ArgumentError('committee hash', committeeHash, '32 bytes');
  return committeeHash;
}
