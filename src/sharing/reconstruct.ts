// Messages from the shares of any t seats (Shamir 1979), each share checked first: a wrong one is named and left out.
import type { Engine } from '../engine/engine.ts';
import { countElements } from '../engine/shapes.ts';
import { COMPRESSED_BYTES, SCALAR_BYTES, SHARE_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { type Committee, checkThreshold } from './committee.ts';
import { type RandomSource, randomBytes } from './random.ts';
import { verify } from './verify.ts';

/** What a seat gives: B × (s ‖ b), 64 bytes each. */
export interface SeatShares {
  seat: number;
  shares: Uint8Array;
}

/** Verdict of a reconstruction. */
export interface Reconstruction {
  /** Of each of B records the message, a 32-byte scalar; undefined where fewer than t of the given shares are right. SECRET. */
  messages: (Uint8Array | undefined)[];
  /** Of each record the blinding b(0): with the message it opens C_0. Undefined where the message is. SECRET. */
  openings: (Uint8Array | undefined)[];
  /** The seats that gave wrong shares, ascending, and of which records. */
  wrong: { seat: number; records: number[] }[];
}

/**
 * Checks the shares of some seats against the commitments (B × t compressed points), and interpolates each record's message
 * from the first t right ones. Never from wrong ones; too few is a verdict, not an error. `random`: as for `verify`. Throws
 * an ArgumentError for another length, for a seat that is given twice or that the committee does not have, or for a
 * threshold out of range.
 */
export function reconstruct(
  engine: Engine,
  committee: Committee,
  given: readonly SeatShares[],
  commitments: Uint8Array,
  random: RandomSource = randomBytes,
): Reconstruction {
  checkThreshold(committee);
  const { threshold } = committee;
  const count = countElements('commitments', commitments, COMPRESSED_BYTES * threshold);
  checkGiven(committee, given, count);
  const wrong = given
    .map(({ seat, shares }) => ({ seat, records: verify(engine, committee, seat, shares, commitments, random) }))
    .filter(({ records }) => records.length > 0)
    .sort((a, b) => a.seat - b.seat);
  const found: Reconstruction = { messages: new Array(count), openings: new Array(count), wrong };
  found.messages.fill(undefined);
  found.openings.fill(undefined);
  for (const { chosen, records } of groups(threshold, given, wrong, count)) {
    const atZero = interpolate(engine, chosen, records);
    records.forEach((record, k) => {
      found.messages[record] = atZero.slice(SHARE_BYTES * k, SHARE_BYTES * k + SCALAR_BYTES);
      found.openings[record] = atZero.slice(SHARE_BYTES * k + SCALAR_BYTES, SHARE_BYTES * (k + 1));
    });
    atZero.fill(0);
  }
  return found;
}

function checkGiven({ seats }: Committee, given: readonly SeatShares[], count: number): void {
  const seen = new Set<number>();
  given.forEach(({ seat, shares }, i) => {
    checkInteger(`seat of given[${i}]`, seat, 1, seats);
    if (seen.has(seat)) throw new ArgumentError(`seat of given[${i}]`, seat, 'a seat that is given once');
    seen.add(seat);
    if (countElements(`shares of seat ${seat}`, shares, SHARE_BYTES) !== count) {
      throw new ArgumentError(`shares of seat ${seat}`, shares, `${SHARE_BYTES * count} bytes`);
    }
  });
}

/** Records that the same t seats reconstruct. */
interface Group {
  readonly chosen: readonly SeatShares[];
  readonly records: number[];
}

/** Nearly always one. Records with fewer than t right shares are in none. */
function groups(
  threshold: number,
  given: readonly SeatShares[],
  wrong: Reconstruction['wrong'],
  count: number,
): Group[] {
  const faulty = new Map(wrong.map(({ seat, records }) => [seat, new Set(records)]));
  const bySeats = new Map<string, Group>();
  for (let k = 0; k < count; k++) {
    const chosen = given.filter(({ seat }) => !faulty.get(seat)?.has(k)).slice(0, threshold);
    if (chosen.length < threshold) continue;
    const name = chosen.map(({ seat }) => seat).join();
    if (!bySeats.has(name)) bySeats.set(name, { chosen, records: [] });
    bySeats.get(name)!.records.push(k);
  }
  return [...bySeats.values()];
}

/** Message ‖ opening of each of the records. */
function interpolate(engine: Engine, chosen: readonly SeatShares[], records: readonly number[]): Uint8Array {
  const values = new Uint8Array(SHARE_BYTES * chosen.length * records.length);
  let at = 0;
  for (const record of records) {
    for (let part = 0; part < SHARE_BYTES; part += SCALAR_BYTES) {
      for (const { shares } of chosen) {
        const from = SHARE_BYTES * record + part;
        values.set(shares.subarray(from, from + SCALAR_BYTES), at);
        at += SCALAR_BYTES;
      }
    }
  }
  const atZero = engine.interpolate(
    chosen.map(({ seat }) => seat),
    values,
  );
  values.fill(0);
  return atZero;
}
