// The public API of the engine alone, name by name: `@mistore/engine`, which runs in browsers and their workers too. Nothing
// that it reaches is a module of Node.
export { ArgumentError, EncodingError, MIStoreError } from '../errors.ts';
export type { Dealing, Engine, EngineName } from './engine.ts';
export { createEngine, type EngineOptions } from './load.ts';
export { CommitteeSizeError, type Subset, subsetsOf } from './subsets.ts';
export { EngineUnavailableError } from './wasm/module.ts';
