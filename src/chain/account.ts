// Ethereum accounts: the address of a private key, signatures over digests. Keys are bytes, so that their owner can wipe
// them. Signatures by noble (deterministic, RFC 6979); not constant-time.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { concat } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { publicKeyOf } from './platform/public-key.ts';

/** Address (20 bytes) of a secp256k1 private key (32 bytes, 1 ≤ key < group order). */
export function accountOf(privateKey: Uint8Array): Uint8Array {
  if (!secp256k1.utils.isValidSecretKey(privateKey)) {
    throw new ArgumentError('private key', '(not shown)', '32 bytes, 1 ≤ key < order of secp256k1');
  }
  return keccak256(publicKeyOf(privateKey).subarray(1)).slice(12);
}

export interface Signature {
  /** Parity of the y coordinate of the signature's point. */
  parity: 0 | 1;
  /** 32 bytes each; s in the lower half of the order. */
  r: Uint8Array;
  s: Uint8Array;
}

export function signDigest(privateKey: Uint8Array, digest: Uint8Array): Signature {
  if (digest.length !== 32) throw new ArgumentError('digest', digest, '32 bytes');
  const signature = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered' });
  return { parity: signature[0] as 0 | 1, r: signature.slice(1, 33), s: signature.slice(33, 65) };
}

/** r ‖ s ‖ v with v = 27 or 28, 65 bytes: the form that contracts check. */
export function signatureBytes({ parity, r, s }: Signature): Uint8Array {
  return concat(r, s, Uint8Array.of(27 + parity));
}

/** The account (20 bytes) that signed a digest (32 bytes), by ecrecover's rules and low s only; null if none could have. */
export function recoverAccount(digest: Uint8Array, signature: Uint8Array): Uint8Array | null {
  const v = signature[64];
  if (digest.length !== 32 || signature.length !== 65 || (v !== 27 && v !== 28)) return null;
  try {
    const compact = secp256k1.Signature.fromBytes(signature.slice(0, 64), 'compact').addRecoveryBit(v - 27);
    if (compact.hasHighS()) return null;
    return keccak256(compact.recoverPublicKey(digest).toBytes(false).subarray(1)).slice(12);
  } catch {
    return null;
  }
}
