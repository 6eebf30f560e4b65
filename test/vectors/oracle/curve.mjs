// BN254 G1, its scalars and polynomials over them, for the vectors: points by noble, all else plain BigInt. None of
// MIStore's code. A polynomial is an array of coefficients, the lowest first.
import { bn254 } from '@noble/curves/bn254.js';
import { integer, keccak, text, toInteger } from './keys.mjs';

const { Point } = bn254.G1;
const p = Point.Fp.ORDER;
/** Order of the group. */
export const r = Point.Fn.ORDER;
export const mod = (x, m = r) => ((x % m) + m) % m;

export const G = Point.BASE;
/** The second generator: of counters from 0, the first whose hash is an abscissa, with even ordinate. */
export const H = (() => {
  for (let counter = 0; ; counter++) {
    const x = mod(toInteger(keccak(text('MIStore/v1/H'), [counter])), p);
    const square = mod(x * x * x + 3n, p);
    const y = power(square, (p + 1n) / 4n, p);
    if (mod(y * y, p) === square) return Point.fromAffine({ x, y: y % 2n === 0n ? y : p - y });
  }
})();

const times = (point, scalar) => (mod(scalar) === 0n ? Point.ZERO : point.multiplyUnsafe(mod(scalar)));
/** Com(value; blinding) = value·G + blinding·H. */
export const commit = (value, blinding) => times(G, value).add(times(H, blinding));
/** start + Σ sign·point. */
export const addUp = (signedPoints, start = Point.ZERO) =>
  signedPoints.reduce((sum, [sign, point]) => sum.add(sign > 0 ? point : point.negate()), start);
/** Σ_j x^j · points_j. */
export const inExponent = (points, x) =>
  points.reduce((sum, point, j) => sum.add(times(point, BigInt(x) ** BigInt(j))), Point.ZERO);

/** x ‖ y, 64 bytes; infinity is zeros. */
export function uncompressed(point) {
  if (point.equals(Point.ZERO)) return Buffer.alloc(64);
  const { x, y } = point.toAffine();
  return Buffer.concat([integer(x, 32), integer(y, 32)]);
}

/** x with bit 255 = y mod 2, 32 bytes; infinity is zeros. */
export function compressed(point) {
  if (point.equals(Point.ZERO)) return Buffer.alloc(32);
  const { x, y } = point.toAffine();
  return integer(x + ((y % 2n) << 255n), 32);
}

export const scalar = (value) => integer(mod(value), 32);

export const evaluate = (polynomial, x) => polynomial.reduceRight((sum, c) => sum * BigInt(x) + c, 0n);
const product = (a, b) => {
  const out = Array(a.length + b.length - 1).fill(0n);
  a.forEach((left, i) => {
    b.forEach((right, j) => {
      out[i + j] += left * right;
    });
  });
  return out;
};
/** f_A(x) = Π (a − x), over the integers. */
export const vanishingOn = (seats) => seats.reduce((f, a) => product(f, [BigInt(a), -1n]), [1n]);

/** The polynomial of degree below the number of points through them, by Lagrange. `points`: [x, y]. */
export function through(points) {
  const sum = Array(points.length).fill(0n);
  for (const [x, y] of points) {
    let [numerator, denominator] = [[1n], 1n];
    for (const [other] of points) {
      if (other === x) continue;
      numerator = product(numerator, [-BigInt(other), 1n]);
      denominator = mod(denominator * BigInt(x - other));
    }
    const factor = mod(y * power(denominator, r - 2n, r));
    numerator.forEach((c, j) => {
      sum[j] = mod(sum[j] + c * factor);
    });
  }
  return sum;
}

function power(base, exponent, modulus) {
  let out = 1n;
  for (let b = mod(base, modulus), e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) out = (out * b) % modulus;
  }
  return out;
}
