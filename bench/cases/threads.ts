// Batches of 400 records dealt and committed to at (3, 5) over worker threads: how the work scales with cores. Copies
// between the threads are in the times.
import { availableParallelism } from 'node:os';
import { counted } from '../../src/counted.ts';
import { VssPool } from '../../src/vss/pool.ts';
import { dealing } from '../inputs.ts';
import type { Subject } from '../subject.ts';

const COMMITTEE = { threshold: 3, seats: 5 };
const BATCH = 400;

export const threads: Subject = {
  name: 'threads',
  title: 'batches of 400 (3, 5) records dealt and committed to on several threads',
  unit: 'record',
  baseline: 'ours, without a worker',
  sizes: ({ quick }) => [(quick ? 2 : 12) * BATCH],
  async cases(size, { engines }) {
    const job = dealing(COMMITTEE, BATCH);
    const dealt = (pool: VssPool) => Promise.all(Array.from({ length: size / BATCH }, () => pool.run(job)));
    const counts = [1, 2, 4, 8].filter((count) => count === 1 || count <= availableParallelism());
    const pools = [0, ...counts].map((count) => new VssPool(engines[0]!, count));
    return pools.map((pool) => ({
      name:
        pool.threads === 0 ? 'ours, without a worker' : `ours, ${pool.threads} worker${pool.threads > 1 ? 's' : ''}`,
      bound: pool.threads === 0 ? 'one core' : `${counted(availableParallelism(), 'core')}, copies between threads`,
      run: () => dealt(pool), // idle workers do not keep the process running
      async: true,
    }));
  },
};
