// Runs and edges against a plain model: sets of positions. Any choice of records becomes runs that cover exactly it, and
// the walk over edges takes exactly what a direct reading of the rules allows.
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import {
  countCovered,
  type Edge,
  edgesOf,
  MAX_QUERY_RECORDS,
  runsHash,
  runsOf,
  walkEdges,
} from '../../src/query/runs.ts';

const id = (n: number) => Uint8Array.of(n, 0, 0, 0, 0, 0, 0, 255 - n);
const choice = fc.uniqueArray(fc.tuple(fc.constantFrom(0, 1, 127, 128, 255), fc.integer({ min: 1, max: 12 })), {
  minLength: 1,
  maxLength: 30,
  selector: ([s, p]) => `${s}/${p}`,
});
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('the runs of a choice of records cover exactly these, and are canonical', () => {
  fc.assert(
    fc.property(choice, (records) => {
      const runs = runsOf(records.map(([s, position]) => ({ seriesId: id(s), position })));
      const covered = runs.flatMap(({ seriesId, from, to }) =>
        Array.from({ length: to - from }, (_, k) => `${seriesId[0]}/${from + 1 + k}`),
      );
      expect(covered.sort()).toEqual(records.map(([s, p]) => `${s}/${p}`).sort());
      const edges = edgesOf(runs);
      expect(countCovered(edges)).toBe(records.length);
      expect(edges.length).toBe(runs.reduce((n, { from }) => n + (from === 0 ? 1 : 2), 0));
    }),
  );
});

test('totals over the edges add up to the chosen amounts', () => {
  const amounts = fc.dictionary(
    fc.constantFrom('0', '128'),
    fc.array(fc.bigInt(-1000n, 1000n), { minLength: 12, maxLength: 12 }),
  );
  fc.assert(
    fc.property(choice, amounts, (records, table) => {
      const amount = (s: number, position: number) => table[s]?.[position - 1] ?? BigInt(position);
      const total = (s: number, position: number) => {
        let sum = 0n;
        for (let k = 1; k <= position; k++) sum += amount(s, k);
        return sum;
      };
      const edges = edgesOf(runsOf(records.map(([s, position]) => ({ seriesId: id(s), position }))));
      const sum = edges.reduce(
        (acc, { sign, seriesId, position }) => acc + BigInt(sign) * total(seriesId[0]!, position),
        0n,
      );
      expect(sum).toBe(records.reduce((acc, [s, p]) => acc + amount(s, p), 0n));
    }),
  );
});

/** The rules read as one regular expression over a series' edges, and an order of the series. */
function allowed(edges: readonly Edge[]): boolean {
  if (edges.length === 0) return false;
  const names = edges.map(({ seriesId }) => hex(seriesId));
  const order = names.filter((name, k) => name !== names[k - 1]);
  if (new Set(order).size !== order.length || [...order].sort().join() !== order.join()) return false;
  let count = 0;
  for (const name of order) {
    const own = edges.filter(({ seriesId }) => hex(seriesId) === name);
    if (!/^\+?(-\+)*$/.test(own.map(({ sign }) => (sign === 1 ? '+' : '-')).join(''))) return false;
    if (own.some(({ position }, k) => position <= (own[k - 1]?.position ?? 0))) return false;
    own.forEach(({ sign, position }, k) => {
      if (sign === 1) count += position - (own[k - 1]?.position ?? 0);
    });
  }
  return count <= MAX_QUERY_RECORDS;
}

const edge = fc.record({
  sign: fc.constantFrom<1 | -1>(1, -1),
  seriesId: fc.constantFrom(id(1), id(2), id(200)),
  position: fc.constantFrom(1, 2, 3, 4, 5, 6, 2 ** 20, 2 ** 20 + 1),
});

test('a walk in two parts leads where it leads in one, or is refused as it is', () => {
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 6 }), fc.nat(6), (edges, first) => {
      const inParts = () => walkEdges(edges.slice(first), walkEdges(edges.slice(0, first)));
      let whole: ReturnType<typeof walkEdges>;
      try {
        whole = walkEdges(edges);
      } catch {
        expect(inParts).toThrow(ArgumentError);
        return;
      }
      expect(inParts()).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
});

test('the walk takes exactly the edges that the rules allow', () => {
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 6 }), (edges) => {
      if (allowed(edges)) expect(countCovered(edges)).toBeGreaterThan(0);
      else expect(() => countCovered(edges)).toThrow(ArgumentError);
    }),
    { numRuns: 5000 },
  );
});

describe('refused with the edge and the rule', () => {
  const plus = (s: number, position: number): Edge => ({ sign: 1, seriesId: id(s), position });
  const minus = (s: number, position: number): Edge => ({ sign: -1, seriesId: id(s), position });
  it.each<[string, Edge[], RegExp]>([
    ['none', [], /number of edges is 0/],
    ['unclosed', [minus(1, 2)], /last run is "without an end"/],
    ['unclosed before another series', [minus(1, 2), plus(2, 3)], /edge 1 is "of another series"/],
    ['touching', [plus(1, 2), plus(1, 3)], /edge 1 is "the end of a run".*do not touch/],
    ['begun twice', [minus(1, 1), minus(1, 2)], /edge 1 is "the beginning of a run"/],
    ['position again', [plus(1, 2), minus(1, 2)], /edge 1 is "at position 2"/],
    ['position back', [plus(1, 2), minus(1, 1)], /above position 2/],
    ['series back', [plus(2, 1), plus(1, 1)], /edge 1 is "of a series before/],
    ['position 0', [plus(1, 0)], /position of edge 0 is 0/],
    ['too many', [plus(1, MAX_QUERY_RECORDS + 1)], /number of records is 1048577/],
    ['sign 2', [{ ...plus(1, 1), sign: 2 as 1 }], /edge 0 is "of sign 2"/],
    ['short id', [{ ...plus(1, 1), seriesId: new Uint8Array(7) }], /series id is 7 bytes/],
  ])('%s', (_, edges, message) => {
    expect(() => countCovered(edges)).toThrow(message);
  });

  it('a record twice, and runs that end before they begin', () => {
    const record = { seriesId: id(1), position: 4 };
    expect(() => runsOf([record, record])).toThrow(/position is 4; it must be in the list of records only once/);
    expect(() => edgesOf([{ seriesId: id(1), from: 2, to: 2 }])).toThrow(/end of a run is 2/);
  });
});

test('runsHash chains sign and leaf, against noble', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 32, maxLength: 32 }))), (list) => {
      const edges = list.map(([plus]) => ({ sign: plus ? (1 as const) : (-1 as const) }));
      let expected: Uint8Array = new Uint8Array(32);
      for (const [plus, leaf] of list)
        expected = keccak_256(Buffer.concat([expected, Uint8Array.of(plus ? 1 : 0), leaf]));
      expect(
        hex(
          runsHash(
            edges,
            list.map(([, leaf]) => leaf),
          ),
        ),
      ).toBe(hex(expected));
    }),
  );
  expect(() => runsHash([{ sign: 1 }], [])).toThrow(/number of leaves is 0/);
});
