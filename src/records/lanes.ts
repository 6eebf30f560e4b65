// Lanes: up to four signed totals in one field element, m = Σ_l total_l · 2^(62 l) mod r (docs/protocol.md, "Series and tags"). Adding and
// subtracting field elements does so in every lane. A total is within ±(2^61 − 1), and so is the sum of up to 2^20 amounts.
import { toBigInt } from '../bytes.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';

export const MAX_LANES = 4;
/** Largest magnitude of a lane's total, and of what decodes, in minor units. */
export const MAX_TOTAL = 2n ** 61n - 1n;

/** Whether a lane's total is within ±(2^61 − 1). */
export const isTotal = (total: bigint): boolean => total <= MAX_TOTAL && total >= MIN_TOTAL;

const MIN_TOTAL = -MAX_TOTAL;
const LANE_BITS = 62;
const SHIFT = BigInt(LANE_BITS);
/** Where encodeLanes works: a buffer for each record would be half of its time. */
const scalar = new Uint8Array(32);
const words = new DataView(scalar.buffer);

/** One to four totals (minor units, within ±(2^61 − 1)) → scalar, 32 bytes. */
export function encodeLanes(totals: readonly bigint[]): Uint8Array {
  checkInteger('number of lanes', totals.length, 1, MAX_LANES);
  let packed = 0n;
  for (let lane = totals.length - 1; lane >= 0; lane--) {
    const total = totals[lane]!;
    if (!isTotal(total)) {
      throw new ArgumentError(`total of lane ${lane}`, 'out of range', 'within ±(2^61 − 1) minor units');
    }
    packed = (packed << SHIFT) + total;
  }
  if (packed < 0n) packed += GROUP_ORDER;
  for (let at = 24; at >= 0; at -= 8) {
    words.setBigUint64(at, packed); // the lowest 64 bits
    packed >>= 64n;
  }
  return scalar.slice();
}

/**
 * Scalar (32 bytes: an encoding, or sums and differences of encodings) → the value of each lane, by centred remainders mod
 * 2^62. Throws an EncodingError for a scalar whose lanes leave ±(2^61 − 1), or that has more than `lanes` lanes.
 */
export function decodeLanes(scalar: Uint8Array, lanes: number): bigint[] {
  checkInteger('number of lanes', lanes, 1, MAX_LANES);
  if (scalar.length !== 32) throw new ArgumentError('scalar', scalar, '32 bytes');
  const value = toBigInt(scalar);
  if (value >= GROUP_ORDER) throw new EncodingError('lane sum', 'is not canonical: it must be below the group order r');
  let rest = value > GROUP_ORDER / 2n ? value - GROUP_ORDER : value;
  const sums: bigint[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const sum = BigInt.asIntN(LANE_BITS, rest);
    if (!isTotal(sum)) throw new EncodingError('lane sum', `lane ${lane} leaves ±(2^61 − 1)`);
    sums.push(sum);
    rest = (rest - sum) >> SHIFT;
  }
  if (rest !== 0n) throw new EncodingError('lane sum', `has more than ${lanes} lanes`);
  return sums;
}
