// The work that can be done on another thread: dealing a batch, checking a batch. Arguments and results are plain bytes.
import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { type Committee, type Dealt, deal, verify } from './dealing.ts';

export type Job =
  | { kind: 'deal'; committee: Committee; messages: Uint8Array; pads: readonly Uint8Array[] }
  | { kind: 'verify'; committee: Committee; seat: number; shares: Uint8Array; commitments: Uint8Array };

export interface Results {
  deal: Dealt;
  /** Places of the records that fail. */
  verify: number[];
}

export function run<J extends Job>(engine: Engine, job: J): Results[J['kind']];
export function run(engine: Engine, job: Job): Results[Job['kind']] {
  switch (job.kind) {
    case 'deal':
      return deal(engine, job.committee, job.messages, job.pads);
    case 'verify':
      return verify(engine, job.committee, job.seat, job.shares, job.commitments, randomBytes);
  }
}
