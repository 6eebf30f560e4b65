// What the WASM engine leaves in linear memory: nothing of a call's data, whether it succeeds or fails. The memory after a
// call must be the same, byte for byte, whatever the inputs were.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { createEngine } from '../../../src/engine/load.ts';
import * as oracle from '../oracle.ts';

const COUNT = 37;
const [t, n, seat] = [2, 3, 3];

let memory: WebAssembly.Memory;
const Instance = WebAssembly.Instance;

beforeEach(() => {
  // the engine does not show its memory, so it is caught where the module is instantiated
  const caught = new Proxy(Instance, {
    construct(target, args: [WebAssembly.Module, WebAssembly.Imports]) {
      const instance = new target(...args);
      memory = instance.exports.memory as WebAssembly.Memory;
      return instance;
    },
  });
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Instance: caught }));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Every operation once, with random secrets from a seed, the failing ones too. */
function useAll(engine: Engine, seed: number): void {
  const random = oracle.randomSource(seed);
  const scalars = () => oracle.encode(random.scalars(COUNT));
  const [values, blindings] = [scalars(), scalars()];
  const commitments = engine.commit(values, blindings);
  const points = engine.decompress(commitments);
  engine.compress(points);
  engine.sumPoints(points, 1);
  engine.msm(values, points);
  const keystreams = Array.from({ length: 3 }, () => random.bytes(96 * COUNT)); // subsets {1}, {2}, {3}
  const dealing = engine.deal(values, keystreams, t, n);
  const shares = engine.shares(seat, keystreams.slice(0, 2), dealing.corrections, t, n);
  const dealt = engine.commit(dealing.values, dealing.blindings);
  const weights = random.bytes(16 * COUNT);
  expect(engine.verifyShares(seat, t, shares, dealt, weights)).toBe(true);
  expect(engine.verifyShares(seat - 1, t, shares, dealt, weights)).toBe(false);
  engine.evaluate([1, 3, 200], values, 1);
  engine.evaluate([7], oracle.join(values, blindings), 2);
  engine.interpolate([1, 3], oracle.join(values, blindings));
  engine.hashEach(random.bytes(135 * COUNT), 135);
  engine.merkleNodes(values);
  const bad = oracle.withElement(values, COUNT - 1, oracle.encode([oracle.r]), 32);
  expect(() => engine.commit(bad, blindings)).toThrow(`element ${COUNT - 1}`);
  expect(() => engine.commit(values, bad)).toThrow(`element ${COUNT - 1}`);
  expect(() => engine.msm(bad, points)).toThrow(`element ${COUNT - 1}`);
  expect(() => engine.deal(bad, keystreams, t, n)).toThrow(`element ${COUNT - 1}`);
  expect(() => engine.deal(values, keystreams.slice(1), t, n)).toThrow('number of keystreams is 2');
  expect(() => engine.shares(1, keystreams.slice(1), bad, t, n)).toThrow(`element ${COUNT - 1}`);
  const off = oracle.withElement(commitments, COUNT - 1, oracle.encode([4n]), 32);
  expect(() => engine.verifyShares(seat, 1, oracle.join(values, blindings), off, weights)).toThrow(
    `element ${COUNT - 1}`,
  );
}

const snapshot = () => new Uint8Array(memory.buffer).slice();

describe.each(['relaxed', 'scalar'] as const)('memory of the %s engine', (kind) => {
  test('is the same after calls with other secrets', async () => {
    const engine = await createEngine({ kind });
    // beyond the sizes where the tables grow, so that only secrets can differ
    const many = oracle.encode(oracle.randomSource(1).scalars(1100));
    engine.commit(many, many);
    useAll(engine, 2);
    const before = snapshot();
    expect(before.some((byte) => byte !== 0)).toBe(true);
    useAll(engine, 3);
    expect(snapshot().length).toBe(before.length);
    expect(Buffer.compare(snapshot(), before)).toBe(0);
  });

  test('does not grow from call to call', async () => {
    const engine = await createEngine({ kind });
    const many = oracle.encode(oracle.randomSource(1).scalars(1100));
    engine.commit(many, many);
    useAll(engine, 4);
    const size = memory.buffer.byteLength;
    for (let i = 0; i < 5; i++) useAll(engine, 5 + i);
    expect(memory.buffer.byteLength).toBe(size);
  });

  test('holds no more than 64 MB after a large batch, which goes in pieces', async () => {
    const engine = await createEngine({ kind });
    const one = oracle.encode(oracle.randomSource(1).scalars(1000));
    const many = oracle.join(...Array.from({ length: 40 }, () => one));
    const commitments = engine.commit(many, many);
    expect(memory.buffer.byteLength).toBeLessThan(64 * 2 ** 20);
    expect(oracle.hex(commitments.subarray(32 * 39_000))).toBe(oracle.hex(commitments.subarray(0, 32_000)));
    const wrong = oracle.withElement(many, 30_001, oracle.encode([oracle.r]), 32);
    expect(() => engine.commit(many, wrong)).toThrow('blindings: element 30001 ');
  });
});
