// The check of shares against commitments (Feldman and Pedersen; docs/protocol.md, "Check of a batch by a server"): one multi-scalar multiplication for
// all records of a batch, halved where it fails. A verdict, not an error.
import type { Engine } from '../engine/engine.ts';
import { countElements } from '../engine/shapes.ts';
import { COMPRESSED_BYTES, SHARE_BYTES, WEIGHT_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';
import { type Committee, checkThreshold } from './committee.ts';
import { type RandomSource, randomBytes } from './random.ts';

/**
 * Which of B records fail for `seat`: s·G + b·H ≠ Σ_j seat^j·C_j. Checks all at once with random weights and halves
 * only where that fails. Empty = all are right (wrongly so with probability 2^-128). Ascending record numbers, from 0. A
 * record with a commitment that is no point, or a share that is no scalar, fails like one with a wrong share.
 *
 * `shares`: B × (value share s ‖ blinding share b), 64 bytes each. `commitments`: B × t compressed points, 32 bytes each.
 * `random`: must be unpredictable to whoever made shares or commitments. Throws an ArgumentError for another length, a seat
 * that the committee does not have, or a threshold out of range.
 */
export function verify(
  engine: Engine,
  committee: Committee,
  seat: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  random: RandomSource = randomBytes,
): number[] {
  checkThreshold(committee);
  const { threshold, seats } = committee;
  checkInteger('seat', seat, 1, seats);
  const size = COMPRESSED_BYTES * threshold;
  const count = countElements('shares', shares, SHARE_BYTES);
  if (countElements('commitments', commitments, size) !== count) {
    throw new ArgumentError('commitments', commitments, `${size * count} bytes`);
  }
  const bad: number[] = [];
  const search = (from: number, to: number): void => {
    if (from === to) return;
    const mine = shares.subarray(SHARE_BYTES * from, SHARE_BYTES * to);
    const theirs = commitments.subarray(size * from, size * to);
    if (holds(engine, seat, threshold, mine, theirs, random(WEIGHT_BYTES * (to - from)))) return;
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
