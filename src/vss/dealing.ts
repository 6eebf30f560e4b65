// Dealing number 1: Shamir polynomials through the seats' pads, Pedersen commitments, and public corrections for the
// seats that the pads alone cannot serve (Shamir 1979, Pedersen 1991; docs/protocol.md, "Batch"). Everything that
// depends on the dealing number is in this file. Pure functions of an Engine; verdicts are returned, not thrown.
import type { Engine } from '../engine/engine.ts';
import { COMPRESSED_BYTES, MAX_SEATS, SCALAR_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';

/** The dealing number that a ledger names on chain. */
export const DEALING = 1;

/** Threshold t and number of seats n of a ledger: 1 ≤ t ≤ n ≤ 255. */
export interface Committee {
  threshold: number;
  seats: number;
}

export function checkCommittee({ threshold, seats }: Committee): void {
  checkInteger('servers', seats, 1, MAX_SEATS);
  checkInteger('threshold', threshold, 1, seats);
}

/** Bytes of a record's commitments: t compressed points. */
export const commitmentBytes = ({ threshold }: Committee): number => COMPRESSED_BYTES * threshold;

/** Bytes of a record's corrections: α for the seats t..n, β for t+1..n. */
export const correctionBytes = ({ threshold, seats }: Committee): number =>
  SCALAR_BYTES * (2 * (seats - threshold) + 1);

export interface Dealt {
  /** B × t compressed points. Public. */
  commitments: Uint8Array;
  /** B × correctionBytes. Public. */
  corrections: Uint8Array;
  /** B × blinding b_k(0) of C_{k,0}, 32 bytes each. SECRET, for the receipts. */
  openings: Uint8Array;
}

/** Deals B messages (32-byte scalars). `pads[i − 1]` is seat i's keystream for these records. */
export function deal(engine: Engine, committee: Committee, messages: Uint8Array, pads: readonly Uint8Array[]): Dealt {
  checkCommittee(committee);
  const { values, blindings, corrections } = engine.deal(committee.threshold, committee.seats, messages, pads);
  const commitments = engine.commit(values, blindings);
  const openings = everyNth(blindings, committee.threshold);
  values.fill(0);
  blindings.fill(0);
  return { commitments, corrections, openings };
}

/** Shares (s ‖ b, 64 bytes each) of `seat` for B records, from its keystream and all the records' corrections. SECRET. */
export function shares(
  engine: Engine,
  committee: Committee,
  seat: number,
  pads: Uint8Array,
  corrections: Uint8Array,
): Uint8Array {
  const { threshold, seats } = committee;
  checkInteger('seat', seat, 1, seats);
  const column = (position: number) => pick(corrections, correctionBytes(committee), SCALAR_BYTES * position);
  const alpha = seat >= threshold ? column(seat - threshold) : null;
  const beta = seat > threshold ? column(seats - threshold + (seat - threshold)) : null;
  return engine.shares(pads, alpha, beta);
}

/**
 * Places of those of B records that fail for `seat`: s·G + b·H ≠ Σ_j seat^j·C_j. Ascending; none if all are right, except
 * with probability 2^-128. All are checked at once with random weights, and in halves where that fails. A record with a
 * commitment that is not a point fails like one with a wrong share: whoever dealt it is to blame for both.
 */
export function verify(
  engine: Engine,
  committee: Committee,
  seat: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  random: (length: number) => Uint8Array,
): number[] {
  const size = commitmentBytes(committee);
  const count = shares.length / (2 * SCALAR_BYTES);
  if (commitments.length !== size * count) throw new ArgumentError('commitments', commitments, `${size * count} bytes`);
  const bad: number[] = [];
  const search = (from: number, to: number): void => {
    if (from === to) return;
    const mine = shares.subarray(64 * from, 64 * to);
    const theirs = commitments.subarray(size * from, size * to);
    if (holds(engine, seat, committee.threshold, mine, theirs, random(16 * (to - from)))) return;
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

/**
 * Messages and openings of B records from the shares (s ‖ b) of at least t seats; the first t are used.
 * They are right only if the shares are: verify them, or check Com(message; opening) = C_0.
 */
export function reconstruct(
  engine: Engine,
  threshold: number,
  shares: readonly { seat: number; shares: Uint8Array }[],
): { messages: Uint8Array; openings: Uint8Array } {
  if (shares.length < threshold) {
    throw new ArgumentError('number of shares', shares.length, `at least the threshold, ${threshold}`);
  }
  const used = shares.slice(0, threshold);
  for (const { seat, shares } of used) {
    if (shares.length !== used[0]!.shares.length) {
      throw new ArgumentError(
        `shares of seat ${seat}`,
        shares,
        `${used[0]!.shares.length} bytes, as those of the others`,
      );
    }
  }
  const seats = used.map(({ seat }) => seat);
  const at0 = (part: number) => {
    const columns = used.map(({ shares }) => pick(shares, 2 * SCALAR_BYTES, SCALAR_BYTES * part));
    return engine.interpolate(seats, interleave(columns));
  };
  return { messages: at0(0), openings: at0(1) };
}

function interleave(columns: readonly Uint8Array[]): Uint8Array {
  const count = columns[0]!.length / SCALAR_BYTES;
  const out = new Uint8Array(SCALAR_BYTES * count * columns.length);
  columns.forEach((column, c) => {
    for (let k = 0; k < count; k++) {
      out.set(column.subarray(SCALAR_BYTES * k, SCALAR_BYTES * (k + 1)), SCALAR_BYTES * (k * columns.length + c));
    }
  });
  return out;
}

/** `size` bytes at `offset` of each row of `rowBytes`. */
function pick(rows: Uint8Array, rowBytes: number, offset: number, size = SCALAR_BYTES): Uint8Array {
  const count = rows.length / rowBytes;
  const out = new Uint8Array(count * size);
  for (let k = 0; k < count; k++) out.set(rows.subarray(k * rowBytes + offset, k * rowBytes + offset + size), k * size);
  return out;
}

const everyNth = (scalars: Uint8Array, n: number): Uint8Array => pick(scalars, SCALAR_BYTES * n, 0);
