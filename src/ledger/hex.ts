// Hex of large data at native speed, and JSON-RPC quantities. bytes.ts has the portable, slower forms.
import type { Hex } from '../bytes.ts';
import { EncodingError } from '../errors.ts';

/** Bytes as 0x-hex. */
export function encodeHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
}

/** Bytes of 0x-hex; exactly `length` bytes, if given. Throws EncodingError, also for a half byte. */
export function decodeHex(hex: string, what: string, length?: number): Uint8Array {
  const bytes = Buffer.from(hex.slice(2), 'hex');
  if (!hex.startsWith('0x') || 2 * bytes.length !== hex.length - 2) {
    throw new EncodingError(what, 'not 0x-prefixed hex with whole bytes');
  }
  if (length !== undefined && bytes.length !== length) {
    throw new EncodingError(what, `is ${bytes.length} bytes; it must be ${length}`);
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A number as JSON-RPC wants it. */
export const quantity = (value: number | bigint): Hex => `0x${value.toString(16)}`;
