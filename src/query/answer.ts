// A server's answer to a query, and the sum that any t answers give (docs/protocol.md, "Answer and sum"). Pure functions.
import { fromBigInt, toBigInt } from '../bytes.ts';
import { GROUP_ORDER as r } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { mod } from '../engine/modular.ts';
import { ArgumentError } from '../errors.ts';
import type { Mask } from './masks.ts';
import type { Edge } from './runs.ts';

/** y and w of one seat, 32-byte scalars: public, they stand on chain. */
export interface Answer {
  y: Uint8Array;
  w: Uint8Array;
}

/** Σ ± s and Σ ± b (mod r) of a seat's shares (s ‖ b, 64 bytes each) of the edges, in their order. SECRET. */
export function shareOfSum(edges: readonly Pick<Edge, 'sign'>[], shares: Uint8Array): Mask {
  if (shares.length !== 64 * edges.length) throw new ArgumentError('shares', shares, `${64 * edges.length} bytes`);
  let [value, blinding] = [0n, 0n];
  edges.forEach(({ sign }, k) => {
    value += BigInt(sign) * toBigInt(shares.subarray(64 * k, 64 * k + 32));
    blinding += BigInt(sign) * toBigInt(shares.subarray(64 * k + 32, 64 * k + 64));
  });
  return { value: fromBigInt(mod(value, r), 32), blinding: fromBigInt(mod(blinding, r), 32) };
}

/** y = Σ ± s + z(i), w = Σ ± b + z′(i) (mod r). */
export function answer(share: Mask, mask: Mask): Answer {
  const sum = (a: Uint8Array, b: Uint8Array) => fromBigInt((toBigInt(a) + toBigInt(b)) % r, 32);
  return { y: sum(share.value, mask.value), w: sum(share.blinding, mask.blinding) };
}

/** The answer of a seat, from 1. */
export interface SeatAnswer extends Answer {
  seat: number;
}

/** Opening of Σ ± C_0 over the edges: Com(sum; blinding) equal to it proves the sum to anyone. */
export interface SumOpening {
  /** Σ ± m mod r; decodeLanes gives the amounts. */
  sum: Uint8Array;
  blinding: Uint8Array;
}

/** Interpolates `threshold` accepted answers of distinct seats (the first are used) at 0, and takes z(0), z′(0) off. */
export function openSum(
  engine: Engine,
  threshold: number,
  answers: readonly SeatAnswer[],
  maskAtZero: Mask,
): SumOpening {
  if (answers.length < threshold) {
    throw new ArgumentError('number of answers', answers.length, `at least the threshold, ${threshold}`);
  }
  const used = answers.slice(0, threshold);
  const values = new Uint8Array(64 * threshold);
  used.forEach(({ y, w }, k) => {
    values.set(y, 32 * k);
    values.set(w, 32 * (threshold + k));
  });
  const masked = engine.interpolate(
    used.map(({ seat }) => seat),
    values,
  );
  const unmask = (at: number, mask: Uint8Array) =>
    fromBigInt(mod(toBigInt(masked.subarray(at, at + 32)) - toBigInt(mask), r), 32);
  return { sum: unmask(0, maskAtZero.value), blinding: unmask(32, maskAtZero.blinding) };
}
