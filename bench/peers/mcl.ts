// mcl-wasm by its fastest routes from bytes to bytes: window tables made by hand for the fixed bases, its own mulVec,
// and differences on the heap for dealing.
import { G, H, type Point } from '../../src/engine/bn254.ts';
import {
  affineBytes,
  COORDINATE,
  compressedBytes,
  coordinateBytes,
  heap,
  POINT,
  placeCompressed,
  placePoints,
  placeScalars,
  raw,
  SCALAR,
  using,
} from './mcl-heap.ts';

const bytesOf = (numbers: readonly bigint[]): Uint8Array =>
  Buffer.from(numbers.map((number) => number.toString(16).padStart(64, '0')).join(''), 'hex');
const basePoints = bytesOf([G.x, G.y, H.x, H.y]);

/** Products of Fp, a call each, since there is no batch; operands stay on the heap. `run` computes, `read` shows. */
export function productBatch(a: Uint8Array, b: Uint8Array) {
  const end = (COORDINATE * a.length) / 32;
  const place = (bytes: Uint8Array) => {
    const out = raw._malloc!(end);
    using((take) => {
      const from = take(bytes.length);
      heap().set(bytes, from);
      for (let i = 0; 32 * i < bytes.length; i++) {
        raw._mclBnFp_setBigEndianMod!(out + COORDINATE * i, from + 32 * i, 32);
      }
    });
    return out;
  };
  const [x, y, z] = [place(a), place(b), raw._malloc!(end)];
  const multiply = raw._mclBnFp_mul!;
  return {
    run(): void {
      for (let i = 0; i < end; i += COORDINATE) multiply(z + i, x + i, y + i);
    },
    read: () => coordinateBytes(z, a.length / 32),
  };
}

/** One inverse. */
export function inverse(a: Uint8Array) {
  const out = raw._malloc!(COORDINATE);
  const x = raw._malloc!(COORDINATE);
  using((take) => {
    const from = take(a.length);
    heap().set(a, from);
    raw._mclBnFp_setBigEndianMod!(x, from, 32);
  });
  return { run: () => raw._mclBnFp_inv!(out, x), read: () => coordinateBytes(out, 1) };
}

let tables: readonly [number, number] | undefined;

/** Entry d of window w is d·2^(8w)·base, normalised, so that additions are mixed ones. */
function windowTable(base: Point): number {
  const out = raw._malloc!(POINT * 256 * 32);
  using((take) => {
    const step = placePoints(take, bytesOf([base.x, base.y]));
    for (let row = out; row < out + POINT * 256 * 32; row += POINT * 256) {
      raw._mclBnG1_clear!(row);
      for (let d = 1; d < 256; d++) raw._mclBnG1_add!(row + POINT * d, row + POINT * (d - 1), step);
      raw._mclBnG1_add!(step, row + POINT * 255, step);
      raw._mclBnG1_normalizeVec!(row, row, 256);
    }
  });
  return out;
}

/** A table of 8-bit windows for each base, 64 mixed additions a commitment. */
export function commitByTable(values: Uint8Array, blindings: Uint8Array): Uint8Array {
  tables ??= [windowTable(G), windowTable(H)];
  const count = values.length / 32;
  const add = raw._mclBnG1_add!;
  return using((take) => {
    const out = take(POINT * count);
    for (let k = 0; k < count; k++) {
      const sum = out + POINT * k;
      raw._mclBnG1_clear!(sum);
      for (const [scalars, table] of [
        [values, tables![0]],
        [blindings, tables![1]],
      ] as const) {
        for (let w = 0; w < 32; w++) {
          const digit = scalars[32 * k + 31 - w]!;
          if (digit !== 0) add(sum, sum, table + POINT * (256 * w + digit));
        }
      }
    }
    return compressedBytes(out, count);
  });
}

/** The library's own double multiplication. */
export function commitByMulVec(values: Uint8Array, blindings: Uint8Array): Uint8Array {
  const count = values.length / 32;
  return using((take) => {
    const bases = placePoints(take, basePoints);
    const [v, b] = [placeScalars(take, values), placeScalars(take, blindings)];
    const pair = take(2 * SCALAR);
    const out = take(POINT * count);
    for (let k = 0; k < count; k++) {
      const memory = heap();
      memory.copyWithin(pair, v + SCALAR * k, v + SCALAR * (k + 1));
      memory.copyWithin(pair + SCALAR, b + SCALAR * k, b + SCALAR * (k + 1));
      raw._mclBnG1_mulVec!(out + POINT * k, bases, pair, 2);
    }
    return compressedBytes(out, count);
  });
}

export function msm(scalars: Uint8Array, points: Uint8Array): Uint8Array {
  return using((take) => {
    const [s, x, out] = [placeScalars(take, scalars), placePoints(take, points), take(POINT)];
    raw._mclBnG1_mulVec!(out, x, s, scalars.length / 32);
    raw._mclBnG1_normalize!(out, out);
    return coordinateBytes(out, 2);
  });
}

export const decompress = (compressed: Uint8Array): Uint8Array =>
  using((take) => affineBytes(placeCompressed(take, compressed), compressed.length / 32));

/** The same equation as Engine.verifyShares: one mulVec over all commitments, −G and −H. */
export function verifyShares(
  seat: number,
  t: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  weights: Uint8Array,
): boolean {
  const { _mclBnFr_mul: mul, _mclBnFr_sub: sub } = raw;
  const count = weights.length / 16;
  return using((take) => {
    const points = placeCompressed(take, commitments, 2);
    const bases = placePoints(take, basePoints);
    heap().copyWithin(points + POINT * count * t, bases, bases + 2 * POINT);
    const [s, w] = [placeScalars(take, shares), placeScalars(take, weights, 16)];
    const scalars = take(SCALAR * (count * t + 2));
    const [at, product] = [take(SCALAR), take(SCALAR)];
    raw._mclBnFr_setInt32!(at, seat);
    const dot = scalars + SCALAR * count * t;
    heap().fill(0, dot, dot + 2 * SCALAR);
    for (let k = 0; k < count; k++) {
      const row = scalars + SCALAR * k * t;
      heap().copyWithin(row, w + SCALAR * k, w + SCALAR * (k + 1));
      for (let j = 1; j < t; j++) mul!(row + SCALAR * j, row + SCALAR * (j - 1), at);
      for (let i = 0; i < 2; i++) {
        mul!(product, w + SCALAR * k, s + SCALAR * (2 * k + i));
        sub!(dot + SCALAR * i, dot + SCALAR * i, product);
      }
    }
    const out = take(POINT);
    raw._mclBnG1_mulVec!(out, points, scalars, count * t + 2);
    return raw._mclBnG1_isZero!(out) === 1;
  });
}
