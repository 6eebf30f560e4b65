// keccak-256 on bytes, in WASM (hash-wasm): leaves, Merkle nodes, record hashes. Synchronous once the module is loaded.
import { createKeccak } from 'hash-wasm';

const hasher = await createKeccak(256);

export function keccak256(...parts: Uint8Array[]): Uint8Array {
  hasher.init();
  for (const part of parts) hasher.update(part);
  return hasher.digest('binary');
}
