// SHA-256 and HMAC-SHA256 in browsers, in place of sha256.ts: by noble, since the browser's own is asynchronous.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as noble } from '@noble/hashes/sha2.js';
import type { Sha256 } from './sha256.ts';

export const startSha256 = (): Sha256 => wrapped(noble.create());

export function sha256(...parts: Uint8Array[]): Uint8Array {
  const hash = noble.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function hmacSha256(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const mac = hmac.create(noble, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function wrapped(hash: ReturnType<typeof noble.create>): Sha256 {
  const self: Sha256 = {
    update: (bytes) => {
      hash.update(bytes);
      return self;
    },
    copy: () => wrapped(hash.clone()),
    digest: () => hash.digest(),
  };
  return self;
}
