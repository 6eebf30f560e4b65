// What is asked of one place, a browser's worker or Node: which engine createEngine() chooses there, the story that each
// kind of engine tells, and how long a batch of commitments takes. Runs in both.
import type { EngineName } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { MIStoreError } from '../../src/errors.ts';
import { type Story, scalars, story } from './story.ts';

export const KINDS: readonly EngineName[] = ['relaxed', 'scalar', 'reference'];
/** Batches in each story; 600 is beyond the engine's pieces of 512 records. */
export const RECORDS: readonly number[] = [2, 9, 600];
export const BATCH = 1000;
const WARM_UP = 30;
const TIMED = 51;

export interface Examination {
  chosen: EngineName;
  /** By kind: its stories, or why it cannot run here. */
  told: Record<EngineName, Story[] | string>;
  /** Milliseconds of a batch of BATCH commitments by the chosen engine: the median of TIMED. */
  milliseconds: number;
}

export async function examine(): Promise<Examination> {
  const told = {} as Examination['told'];
  for (const kind of KINDS) told[kind] = await storiesOf(kind);
  return { chosen: (await createEngine()).name, told, milliseconds: await timeOfBatch() };
}

async function storiesOf(kind: EngineName): Promise<Story[] | string> {
  try {
    const engine = await createEngine({ kind });
    if (engine.name !== kind) throw new Error(`asked for the ${kind} engine, got the ${engine.name} one`);
    return RECORDS.map((records) => story(engine, records));
  } catch (error) {
    if (error instanceof MIStoreError && error.code === 'ENGINE_UNAVAILABLE') return error.message;
    throw error;
  }
}

async function timeOfBatch(): Promise<number> {
  const engine = await createEngine();
  const [values, blindings] = [scalars('values', BATCH), scalars('blindings', BATCH)];
  const times = Array.from({ length: WARM_UP + TIMED }, () => {
    const start = performance.now();
    engine.commit(values, blindings);
    return performance.now() - start;
  });
  return times.slice(WARM_UP).sort((a, b) => a - b)[TIMED >> 1]!;
}
