// @noble/curves by its fastest public routes: multiplyUnsafe, cached window tables for fixed bases, Pippenger's method
// for sums, one shared inversion for the results.
import { normalizeZ, pippenger } from '@noble/curves/abstract/curve.js';
import { bn254 } from '@noble/curves/bn254.js';
import { H } from '../../src/engine/bn254.ts';
import { read } from './bigint.ts';

const Point = bn254.G1.Point;
export const { Fp, Fn } = Point;
type NoblePoint = typeof Point.BASE;

/** The library itself keeps a table for its base point. */
const baseG = Point.BASE;
const baseH = Point.fromAffine(H);
const [tableG, tableH] = [Point.fromAffine({ x: 1n, y: 2n }), Point.fromAffine(H)];
tableG.precompute(8, false);
tableH.precompute(8, false);

/** Two multiplications a commitment, from scratch or from cached tables of 8-bit windows. */
export function commit(values: Uint8Array, blindings: Uint8Array, cached: boolean): Uint8Array {
  const [v, b] = [read(values, 32), read(blindings, 32)];
  const [G, H] = cached ? [tableG, tableH] : [baseG, baseH];
  return compressed(v.map((value, k) => G.multiplyUnsafe(value).add(H.multiplyUnsafe(b[k]!))));
}

export function msm(scalars: Uint8Array, points: Uint8Array): Uint8Array {
  const [x, s] = [read(points, 32), read(scalars, 32)];
  const list = s.map((_, k) => Point.fromAffine({ x: x[2 * k]!, y: x[2 * k + 1]! }));
  const sum = pippenger(Point, list, s).toAffine();
  return fromNumbers([sum.x, sum.y]);
}

/** One point. */
export function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const [x, y] = read(point, 32) as [bigint, bigint];
  const product = Point.fromAffine({ x, y }).multiplyUnsafe(read(scalar, 32)[0]!).toAffine();
  return fromNumbers([product.x, product.y]);
}

/** Both coordinates of each. */
export const decompressed = (points: Uint8Array): Uint8Array =>
  fromNumbers(decompress(points).flatMap((point) => [point.X, point.Y]));

function decompress(points: Uint8Array): NoblePoint[] {
  return read(points, 32).map((word) => {
    const x = word & ((1n << 255n) - 1n);
    const y = Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 3n));
    return Point.fromAffine({ x, y: (y & 1n) === word >> 255n ? y : Fp.neg(y) });
  });
}

export function verifyShares(
  seat: number,
  t: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  weights: Uint8Array,
): boolean {
  const points = decompress(commitments);
  const w = read(weights, 16);
  const s = read(shares, 32);
  const powers = Array.from({ length: t }, (_, j) => BigInt(seat) ** BigInt(j));
  const scalars = points.map((_, i) => Fn.create(w[Math.floor(i / t)]! * powers[i % t]!));
  const dot = (which: number) => w.reduce((sum, weight, k) => sum + weight * s[2 * k + which]!, 0n);
  points.push(baseG, baseH);
  scalars.push(Fn.create(-dot(0)), Fn.create(-dot(1)));
  return pippenger(Point, points, scalars).is0();
}

function compressed(points: NoblePoint[]): Uint8Array {
  return fromNumbers(
    normalizeZ(Point, points).map((point) => {
      const { x, y } = point.toAffine();
      return x | ((y & 1n) << 255n);
    }),
  );
}

function fromNumbers(numbers: readonly bigint[]): Uint8Array {
  return new Uint8Array(Buffer.from(numbers.map((number) => number.toString(16).padStart(64, '0')).join(''), 'hex'));
}
