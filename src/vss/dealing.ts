// Dealing and shares (../sharing/dealing.ts) with the keystreams of a batch (docs/protocol.md, "Dealing"), which come from the keys of
// the subsets. Pure functions of an Engine.
import type { Engine } from '../engine/engine.ts';
import { SCALAR_BYTES, SHARE_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { type Committee, heldBy, subsetsOf } from '../sharing/committee.ts';
import { type Dealt, deal as dealWith } from '../sharing/dealing.ts';
import { type BatchPosition, Keystreams } from './keystreams.ts';
import { SUBSET_KEY_BYTES } from './subset-keys.ts';

/** Bytes of keystream that are held at a time; a committee can have 8,192 streams. */
const PIECE_BYTES = 1 << 23;

/** Deals B messages (32-byte scalars) with the keys of all subsets, in order. */
export function deal(
  engine: Engine,
  committee: Committee,
  messages: Uint8Array,
  keys: Uint8Array,
  position: BatchPosition,
): Dealt {
  const subsets = subsetsOf(committee).length;
  if (keys.length !== SUBSET_KEY_BYTES * subsets)
    throw new ArgumentError('keys', '(not shown)', `${subsets} of 32 bytes`);
  const count = messages.length / SCALAR_BYTES;
  const dealt: Dealt = {
    commitments: new Uint8Array(SCALAR_BYTES * committee.threshold * count),
    corrections: new Uint8Array(SCALAR_BYTES * count),
    openings: new Uint8Array(SCALAR_BYTES * count),
  };
  inPieces(new Keystreams(keys, position), subsets, count, (streams, from, to) => {
    const part = messages.subarray(SCALAR_BYTES * from, SCALAR_BYTES * to);
    const { commitments, corrections, openings } = dealWith(engine, committee, part, streams);
    dealt.commitments.set(commitments, SCALAR_BYTES * committee.threshold * from);
    dealt.corrections.set(corrections, SCALAR_BYTES * from);
    dealt.openings.set(openings, SCALAR_BYTES * from);
    openings.fill(0);
  });
  return dealt;
}

/**
 * Shares (s ‖ b, 64 bytes each) of `seat` for the records from number `from` on whose corrections are given, from the keys
 * that the seat holds, in order. Seat 0 with all keys: message and opening of each record. SECRET. Throws an EncodingError
 * for a correction that is no scalar.
 */
export function shares(
  engine: Engine,
  { threshold, seats }: Committee,
  seat: number,
  keys: Uint8Array,
  position: BatchPosition,
  corrections: Uint8Array,
  from = 0,
): Uint8Array {
  checkInteger('seat', seat, 0, seats);
  const committee = { threshold, seats };
  const streams = (seat === 0 ? subsetsOf(committee) : heldBy(committee, seat)).length;
  if (keys.length !== SUBSET_KEY_BYTES * streams)
    throw new ArgumentError('keys', '(not shown)', `${streams} of 32 bytes`);
  const count = corrections.length / SCALAR_BYTES;
  const out = new Uint8Array(SHARE_BYTES * count);
  inPieces(new Keystreams(keys, position, from), streams, count, (pieces, first, end) => {
    const part = corrections.subarray(SCALAR_BYTES * first, SCALAR_BYTES * end);
    out.set(engine.shares(seat, pieces, part, threshold, seats), SHARE_BYTES * first);
  });
  return out;
}

/** Calls `work` with the streams of the records from … to − 1, piece by piece, and wipes them. */
function inPieces(
  keystreams: Keystreams,
  streams: number,
  count: number,
  work: (streams: Uint8Array[], from: number, to: number) => void,
): void {
  const size = Math.max(1, Math.floor(PIECE_BYTES / (96 * Math.max(1, streams))));
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    const piece = keystreams.next(to - from);
    work(piece, from, to);
    for (const stream of piece) stream.fill(0);
  }
}
