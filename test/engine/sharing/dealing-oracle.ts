// Dealing written again from its equations, with nothing of src/: BigInt, subsets by recursion, polynomials as
// products, values at 0 by Lagrange.
import * as oracle from '../oracle.ts';

const { encode, modR, r } = oracle;

export const seatsOf = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** All choices of k from a list, in lexicographic order. */
export function choose(list: readonly number[], k: number): number[][] {
  if (k === 0) return [[]];
  return list.flatMap((x, i) => choose(list.slice(i + 1), k - 1).map((rest) => [x, ...rest]));
}

export const vanishing = (subset: readonly number[], x: number): bigint =>
  subset.reduce((product, a) => product * BigInt(a - x), 1n);

/** Σ_j coefficients_j x^j mod r */
export const horner = (coefficients: readonly bigint[], x: number): bigint =>
  coefficients.reduceRight((sum, c) => modR(sum * BigInt(x) + c), 0n);

export class Case {
  readonly subsets: number[][];
  readonly messages: bigint[];
  /** numbers[q][2 k + c]: R_A (c = 0) or R'_A (c = 1) of record k and subset q, 48 bytes each. */
  readonly numbers: bigint[][];

  constructor(t: number, n: number, messages: bigint[], number: () => bigint) {
    this.subsets = choose(seatsOf(n), t - 1);
    this.messages = messages;
    this.numbers = this.subsets.map(() => messages.flatMap(() => [number(), number()]));
  }

  keystreams(): Uint8Array[] {
    return this.numbers.map((list) => encode(list, 48));
  }

  held(seat: number): Uint8Array[] {
    return this.keystreams().filter((_, q) => !this.subsets[q]!.includes(seat));
  }

  /** Σ_A number_A f_A(x) of record k. */
  sum(k: number, c: 0 | 1, x: number): bigint {
    return modR(this.subsets.reduce((sum, A, q) => sum + this.numbers[q]![2 * k + c]! * vanishing(A, x), 0n));
  }

  correction(k: number): bigint {
    return modR(this.messages[k]! - this.sum(k, 0, 0));
  }
}

/** The value at 0 of the polynomial through (x_i, y_i). */
export function lagrange(points: readonly (readonly [number, bigint])[]): bigint {
  const inverse = (a: bigint) => oracle.Point.Fn.inv(modR(a));
  return points.reduce((sum, [x, y]) => {
    const others = points.filter(([other]) => other !== x).map(([other]) => BigInt(other));
    const weight = others.reduce((w, other) => (w * other * inverse(other - BigInt(x))) % r, 1n);
    return modR(sum + y * modR(weight));
  }, 0n);
}
