// What the bench prints about a result: versions of the libraries, what bounds it, and tables of at most 120 columns.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { boundOf, unitsFrom } from '../../bench/bound.ts';
import { busyNote } from '../../bench/machine.ts';
import type { Result, Subject } from '../../bench/subject.ts';
import { tables } from '../../bench/table.ts';
import { versions, withVersions } from '../../bench/versions.ts';
import { checkWork, commitmentWork, decompressionWork, multiplicationWork } from '../../bench/work.ts';

const result = (part: Partial<Result>): Result => ({
  subject: 'work',
  name: 'ours, relaxed SIMD',
  size: 1000,
  unit: 'point',
  nsPerOp: 1000,
  spread: 0.1,
  samples: 10,
  ratioToBigInt: 2,
  ratioToBaseline: 2,
  fieldProducts: 50,
  bound: 'bytes in and out',
  work: null,
  ...part,
});
const units = unitsFrom(
  [result({ nsPerOp: 20 }), result({ name: 'mcl-wasm', nsPerOp: 80 })],
  [result({ nsPerOp: 2000 })],
);

test('the largest parts of the time, and what is left', () => {
  const bound = (products: number, lone: number, inversions: number, unused = 0) =>
    boundOf(result({ work: { products, lone, inversions, unused } }), units('ours, relaxed SIMD'));
  expect(bound(45, 0, 0)).toBe('products 90 %, bytes in and out 10 %');
  expect(bound(49, 0, 0)).toBe('products 98 %');
  expect(bound(5, 0, 0.4)).toBe('inversions 80 %, products 10 %');
  expect(bound(0, 20, 0.05)).toBe('one point alone 80 %, inversions 10 %');
  expect(bound(10, 0, 0, 30)).toBe('unused lanes 60 %, products 20 %');
  expect(bound(10, 0, 0)).toBe('bytes in and out 80 %, products 20 %');
});

test('never more than the whole time, if units and result were measured under different loads', () => {
  const work = { products: 150, lone: 25, inversions: 0 };
  expect(boundOf(result({ work }), units('ours, relaxed SIMD'))).toBe('products 75 %, one point alone 25 %');
});

test('the time in products of the same library, whichever of its functions it is', () => {
  const mine = result({ name: 'mcl-wasm mulVec', bound: 'sums by buckets', work: 'own', nsPerOp: 8000 });
  expect(boundOf(mine, units(mine.name))).toBe('sums by buckets; 100 own products');
  expect(boundOf(result({ bound: 'hex text' }), units('OpenZeppelin tree'))).toBe('hex text');
});

test('every library of the bench is a dependency, and its installed version is in the names', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const [name, version] of Object.entries(versions())) {
    expect(Object.keys({ ...dependencies, ...devDependencies }), name).toContain(name);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  }
  const { '@noble/curves': curves, '@noble/hashes': hashes, '@aztec/bb.js': bb } = versions();
  expect(withVersions('noble, cached 8-bit tables')).toBe(`noble ${curves}, cached 8-bit tables`);
  expect(withVersions('noble keccak by hand')).toBe(`noble keccak ${hashes} by hand`);
  expect(withVersions('bb.js, WASM')).toBe(`bb.js ${bb}, WASM`);
  expect(withVersions('ours, relaxed SIMD')).toBe('ours, relaxed SIMD');
});

/** What is longest in three tables: of sharing, of commitments, of Merkle trees. */
const WIDEST: readonly (readonly [
  unit: string,
  baseline: string,
  names: readonly string[],
  bounds: readonly string[],
])[] = [
  [
    'polynomial',
    'BigInt',
    ['shamir-secret-sharing, GF(256)', 'mcl-wasm, weights by hand'],
    ['byte by byte, a promise each', 'bytes in and out 50 %, products 50 %'],
  ],
  [
    'commitment',
    'BigInt',
    ['ffjavascript, tables by hand', 'noble, cached 8-bit tables'],
    ['2 multiplications; 139,080 own products', 'fetching points 51 %, products 49 %'],
  ],
  [
    'record',
    'OpenZeppelin tree, noble keccak',
    ['OpenZeppelin tree, noble keccak', 'hash-wasm by hand'],
    ['hex text, and keccak in JavaScript', 'keccak-f, 2.25 a record'],
  ],
];

test.each(WIDEST)('a table of each %s has at most 120 columns', (unit, baseline, names, bounds) => {
  const subject: Subject = { name: 'work', title: 'work', unit, baseline, sizes: () => [1000], cases: async () => [] };
  const results = names.flatMap((name, i) => [
    result({ name, bound: bounds[i]!, nsPerOp: 1.23e6, fieldProducts: 999_999, ratioToBaseline: 9999 }),
  ]);
  const lines = tables(results, [subject]).split('\n');
  expect(lines.length).toBe(7);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(120);
});

test('a run that shared the processor says so', () => {
  expect(busyNote(1000, 1100)).toBe('');
  expect(busyNote(1000, 900)).toBe('');
  expect(busyNote(1000, 300)).toMatch(/^The machine was busy: this run had a processor for 30 % of its time/);
});

test('the counts of docs/engine.md', () => {
  expect(commitmentWork(64)).toEqual({ products: 236, lone: 1, inversions: 7 / 64 });
  expect(commitmentWork(4096).inversions).toBe(11 / 256);
  expect(commitmentWork(1)).toEqual({ products: 404, lone: 22, inversions: 1 });
  expect(decompressionWork(400).products).toBe(311.5);
  expect(decompressionWork(400).unused).toBe(0);
  expect(decompressionWork(1).unused, 'one of two lanes is unused').toBe(309.5);
  expect(decompressionWork(2).unused).toBe(0);
  const [few, many] = [multiplicationWork(16), multiplicationWork(4096)];
  expect(few.lone, 'one chain of doublings, whatever the points').toBeGreaterThan(50 * many.lone);
  expect(few.products).toBeGreaterThan(many.products);
  const check = checkWork(2, 3, 400);
  expect(check.products).toBeGreaterThan(3 * 309.5 + 2 * 13);
  expect((3 * 309.5) / check.products, 'decompression is most of a check').toBeGreaterThan(0.75);
  // counted in the engine itself, with both lanes of a pair for those of one point alone
  for (const [work, counted] of [
    [multiplicationWork(256), 272.2],
    [multiplicationWork(4096), 174],
    [checkWork(2, 3, 100), 1178.3],
    [checkWork(5, 3, 400), 1122.6],
  ] as const) {
    const all = work.products + 2 * work.lone + (work.unused ?? 0);
    expect(Math.abs(all / counted - 1), `${all} for ${counted}`).toBeLessThan(0.05);
  }
  // 7 = 8 - 1: three doublings and a subtraction where 2 takes one doubling, for each of two coefficients
  expect(checkWork(7, 3, 400).products - check.products).toBeCloseTo(2 * (2 * 7 + 6));
});
