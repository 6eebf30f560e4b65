// What a role derives from its 32-byte seed, its only secret: HKDF-SHA256 (RFC 5869) with one info string for each purpose.
// Whoever loses the seed loses the role; nothing else has to be kept.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';

/** Bytes of a role's seed. */
export const SEED_BYTES = 32;
const PREFIX = 'MIStore/v2/';

/** HKDF-SHA256 with info = UTF-8 "MIStore/v2/" ‖ label ‖ context. Each label has a context of one fixed length. */
export function expand(
  secret: Uint8Array,
  label: string,
  context: Uint8Array[],
  length: number,
  salt?: Uint8Array,
): Uint8Array {
  return hkdf(sha256, secret, salt, concat(utf8(PREFIX + label), ...context), length);
}

/** Throws ArgumentError, without the seed in it, unless `seed` is SEED_BYTES long. */
export function checkSeed(seed: Uint8Array): void {
  if (!(seed instanceof Uint8Array) || seed.length !== SEED_BYTES) {
    throw new ArgumentError('seed', seed instanceof Uint8Array ? seed.length : typeof seed, `${SEED_BYTES} bytes`);
  }
}

/** secp256k1 private key of the role's Ethereum account (32 bytes). 48 bytes of HKDF mod (order − 1), plus 1. */
export function accountKey(seed: Uint8Array): Uint8Array {
  checkSeed(seed);
  return secp256k1.utils.randomSecretKey(expand(seed, 'account', [], 48));
}

/** HMAC key of a hospital for batch nonces and record keys (32 bytes). */
export function dealingKey(seed: Uint8Array): Uint8Array {
  checkSeed(seed);
  return expand(seed, 'dealing', [], 32);
}

/** Seed of the account that a hospital keeps for a patient and can hand over. `patient`: the patient's id, not empty. */
export function custodialSeed(hospitalSeed: Uint8Array, patient: string): Uint8Array {
  checkSeed(hospitalSeed);
  if (patient === '') throw new ArgumentError('patient', patient, 'a non-empty text');
  return expand(hospitalSeed, 'patient/', [utf8(patient, 'patient')], SEED_BYTES);
}
