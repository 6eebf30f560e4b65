// WASM = twin: the same bytes from every engine for every method on seeded random inputs, whatever the alignment of the
// arguments; results belong to the caller and arguments are left alone.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { subsetsOf } from '../../src/engine/subsets.ts';
import { engines, reference } from './engines.ts';
import * as oracle from './oracle.ts';

const { encode } = oracle;

/** The results, in hex, of one call of each method on inputs of about `size` elements. */
function callAll(engine: Engine, seed: number, size: number): Record<string, string> {
  const random = oracle.randomSource(seed);
  // a view at an odd offset of a larger buffer, which is how parts of a batch arrive
  const view = (bytes: Uint8Array) => {
    const buffer = new Uint8Array(bytes.length + 3);
    buffer.set(bytes, 3);
    return buffer.subarray(3);
  };
  const scalars = (count: number) => view(encode(random.scalars(count)));
  const [t, n] = [1 + random.integer(4), 4 + random.integer(3)];
  const messages = scalars(size);
  const subsets = subsetsOf(t, n);
  const keystreams = subsets.map(() => view(random.bytes(96 * size)));
  const before = oracle.hex(oracle.join(messages, ...keystreams));

  const dealing = engine.deal(messages, keystreams, t, n);
  const held = keystreams.filter((_, q) => !subsets[q]!.includes(n));
  const commitments = engine.commit(view(dealing.values), view(dealing.blindings));
  const points = engine.decompress(view(commitments));
  const dealt = oracle.hex(oracle.join(dealing.values, commitments, points));
  const out = {
    ...dealing,
    shares: engine.shares(n, held, view(dealing.corrections), t, n),
    commitments,
    points,
    compressed: engine.compress(view(points)),
    sums: engine.sumPoints(view(points), t),
    msm: engine.msm(scalars(size * t), view(points)),
    evaluated: engine.evaluate([255, 1, 7], scalars(size * t), t),
    interpolated: engine.interpolate([9, 200, 3], scalars(3 * size)),
    hashes: engine.hashEach(view(random.bytes(size * (size + 1))), size + 1),
    nodes: engine.merkleNodes(scalars(size + 1)),
  };
  const verdict = engine.verifyShares(1, t, new Uint8Array(64 * size), commitments, view(random.bytes(16 * size)));
  expect(oracle.hex(oracle.join(messages, ...keystreams)), 'arguments are unchanged').toBe(before);
  expect(oracle.hex(oracle.join(dealing.values, commitments, points)), 'earlier results are unchanged').toBe(dealt);
  const inHex = Object.entries(out).map(([name, bytes]) => [name, oracle.hex(bytes)]);
  return { ...Object.fromEntries(inHex), verdict: String(verdict) };
}

/** The twin's results, which each of the other engines is compared with. */
const known = new Map<string, Record<string, string>>();

function callTwin(seed: number, size: number): Record<string, string> {
  const key = `${seed} ${size}`;
  const results = known.get(key) ?? callAll(reference, seed, size);
  known.set(key, results);
  return results;
}

describe.each(engines.filter((engine) => engine !== reference))('$name engine and twin', (engine) => {
  test.each([0, 1, 2, 3, 5, 8, 13, 31, 64, 100, 200])('the same bytes for about %i elements', (size) => {
    for (let seed = 0; seed < 3; seed++) {
      expect(callAll(engine, 100 * size + seed, size)).toEqual(callTwin(100 * size + seed, size));
    }
  });

  test('a large call after small ones, and small ones after it', () => {
    for (const size of [1, 1100, 1, 0, 600, 2]) expect(callAll(engine, size, size)).toEqual(callTwin(size, size));
  });
});

test('all three engines are compared', () => {
  expect(engines.map((engine) => engine.name)).toEqual(['relaxed', 'scalar', 'reference']);
});
