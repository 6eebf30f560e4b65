// What the engines are compared with, written without any of their code: points of @noble/curves, encodings by hex, and
// random scalars from a seed. Slow, and only for tests.
import { bn254 } from '@noble/curves/bn254.js';

export const Point = bn254.G1.Point;
export type OraclePoint = typeof Point.BASE;
export const p = Point.Fp.ORDER;
export const r = Point.Fn.ORDER;
export const G = Point.BASE;
export const H = Point.fromAffine({
  x: 9196266334944072656802809495416138727628398042131075086601267291848772790398n,
  y: 10248369010471183268830635938461818408578005807672050249224772194286206041960n,
});

export const modR = (value: bigint): bigint => ((value % r) + r) % r;

export const times = (point: OraclePoint, scalar: bigint): OraclePoint =>
  modR(scalar) === 0n ? Point.ZERO : point.multiplyUnsafe(modR(scalar));

export const commitment = (value: bigint, blinding: bigint): OraclePoint => times(G, value).add(times(H, blinding));

/** Big-endian integers of `size` bytes, one after the other. */
export function encode(values: readonly bigint[], size = 32): Uint8Array {
  return Uint8Array.from(
    Buffer.from(values.map((value) => value.toString(16).padStart(2 * size, '0')).join(''), 'hex'),
  );
}

export function decode(bytes: Uint8Array, size = 32): bigint[] {
  return Array.from({ length: bytes.length / size }, (_, i) =>
    BigInt(`0x${Buffer.from(bytes.subarray(i * size, (i + 1) * size)).toString('hex')}`),
  );
}

export function points(list: readonly OraclePoint[]): Uint8Array {
  return encode(list.flatMap((point) => (point.is0() ? [0n, 0n] : [point.toAffine().x, point.toAffine().y])));
}

export function compressed(list: readonly OraclePoint[]): Uint8Array {
  return encode(list.map((point) => (point.is0() ? 0n : point.toAffine().x + ((point.toAffine().y & 1n) << 255n))));
}

export const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Replaces element `at` of `size` bytes. */
export function withElement(batch: Uint8Array, at: number, element: Uint8Array, size: number): Uint8Array {
  const out = batch.slice();
  out.set(element, at * size);
  return out;
}

/** Deterministic random numbers (xorshift64* on BigInt), so that a failure can be run again. */
export function randomSource(seed: number) {
  let state = BigInt(seed) * 2654435761n + 88172645463325252n;
  const word = (): bigint => {
    state ^= state >> 12n;
    state = BigInt.asUintN(64, state ^ (state << 25n));
    state ^= state >> 27n;
    return BigInt.asUintN(64, state * 2685821657736338717n);
  };
  const bytes = (length: number): Uint8Array => {
    const words = Array.from({ length: Math.ceil(length / 8) }, word);
    return encode(words, 8).slice(0, length);
  };
  const integer = (below: number): number => Number(word() % BigInt(below));
  const scalar = (): bigint => decode(bytes(48), 48)[0]! % r;
  const scalars = (length: number): bigint[] => Array.from({ length }, scalar);
  return { bytes, integer, scalar, scalars };
}

/** Scalars at which carries, signed digits and window edges go wrong. */
export const extremeScalars: readonly bigint[] = [
  0n,
  1n,
  2n,
  3n,
  r - 1n,
  r - 2n,
  (r - 1n) / 2n,
  (r + 1n) / 2n,
  2n ** 253n,
  2n ** 253n - 1n,
  2n ** 128n,
  2n ** 128n - 1n,
  2n ** 127n,
  BigInt(`0x${'0f'.repeat(32)}`),
  BigInt(`0x${'10'.repeat(32)}`),
  BigInt(`0x${'2a'.repeat(32)}`),
];

/** Batch sizes around every likely lane, block and window boundary. */
export const sizes: readonly number[] = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513,
];
