// keccak-256 of one message, where no engine is at hand: the engine's own kernel in a module of its own (3 KB), which is
// there when this file is. Synchronous. Many messages at once, and Merkle trees, are the engine's.
import { keccak } from '../build/engine/modules.js';
import { fromHex } from './bytes.ts';

interface Exports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  wipe(): void;
  hash(out: number, message: number, length: number): void;
}

let kernel: Exports | undefined;

/** Not when this file is loaded: what computes no hash must run where memory is short, such as "mistore --help". */
function load(): Exports {
  const module = new WebAssembly.Module(fromHex(keccak));
  return new WebAssembly.Instance(module).exports as unknown as Exports;
}

/** 32 bytes: the hash of all parts, one after the other. */
export function keccak256(...parts: Uint8Array[]): Uint8Array {
  kernel ??= load();
  const { memory, reserve, wipe, hash } = kernel;
  let length = 0;
  for (const part of parts) length += part.length;
  try {
    const out = reserve(32) >>> 0;
    const message = reserve(length) >>> 0;
    const bytes = new Uint8Array(memory.buffer);
    let at = message;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    hash(out, message, length);
    return bytes.slice(out, out + 32);
  } finally {
    wipe();
  }
}
