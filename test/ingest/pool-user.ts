// A program that uses a pool with threads and does not close it: nothing may keep it running (pool.test.ts).
import { createEngine } from '../../src/engine/load.ts';
import { VssPool } from '../../src/vss/pool.ts';

const pool = new VssPool(await createEngine(), 2);
const job = {
  kind: 'deal',
  committee: { threshold: 1, seats: 1 },
  messages: new Uint8Array(32),
  pads: [new Uint8Array(96)],
} as const;
await Promise.all([pool.run(job), pool.run(job)]);
console.log('done');
