// Masks: what hides a server's answer from all but the insurer (docs/protocol.md, "Masks"). One pair of polynomials of degree
// below t; the seats 1 … t have their values from their channels, the others by a public correction. On chain there are
// only the corrections and the commitments to the coefficients. BigInt: a query has few numbers.
import { concat, equalBytes, fromBigInt, toBigInt, uint8 } from '../bytes.ts';
import { GROUP_ORDER as r } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { inverse, mod } from '../engine/modular.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { expand } from '../identity/keys.ts';

/** z(i) and z′(i) of one seat, or another value and its blinding: 32-byte scalars. SECRET. */
export interface Mask {
  value: Uint8Array;
  blinding: Uint8Array;
}

/** Which query of which committee a mask is for: 32 bytes each. The query's id binds its contents. */
export interface MaskUse {
  queryId: Uint8Array;
  committee: Uint8Array;
}

/** All that the insurer makes for one query. */
export interface Masks {
  /** Z_0 … Z_{t−1} = Com(coefficient j of z; of z′), t uncompressed points. Public. */
  commitments: Uint8Array;
  /** For the seats t + 1 … n: what is added to the seat's pad, z ‖ z′, 64 bytes each. Public. */
  corrections: Uint8Array;
  /** z(0) and z′(0), to be taken off the sum. SECRET. */
  atZero: Mask;
}

/** Pad of `seat`: HKDF(K(insurer→server); salt queryId; "mask", committee hash ‖ uint8 seat), 48 bytes mod r each. */
export function maskPad(channel: Uint8Array, { queryId, committee }: MaskUse, seat: number): Mask {
  for (const [name, bytes] of Object.entries({ 'query id': queryId, 'committee hash': committee })) {
    if (bytes.length !== 32) throw new ArgumentError(name, bytes, '32 bytes');
  }
  checkInteger('seat', seat, 1, 255);
  const wide = expand(channel, 'mask', [committee, uint8(seat)], 96, queryId);
  return { value: reduced(wide.subarray(0, 48)), blinding: reduced(wide.subarray(48)) };
}

/** The masks of a query from the insurer's pads of all seats (`pads[i − 1]`). */
export function makeMasks(engine: Engine, threshold: number, pads: readonly Mask[]): Masks {
  checkInteger('number of pads', pads.length, threshold, 255);
  const [z, zBlinding] = (['value', 'blinding'] as const).map((part) =>
    coefficientsThrough(pads.slice(0, threshold).map((pad) => toBigInt(pad[part]))),
  ) as [bigint[], bigint[]];
  const scalars = (values: bigint[]) => concat(...values.map((value) => fromBigInt(value, 32)));
  const corrections = pads.slice(threshold).map(({ value, blinding }, k) => {
    const seat = BigInt(threshold + 1 + k);
    return [mod(evaluate(z, seat) - toBigInt(value), r), mod(evaluate(zBlinding, seat) - toBigInt(blinding), r)];
  });
  return {
    commitments: engine.decompress(engine.commit(scalars(z), scalars(zBlinding))),
    corrections: scalars(corrections.flat()),
    atZero: { value: fromBigInt(z[0]!, 32), blinding: fromBigInt(zBlinding[0]!, 32) },
  };
}

/** The mask of a seat from its pad and the query's public corrections. Throws an ArgumentError for one that is missing or no scalar. */
export function maskOf(threshold: number, seat: number, pad: Mask, corrections: Uint8Array): Mask {
  if (seat <= threshold) return pad;
  const at = 64 * (seat - threshold - 1);
  const own = corrections.subarray(at, at + 64);
  if (own.length !== 64) throw new ArgumentError('mask corrections', corrections, `at least ${at + 64} bytes`);
  const [value, blinding] = [toBigInt(own.subarray(0, 32)), toBigInt(own.subarray(32))];
  if (value >= r || blinding >= r) throw new ArgumentError('mask correction', '(not shown)', 'canonical scalars');
  return {
    value: fromBigInt((toBigInt(pad.value) + value) % r, 32),
    blinding: fromBigInt((toBigInt(pad.blinding) + blinding) % r, 32),
  };
}

/** Whether a value and its blinding open Σ_j seat^j · P_j, for t uncompressed points P_j: those of masks, or of sums. */
export function opensAt(engine: Engine, seat: number, { value, blinding }: Mask, points: Uint8Array): boolean {
  const threshold = points.length / 64;
  const powers: bigint[] = [];
  for (let j = 0, power = 1n; j < threshold; j++, power = (power * BigInt(seat)) % r) powers.push(power);
  const expected = engine.msm(concat(...powers.map((power) => fromBigInt(power, 32))), points);
  return equalBytes(engine.decompress(engine.commit(value, blinding)), expected);
}

const reduced = (wide: Uint8Array): Uint8Array => fromBigInt(toBigInt(wide) % r, 32);

const evaluate = (polynomial: readonly bigint[], x: bigint): bigint =>
  polynomial.reduceRight((sum, coefficient) => mod(sum * x + coefficient, r), 0n);

/** Coefficients of the polynomial of degree < t with these values at 1 … t: Newton's divided differences, expanded. */
function coefficientsThrough(values: readonly bigint[]): bigint[] {
  const t = values.length;
  const differences = [...values];
  for (let order = 1; order < t; order++) {
    const scale = inverse(BigInt(order), r); // the points are 1 apart: x_k − x_{k−order} = order
    for (let k = t - 1; k >= order; k--) {
      differences[k] = mod((differences[k]! - differences[k - 1]!) * scale, r);
    }
  }
  let polynomial = [differences[t - 1]!];
  for (let k = t - 2; k >= 0; k--) {
    // times (x − (k + 1)), plus the next difference
    const shifted = [0n, ...polynomial];
    polynomial = shifted.map((high, j) => mod(high - BigInt(k + 1) * (polynomial[j] ?? 0n), r));
    polynomial[0] = mod(polynomial[0]! + differences[k]!, r);
  }
  return polynomial;
}
