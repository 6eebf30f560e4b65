// The weights of dealing as a module takes them: signed 16-bit integers, a row for each part of a result's
// weights, in blocks of BLOCK subsets. Larger weights are cut into balanced parts, so that a row's weights together stay
// below TOTAL_LIMIT: the module relies on both limits (assembly/generate/sums.mjs).
import { coefficientsOf, heldBy, subsetsOf, valueAt } from '../subsets.ts';

/** Subsets that the module adds at once. */
export const BLOCK = 16;
/** The weights of a row together are smaller in magnitude. */
export const TOTAL_LIMIT = 2 ** 23;
const MAX_BITS = 16;

export interface Weights {
  /** Bits of a part: the weight is Σ 2^(bits i) · part i. */
  readonly bits: number;
  /** For each result the number of its rows, one for each part, least significant first. */
  readonly parts: Uint8Array;
  readonly subsets: number;
  /** Rows in all. */
  readonly rows: number;
  /** For each block of subsets its weights, row by row. */
  readonly blocks: readonly Int16Array[];
}

/** The weights of the t coefficients, which are those of f_A. */
export const dealWeights = latest((threshold: number, seats: number) =>
  toRows(subsetsOf(threshold, seats).map(coefficientsOf), threshold),
);

/** The weights of one seat's share, f_A(seat), for the subsets without it. */
export const shareWeights = latest((seat: number, threshold: number, seats: number) =>
  toRows(
    heldBy(seat, subsetsOf(threshold, seats)).map((subset) => [valueAt(subset, seat)]),
    1,
  ),
);

/** `columns[q]`: the weights of subset q in each result. */
function toRows(columns: readonly (readonly bigint[])[], results: number): Weights {
  const bits = partBits(columns.length);
  const cut = columns.map((column) => column.map((weight) => toParts(weight, bits)));
  const parts = Uint8Array.from({ length: results }, (_, j) => Math.max(...cut.map((column) => column[j]!.length)));
  const rows = parts.reduce((sum, count) => sum + count, 0);
  const blocks: Int16Array[] = [];
  for (let from = 0; from < cut.length; from += BLOCK) {
    const block = cut.slice(from, from + BLOCK);
    const row = (j: number, part: number) => block.map((column) => column[j]![part] ?? 0);
    const all = [...parts].flatMap((count, j) => Array.from({ length: count }, (_, part) => row(j, part)));
    blocks.push(Int16Array.from(all.flat()));
  }
  return { bits, parts, subsets: cut.length, rows, blocks };
}

/** The most bits of a part for which `count` of them stay below TOTAL_LIMIT. */
function partBits(count: number): number {
  let bits = MAX_BITS;
  while (count * 2 ** (bits - 1) >= TOTAL_LIMIT) bits--;
  return bits;
}

/** Parts −2^(bits − 1) ≤ part < 2^(bits − 1), at least one. */
function toParts(weight: bigint, bits: number): number[] {
  const parts: number[] = [];
  for (let rest = weight; rest !== 0n || parts.length === 0; ) {
    const part = BigInt.asIntN(bits, rest);
    parts.push(Number(part));
    rest = (rest - part) >> BigInt(bits);
  }
  return parts;
}

/** f, which remembers its latest result: batch after batch is of the same committee. */
function latest<A extends number[], R>(f: (...args: A) => R): (...args: A) => R {
  let known: { key: string; result: R } | undefined;
  return (...args) => {
    const key = args.join();
    if (known?.key !== key) known = { key, result: f(...args) };
    return known.result;
  };
}
