// The check of shares against commitments (Feldman and Pedersen; docs/protocol.md, "Check of a batch by a server"): one multi-scalar multiplication for
// all records of a batch, halved where it fails. A verdict, not an error.
import type { Engine } from '../engine/engine.ts';
import { ArgumentError, EncodingError } from '../errors.ts';

/** s ‖ b of one record. */
const SHARE_BYTES = 64;

/**
 * Which of B records fail for `seat`: s·G + b·H ≠ Σ_j seat^j·C_j. Checks all at once with random weights and halves
 * only where that fails. Empty = all are right (wrongly so with probability 2^-128). Ascending record numbers. A record
 * with a commitment that is no point fails like one with a wrong share: whoever dealt it is to blame for both.
 */
export function verify(
  engine: Engine,
  threshold: number,
  seat: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  random: (length: number) => Uint8Array,
): number[] {
  const size = 32 * threshold;
  const count = shares.length / SHARE_BYTES;
  if (commitments.length !== size * count) throw new ArgumentError('commitments', commitments, `${size * count} bytes`);
  const bad: number[] = [];
  const search = (from: number, to: number): void => {
    if (from === to) return;
    const mine = shares.subarray(SHARE_BYTES * from, SHARE_BYTES * to);
    const theirs = commitments.subarray(size * from, size * to);
    if (holds(engine, seat, threshold, mine, theirs, random(16 * (to - from)))) return;
    if (to - from === 1) {
      bad.push(from);
      return;
    }
    const middle = (from + to) >> 1;
    search(from, middle);
    search(middle, to);
  };
  search(0, count);
  return bad;
}

function holds(engine: Engine, ...check: Parameters<Engine['verifyShares']>): boolean {
  try {
    return engine.verifyShares(...check);
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}
