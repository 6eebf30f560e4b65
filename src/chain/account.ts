// Ethereum accounts: the address of a private key, signatures over digests, addresses as text. Keys are bytes, so that
// their owner can wipe them. secp256k1 by noble (deterministic, RFC 6979); not constant-time.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { getAddress } from 'ethers';
import { concat, fromHex, toHex } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';

const ADDRESS_BYTES = 20;

/** Address (20 bytes) of a secp256k1 private key (32 bytes, 1 ≤ key < group order). */
export function accountOf(privateKey: Uint8Array): Uint8Array {
  if (!secp256k1.utils.isValidSecretKey(privateKey)) {
    throw new ArgumentError('private key', '(not shown)', '32 bytes, 1 ≤ key < order of secp256k1');
  }
  return keccak256(secp256k1.getPublicKey(privateKey, false).subarray(1)).slice(12);
}

/** Address with the mixed-case checksum of EIP-55. */
export function addressText(address: Uint8Array): string {
  return getAddress(toHex(checkAddress('address', address)));
}

/** Address from text: 0x and 40 hex digits; if they are of mixed case, with a valid EIP-55 checksum. */
export function parseAddress(text: string, argument = 'address'): Uint8Array {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) {
    try {
      return fromHex(getAddress(text), argument);
    } catch {
      throw new ArgumentError(argument, text, 'an address with a valid checksum: is a character mistyped?');
    }
  }
  throw new ArgumentError(argument, text, 'an address: 0x and 40 hex digits');
}

export function checkAddress(argument: string, address: Uint8Array): Uint8Array {
  if (address.length !== ADDRESS_BYTES) throw new ArgumentError(argument, address, `${ADDRESS_BYTES} bytes`);
  return address;
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
