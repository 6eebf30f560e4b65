// Points and bytes for the tests of the contract: arithmetic by @noble/curves, independent of src/. Everything that looks
// random is a hash of words, so that every run has the same bytes and the same gas.
import { bn254 } from '@noble/curves/bn254.js';
import { concat, getBytes, hexlify, keccak256, toBeHex, toUtf8Bytes } from 'ethers';

const Point = bn254.G1.Point;
export type G1 = InstanceType<typeof Point>;
export const ORDER = Point.Fn.ORDER;
export const ZERO = Point.ZERO;
const G = Point.BASE;
const H = Point.fromAffine({
  x: 0x1454e6fc8782f928514fa29515c0dc7168729233c473aca1226fe44557f9a87en,
  y: 0x16a85f0dae7974718b4f07c8a90573eb32a279a8f347b8434c8c5650e205bf68n,
});

type Words = (string | number | bigint)[];

export const hash = (...words: Words): string => keccak256(toUtf8Bytes(words.join('/')));

/** `length` bytes that look random. */
export function noise(length: number, ...words: Words): string {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => hash(...words, 'block', i));
  return hexlify(getBytes(concat(blocks)).slice(0, length));
}

export const scalar = (...words: Words): bigint => BigInt(hash(...words)) % ORDER;
export const word = (value: bigint): string => toBeHex(value, 32);

const times = (point: G1, k: bigint): G1 => (k === 0n ? ZERO : point.multiply(k));

/** value·G + blinding·H. */
export const commit = (value: bigint, blinding: bigint): G1 => times(G, value).add(times(H, blinding));

/** x ‖ y, 64 bytes. */
export function uncompressed(point: G1): string {
  if (point.is0()) return `0x${'00'.repeat(64)}`;
  const { x, y } = point.toAffine();
  return concat([word(x), word(y)]);
}

/** x with bit 255 = y mod 2, 32 bytes. */
export function compressed(point: G1): string {
  if (point.is0()) return word(0n);
  const { x, y } = point.toAffine();
  return word(x | ((y & 1n) << 255n));
}

/** Value at x of the polynomial with these coefficients, constant first. */
export const evaluate = (coefficients: readonly bigint[], x: number): bigint =>
  coefficients.reduceRight((sum, c) => (sum * BigInt(x) + c) % ORDER, 0n);
