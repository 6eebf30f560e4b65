// The methods of the WASM engine that work on points: commitments, encodings, sums, multiplications, the servers' check.
import type { Engine } from '../engine.ts';
import { commitShape, countElements, msmShape, sumShape, verifyShape } from '../shapes.ts';
import { COMPRESSED_BYTES, POINT_BYTES, SCALAR_BYTES } from '../sizes.ts';
import { points, scalars } from './inputs.ts';
import { copy, type ModuleInstance } from './module.ts';

type CurveMethods = Pick<Engine, 'commit' | 'decompress' | 'compress' | 'sumPoints' | 'msm' | 'verifyShares'>;

export function curveMethods(instance: ModuleInstance): CurveMethods {
  const tables = new Tables(instance);
  return {
    commit(values, blindings) {
      const count = commitShape(values, blindings);
      tables.prepare(count);
      return instance.runEach(
        count,
        [
          { ...scalars('values', values), size: SCALAR_BYTES },
          { ...scalars('blindings', blindings), size: SCALAR_BYTES },
        ],
        COMPRESSED_BYTES,
        (n, out, v, b) => instance.wasm.commit(out, v!, b!, n),
      );
    },

    decompress(compressed) {
      const count = countElements('points', compressed, COMPRESSED_BYTES);
      const batch = { ...points('points', compressed), size: COMPRESSED_BYTES };
      return instance.runEach(count, [batch], POINT_BYTES, (n, out, at) => instance.wasm.decompress(out, at!, n));
    },

    compress(affine) {
      const count = countElements('points', affine, POINT_BYTES);
      const batch = { ...points('points', affine), size: POINT_BYTES };
      return instance.runEach(count, [batch], COMPRESSED_BYTES, (n, out, at) => instance.wasm.compress(out, at!, n));
    },

    sumPoints(affine, columns) {
      const rows = sumShape(affine, columns);
      const call = (out: number, at?: number) => instance.wasm.sumPoints(out, at!, rows, columns);
      return instance.run([points('points', affine)], POINT_BYTES * columns, call, copy);
    },

    msm(factors, affine) {
      const count = msmShape(factors, affine);
      const inputs = [scalars('scalars', factors), points('points', affine)];
      return instance.run(inputs, POINT_BYTES, (out, s, p) => instance.wasm.msm(out, s!, p!, count), copy);
    },

    verifyShares(seat, threshold, shares, commitments, weights) {
      const count = verifyShape(seat, threshold, shares, commitments, weights);
      tables.prepare(0);
      return instance.run(
        [scalars('shares', shares), points('commitments', commitments), { bytes: weights }],
        1,
        (out, s, c, w) => instance.wasm.verifyShares(out, seat, threshold, s!, c!, w!, count),
        ([verdict]) => verdict === 1,
      );
    },
  };
}

/** The fixed-base tables, which grow with the commitments that have been asked for. */
class Tables {
  readonly #instance: ModuleInstance;
  #commitments = 0;

  constructor(instance: ModuleInstance) {
    this.#instance = instance;
  }

  /** Makes the tables that fit this many commitments more. */
  prepare(commitments: number): void {
    this.#commitments += commitments;
    this.#instance.prepareTables(windowFor(this.#commitments));
  }
}

/**
 * Bits of the tables' windows, by how many commitments have been asked for: larger tables cost more to build (8: 0.3 MB,
 * under 1 ms; 10: 1.1 MB; 13: 6.6 MB, 82,000 additions) and save additions (64, 52 or 40 a commitment).
 */
function windowFor(commitments: number): number {
  if (commitments <= 16) return 8;
  return commitments <= 1024 ? 10 : 13;
}
