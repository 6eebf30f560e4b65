// Lanes: up to four signed totals in one field element, m = Σ_l total_l · 2^(62 l) mod r (docs/protocol.md, "Series and tags"). Adding and
// subtracting field elements does so in every lane. A total is within ±(2^61 − 1), and so is the sum of up to 2^20 amounts.
import { toBigInt } from '../bytes.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';

export const MAX_LANES = 4;
/** Largest magnitude of a lane's total, and of what decodes, in minor units. */
export const MAX_TOTAL = 2n ** 61n - 1n;

const LANE_BITS = 62;

/** One to four totals (minor units, within ±(2^61 − 1)) → scalar, 32 bytes. */
export function encodeLanes(totals: readonly bigint[]): Uint8Array {
  checkInteger('number of lanes', totals.length, 1, MAX_LANES);
  let packed = 0n;
  for (let lane = totals.length - 1; lane >= 0; lane--) {
    const total = totals[lane]!;
    if (total > MAX_TOTAL || total < -MAX_TOTAL) {
      throw new ArgumentError(`total of lane ${lane}`, 'out of range', 'within ±(2^61 − 1) minor units');
    }
    packed = (packed << BigInt(LANE_BITS)) + total;
  }
  if (packed < 0n) packed += GROUP_ORDER;
  const scalar = new DataView(new ArrayBuffer(32));
  for (let at = 24; at >= 0; at -= 8) {
    scalar.setBigUint64(at, packed); // the lowest 64 bits
    packed >>= 64n;
  }
  return new Uint8Array(scalar.buffer);
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
    if (sum > MAX_TOTAL || sum < -MAX_TOTAL) throw new EncodingError('lane sum', `lane ${lane} leaves ±(2^61 − 1)`);
    sums.push(sum);
    rest = (rest - sum) >> BigInt(LANE_BITS);
  }
  if (rest !== 0n) throw new EncodingError('lane sum', `has more than ${lanes} lanes`);
  return sums;
}
