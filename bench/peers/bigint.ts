// BigInt written well, which is what the ratios are to: batch conversion through DataView, forward and backward
// differences instead of multiplications where the points are small, and one reduction for each number that leaves.
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

/** The same work as Engine.deal, and the same bytes. */
export function deal(t: number, n: number, messages: Uint8Array, pads: readonly Uint8Array[]) {
  const count = messages.length / 32;
  const m = read(messages, 32);
  const wide = pads.map((pad) => read(pad, 48));
  const factorials = [1n];
  for (let j = 1; j < t; j++) factorials.push(mod(factorials[j - 1]! * BigInt(j), R));
  const scale = inverses(factorials, R);
  const [values, blindings, corrections] = [writer(count * t), writer(count * t), writer(count * (2 * n - 2 * t + 1))];
  const y = new Array<bigint>(t);
  for (let k = 0; k < count; k++) {
    y[0] = m[k]!;
    for (let i = 1; i < t; i++) y[i] = wide[i - 1]![2 * k]!;
    coefficients(y, 0, scale, values.put);
    extend(y, t, n, (value, seat) => corrections.put(mod(value - wide[seat - 1]![2 * k]!, R)));
    for (let i = 0; i < t; i++) y[i] = wide[i]![2 * k + 1]!;
    coefficients(y, 1, scale, blindings.put);
    extend(y, t + 1, n, (value, seat) => corrections.put(mod(value - wide[seat - 1]![2 * k + 1]!, R)));
  }
  return { values: values.bytes, blindings: blindings.bytes, corrections: corrections.bytes };
}

/** Coefficients of the polynomial with the values y at first, first + 1, …: Newton's form, multiplied out. */
function coefficients(y: readonly bigint[], first: number, scale: readonly bigint[], put: (c: bigint) => void): void {
  const c = [...y];
  for (let level = 1; level < c.length; level++) {
    for (let i = c.length - 1; i >= level; i--) c[i] = c[i]! - c[i - 1]!;
  }
  for (let j = 2; j < c.length; j++) c[j] = (c[j]! * scale[j]!) % R;
  for (let k = c.length - 2; k >= 0; k--) {
    const point = BigInt(first + k);
    for (let i = k; i < c.length - 1; i++) c[i] = c[i]! - point * c[i + 1]!;
  }
  for (const coefficient of c) put(mod(coefficient, R));
}

/** Values at the seats from..to, which follow the points of y, by additions alone. Uses y up. */
function extend(y: bigint[], from: number, to: number, put: (value: bigint, seat: number) => void): void {
  for (let level = 1; level < y.length; level++) {
    for (let i = 0; i < y.length - level; i++) y[i] = y[i + 1]! - y[i]!;
  }
  for (let seat = from; seat <= to; seat++) {
    for (let j = 1; j < y.length; j++) y[j] = y[j]! + y[j - 1]!;
    put(y[y.length - 1]!, seat);
  }
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
