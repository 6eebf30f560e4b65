// Compression, column sums and multi-scalar multiplication of every engine against @noble/curves. Points are made as
// known multiples of G, so that the expected result of any combination is one multiplication of the oracle.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import * as oracle from './oracle.ts';

const { encode, modR, r, Point } = oracle;
const random = oracle.randomSource(2);
const logs = [0n, 1n, r - 1n, 1n, 2n, 0n, ...random.scalars(520)];
const pool = logs.map((log) => oracle.times(oracle.G, log));
const sum = (list: readonly bigint[]) => modR(list.reduce((total, x) => total + x, 0n));

describe.each(engines)('points of the $name engine', (engine) => {
  test.each(oracle.sizes)('decompress is the inverse of compress on %i points', (size) => {
    const list = pool.slice(0, size).map((point, i) => (i % 3 === 0 ? point.negate() : point));
    expect(engine.compress(oracle.points(list))).toEqual(oracle.compressed(list));
    expect(engine.decompress(oracle.compressed(list))).toEqual(oracle.points(list));
  });

  test('small and large x, both signs', () => {
    // Points of x = 1, 2, 3, … and p − 1, p − 2, … where the curve has them.
    const near = Array.from({ length: 40 }, (_, i) => [BigInt(i + 1), oracle.p - BigInt(i + 1)]).flat();
    const list = near.flatMap((x) => {
      const yy = Point.Fp.create(x * x * x + 3n);
      if (Point.Fp.pow(yy, (oracle.p - 1n) / 2n) !== 1n) return [];
      const point = Point.fromAffine({ x, y: Point.Fp.sqrt(yy) });
      return [point, point.negate()];
    });
    expect(list.length).toBeGreaterThan(40);
    expect(engine.decompress(oracle.compressed(list))).toEqual(oracle.points(list));
    expect(engine.compress(oracle.points(list))).toEqual(oracle.compressed(list));
  });

  test.each([1, 2, 3, 5, 8])('column sums of %i columns, for every number of rows', (columns) => {
    for (const rows of [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33, 64, 65]) {
      const expected = Array.from({ length: columns }, (_, j) =>
        oracle.times(oracle.G, sum(logs.slice(0, rows * columns).filter((_, i) => i % columns === j))),
      );
      expect(engine.sumPoints(oracle.points(pool.slice(0, rows * columns)), columns), `${rows} rows`).toEqual(
        oracle.points(expected),
      );
    }
  });

  test('sums with P + P, P - P, infinity, and all three together', () => {
    const [P, Q, O] = [pool[10]!, pool[11]!, Point.ZERO];
    const cases: Record<string, oracle.OraclePoint[]> = {
      'P + P': [P, P],
      'P - P': [P, P.negate()],
      'O + O': [O, O],
      'O + P': [O, P],
      'P + O': [P, O],
      '5 P': [P, P, P, P, P],
      'P - P + Q': [P, P.negate(), Q],
      'P + Q - P - Q': [P, Q, P.negate(), Q.negate()],
      '(P + Q) + (Q + P)': [P, Q, Q, P],
      '(P + Q) - (Q + P)': [P, Q, Q.negate(), P.negate()],
      '2P + (-P - P)': [P, P, P.negate(), P.negate()],
      'O repeated': new Array(17).fill(O),
      'P repeated': new Array(64).fill(P),
      'P and -P by turns': Array.from({ length: 63 }, (_, i) => (i % 2 === 0 ? P : P.negate())),
    };
    for (const [name, list] of Object.entries(cases)) {
      const expected = list.reduce((a, b) => a.add(b), O);
      expect(engine.sumPoints(oracle.points(list), 1), name).toEqual(oracle.points([expected]));
      // the same with an ordinary column on each side
      const three = list.flatMap((point, i) => [pool[20 + i]!, point, pool[120 + i]!]);
      expect(engine.sumPoints(oracle.points(three), 3).slice(64, 128), name).toEqual(oracle.points([expected]));
    }
  });

  test.each(oracle.sizes)('msm of %i points = sum of s_k * P_k', (size) => {
    const scalars = [...random.scalars(size)].map((s, i) =>
      i < 48 && i % 3 === 0 ? oracle.extremeScalars[i / 3]! : s,
    );
    const expected = oracle.times(oracle.G, sum(scalars.map((s, i) => s * logs[i]!)));
    expect(engine.msm(encode(scalars), oracle.points(pool.slice(0, size)))).toEqual(oracle.points([expected]));
  });

  test('msm of one point by each extreme scalar and each power of two', () => {
    const P = pool[30]!;
    for (const s of [...oracle.extremeScalars, ...Array.from({ length: 254 }, (_, k) => 2n ** BigInt(k))]) {
      expect(engine.msm(encode([s]), oracle.points([P])), `${s} * P`).toEqual(oracle.points([oracle.times(P, s)]));
    }
  });

  test('msm where buckets meet themselves: equal points, opposite points, equal scalars', () => {
    const P = pool[40]!;
    const s = random.scalar();
    for (const count of [2, 3, 8, 33, 200]) {
      const equal = oracle.points(new Array(count).fill(P));
      const opposite = oracle.points(Array.from({ length: count }, (_, i) => (i % 2 === 0 ? P : P.negate())));
      const scalars = encode(new Array(count).fill(s));
      expect(engine.msm(scalars, equal)).toEqual(oracle.points([oracle.times(P, s * BigInt(count))]));
      expect(engine.msm(scalars, opposite)).toEqual(oracle.points([oracle.times(P, s * BigInt(count % 2))]));
    }
  });

  test('msm of points related by the endomorphism (beta x, y)', () => {
    const beta = Point.Fp.pow(3n, (oracle.p - 1n) / 3n);
    expect(beta).not.toBe(1n);
    const P = pool[50]!.toAffine();
    const orbit = [1n, beta, Point.Fp.mul(beta, beta)].map((b) =>
      Point.fromAffine({ x: Point.Fp.mul(P.x, b), y: P.y }),
    );
    const list = [...orbit, ...orbit.map((point) => point.negate()), ...orbit];
    const scalars = random.scalars(9);
    const expected = list.reduce((total, point, i) => total.add(oracle.times(point, scalars[i]!)), Point.ZERO);
    expect(engine.msm(encode(scalars), oracle.points(list))).toEqual(oracle.points([expected]));
    const ones = encode(new Array(3).fill(scalars[0]!));
    expect(engine.msm(ones, oracle.points(orbit)), 'P + phi(P) + phi(phi(P)) = O').toEqual(new Uint8Array(64));
  });

  test('msm(a, P) + msm(b, P) = msm(a + b, P)', () => {
    const scalar = fc.oneof(fc.constantFrom(...oracle.extremeScalars), fc.bigInt({ min: 0n, max: r - 1n }));
    fc.assert(
      fc.property(fc.array(fc.tuple(scalar, scalar), { minLength: 1, maxLength: 40 }), (rows) => {
        const points = oracle.points(pool.slice(0, rows.length));
        const a = engine.msm(encode(rows.map(([x]) => x)), points);
        const b = engine.msm(encode(rows.map(([, y]) => y)), points);
        expect(engine.sumPoints(oracle.join(a, b), 1)).toEqual(
          engine.msm(encode(rows.map(([x, y]) => modR(x + y))), points),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('msm of 2^12 + 1 points', () => {
    const d = random.scalars(4097);
    const s = random.scalars(4097);
    const points = engine.decompress(engine.commit(encode(d), new Uint8Array(32 * 4097)));
    const expected = oracle.times(oracle.G, sum(s.map((x, i) => x * d[i]!)));
    expect(engine.msm(encode(s), points)).toEqual(oracle.points([expected]));
  });
});
