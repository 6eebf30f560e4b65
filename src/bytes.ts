// Bytes and the few encodings that MIStore uses: big-endian integers, 0x-hex, UTF-8. Nothing here knows the protocol.
// Runs in browsers too.
import { ArgumentError, EncodingError } from './errors.ts';

/** 0x-hex of whole bytes. */
export type Hex = `0x${string}`;

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
/** Value of a hex digit by its character's code; NO_DIGIT for any other ASCII character. */
const DIGITS = new Uint8Array(128).fill(0xff);
const NO_DIGIT = 0xff;
for (let i = 0; i < 16; i++) {
  DIGITS[i.toString(16).charCodeAt(0)] = i;
  DIGITS[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}
/** Node's, which has hex of large data at native speed; undefined in browsers. */
const { Buffer } = globalThis;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A surrogate that is not one of a pair: half of a character, which UTF-8 cannot encode. */
const LONE_SURROGATE = /\p{Surrogate}/u;

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

/** The text as UTF-8. Throws EncodingError as checkWellFormed does. */
export function utf8(text: string, what = 'text'): Uint8Array {
  checkWellFormed(text, what);
  return encoder.encode(text);
}

/**
 * Throws EncodingError, without the text, if it has a lone surrogate. Encoders put U+FFFD in place of one, so that different
 * texts would get the same bytes.
 */
export function checkWellFormed(text: string, what: string): void {
  if (LONE_SURROGATE.test(text))
    throw new EncodingError(what, 'has half of a surrogate pair, which is not a character');
}

/** The text that the UTF-8 is; a byte order mark stays in it. Throws EncodingError for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array, what = 'text'): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new EncodingError(what, 'is not valid UTF-8');
  }
}

/** The bytes as 0x-hex in small letters. */
export function toHex(bytes: Uint8Array): Hex {
  if (Buffer) return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
  let out: Hex = '0x';
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** Decodes 0x-prefixed hex of exactly `length` bytes (any length if not given). */
export function fromHex(hex: string, what = 'hex string', length?: number): Uint8Array<ArrayBuffer> {
  const whole = typeof hex === 'string' && hex.startsWith('0x') && hex.length % 2 === 0;
  const out = new Uint8Array(whole ? (hex.length - 2) / 2 : 0);
  // Not Buffer's decoder: it stops silently, and takes other characters for digits whose code ends in the same byte.
  let seen = whole ? 0 : NO_DIGIT;
  for (let i = 0; i < out.length; i++) {
    const high = DIGITS[hex.charCodeAt(2 * i + 2)] ?? NO_DIGIT;
    const low = DIGITS[hex.charCodeAt(2 * i + 3)] ?? NO_DIGIT;
    seen |= high | low;
    out[i] = (high << 4) | low;
  }
  if (seen > 15) throw new EncodingError(what, 'not 0x-prefixed hex with whole bytes');
  if (length !== undefined && out.length !== length) {
    throw new EncodingError(what, `is ${out.length} bytes; it must be ${length}`);
  }
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
