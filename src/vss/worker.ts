// The script of a thread of VssPool, in Node and, as @mistore/core/worker, in browsers: it has an engine of its own, and does one job
// after the other. The first message says which engine, each further one is a job.
import type { Engine, EngineName } from '../engine/engine.ts';
import { createEngine } from '../engine/load.ts';
import { type Job, run } from './jobs.ts';
import { answer, listen } from './port.ts';

let kind: EngineName;
let engine: Promise<Engine> | undefined;

listen(async (message) => {
  if (typeof message === 'string') {
    kind = message as EngineName;
    return;
  }
  try {
    engine ??= createEngine({ kind });
    const result = run(await engine, message as Job);
    // Bytes of a dealing are moved, not copied: they are whole buffers of this thread.
    const moved = Object.values(result).flatMap((part) =>
      part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : [],
    );
    answer({ result }, moved);
  } catch (error) {
    const { message, code, details } = error as Error & { code?: string; details?: Record<string, unknown> };
    answer({ error: { message, code, details } });
  }
});
