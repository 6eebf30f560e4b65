// Polynomials over Fr for the BigInt twin (Shamir 1979; Lagrange). A polynomial is known by its values at distinct small
// points; everything else about it is a matrix times those values, one reduction an output. Points are below r.
import { GROUP_ORDER } from '../bn254.ts';
import { inverses, mod } from '../modular.ts';

/** Row by row; a row times the vector of the values gives one output. */
export type Matrix = bigint[][];

/** Row j gives coefficient j of the polynomial of degree < points.length through the values at `points`. */
export function coefficientMatrix(points: readonly bigint[]): Matrix {
  const whole = points.reduce(timesRoot, [1n]);
  // Lagrange's basis polynomial of point i: the whole product without (x − x_i), divided by its value at x_i.
  const parts = points.map((point) => divideRoot(whole, point));
  const scales = inverses(
    parts.map((part, i) => evaluate(part, points[i]!)),
    GROUP_ORDER,
  );
  return points.map((_, j) => parts.map((part, i) => (part[j]! * scales[i]!) % GROUP_ORDER));
}

/** Row a gives the value at `at[a]` (none of `points`) of the polynomial through the values at `points`. */
export function evaluationMatrix(points: readonly bigint[], at: readonly bigint[]): Matrix {
  const product = (factors: bigint[]) => factors.reduce((out, factor) => mod(out * factor, GROUP_ORDER), 1n);
  const scales = inverses(
    points.map((point) => product(points.filter((other) => other !== point).map((other) => point - other))),
    GROUP_ORDER,
  );
  return at.map((target) => {
    const whole = product(points.map((point) => target - point));
    const gaps = inverses(
      points.map((point) => mod(target - point, GROUP_ORDER)),
      GROUP_ORDER,
    );
    return points.map((_, i) => (((whole * gaps[i]!) % GROUP_ORDER) * scales[i]!) % GROUP_ORDER);
  });
}

export function apply(matrix: Matrix, values: readonly bigint[]): bigint[] {
  return matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * values[i]!, 0n) % GROUP_ORDER);
}

/** polynomial · (x − root); coefficients from the constant upwards. */
function timesRoot(polynomial: bigint[], root: bigint): bigint[] {
  return [...polynomial, 0n].map((c, j) =>
    mod((polynomial[j - 1] ?? 0n) - root * (j < polynomial.length ? c : 0n), GROUP_ORDER),
  );
}

/** polynomial / (x − root), where root is one of its roots. */
function divideRoot(polynomial: readonly bigint[], root: bigint): bigint[] {
  const out = new Array<bigint>(polynomial.length - 1);
  let carry = 0n;
  for (let j = polynomial.length - 1; j > 0; j--) {
    carry = mod(polynomial[j]! + carry * root, GROUP_ORDER);
    out[j - 1] = carry;
  }
  return out;
}

function evaluate(polynomial: readonly bigint[], x: bigint): bigint {
  return polynomial.reduceRight((sum, c) => (sum * x + c) % GROUP_ORDER, 0n);
}
