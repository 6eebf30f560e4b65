// Dealing and interpolation on mcl-wasm's heap, by the same differences as the BigInt peer.
import { placeScalars, raw, SCALAR, scalarBytes, using } from './mcl-heap.ts';

/** The same work as Engine.deal, and the same bytes. */
export function deal(t: number, n: number, messages: Uint8Array, pads: readonly Uint8Array[]) {
  const { _mclBnFr_add: add, _mclBnFr_sub: sub, _mclBnFr_mul: mul, _mclBnFr_inv: inv, _mclBnFr_setInt32: set } = raw;
  const count = messages.length / 32;
  const width = 2 * n - 2 * t + 1;
  return using((take) => {
    const m = placeScalars(take, messages);
    const u = pads.map((pad) => placeScalars(take, pad, 48)); // u, v by turns
    const [f, b, out] = [take(SCALAR * count * t), take(SCALAR * count * t), take(SCALAR * count * width)];
    const [y, small, scale, product] = [take(SCALAR * t), take(SCALAR * (n + 1)), take(SCALAR * t), take(SCALAR)];
    for (let i = 0; i <= n; i++) set!(small + SCALAR * i, i);
    set!(scale, 1);
    for (let j = 1; j < t; j++) mul!(scale + SCALAR * j, scale + SCALAR * (j - 1), small + SCALAR * j);
    for (let j = 1; j < t; j++) inv!(scale + SCALAR * j, scale + SCALAR * j);
    const copy = (to: number, from: number) => add!(to, from, small); // from + 0

    const coefficients = (c: number, first: number) => {
      for (let i = 0; i < t; i++) copy(c + SCALAR * i, y + SCALAR * i);
      for (let level = 1; level < t; level++) {
        for (let i = t - 1; i >= level; i--) sub!(c + SCALAR * i, c + SCALAR * i, c + SCALAR * (i - 1));
      }
      for (let j = 2; j < t; j++) mul!(c + SCALAR * j, c + SCALAR * j, scale + SCALAR * j);
      for (let k = t - 2; k >= 0; k--) {
        for (let i = k; i < t - 1; i++) {
          mul!(product, c + SCALAR * (i + 1), small + SCALAR * (first + k));
          sub!(c + SCALAR * i, c + SCALAR * i, product);
        }
      }
    };
    const extend = (from: number, k: number, which: number, at: number) => {
      for (let level = 1; level < t; level++) {
        for (let i = 0; i < t - level; i++) sub!(y + SCALAR * i, y + SCALAR * (i + 1), y + SCALAR * i);
      }
      for (let seat = from; seat <= n; seat++) {
        for (let j = 1; j < t; j++) add!(y + SCALAR * j, y + SCALAR * j, y + SCALAR * (j - 1));
        sub!(at + SCALAR * (seat - from), y + SCALAR * (t - 1), u[seat - 1]! + SCALAR * (2 * k + which));
      }
    };
    for (let k = 0; k < count; k++) {
      const alpha = out + SCALAR * width * k;
      copy(y, m + SCALAR * k);
      for (let i = 1; i < t; i++) copy(y + SCALAR * i, u[i - 1]! + SCALAR * 2 * k);
      coefficients(f + SCALAR * t * k, 0);
      extend(t, k, 0, alpha);
      for (let i = 0; i < t; i++) copy(y + SCALAR * i, u[i]! + SCALAR * (2 * k + 1));
      coefficients(b + SCALAR * t * k, 1);
      extend(t + 1, k, 1, alpha + SCALAR * (n - t + 1));
    }
    return {
      values: scalarBytes(f, count * t),
      blindings: scalarBytes(b, count * t),
      corrections: scalarBytes(out, count * width),
    };
  });
}

/** The library's own Lagrange interpolation, a call for each polynomial. */
export function interpolate(seats: readonly number[], values: Uint8Array): Uint8Array {
  const t = seats.length;
  const count = values.length / (32 * t);
  return using((take) => {
    const y = placeScalars(take, values);
    const [x, out] = [take(SCALAR * t), take(SCALAR * count)];
    for (const [i, seat] of seats.entries()) raw._mclBnFr_setInt32!(x + SCALAR * i, seat);
    for (let k = 0; k < count; k++) {
      raw._mclBn_FrLagrangeInterpolation!(out + SCALAR * k, x, y + SCALAR * t * k, t);
    }
    return scalarBytes(out, count);
  });
}

/** Lagrange's weights once, then a dot product for each polynomial. */
export function interpolateByWeights(seats: readonly number[], values: Uint8Array): Uint8Array {
  const { _mclBnFr_add: add, _mclBnFr_sub: sub, _mclBnFr_mul: mul, _mclBnFr_div: div, _mclBnFr_setInt32: set } = raw;
  const t = seats.length;
  const count = values.length / (32 * t);
  return using((take) => {
    const y = placeScalars(take, values);
    const [x, weights, out, product] = [take(SCALAR * t), take(SCALAR * t), take(SCALAR * count), take(SCALAR)];
    for (const [i, seat] of seats.entries()) set!(x + SCALAR * i, seat);
    for (let i = 0; i < t; i++) {
      set!(weights + SCALAR * i, 1);
      for (let j = 0; j < t; j++) {
        if (j === i) continue;
        sub!(product, x + SCALAR * j, x + SCALAR * i);
        div!(product, x + SCALAR * j, product);
        mul!(weights + SCALAR * i, weights + SCALAR * i, product);
      }
    }
    for (let k = 0; k < count; k++) {
      mul!(out + SCALAR * k, weights, y + SCALAR * t * k);
      for (let i = 1; i < t; i++) {
        mul!(product, weights + SCALAR * i, y + SCALAR * (t * k + i));
        add!(out + SCALAR * k, out + SCALAR * k, product);
      }
    }
    return scalarBytes(out, count);
  });
}
