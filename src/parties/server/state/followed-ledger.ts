// What a daemon knows of one ledger that names its server: whether it serves it, how far it has checked the batches, which
// records it complains about, and what goes wrong.
import { type Hex, toHex } from '../../../bytes.ts';
import type { MIStoreError } from '../../../errors.ts';
import type { SeatHolding } from '../../../ledger/view.ts';
import type { Task } from '../daemon/daemon-events.ts';
import { Trouble } from '../daemon/trouble.ts';

/** How far the batches are checked. */
export interface BatchProgress {
  /** Number of the first batch that is not checked. */
  next: number;
  /** Roots of the last batches before it, at most ROOTS; 32 bytes each. */
  roots: Uint8Array[];
  /** First block whose batches have not been read; undefined where it must be found. */
  from: number | undefined;
  /** Number of batches that storage is known to have. */
  stored: number;
  /** Whether the last root has been compared with storage since it was read from a cache, or the chain reorganised. */
  isConfirmed: boolean;
}

/** A server's place in a ledger that it serves. */
export interface Place extends SeatHolding {
  seats: number;
  threshold: number;
}

export interface FollowedLedger {
  readonly ledgerId: Uint8Array;
  readonly name: Hex;
  /** Block in which this server was named; 0 where the operator has named the ledger. */
  readonly block: number;
  /** This server's place, where it serves the ledger; also one that another has taken, whose old queries it answers. */
  place: Place | null;
  /** Whether the contract has to be asked for the place: at first, and after each change. */
  isStale: boolean;
  /** Whether it has been reported that the server was named. */
  isInvited: boolean;
  /** What this process has checked of it until it was first served whole; null from then on, when that has been reported. */
  catchingUp: { records: number; bad: number } | null;
  /** Whether its queries have been read up to the last block that has. */
  hasQueries: boolean;
  readonly batches: BatchProgress;
  /** Wrong records, id → batch: to complain about, and complained about. */
  readonly wrong: Map<number, number>;
  readonly complained: Map<number, number>;
  readonly troubles: Record<Task, Trouble>;
}

/** Roots that are kept: a reorganisation of more batches has all of them checked again. */
export const ROOTS = 256;
/** Milliseconds between attempts, at most. */
export const LONGEST_PAUSE = 30_000;

export function followedLedger(ledgerId: Uint8Array, block: number): FollowedLedger {
  const trouble = () => new Trouble(LONGEST_PAUSE);
  return {
    ledgerId,
    name: toHex(ledgerId),
    block,
    place: null,
    isStale: true,
    isInvited: false,
    catchingUp: { records: 0, bad: 0 },
    hasQueries: false,
    batches: { next: 0, roots: [], from: undefined, stored: 0, isConfirmed: true },
    wrong: new Map(),
    complained: new Map(),
    troubles: { join: trouble(), check: trouble(), complain: trouble(), answer: trouble() },
  };
}

/** Whether the ledger is served by the present holder of a seat: only that one checks batches and complains. */
export const isHeld = ({ place }: FollowedLedger): boolean => place !== null && place.untilEpoch === null;

/** The last fault of a ledger, if anything is wrong. */
export function faultOf({ troubles }: FollowedLedger): MIStoreError | undefined {
  return Object.values(troubles).find(({ error }) => error !== undefined)?.error;
}

/** After a reorganisation everything is asked for again; what has been checked is compared. */
export function doubt(ledger: FollowedLedger): void {
  ledger.isStale = true;
  Object.assign(ledger.batches, { from: undefined, isConfirmed: false });
  for (const [recordId, batch] of ledger.complained) ledger.wrong.set(recordId, batch);
  ledger.complained.clear();
}
