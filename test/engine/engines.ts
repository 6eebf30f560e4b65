// Every implementation of Engine, for suites that run on all of them.
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';

export const reference = createReferenceEngine();

export const engines: readonly Engine[] = [
  await createEngine({ kind: 'relaxed' }),
  await createEngine({ kind: 'scalar' }),
  reference,
];
