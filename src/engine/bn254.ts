// BN254 (alt_bn128, EIP-196): the constants of the curve y² = x³ + 3 and of MIStore's commitments, each derived from its
// definition. G1 has prime order, so every point of the curve is in the group.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concat, toBigInt, uint8, utf8 } from '../bytes.ts';
import { mod, squareRoot } from './modular.ts';

/** An affine point; infinity is (0, 0), which is not on the curve. Coordinates are canonical (0..p − 1). */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** The parameter of this Barreto-Naehrig curve. */
const u = 4965661367192848881n;

/** p: the prime of the base field Fp, 254 bits, 3 mod 4. */
export const FIELD_PRIME = 36n * u ** 4n + 36n * u ** 3n + 24n * u ** 2n + 6n * u + 1n;

/** r: the prime order of G1, 254 bits; scalars and shares live in Fr. */
export const GROUP_ORDER = 36n * u ** 4n + 36n * u ** 3n + 18n * u ** 2n + 6n * u + 1n;

export const INFINITY: Point = { x: 0n, y: 0n };

/** G, under the committed value. */
export const G: Point = { x: 1n, y: 2n };

/** H, under the blinding: nobody knows log_G H, since H comes out of a hash (docs/protocol.md, "Notation"). */
export const H: Point = hashToPoint('MIStore/v1/H');

/** x³ + 3 mod p */
export function curveRight(x: bigint): bigint {
  return (((x * x) % FIELD_PRIME) * x + 3n) % FIELD_PRIME;
}

export function isOnCurve({ x, y }: Point): boolean {
  return (y * y) % FIELD_PRIME === curveRight(x);
}

/** Try and increment: the first ctr whose x = keccak256(name ‖ uint8(ctr)) mod p is on the curve, with the even y. */
function hashToPoint(name: string): Point {
  for (let ctr = 0; ; ctr++) {
    const x = mod(toBigInt(keccak_256(concat(utf8(name), uint8(ctr)))), FIELD_PRIME);
    const y = squareRoot(curveRight(x), FIELD_PRIME);
    if (y !== undefined) return { x, y: y % 2n === 0n ? y : FIELD_PRIME - y };
  }
}
