// BigInt written well, which is what the ratios are to: batch conversion through DataView, products by small integers, and
// one reduction for each number that leaves.
import { inverses, mod } from '../../src/engine/modular.ts';

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

export function read(bytes: Uint8Array, size: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Array<bigint>(bytes.length / size);
  for (let i = 0, at = 0; i < out.length; i++) {
    let value = 0n;
    for (const end = at + size; at < end; at += 8) value = (value << 64n) | view.getBigUint64(at);
    out[i] = value;
  }
  return out;
}

/** A writer of 32-byte numbers, one after the other. */
function writer(count: number) {
  const view = new DataView(new ArrayBuffer(32 * count));
  let at = 0;
  return {
    bytes: new Uint8Array(view.buffer),
    put(value: bigint): void {
      view.setBigUint64(at, value >> 192n);
      view.setBigUint64(at + 8, value >> 128n);
      view.setBigUint64(at + 16, value >> 64n);
      view.setBigUint64(at + 24, value);
      at += 32;
    },
  };
}

export function products(a: readonly bigint[], b: readonly bigint[], modulus: bigint): bigint[] {
  const out = new Array<bigint>(a.length);
  for (let i = 0; i < out.length; i++) out[i] = (a[i]! * b[i]!) % modulus;
  return out;
}

/** Coefficients of Π_{a∈A} (a − x) for each subset A, ascending. */
export function polynomialsOf(subsets: readonly (readonly number[])[]): bigint[][] {
  return subsets.map((subset) =>
    subset.reduce((c, a) => c.concat(0n).map((coefficient, j) => coefficient * BigInt(a) - (c[j - 1] ?? 0n)), [1n]),
  );
}

/** The same work as Engine.deal, and the same bytes. */
export function deal(subsets: readonly (readonly number[])[], messages: Uint8Array, streams: readonly Uint8Array[]) {
  const polynomials = polynomialsOf(subsets);
  const t = subsets[0]!.length + 1;
  const count = messages.length / 32;
  const m = read(messages, 32);
  const wide = streams.map((stream) => read(stream, 48));
  const [values, blindings, corrections] = [writer(count * t), writer(count * t), writer(count)];
  const coefficient = (j: number, at: number): bigint => {
    let sum = 0n;
    for (let q = 0; q < polynomials.length; q++) sum += polynomials[q]![j]! * wide[q]![at]!;
    return sum;
  };
  for (let k = 0; k < count; k++) {
    corrections.put(mod(m[k]! - coefficient(0, 2 * k), R));
    values.put(m[k]!);
    for (let j = 1; j < t; j++) values.put(mod(coefficient(j, 2 * k), R));
    for (let j = 0; j < t; j++) blindings.put(mod(coefficient(j, 2 * k + 1), R));
  }
  return { values: values.bytes, blindings: blindings.bytes, corrections: corrections.bytes };
}

/** The same work as Engine.interpolate: one reduction a polynomial. */
export function interpolate(seats: readonly number[], values: Uint8Array): Uint8Array {
  const x = seats.map(BigInt);
  const product = (factors: bigint[]) => factors.reduce((a, b) => mod(a * b, R), 1n);
  const denominators = inverses(
    x.map((xi) => product(x.filter((xj) => xj !== xi).map((xj) => xj - xi))),
    R,
  );
  const weights = x.map((xi, i) => mod(denominators[i]! * product(x.filter((xj) => xj !== xi)), R));
  const y = read(values, 32);
  const out = writer(y.length / x.length);
  for (let at = 0; at < y.length; at += x.length) {
    let sum = 0n;
    for (let i = 0; i < x.length; i++) sum += weights[i]! * y[at + i]!;
    out.put(sum % R);
  }
  return out.bytes;
}
