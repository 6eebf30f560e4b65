// Sums of affine points of BN254 on BigInt, many at once: one shared inversion makes an affine addition cheaper (six
// products) than a projective one. Every exceptional case (infinity, P + P, P − P) gives the exact result.
import { FIELD_PRIME, INFINITY, type Point } from '../bn254.ts';
import { inverse, inverses, mod } from '../modular.ts';

export const isInfinity = ({ x, y }: Point): boolean => x === 0n && y === 0n;

/** a_k + b_k for every k. */
export function addEach(a: readonly Point[], b: readonly Point[]): Point[] {
  // The slope of the line through both points, or of the tangent, is numerator / denominator.
  const denominators = a.map((left, k) => {
    const right = b[k]!;
    if (isInfinity(left) || isInfinity(right)) return 1n;
    if (left.x !== right.x) return mod(right.x - left.x, FIELD_PRIME);
    return left.y === right.y ? (2n * left.y) % FIELD_PRIME : 1n;
  });
  const inverted = inverses(denominators, FIELD_PRIME);
  return a.map((left, k) => {
    const right = b[k]!;
    if (isInfinity(left)) return right;
    if (isInfinity(right)) return left;
    if (left.x === right.x && left.y !== right.y) return INFINITY;
    const numerator = left.x === right.x ? 3n * left.x * left.x : right.y - left.y;
    const slope = (numerator * inverted[k]!) % FIELD_PRIME;
    const x = mod(slope * slope - left.x - right.x, FIELD_PRIME);
    return { x, y: mod(slope * (left.x - x) - left.y, FIELD_PRIME) };
  });
}

/** The sum of each list (infinity for an empty one). All lists are halved together, so inversions stay shared. */
export function sumEach(lists: readonly (readonly Point[])[]): Point[] {
  let current = lists;
  while (current.some((list) => list.length > 1)) {
    const left: Point[] = [];
    const right: Point[] = [];
    for (const list of current) {
      for (let i = 0; i + 1 < list.length; i += 2) {
        left.push(list[i]!);
        right.push(list[i + 1]!);
      }
    }
    const sums = addEach(left, right);
    let taken = 0;
    current = current.map((list) => {
      const halves = sums.slice(taken, taken + (list.length >> 1));
      taken += halves.length;
      if (list.length % 2 === 1) halves.push(list[list.length - 1]!);
      return halves;
    });
  }
  return current.map((list) => list[0] ?? INFINITY);
}

/** 2^times · point, in Jacobian coordinates (x = X/Z², y = Y/Z³) with one inversion at the end. The order is odd, so no
 * doubling reaches infinity. */
export function double(point: Point, times: number): Point {
  if (isInfinity(point)) return INFINITY;
  let { x, y } = point;
  let z = 1n;
  for (let i = 0; i < times; i++) {
    const yy = (y * y) % FIELD_PRIME;
    const s = (4n * x * yy) % FIELD_PRIME;
    const m = (3n * x * x) % FIELD_PRIME;
    z = (2n * y * z) % FIELD_PRIME;
    x = (m * m - 2n * s) % FIELD_PRIME;
    y = (m * (s - x) - 8n * yy * yy) % FIELD_PRIME;
  }
  const inverted = inverse(mod(z, FIELD_PRIME), FIELD_PRIME);
  const squared = (inverted * inverted) % FIELD_PRIME;
  return { x: mod(x * squared, FIELD_PRIME), y: mod(y * squared * inverted, FIELD_PRIME) };
}
