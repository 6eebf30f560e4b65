// A server's answer to a query, and the sum that any t answers give (docs/protocol.md, "Answer and sum"). Pure functions.
import { fromBigInt, toBigInt } from '../bytes.ts';
import { GROUP_ORDER as r } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors.ts';
import type { Mask } from './masks.ts';

/** y and w of one seat, 32-byte scalars. Public: they are on chain. */
export interface Answer {
  y: Uint8Array;
  w: Uint8Array;
}

/** y = Σ s_k + z and w = Σ b_k + z′ (mod r). `shares`: the seat's shares (s ‖ b) of the queried records. */
export function answer(shares: Uint8Array, mask: Mask): Answer {
  if (shares.length % 64 !== 0) throw new ArgumentError('shares', shares, 'a multiple of 64 bytes');
  let y = toBigInt(mask.value);
  let w = toBigInt(mask.blinding);
  for (let at = 0; at < shares.length; at += 64) {
    y += toBigInt(shares.subarray(at, at + 32));
    w += toBigInt(shares.subarray(at + 32, at + 64));
  }
  return { y: fromBigInt(y % r, 32), w: fromBigInt(w % r, 32) };
}

export interface SeatAnswer extends Answer {
  seat: number;
  mask: Mask;
}

/** Opening of A_0, the commitment to the sum: Com(sum; blinding) = A_0 proves the sum to anyone. */
export interface SumOpening {
  /** Σ m_k mod r; decodeLanes gives the amounts. */
  sum: Uint8Array;
  blinding: Uint8Array;
}

/** Removes the masks of the first `threshold` accepted answers, of distinct seats, and interpolates at 0. */
export function openSum(engine: Engine, threshold: number, answers: readonly SeatAnswer[]): SumOpening {
  if (answers.length < threshold) {
    throw new ArgumentError('number of answers', answers.length, `at least the threshold, ${threshold}`);
  }
  const used = answers.slice(0, threshold);
  const unmask = (masked: Uint8Array, z: Uint8Array) => {
    const difference = toBigInt(masked) - toBigInt(z);
    return difference < 0n ? difference + r : difference;
  };
  const values = new Uint8Array(64 * threshold);
  used.forEach(({ y, w, mask }, k) => {
    values.set(fromBigInt(unmask(y, mask.value), 32), 32 * k);
    values.set(fromBigInt(unmask(w, mask.blinding), 32), 32 * (threshold + k));
  });
  const opening = engine.interpolate(
    used.map(({ seat }) => seat),
    values,
  );
  return { sum: opening.slice(0, 32), blinding: opening.slice(32) };
}
