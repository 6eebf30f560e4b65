// What only the WASM engine has: splitting of scalars, tables of several window sizes, batches with exceptional additions in
// some lanes, seats' evaluation by signed digits. Against @noble/curves, with scalars whose points are known.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/load.ts';
import * as oracle from '../oracle.ts';
import { KernelForm } from './kernels.ts';

const { r, G, H, times } = oracle;
/** A primitive cube root of 1 mod r. */
const cubeRoot = oracle.Point.Fn.pow(5n, (r - 1n) / 3n);
const kinds = ['relaxed', 'scalar'] as const;
const SPARSE = [0n, 1n, 2n, 3n, r - 1n, r - 2n, r / 2n, (1n << 127n) - 1n, 1n << 127n, 1n << 128n, (1n << 253n) - 1n];

describe.each(kinds)('splitting of scalars, %s', (kind) => {
  test('k = k1 + k2 lambda mod r with short halves, odd where wanted', async () => {
    const form = await KernelForm.load(kind);
    const split = (k: bigint, odd: boolean) => {
      form.writeWords(0, k);
      form.wasm.split(form.slot(1), form.slot(0), odd ? 1 : 0);
      const half = (at: number) => {
        const magnitude = form.readWords(1, 2, at);
        return form.readWords(1, 1, at + 16) === 1n ? -magnitude : magnitude;
      };
      return [half(0), half(24)] as const;
    };
    // lambda is the one of the two cube roots of 1 with the first split that is not trivial
    const roots = [cubeRoot, oracle.modR(cubeRoot ** 2n)];
    const [k1, k2] = split(r / 3n, false);
    const lambda = roots.find((root) => oracle.modR(k1 + k2 * root) === r / 3n)!;
    expect(lambda).toBeDefined();
    const edges = [...SPARSE, lambda, r - lambda, lambda + 1n, oracle.modR(lambda * lambda)];
    const check = (k: bigint) => {
      const [a, b] = split(k, false);
      expect(oracle.modR(a + b * lambda), `split(${k})`).toBe(k);
      for (const half of [a, b]) expect(half * half < (3n << 125n) ** 2n).toBe(true); // 1.5 * 2^126
      const [c, d] = split(k, true);
      expect(oracle.modR(c + d * lambda), `odd split(${k})`).toBe(k);
      for (const half of [c, d]) expect(half % 2n !== 0n && half * half < 1n << 256n).toBe(true);
    };
    edges.forEach(check);
    fc.assert(fc.property(fc.bigInt(0n, r - 1n), check), { numRuns: 2000 });
  });
});

describe.each(kinds)('tables of the %s engine', (kind) => {
  test('grow with use, and every size gives the same commitments', async () => {
    const engine = await createEngine({ kind });
    const alone = await createEngine({ kind });
    const random = oracle.randomSource(11);
    const values = [...SPARSE, ...random.scalars(3)];
    const blindings = [...random.scalars(3), ...SPARSE];
    const expected = oracle.hex(oracle.compressed(values.map((v, i) => oracle.commitment(v, blindings[i]!))));
    const commit = () => oracle.hex(engine.commit(oracle.encode(values), oracle.encode(blindings)));
    const one = (k: number) => alone.commit(oracle.encode([values[k]!]), oracle.encode([blindings[k]!]));
    const commitEachAlone = () => oracle.hex(oracle.join(...values.map((_, k) => one(k))));
    expect(commit()).toBe(expected); // 14 in all: windows of 8 bits
    expect(commit()).toBe(expected); // 28: of 10 bits
    expect(commitEachAlone()).toBe(expected);
    expect(commitEachAlone()).toBe(expected);
    const many = oracle.encode(random.scalars(1024));
    engine.commit(many, many); // of 13 bits from here on
    alone.commit(many, many);
    expect(commit()).toBe(expected);
    expect(commitEachAlone()).toBe(expected);
  });
});

describe.each(kinds)('exceptional additions in batches of the %s engine', (kind) => {
  test('sums of 64 columns, of which some meet P + P, P - P or infinity in each round', async () => {
    const engine = await createEngine({ kind });
    const random = oracle.randomSource(12);
    const rows = 8;
    const patterns = [
      [1, 1, 1, 1, 1, 1, 1, 1], // doublings in all rounds
      [1, -1, 1, -1, 1, -1, 1, -1], // infinity at once
      [1, 2, 1, 2, -1, -2, -1, -2], // infinity in the last round
      [1, 1, -2, 0, 3, -3, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 5],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 2, 3, 4, 5, 6, 7, 8],
      [5, -3, 2, -4, 4, -2, 3, -5],
    ];
    const columns = Array.from({ length: 64 }, (_, c) => {
      const base = times(G, random.scalar());
      return patterns[(c * c + (c >> 3)) % patterns.length]!.map((k) => times(base, BigInt(k)));
    });
    const batch = oracle.points(Array.from({ length: rows }, (_, i) => columns.map((column) => column[i]!)).flat());
    const sums = columns.map((column) => column.reduce((a, b) => a.add(b)));
    expect(oracle.hex(engine.sumPoints(batch, 64))).toBe(oracle.hex(oracle.points(sums)));
  });

  test('a batch of doublings only, larger than the engine does at once', async () => {
    const engine = await createEngine({ kind });
    const one = oracle.points([times(G, 12345n)]);
    const batch = oracle.join(...Array.from({ length: 5000 }, () => one));
    expect(oracle.hex(engine.sumPoints(batch, 1))).toBe(oracle.hex(oracle.points([times(G, 5000n * 12345n)])));
  });

  test('msm with digits at their limits: runs of ones and zeros of every length', async () => {
    const engine = await createEngine({ kind });
    const scalars: bigint[] = [];
    for (let width = 2n; width <= 15n; width++) {
      for (const digit of [
        1n << (width - 1n),
        (1n << (width - 1n)) - 1n,
        (1n << width) - 1n,
        (1n << (width - 1n)) + 1n,
      ]) {
        let [short, full] = [0n, 0n];
        for (let at = 0n; at + width <= 253n; at += width) {
          full |= digit << at;
          if (at + width <= 128n) short |= digit << at;
        }
        scalars.push(short, oracle.modR(full));
      }
    }
    const known = scalars.map((_, i) => BigInt(i + 1) ** 3n);
    const points = oracle.points(known.map((k) => times(G, k)));
    const sum = (list: readonly bigint[]) => list.reduce((total, s, i) => total + s * known[i]!, 0n);
    for (const list of [scalars, scalars.map((s) => s % (1n << 128n)), scalars.map((s) => oracle.modR(-s))]) {
      expect(oracle.hex(engine.msm(oracle.encode(list), points))).toBe(
        oracle.hex(oracle.points([times(G, sum(list))])),
      );
    }
    // each alone: other window sizes than in the batch
    for (const [i, s] of scalars.entries()) {
      const alone = engine.msm(oracle.encode([s]), points.subarray(64 * i, 64 * i + 64));
      expect(oracle.hex(alone), `${s} * P`).toBe(oracle.hex(oracle.points([times(G, s * known[i]!)])));
    }
  });

  test('every seat: records whose commitments meet the evaluation with P + P, P - P and infinity', async () => {
    const engine = await createEngine({ kind });
    const weights = oracle.randomSource(13).bytes(16 * 4);
    const c1 = 987654321n;
    for (let seat = 1n; seat <= 255n; seat++) {
      // C_0 = seat C_1 (a doubling), C_0 = -seat C_1 (infinity), C_1 = infinity, and H's part alone
      const records: [bigint, bigint, 'G' | 'H'][] = [
        [seat * c1, c1, 'G'],
        [-seat * c1, c1, 'G'],
        [c1, 0n, 'G'],
        [seat * c1, c1, 'H'],
      ];
      const points = records.flatMap(([a, b, base]) => [a, b].map((k) => times(base === 'G' ? G : H, oracle.modR(k))));
      const shares = records.flatMap(([a, b, base]) => {
        const share = oracle.modR(a + seat * b);
        return base === 'G' ? [share, 0n] : [0n, share];
      });
      const verify = (list: readonly bigint[]) =>
        engine.verifyShares(Number(seat), 2, oracle.encode(list), oracle.compressed(points), weights);
      expect(verify(shares), `seat ${seat}`).toBe(true);
      const at = Number(seat) % shares.length;
      expect(verify(shares.map((s, i) => (i === at ? oracle.modR(s + 1n) : s))), `seat ${seat}, wrong`).toBe(false);
    }
  });
});
