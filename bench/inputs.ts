// The inputs of the bench, the same in every run: bytes from a seeded keystream.
import { utf8 } from '../src/bytes.ts';
import { recordBytes } from '../src/records/record.ts';
import { type Committee, subsetsOf } from '../src/sharing/committee.ts';
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

/** A batch of `count` records with `threshold` commitments each, as it is stored. */
export const storedBatch = (threshold: number, count: number) => ({
  index: 7,
  epoch: 1,
  firstRecordId: 1000,
  nonce: bytes('nonce', 16),
  source: bytes('source', 32),
  records: bytes('records', count * recordBytes(threshold)),
});

/** The job of dealing and committing to a batch of `count` records. */
export const dealing = (committee: Committee, count: number) => ({
  kind: 'deal' as const,
  committee,
  position: { index: 0, nonce: bytes('nonce', 16), contents: bytes('contents', 32) },
  keys: bytes('keys of the subsets', 32 * subsetsOf(committee).length),
  messages: messages(count),
});
