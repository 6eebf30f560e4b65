// What keystreams are made of, by Node at native speed: HKDF-SHA256 and AES-256-CTR. In browsers cipher-browser.ts stands in for
// this file, with the same exports.
import { createCipheriv, hkdfSync } from 'node:crypto';
import { concat, uint64 } from '../bytes.ts';

/** Reads on in a stream: takes zeros, whole blocks of 16 bytes, and gives as many bytes. SECRET. */
export type CipherStream = (zeros: Uint8Array) => Uint8Array;

/** 32 bytes of HKDF-SHA256 (RFC 5869). */
export function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, 32));
}

/** AES-256-CTR under a key of 32 bytes, from the block with this number on; the counter is the number in 16 bytes, big-endian. */
export function startCipher(key: Uint8Array, block: number): CipherStream {
  const cipher = createCipheriv('aes-256-ctr', key, concat(new Uint8Array(8), uint64(block)));
  return (zeros) => cipher.update(zeros);
}
