// HKDF-SHA256 and AES-256-CTR in browsers, in place of cipher.ts: by noble, since the browser's own are asynchronous.
import { ctr } from '@noble/ciphers/aes.js';
import { hkdf as noble } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, uint64 } from '../bytes.ts';
import type { CipherStream } from './cipher.ts';

export function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return noble(sha256, secret, salt, info, 32);
}

export function startCipher(key: Uint8Array, block: number): CipherStream {
  const own = key.slice();
  let next = block;
  return (zeros) => {
    const counter = concat(new Uint8Array(8), uint64(next));
    next += zeros.length / 16;
    return ctr(own, counter).encrypt(zeros);
  };
}
