// Dealing, shares and values of polynomials in the BigInt twin: sums of wide numbers times small integers, reduced once; Horner;
// Lagrange.
import { GROUP_ORDER } from '../bn254.ts';
import type { Dealing } from '../engine.ts';
import { inverses, mod } from '../modular.ts';
import { checkedKeystreams, dealShape, evaluateShape, interpolateShape, sharesShape } from '../shapes.ts';
import { WIDE_BYTES } from '../sizes.ts';
import { coefficientsOf, heldBy, subsetsOf, valueAt } from '../subsets.ts';
import { integers, readScalars, writeScalars } from './codec.ts';

export function deal(
  messages: Uint8Array,
  keystreams: Iterable<Uint8Array>,
  threshold: number,
  seats: number,
): Dealing {
  const count = dealShape(messages, threshold, seats);
  const weights = subsetsOf(threshold, seats).map(coefficientsOf);
  const sums = combine(weights, keystreams, threshold, count);
  const values: bigint[] = [];
  const blindings: bigint[] = [];
  const corrections: bigint[] = [];
  readScalars('messages', messages).forEach((message, k) => {
    const [f, b] = [sums[2 * k]!, sums[2 * k + 1]!];
    corrections.push(mod(message - f[0]!, GROUP_ORDER));
    values.push(message, ...f.slice(1));
    blindings.push(...b);
  });
  return {
    values: writeScalars(values),
    blindings: writeScalars(blindings),
    corrections: writeScalars(corrections),
  };
}

export function shares(
  seat: number,
  keystreams: Iterable<Uint8Array>,
  corrections: Uint8Array,
  threshold: number,
  seats: number,
): Uint8Array {
  const count = sharesShape(seat, corrections, threshold, seats);
  const weights = heldBy(seat, subsetsOf(threshold, seats)).map((subset) => [valueAt(subset, seat)]);
  const sums = combine(weights, keystreams, 1, count);
  return writeScalars(
    readScalars('corrections', corrections).flatMap((correction, k) => [
      (sums[2 * k]![0]! + correction) % GROUP_ORDER,
      sums[2 * k + 1]![0]!,
    ]),
  );
}

export function evaluate(seats: readonly number[], coefficients: Uint8Array, threshold: number): Uint8Array {
  const count = evaluateShape(seats, coefficients, threshold);
  const all = readScalars('coefficients', coefficients);
  const polynomials = Array.from({ length: count }, (_, k) => all.slice(threshold * k, threshold * (k + 1)));
  const at = (f: readonly bigint[], x: bigint) => f.reduceRight((sum, c) => (sum * x + c) % GROUP_ORDER, 0n);
  return writeScalars(polynomials.flatMap((f) => seats.map((seat) => at(f, BigInt(seat)))));
}

export function interpolate(seats: readonly number[], values: Uint8Array): Uint8Array {
  const count = interpolateShape(seats, values);
  const weights = weightsAtZero(seats.map(BigInt));
  const y = readScalars('values', values);
  const atZero = (k: number) => weights.reduce((sum, weight, i) => sum + weight * y[k * seats.length + i]!, 0n);
  return writeScalars(Array.from({ length: count }, (_, k) => atZero(k) % GROUP_ORDER));
}

/** Π_{j≠i} x_j / (x_j − x_i) mod r for each of the points x_i. */
function weightsAtZero(points: readonly bigint[]): bigint[] {
  const product = (factors: bigint[]) => factors.reduce((out, factor) => mod(out * factor, GROUP_ORDER), 1n);
  const others = points.map((point) => points.filter((other) => other !== point));
  const divisors = inverses(
    points.map((point, i) => product(others[i]!.map((other) => other - point))),
    GROUP_ORDER,
  );
  return points.map((_, i) => (product(others[i]!) * divisors[i]!) % GROUP_ORDER);
}

/** For each of the two wide numbers of each record (R, then R'), Σ_A number · weights_A[j] mod r for every j. */
function combine(
  weights: readonly (readonly bigint[])[],
  keystreams: Iterable<Uint8Array>,
  results: number,
  count: number,
): bigint[][] {
  const sums = Array.from({ length: 2 * count }, () => new Array<bigint>(results).fill(0n));
  let subset = 0;
  for (const stream of checkedKeystreams(keystreams, weights.length, count)) {
    const column = weights[subset++]!;
    integers(stream, WIDE_BYTES).forEach((wide, i) => {
      column.forEach((weight, j) => {
        sums[i]![j]! += wide * weight;
      });
    });
  }
  return sums.map((row) => row.map((sum) => mod(sum, GROUP_ORDER)));
}
