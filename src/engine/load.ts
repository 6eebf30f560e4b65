// Chooses the engine that this machine can run: the relaxed SIMD module, the scalar module, or the BigInt twin. Works in
// Node, in its workers and in browsers; nothing is read from files or the network.
import { relaxed, scalar } from '../../build/engine/modules.js';
import { fromHex } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import type { Engine, EngineName } from './engine.ts';
import { createReferenceEngine } from './reference/engine.ts';
import { createWasmEngine } from './wasm/engine.ts';
import { EngineUnavailableError } from './wasm/module.ts';

const MODULES = { relaxed, scalar } as const;
const KINDS: readonly EngineName[] = ['relaxed', 'scalar', 'reference'];

/** Which implementation of the engine is wanted. */
export interface EngineOptions {
  /** Requires this implementation. Without it, the fastest that works here is taken. */
  kind?: EngineName;
}

/**
 * The engine, ready in a few milliseconds; its tables are built when they are first needed. Rejects if `kind` cannot
 * run here.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const kinds = options.kind === undefined ? KINDS : [options.kind];
  if (!KINDS.includes(kinds[0]!)) throw new ArgumentError('kind', options.kind, `one of ${KINDS.join(', ')}`);
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
  const bytes = fromHex(MODULES[kind]);
  if (!WebAssembly.validate(bytes)) allowRelaxedSimd();
  if (!WebAssembly.validate(bytes)) throw new EngineUnavailableError(kind, 'its WebAssembly module is not valid');
  return createWasmEngine(await WebAssembly.compile(bytes), kind);
}

/** Node 20 has relaxed SIMD behind a flag. Newer versions do not know the flag, so it is set on Node 20 only. */
function allowRelaxedSimd(): void {
  if (!globalThis.process?.versions?.node?.startsWith('20.')) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
}
