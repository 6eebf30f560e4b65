// The inputs of the bench, the same in every run: bytes from a seeded keystream.
import { utf8 } from '../src/bytes.ts';
import { startCipher } from '../src/vss/cipher.ts';

/** `length` bytes that depend on `label` only. */
export function bytes(label: string, length: number): Uint8Array {
  return new Uint8Array(startCipher(utf8(label.padEnd(32).slice(0, 32)), 0)(new Uint8Array(length)));
}

/** Full-size scalars (and coordinates): 253 random bits, so always canonical. */
export function scalars(label: string, count: number): Uint8Array {
  const out = bytes(label, 32 * count);
  for (let i = 0; i < out.length; i += 32) out[i]! &= 0x1f;
  return out;
}

/** Keystreams of the subsets' keys, 96 bytes a record each. */
export const streams = (subsets: number, count: number): Uint8Array[] =>
  Array.from({ length: subsets }, (_, q) => bytes(`subset ${q}`, 96 * count));

/** Messages as they are: two lanes of amounts, 103 bits. */
export function messages(count: number): Uint8Array {
  const out = bytes('messages', 32 * count);
  for (let i = 0; i < out.length; i++) if (i % 32 < 19) out[i] = 0;
  return out;
}
