// The worker thread of VssPool: it has an engine of its own, and does one job after the other.
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineName } from '../engine/engine.ts';
import { createEngine } from '../engine/load.ts';
import { type Job, run } from './jobs.ts';

const engine = createEngine({ kind: workerData as EngineName });

parentPort!.on('message', async (job: Job) => {
  try {
    const result = run(await engine, job);
    // Bytes of a dealing are moved, not copied: they are whole buffers of this thread.
    const moved = Object.values(result).flatMap((part) =>
      part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : [],
    );
    parentPort!.postMessage({ result }, moved);
  } catch (error) {
    const { message, code, details } = error as Error & { code?: string; details?: Record<string, unknown> };
    parentPort!.postMessage({ error: { message, code, details } });
  }
});
