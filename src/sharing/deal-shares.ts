// Dealing without keys (Pedersen 1991): random polynomials, their commitments, and every seat's shares, which the dealer sends
// to the seats over channels of its own. Shares are checked and reconstructed like those of a dealing with keys.
import type { Engine } from '../engine/engine.ts';
import { readScalars } from '../engine/reference/codec.ts';
import { countElements } from '../engine/shapes.ts';
import { KEYSTREAM_BYTES, SCALAR_BYTES, SHARE_BYTES, WIDE_BYTES } from '../engine/sizes.ts';
import { ArgumentError } from '../errors.ts';
import { type Committee, checkThreshold } from './committee.ts';
import { constantsOf } from './dealing.ts';
import { type RandomSource, randomBytes } from './random.ts';

/** A dealing without keys, of B records. */
export interface DealtShares {
  /** B × t compressed points, 32 bytes each: to coefficient j of record k's polynomials at k·t + j. Public. */
  commitments: Uint8Array;
  /** Of seat i at i − 1: B × (value share s ‖ blinding share b), 64 bytes each. SECRET: each is for its seat alone. */
  shares: Uint8Array[];
  /** B × blinding b_k(0) of C_{k,0}, 32-byte scalars. SECRET: with the message it opens the first commitment. */
  openings: Uint8Array;
}

/**
 * Deals B messages (32-byte scalars, big-endian, below the group's order r) to seats 1..n with threshold t:
 *
 *     f(x) = m + Σ_{j=1}^{t−1} a_j x^j      b(x) = Σ_{j=0}^{t−1} b_j x^j      C_j = a_j·G + b_j·H,  a_0 = m
 *     share of seat i: s = f(i), b = b(i)
 *
 * `random` is called once, for B × (2t − 1) × 48 bytes: of each record a_1 … a_{t−1}, then b_0 … b_{t−1}, as 48-byte
 * big-endian numbers that are read mod r. Any t ≤ n ≤ 255 will do. Throws an ArgumentError for a threshold or a number of
 * seats out of range, an EncodingError for a message that is not below r.
 */
export function dealShares(
  engine: Engine,
  committee: Committee,
  messages: Uint8Array,
  random: RandomSource = randomBytes,
): DealtShares {
  checkThreshold(committee);
  const { threshold, seats } = committee;
  const count = countElements('messages', messages, SCALAR_BYTES);
  readScalars('messages', messages);
  const polynomials = drawPolynomials(engine, threshold, messages, count, random);
  const everySeat = Array.from({ length: seats }, (_, i) => i + 1);
  const [values, blindings] = polynomials;
  const commitments = engine.commit(values, blindings);
  const openings = constantsOf(blindings, threshold);
  const atSeats = polynomials.map((coefficients) => engine.evaluate(everySeat, coefficients, threshold));
  const shares = everySeat.map((_, i) => {
    const own = new Uint8Array(SHARE_BYTES * count);
    for (let k = 0; k < count; k++) {
      const at = SCALAR_BYTES * (seats * k + i);
      atSeats.forEach((all, part) => {
        own.set(all.subarray(at, at + SCALAR_BYTES), SHARE_BYTES * k + SCALAR_BYTES * part);
      });
    }
    return own;
  });
  for (const secret of [...polynomials, ...atSeats]) secret.fill(0);
  return { commitments, shares, openings };
}

/** The coefficients of f and of b, t of each record. */
function drawPolynomials(
  engine: Engine,
  threshold: number,
  messages: Uint8Array,
  count: number,
  random: RandomSource,
): [values: Uint8Array, blindings: Uint8Array] {
  const numbers = (2 * threshold - 1) * count;
  const wide = random(WIDE_BYTES * numbers);
  if (!(wide instanceof Uint8Array) || wide.length !== WIDE_BYTES * numbers) {
    throw new ArgumentError('result of random', wide, `${WIDE_BYTES * numbers} bytes`);
  }
  const scalars = reduced(engine, wide);
  const values = new Uint8Array(SCALAR_BYTES * threshold * count);
  const blindings = new Uint8Array(SCALAR_BYTES * threshold * count);
  for (let k = 0; k < count; k++) {
    const to = SCALAR_BYTES * threshold * k;
    const from = SCALAR_BYTES * (2 * threshold - 1) * k;
    const middle = from + SCALAR_BYTES * (threshold - 1);
    values.set(messages.subarray(SCALAR_BYTES * k, SCALAR_BYTES * (k + 1)), to);
    values.set(scalars.subarray(from, middle), to + SCALAR_BYTES);
    blindings.set(scalars.subarray(middle, middle + SCALAR_BYTES * threshold), to);
  }
  scalars.fill(0);
  return [values, blindings];
}

/** Wide numbers mod r, two at a time: a committee of one seat has one subset, and a share is the subset's R and R′, reduced. */
function reduced(engine: Engine, wide: Uint8Array): Uint8Array {
  const pairs = Math.ceil(wide.length / KEYSTREAM_BYTES);
  const stream = new Uint8Array(KEYSTREAM_BYTES * pairs);
  stream.set(wide);
  const scalars = engine.shares(1, [stream], new Uint8Array(SCALAR_BYTES * pairs), 1, 1);
  stream.fill(0);
  return scalars;
}
