// The heap of mcl-wasm (herumi's mcl compiled to WASM) and its raw exports, so that nothing is copied through JavaScript
// objects. A scalar takes 32 bytes there; a coordinate 48, for curves larger than ours; a point is (X, Y, Z), 144 bytes.
import { createRequire } from 'node:module';

type Raw = Record<string, (...args: number[]) => number> & { wasmMemory: { readonly buffer: ArrayBuffer } };
const mcl = createRequire(import.meta.url)('mcl-wasm/dist/mcl.js') as {
  mod: Raw;
  initializeMcl: (curve: number) => Promise<void>;
};
const BN_SNARK1 = 4;
await mcl.initializeMcl(BN_SNARK1);

export const raw = mcl.mod;
export const SCALAR = 32;
export const COORDINATE = 48;
export const POINT = 3 * COORDINATE;

type Take = (bytes: number) => number;

/** What `run` takes on the heap is given back at the end. */
export function using<T>(run: (take: Take) => T): T {
  const taken: number[] = [];
  const take = (bytes: number) => {
    const pointer = raw._malloc!(Math.max(bytes, 8));
    taken.push(pointer);
    return pointer;
  };
  try {
    return run(take);
  } finally {
    for (const pointer of taken) raw._free!(pointer);
  }
}

export const heap = (): Uint8Array => new Uint8Array(raw.wasmMemory.buffer);

function place(take: Take, bytes: Uint8Array): number {
  const pointer = take(bytes.length);
  heap().set(bytes, pointer);
  return pointer;
}

/** Big-endian integers of `size` bytes → scalars mod r. */
export function placeScalars(take: Take, bytes: Uint8Array, size = 32): number {
  const from = place(take, bytes);
  const count = bytes.length / size;
  const out = take(SCALAR * count);
  for (let i = 0; i < count; i++) raw._mclBnFr_setBigEndianMod!(out + SCALAR * i, from + size * i, size);
  return out;
}

/** Points of 64 bytes, none at infinity → points with Z = 1, followed by room for `more`. */
export function placePoints(take: Take, bytes: Uint8Array, more = 0): number {
  const from = place(take, bytes);
  const count = bytes.length / 64;
  const out = take(POINT * (count + more));
  for (let i = 0; i < count; i++) setPoint(out + POINT * i, from + 64 * i);
  return out;
}

function setPoint(out: number, from: number): void {
  raw._mclBnFp_setBigEndianMod!(out, from, 32);
  raw._mclBnFp_setBigEndianMod!(out + COORDINATE, from + 32, 32);
  raw._mclBnFp_setInt32!(out + 2 * COORDINATE, 1);
}

/** Compressed points: mcl's own form is ours with the bytes reversed. */
export function placeCompressed(take: Take, bytes: Uint8Array, more = 0): number {
  const from = place(take, reversed(bytes));
  const count = bytes.length / 32;
  const out = take(POINT * (count + more));
  for (let i = 0; i < count; i++) raw._mclBnG1_deserialize!(out + POINT * i, from + 32 * i, 32);
  return out;
}

export const scalarBytes = (pointer: number, count: number): Uint8Array =>
  serialize(pointer, SCALAR, count, raw._mclBnFr_serialize!);
export const coordinateBytes = (pointer: number, count: number): Uint8Array =>
  serialize(pointer, COORDINATE, count, raw._mclBnFp_serialize!);

/** x ‖ y of points with Z = 1. */
export function affineBytes(pointer: number, count: number): Uint8Array {
  const out = new Uint8Array(64 * count);
  for (const [half, from] of [pointer, pointer + COORDINATE].entries()) {
    const column = serialize(from, POINT, count, raw._mclBnFp_serialize!);
    for (let i = 0; i < count; i++) out.set(column.subarray(32 * i, 32 * i + 32), 64 * i + 32 * half);
  }
  return out;
}

export function compressedBytes(pointer: number, count: number): Uint8Array {
  // in parts, because it keeps its products on the stack
  for (let k = 0; k < count; k += 256) {
    const part = pointer + POINT * k;
    raw._mclBnG1_normalizeVec!(part, part, Math.min(256, count - k));
  }
  return serialize(pointer, POINT, count, raw._mclBnG1_serialize!);
}

function serialize(pointer: number, size: number, count: number, one: (...args: number[]) => number): Uint8Array {
  return using((take) => {
    const out = take(32 * count);
    for (let i = 0; i < count; i++) one(out + 32 * i, 32, pointer + size * i);
    return reversed(heap().subarray(out, out + 32 * count));
  });
}

/** Each element of 32 bytes back to front. */
function reversed(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i ^ 31] = bytes[i]!;
  return out;
}
