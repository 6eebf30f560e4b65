// Bytes and the few encodings that MIStore uses: big-endian integers, 0x-hex, UTF-8. Nothing here knows the protocol.
import { ArgumentError, EncodingError } from './errors.ts';

export type Hex = `0x${string}`;

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const encoder = new TextEncoder();

export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function toHex(bytes: Uint8Array): Hex {
  let out = '0x';
  for (const byte of bytes) out += HEX[byte];
  return out as Hex;
}

/** Decodes 0x-prefixed hex of exactly `length` bytes (any length if not given). */
export function fromHex(hex: string, what = 'hex string', length?: number): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(hex)) throw new EncodingError(what, 'not 0x-prefixed hex with whole bytes');
  const out = new Uint8Array((hex.length - 2) / 2);
  if (length !== undefined && out.length !== length) {
    throw new EncodingError(what, `is ${out.length} bytes; it must be ${length}`);
  }
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(hex.slice(2 + 2 * i, 4 + 2 * i), 16);
  return out;
}

/** Unsigned big-endian integer of any length. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}

/** `value` as `length` big-endian bytes; 0 ≤ value < 256^length. */
export function fromBigInt(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, '0');
  if (value < 0n || hex.length > 2 * length) throw new ArgumentError('integer', value, `from 0 to 256^${length} − 1`);
  return fromHex(`0x${hex}`);
}

export const uint8 = (value: number): Uint8Array => fromBigInt(BigInt(value), 1);
export const uint64 = (value: number | bigint): Uint8Array => fromBigInt(BigInt(value), 8);
export const uint256 = (value: number | bigint): Uint8Array => fromBigInt(BigInt(value), 32);
