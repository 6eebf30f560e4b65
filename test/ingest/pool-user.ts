// A program that uses a pool with threads and does not close it: nothing may keep it running (pool.test.ts).
import { createEngine } from '../../src/engine/load.ts';
import { VssPool } from '../../src/vss/pool.ts';

const pool = new VssPool(await createEngine(), 2);
const job = {
  kind: 'deal',
  committee: { threshold: 1, seats: 1 },
  position: { index: 0, nonce: new Uint8Array(16), contents: new Uint8Array(32) },
  keys: new Uint8Array(32),
  messages: new Uint8Array(32),
} as const;
await Promise.all([pool.run(job), pool.run(job)]);
console.log('done');
