// Choosing the engine: the fastest that the machine runs, the next one where it cannot, and a typed error where one kind
// was required.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { relaxed } from '../../build/engine/modules.js';
import { createEngine } from '../../src/engine/load.ts';
import { EngineUnavailableError } from '../../src/engine/wasm/module.ts';
import { ArgumentError } from '../../src/errors.ts';
import * as oracle from './oracle.ts';

const real = WebAssembly;
const replaced = (members: object) => vi.stubGlobal('WebAssembly', Object.assign(Object.create(real), members));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const isRelaxed = (bytes: Uint8Array) => 2 * bytes.length + 2 === relaxed.length;

describe('createEngine', () => {
  test('takes relaxed SIMD here', async () => {
    expect((await createEngine()).name).toBe('relaxed');
  });

  test.each(['relaxed', 'scalar', 'reference'] as const)('%s on request', async (kind) => {
    const engine = await createEngine({ kind });
    expect(engine.name).toBe(kind);
    expect(oracle.hex(engine.commit(oracle.encode([1n]), oracle.encode([0n])))).toBe(
      oracle.hex(oracle.compressed([oracle.G])),
    );
  });

  test('refuses a kind that does not exist', async () => {
    await expect(createEngine({ kind: 'fast' as never })).rejects.toThrow(ArgumentError);
    await expect(createEngine({ kind: 'fast' as never })).rejects.toThrow('one of relaxed, scalar, reference');
  });

  test('takes the scalar form where the relaxed module is not valid', async () => {
    replaced({ validate: (bytes: Uint8Array) => !isRelaxed(bytes) && real.validate(bytes as BufferSource) });
    expect((await createEngine()).name).toBe('scalar');
    await expect(createEngine({ kind: 'relaxed' })).rejects.toThrow(EngineUnavailableError);
  });

  test('takes the scalar form where relaxed_madd rounds twice', async () => {
    const Instance = new Proxy(real.Instance, {
      construct(target, args: [WebAssembly.Module, WebAssembly.Imports]) {
        const { exports } = new target(...args);
        const isScalar = exports.memory && scalarModules.has(args[0]);
        return { exports: isScalar ? exports : { ...exports, fused: () => 0 } };
      },
    });
    const scalarModules = new Set<WebAssembly.Module>();
    const compile = async (bytes: Uint8Array) => {
      const module = await real.compile(bytes as BufferSource);
      if (!isRelaxed(bytes)) scalarModules.add(module);
      return module;
    };
    replaced({ Instance, compile });
    expect((await createEngine()).name).toBe('scalar');
    await expect(createEngine({ kind: 'relaxed' })).rejects.toThrow('relaxed_madd rounds twice');
  });

  test('takes the twin where there is no WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect((await createEngine()).name).toBe('reference');
    await expect(createEngine({ kind: 'scalar' })).rejects.toThrow();
  });

  test('sets the flag of V8 only on Node 20', async () => {
    const v8 = process.getBuiltinModule('node:v8');
    const setFlags = vi.spyOn(v8, 'setFlagsFromString').mockImplementation(() => {});
    replaced({ validate: () => false });
    await createEngine();
    const times = process.versions.node.startsWith('20.') ? 2 : 0; // for either module
    expect(setFlags).toHaveBeenCalledTimes(times);
    vi.stubGlobal('process', undefined);
    expect((await createEngine()).name).toBe('reference');
    expect(setFlags).toHaveBeenCalledTimes(times);
  });
});
