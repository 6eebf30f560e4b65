// The script of the page: has the worker examine the engine, runs a pool of two more workers, and posts what both say to the server.
import { createEngine } from '../../src/engine/load.ts';
import { VssPool } from '../../src/vss/pool.ts';
import type { Examination } from './examine.ts';
import { type PoolStory, tellFailing, tellPool } from './pool-story.ts';

type Examined = { browser: string; found: Examination } | { failure: string };

function examined(): Promise<Examined> {
  const worker = new Worker('/worker.js', { type: 'module' });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data as Examined);
    worker.onerror = ({ message }) => resolve({ failure: message ?? 'the worker script did not load' });
  });
}

async function pooled(): Promise<PoolStory> {
  let started = 0;
  const pool = new VssPool(await createEngine(), 2, () => {
    started++;
    return new Worker('/pool-worker.js', { type: 'module' });
  });
  const results = await tellPool(pool);
  await pool.close();
  const made = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
  const failing = {
    'no such script': await tellFailing(() => new Worker('/nowhere.js')),
    'a script that the page made': await tellFailing(() => new Worker(made)),
    'another script': await tellFailing(() => new Worker('/chatting.js')),
    'a script that throws': await tellFailing(() => new Worker('/broken.js')),
    'no way to start one': await tellFailing(),
  };
  return { started, results, failing };
}

async function tell(): Promise<unknown> {
  try {
    const told = await examined();
    return 'failure' in told ? told : { ...told, pooled: await pooled() };
  } catch (error) {
    return { failure: String(error instanceof Error ? error.stack : error) };
  }
}

await fetch('/message', { method: 'POST', body: JSON.stringify(await tell()) });
