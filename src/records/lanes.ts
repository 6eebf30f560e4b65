// Lanes: up to four signed amounts in one field element, m = Σ_l a_l · 2^(62 l) mod r (docs/protocol.md, "Ledger").
// Adding field elements adds every lane. Sums of up to 2^20 records decode uniquely, since a lane's sum stays below 2^61 in
// magnitude.
import { toBigInt } from '../bytes.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';
import { MAX_AMOUNT } from './amounts.ts';

export const MAX_LANES = 4;
/** Most records whose sum is certain to decode. */
export const MAX_SUMMED_RECORDS = 2 ** 20;
export const MAX_SUM = MAX_AMOUNT * BigInt(MAX_SUMMED_RECORDS);

const LANE_BITS = 62;

/** One to four amounts (minor units, |a| ≤ 2^41 − 1) → scalar, 32 bytes. */
export function encodeLanes(amounts: readonly bigint[]): Uint8Array {
  checkInteger('number of lanes', amounts.length, 1, MAX_LANES);
  let packed = 0n;
  for (let lane = amounts.length - 1; lane >= 0; lane--) {
    const amount = amounts[lane]!;
    if (amount > MAX_AMOUNT || amount < -MAX_AMOUNT) {
      throw new ArgumentError(`amount of lane ${lane}`, 'out of range', 'within ±(2^41 − 1) minor units');
    }
    packed = (packed << BigInt(LANE_BITS)) + amount;
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
 * Scalar (32 bytes, the sum of up to 2^20 encodings of `lanes` lanes) → the sum of each lane, by centred remainders
 * mod 2^62. Throws an EncodingError for a scalar that is no such sum.
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
    if (sum > MAX_SUM || sum < -MAX_SUM) throw new EncodingError('lane sum', `lane ${lane} is beyond 2^20 amounts`);
    sums.push(sum);
    rest = (rest - sum) >> BigInt(LANE_BITS);
  }
  if (rest !== 0n) throw new EncodingError('lane sum', `has more than ${lanes} lanes`);
  return sums;
}
