// The Engine over a WebAssembly module of assembly/: each method checks the shapes of its arguments, places them in the
// module's memory, and turns the number of a faulty element into an error. Both forms of the module have the same exports.
import type { Engine, EngineName } from '../engine.ts';
import { curveMethods } from './curve.ts';
import { hashMethods } from './hashes.ts';
import { ModuleInstance } from './module.ts';
import { sharingMethods } from './sharing.ts';

export function createWasmEngine(module: WebAssembly.Module, name: EngineName): Engine {
  const instance = new ModuleInstance(module, name);
  return {
    name,
    ...curveMethods(instance),
    ...sharingMethods(instance),
    ...hashMethods(instance),
  };
}
