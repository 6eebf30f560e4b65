// Dealing with replicated keys (Cramer, Damgård, Ishai 2005; Pedersen 1991; docs/protocol.md, "Dealing"): a polynomial for each record
// from the keystreams of all subsets, one public correction that sets its value at 0, and commitments to its coefficients.
// Seats compute their shares from the keystreams that they hold. Where the keystreams come from is the caller's matter.
import type { Engine } from '../engine/engine.ts';
import { SCALAR_BYTES } from '../engine/sizes.ts';
import { checkInteger } from '../errors.ts';
import { type Committee, checkCommittee } from './committee.ts';

/** A dealing with keystreams, of B records. */
export interface Dealt {
  /** B × t compressed points, 32 bytes each: to coefficient j of record k's polynomials at k·t + j. Public. */
  commitments: Uint8Array;
  /** B × correction δ, 32-byte scalars. Public. */
  corrections: Uint8Array;
  /** B × blinding b_k(0) of C_{k,0}, 32-byte scalars. SECRET: with the message it opens the first commitment. */
  openings: Uint8Array;
}

/**
 * Deals B messages (32-byte scalars, big-endian, below the group's order r) to seats 1..n with threshold t. `keystreams`: for
 * each subset of t − 1 seats, in lexicographic order, B × 96 bytes that exactly the seats outside the subset know, and that
 * serve once. With a generator at most 16 of them are in memory. Throws a CommitteeSizeError for a committee that has more
 * than 8192 subsets or too large weights, an ArgumentError for another number or length of keystreams, an EncodingError for
 * a message that is not below r.
 */
export function deal(
  engine: Engine,
  { threshold, seats }: Committee,
  messages: Uint8Array,
  keystreams: Iterable<Uint8Array>,
): Dealt {
  const { values, blindings, corrections } = engine.deal(messages, keystreams, threshold, seats);
  const commitments = engine.commit(values, blindings);
  const openings = constantsOf(blindings, threshold);
  values.fill(0);
  blindings.fill(0);
  return { commitments, corrections, openings };
}

/**
 * Shares of a seat, B × (value share s ‖ blinding share b), 64 bytes each, from the keystreams of the subsets without it, in
 * lexicographic order, and the B corrections. SECRET. Throws as `deal` does; an EncodingError for a correction that is not
 * below r.
 */
export function shares(
  engine: Engine,
  { threshold, seats }: Committee,
  seat: number,
  keystreams: Iterable<Uint8Array>,
  corrections: Uint8Array,
): Uint8Array {
  checkCommittee({ threshold, seats });
  checkInteger('seat', seat, 1, seats);
  return engine.shares(seat, keystreams, corrections, threshold, seats);
}

/** The constant coefficients of polynomials of `threshold` coefficients each. */
export function constantsOf(coefficients: Uint8Array, threshold: number): Uint8Array {
  const out = new Uint8Array(coefficients.length / threshold);
  for (let at = 0; at < out.length; at += SCALAR_BYTES) {
    out.set(coefficients.subarray(threshold * at, threshold * at + SCALAR_BYTES), at);
  }
  return out;
}
