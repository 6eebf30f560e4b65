// Dealing and interpolation on mcl-wasm's heap, by the same products as the BigInt peer.
import { polynomialsOf } from './bigint.ts';
import { placeScalars, raw, SCALAR, scalarBytes, using } from './mcl-heap.ts';

/** The same work as Engine.deal, and the same bytes. */
export function deal(subsets: readonly (readonly number[])[], messages: Uint8Array, streams: readonly Uint8Array[]) {
  const { _mclBnFr_add: add, _mclBnFr_sub: sub, _mclBnFr_mul: mul, _mclBnFr_setInt32: set } = raw;
  const polynomials = polynomialsOf(subsets);
  const t = subsets[0]!.length + 1;
  const count = messages.length / 32;
  return using((take) => {
    const m = placeScalars(take, messages);
    const wide = streams.map((stream) => placeScalars(take, stream, 48)); // R, R′ by turns
    const [f, b, out] = [take(SCALAR * count * t), take(SCALAR * count * t), take(SCALAR * count)];
    const [weights, zero, product] = [take(SCALAR * polynomials.length * t), take(SCALAR), take(SCALAR)];
    set!(zero, 0);
    const weight = (q: number, j: number) => weights + SCALAR * (q * t + j);
    polynomials.forEach((c, q) => {
      for (let j = 0; j < t; j++) set!(weight(q, j), Number(c[j]!));
    });
    /** Coefficient j of the polynomial that the numbers `at` of the streams make. */
    const coefficient = (to: number, j: number, at: number) => {
      add!(to, zero, zero);
      for (let q = 0; q < wide.length; q++) {
        mul!(product, wide[q]! + SCALAR * at, weight(q, j));
        add!(to, to, product);
      }
    };
    for (let k = 0; k < count; k++) {
      const [values, blindings, correction] = [f + SCALAR * t * k, b + SCALAR * t * k, out + SCALAR * k];
      coefficient(values, 0, 2 * k);
      sub!(correction, m + SCALAR * k, values);
      add!(values, m + SCALAR * k, zero);
      for (let j = 1; j < t; j++) coefficient(values + SCALAR * j, j, 2 * k);
      for (let j = 0; j < t; j++) coefficient(blindings + SCALAR * j, j, 2 * k + 1);
    }
    return {
      values: scalarBytes(f, count * t),
      blindings: scalarBytes(b, count * t),
      corrections: scalarBytes(out, count),
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
