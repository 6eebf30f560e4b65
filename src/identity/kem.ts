// The KEM of the channels: X-Wing (draft-connolly-cfrg-xwing-kem), a hybrid of ML-KEM-768 and X25519. Both sides may be
// malicious: anyone can register any bytes as a key and publish any bytes as a ciphertext, so each is checked here.
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import { ArgumentError, EncodingError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { checkSeed, expand } from './keys.ts';

/** Bytes of a public (encapsulation) key. */
export const KEM_KEY_BYTES = 1216;
/** Bytes of a ciphertext. */
export const CIPHERTEXT_BYTES = 1120;

export interface KemKeys {
  /** KEM_KEY_BYTES. */
  publicKey: Uint8Array;
  /** 32 bytes. SECRET. */
  secretKey: Uint8Array;
}

/** The key pair of a role, for channels to it. */
export function kemKeys(seed: Uint8Array): KemKeys {
  checkSeed(seed);
  return xwing.keygen(expand(seed, 'kem', [], 32));
}

/**
 * A shared secret (32 bytes) and the ciphertext that carries it to the owner of `publicKey`. Deterministic: the coins come
 * from the sender's seed and the key, so the sender can compute both again and never uses the same coins for two keys.
 * Throws ArgumentError for a key of another length, EncodingError for bytes that are not a valid key.
 */
export function encapsulate(seed: Uint8Array, publicKey: Uint8Array): { ciphertext: Uint8Array; shared: Uint8Array } {
  checkSeed(seed);
  if (publicKey.length !== KEM_KEY_BYTES) throw new ArgumentError('KEM key', publicKey, `${KEM_KEY_BYTES} bytes`);
  const coins = expand(seed, 'encapsulate', [keccak256(publicKey)], 64);
  const { cipherText, sharedSecret } = valid('KEM key', 'public key', () => xwing.encapsulate(publicKey, coins));
  return { ciphertext: cipherText, shared: sharedSecret };
}

/**
 * The recipient's side: the shared secret, 32 bytes. A ciphertext that was made for another key gives another secret, not
 * an error (implicit rejection). Throws ArgumentError for another length, EncodingError where the X25519 part is of low
 * order.
 */
export function decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  if (ciphertext.length !== CIPHERTEXT_BYTES)
    throw new ArgumentError('KEM ciphertext', ciphertext, `${CIPHERTEXT_BYTES} bytes`);
  return valid('KEM ciphertext', 'ciphertext', () => xwing.decapsulate(ciphertext, secretKey));
}

function valid<T>(what: string, kind: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw new EncodingError(what, `is not a valid X-Wing ${kind}`, { cause: (cause as Error).message });
  }
}
