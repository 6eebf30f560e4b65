// What is asked of a pool of threads, in a browser's page and in Node: jobs of every kind, wrong ones too; and what workers that fail
// do to it. Results as text, to be compared byte for byte.
import { toHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import type { MIStoreError } from '../../src/errors.ts';
import { subsetsOf } from '../../src/sharing/committee.ts';
import type { Job, Results } from '../../src/vss/jobs.ts';
import { VssPool } from '../../src/vss/pool.ts';
import { keysOf } from '../../src/vss/subset-keys.ts';
import type { WebWorker } from '../../src/vss/thread.ts';
import { scalars } from './story.ts';

const COMMITTEE = { threshold: 3, seats: 5 };
const SEAT = 2;
/** Records of each batch. */
const BATCHES = [1, 40, 7, 300];

export interface PoolStory {
  /** Workers that were started for the jobs. */
  started: number;
  /** What each job gave, or how it was refused. */
  results: string[];
  /** By what is wrong with the workers: how all jobs of such a pool end. */
  failing: Record<string, string>;
}

/** How jobs end whose workers fail, from the message's start. */
export const FAILURES: PoolStory['failing'] = {
  'no such script': 'WORKER_LOST: a worker thread ended (its script does not load)',
  'a script that the page made': 'WORKER_LOST: a worker thread ',
  'another script': 'WORKER_LOST: a worker thread ended (it said what is no answer)',
  'a script that throws': 'WORKER_LOST: a worker thread ended (Uncaught Error: broken inside)',
  'no way to start one': 'INVALID_ARGUMENT: startWorker is undefined; it must be a function',
};

/** All batches dealt at once; then each opened and checked, with all that is needed and with what is wrong. */
export async function tellPool(pool: VssPool): Promise<string[]> {
  const jobs = BATCHES.map(dealJob);
  const dealt = await Promise.all(jobs.map((job) => pool.run(job)));
  const more = jobs.flatMap((job, i): Job[] => {
    const { corrections, commitments } = dealt[i]!;
    const keys = keysOf(COMMITTEE, SEAT, job.keys);
    const check = { ...job, kind: 'check' as const, seat: SEAT, keys, corrections, commitments };
    const wrong = corrections.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
    return [
      { ...job, kind: 'open', corrections },
      check,
      { ...check, corrections: wrong },
      { ...check, keys: new Uint8Array(3) },
      { ...job, messages: new Uint8Array(32).fill(0xff) },
    ];
  });
  return [...dealt.map(text), ...(await Promise.all(more.map((job) => pool.run(job).then(text, refusal))))];
}

/** How the jobs of a pool end, each way once, whose two workers are started so. */
export async function tellFailing(startWorker?: () => WebWorker): Promise<string> {
  try {
    const pool = new VssPool(await createEngine(), 2, startWorker);
    const ends = await Promise.all([1, 2, 3, 4, 5, 6].map((count) => pool.run(dealJob(count)).then(text, refusal)));
    await pool.close();
    return [...new Set(ends)].join();
  } catch (error) {
    return refusal(error as MIStoreError);
  }
}

function dealJob(count: number): Job & { kind: 'deal' } {
  return {
    kind: 'deal',
    committee: COMMITTEE,
    position: { index: count, nonce: scalars('nonce', 1).subarray(16), contents: scalars('contents', 1) },
    keys: scalars(`keys of ${count}`, subsetsOf(COMMITTEE).length),
    messages: scalars(`messages of ${count}`, count),
  };
}

const text = (result: Results[Job['kind']]) =>
  Object.entries(result)
    .map(([name, part]) => `${name} ${part instanceof Uint8Array ? toHex(part) : part}`)
    .join();

const refusal = ({ code, message }: MIStoreError) => `${code}: ${message}`;
