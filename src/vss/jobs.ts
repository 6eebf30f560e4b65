// The work that can be done on another thread: dealing a batch, opening one, checking one. Arguments and results are plain
// bytes.
import type { Engine } from '../engine/engine.ts';
import type { Committee } from '../sharing/committee.ts';
import type { Dealt } from '../sharing/dealing.ts';
import { verify } from '../sharing/verify.ts';
import { deal, shares } from './dealing.ts';
import type { BatchPosition } from './keystreams.ts';

/** A batch to work on, and the keys for it, 32 bytes each in the order of their subsets: all of them, or a seat's. */
interface BatchJob {
  committee: Committee;
  position: BatchPosition;
  keys: Uint8Array;
}

/** Work on a batch: to deal it, to open it, or to check a seat's shares of it. Keys and messages are SECRET. */
export type Job =
  | ({ kind: 'deal'; messages: Uint8Array } & BatchJob)
  | ({ kind: 'open'; corrections: Uint8Array } & BatchJob)
  | ({ kind: 'check'; seat: number; corrections: Uint8Array; commitments: Uint8Array } & BatchJob);

/** What each kind of job gives. */
export interface Results {
  deal: Dealt;
  /** B × (message ‖ opening of C_0), 64 bytes each. SECRET. */
  open: { openings: Uint8Array };
  /** Numbers of the records that fail. */
  check: number[];
}

export function run<J extends Job>(engine: Engine, job: J): Results[J['kind']];
export function run(engine: Engine, job: Job): Results[Job['kind']] {
  const { committee, position, keys } = job;
  switch (job.kind) {
    case 'deal':
      return deal(engine, committee, job.messages, keys, position);
    case 'open':
      return { openings: shares(engine, committee, 0, keys, position, job.corrections) };
    case 'check': {
      const own = shares(engine, committee, job.seat, keys, position, job.corrections);
      return verify(engine, committee, job.seat, own, job.commitments);
    }
  }
}
