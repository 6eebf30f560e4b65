// Chooses the engine that this machine can run: the relaxed SIMD module, the scalar module, or the BigInt twin. Works in
// Node, in its workers and in browsers; nothing is read from files or the network.
import { relaxed, scalar } from '../../build/engine/modules.js';
import type { Engine, EngineName } from './engine.ts';
import { createReferenceEngine } from './reference.ts';
import { createWasmEngine } from './wasm.ts';

const MODULES = { relaxed, scalar } as const;

export interface EngineOptions {
  /** Insists on one implementation; without it, the fastest that works here. */
  kind?: EngineName;
}

/**
 * The engine, ready in some milliseconds; its tables are built when they are first needed. Rejects if `kind` cannot
 * run here.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const kinds = options.kind === undefined ? (['relaxed', 'scalar', 'reference'] as const) : [options.kind];
  let failure: unknown;
  for (const kind of kinds) {
    try {
      return kind === 'reference' ? createReferenceEngine() : await createWasm(kind);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function createWasm(kind: keyof typeof MODULES): Promise<Engine> {
  const bytes = Uint8Array.from(atob(MODULES[kind]), (c) => c.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) {
    allowRelaxedSimd();
    if (!WebAssembly.validate(bytes))
      throw new Error(`this JavaScript engine does not run the ${kind} WebAssembly module`);
  }
  return createWasmEngine(await WebAssembly.compile(bytes), kind);
}

/** Node 20 has relaxed SIMD behind a flag. Newer versions do not know the flag, so it is set only where it is missed. */
function allowRelaxedSimd(): void {
  const node = globalThis.process?.versions?.node;
  if (node?.startsWith('20.'))
    process.getBuiltinModule('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
}
