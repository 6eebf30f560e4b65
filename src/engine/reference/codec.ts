// Bytes to numbers and back for the BigInt twin: the wire forms of engine.ts. Decoding refuses everything
// that is not canonical and names the element's number.
import { curveRight, FIELD_PRIME, GROUP_ORDER, INFINITY, isOnCurve, type Point } from '../bn254.ts';
import { squareRoot } from '../modular.ts';
import { nonCanonicalScalar, notAPoint } from '../shapes.ts';
import { COMPRESSED_BYTES, POINT_BYTES, SCALAR_BYTES } from '../sizes.ts';

const SIGN = 1n << 255n;

export function readScalars(argument: string, bytes: Uint8Array): bigint[] {
  return integers(bytes, SCALAR_BYTES).map((scalar, i) => {
    if (scalar >= GROUP_ORDER) throw nonCanonicalScalar(argument, i);
    return scalar;
  });
}

export function writeScalars(scalars: readonly bigint[]): Uint8Array {
  return fromIntegers(scalars);
}

export function readPoints(argument: string, bytes: Uint8Array): Point[] {
  const coordinates = integers(bytes, SCALAR_BYTES);
  return Array.from({ length: bytes.length / POINT_BYTES }, (_, i) => {
    const point = { x: coordinates[2 * i]!, y: coordinates[2 * i + 1]! };
    if (point.x === 0n && point.y === 0n) return INFINITY;
    if (point.x >= FIELD_PRIME || point.y >= FIELD_PRIME || !isOnCurve(point)) throw notAPoint(argument, i);
    return point;
  });
}

export function writePoints(points: readonly Point[]): Uint8Array {
  return fromIntegers(points.flatMap(({ x, y }) => [x, y]));
}

export function readCompressed(argument: string, bytes: Uint8Array): Point[] {
  return integers(bytes, COMPRESSED_BYTES).map((word, i) => {
    if (word === 0n) return INFINITY;
    const x = word % SIGN;
    const y = x < FIELD_PRIME ? squareRoot(curveRight(x), FIELD_PRIME) : undefined;
    if (y === undefined) throw notAPoint(argument, i);
    return { x, y: word / SIGN === y % 2n ? y : FIELD_PRIME - y };
  });
}

export function writeCompressed(points: readonly Point[]): Uint8Array {
  return fromIntegers(points.map(({ x, y }) => x + (y % 2n) * SIGN));
}

/** The big-endian integers of `size` bytes (a multiple of 8) that make up `bytes`. */
export function integers(bytes: Uint8Array, size: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / size }, (_, i) => {
    let out = 0n;
    for (let at = i * size; at < (i + 1) * size; at += 8) out = (out << 64n) | view.getBigUint64(at);
    return out;
  });
}

/** Integers below 2^256 as 32 bytes each. */
function fromIntegers(values: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(32 * values.length));
  values.forEach((value, i) => {
    // setBigUint64 keeps the low 64 bits of what it is given
    for (let word = 0; word < 4; word++) view.setBigUint64(32 * i + 8 * word, value >> BigInt(64 * (3 - word)));
  });
  return new Uint8Array(view.buffer);
}
