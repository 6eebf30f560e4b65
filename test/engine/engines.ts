// Every implementation of Engine, for suites that run on all of them.
import type { Engine } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';

export const reference = createReferenceEngine();

export const engines: readonly Engine[] = [reference];
