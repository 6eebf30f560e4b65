// Commitments of every engine against @noble/curves: known values, every batch size, extreme scalars, group laws.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import * as oracle from './oracle.ts';

const { encode, modR, r } = oracle;
const random = oracle.randomSource(1);
const pool = {
  values: [...oracle.extremeScalars, ...random.scalars(500)],
  blindings: [...random.scalars(500), ...oracle.extremeScalars],
};
const expected = pool.values.map((value, k) => oracle.commitment(value, pool.blindings[k]!));

const scalar = fc.oneof(
  fc.constantFrom(...oracle.extremeScalars),
  fc.bigInt({ min: 0n, max: r - 1n }),
  fc.nat({ max: 253 }).map((k) => 2n ** BigInt(k)),
);

describe.each(engines)('commit of the $name engine', (engine) => {
  const commit = (values: readonly bigint[], blindings: readonly bigint[]) =>
    engine.commit(encode(values), encode(blindings));

  test('Com(0; 0) = infinity, Com(1; 0) = G, Com(0; 1) = H, Com(-1; 0) = -G', () => {
    const got = commit([0n, 1n, 0n, r - 1n], [0n, 0n, 1n, 0n]);
    expect(got).toEqual(oracle.compressed([oracle.Point.ZERO, oracle.G, oracle.H, oracle.G.negate()]));
  });

  test.each(oracle.sizes)('%i commitments = v*G + b*H of @noble/curves, different in each lane', (size) => {
    const from = size % 4;
    const slice = <T>(list: readonly T[]) => list.slice(from, from + size);
    expect(commit(slice(pool.values), slice(pool.blindings))).toEqual(oracle.compressed(slice(expected)));
  });

  test('every pair of extreme scalars', () => {
    const pairs = oracle.extremeScalars.flatMap((v) => oracle.extremeScalars.map((b) => [v, b] as const));
    const got = commit(
      pairs.map(([v]) => v),
      pairs.map(([, b]) => b),
    );
    expect(got).toEqual(oracle.compressed(pairs.map(([v, b]) => oracle.commitment(v, b))));
  });

  test('every pair of extreme scalars, each alone and each in a batch of two', () => {
    for (const v of oracle.extremeScalars) {
      for (const b of oracle.extremeScalars) {
        const point = oracle.compressed([oracle.commitment(v, b)]);
        expect(commit([v], [b]), `${v}, ${b}`).toEqual(point);
        expect(commit([v, v], [b, b]), `twice ${v}, ${b}`).toEqual(oracle.join(point, point));
      }
    }
  });

  test.each([25, 26, 32, 33, 42, 43, 64, 65, 128, 129, 255, 256, 257, 511, 513])(
    'a batch of %i gives what its halves give',
    (size) => {
      const [values, blindings] = [pool.values.slice(0, size), pool.blindings.slice(0, size)];
      const half = size >> 1;
      const whole = commit(values, blindings);
      expect(whole).toEqual(oracle.compressed(expected.slice(0, size)));
      const parts = [
        commit(values.slice(0, half), blindings.slice(0, half)),
        commit(values.slice(half), blindings.slice(half)),
      ];
      expect(oracle.join(...parts)).toEqual(whole);
    },
  );

  test('2^k * G and 2^k * H for every k, and 2^k - 1', () => {
    const powers = Array.from({ length: 254 }, (_, k) => 2n ** BigInt(k));
    const zeros = powers.map(() => 0n);
    const ones = powers.map((power) => power - 1n);
    const by = (base: oracle.OraclePoint) => (v: bigint) => oracle.times(base, v);
    expect(commit(powers, zeros)).toEqual(oracle.compressed(powers.map(by(oracle.G))));
    expect(commit(zeros, powers)).toEqual(oracle.compressed(powers.map(by(oracle.H))));
    expect(commit(ones, zeros)).toEqual(oracle.compressed(ones.map(by(oracle.G))));
    expect(commit(zeros, ones)).toEqual(oracle.compressed(ones.map(by(oracle.H))));
  });

  test('a batch of equal pairs, and one of opposite pairs', () => {
    const [v, b] = [pool.values[20]!, pool.blindings[20]!];
    const same = new Array(67).fill(v);
    expect(commit(same, new Array(67).fill(b))).toEqual(oracle.compressed(new Array(67).fill(expected[20])));
    const signs = same.map((_, k) => (k % 2 === 0 ? 1n : -1n));
    const got = commit(
      signs.map((s) => modR(s * v)),
      signs.map((s) => modR(s * b)),
    );
    expect(got).toEqual(oracle.compressed(signs.map((s) => (s === 1n ? expected[20]! : expected[20]!.negate()))));
  });

  test('Com(a; b) + Com(c; d) = Com(a + c; b + d)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(scalar, scalar, scalar, scalar), { minLength: 1, maxLength: 20 }), (rows) => {
        const column = (i: number) => rows.map((row) => row[i]!);
        const left = engine.decompress(commit(column(0), column(1)));
        const right = engine.decompress(commit(column(2), column(3)));
        const sum = commit(
          rows.map(([a, , c]) => modR(a + c)),
          rows.map(([, b, , d]) => modR(b + d)),
        );
        expect(engine.compress(engine.sumPoints(oracle.join(left, right), rows.length))).toEqual(sum);
      }),
      { numRuns: 30 },
    );
  });

  test('the sum of 3001 commitments = Com(sum of values; sum of blindings)', () => {
    const [values, blindings] = [random.scalars(3001), random.scalars(3001)];
    const total = (list: bigint[]) => modR(list.reduce((sum, x) => sum + x, 0n));
    const sum = engine.sumPoints(engine.decompress(commit(values, blindings)), 1);
    expect(sum).toEqual(oracle.points([oracle.commitment(total(values), total(blindings))]));
  });
});
