// ffjavascript (wasmcurves) on one thread by its fastest routes from bytes to bytes: its raw exports where a call from
// JavaScript for each operation is enough, its batch conversions and multi-exponentiation else. Its coordinates are
// Montgomery words, its affine points 64 bytes, its Jacobian points 96.
import { createRequire } from 'node:module';
import { G, H, type Point } from '../../src/engine/bn254.ts';
import { read } from './bigint.ts';

interface Curve {
  tm: {
    instance: { exports: Record<string, (...args: number[]) => number> };
    memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
    u8: Uint8Array;
    u32: Uint32Array;
  };
  G1: {
    batchUtoLEM: (points: Uint8Array) => Promise<Uint8Array>;
    batchLEMtoU: (points: Uint8Array) => Promise<Uint8Array>;
    batchLEMtoC: (points: Uint8Array) => Promise<Uint8Array>;
    batchCtoLEM: (points: Uint8Array) => Promise<Uint8Array>;
    multiExpAffine: (points: Uint8Array, scalars: Uint8Array) => Promise<Uint8Array>;
    timesScalar: (point: Uint8Array, scalar: Uint8Array) => Uint8Array;
    toAffine: (point: Uint8Array) => Uint8Array;
    isZero: (point: Uint8Array) => boolean;
  };
}
const { buildBn128 } = createRequire(import.meta.url)('ffjavascript') as {
  buildBn128: (singleThread: boolean) => Promise<Curve>;
};
const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const { tm, G1 } = await buildBn128(true);
const raw = tm.instance.exports;

// Our own region of the heap, behind everything that the library allocates itself.
const region = tm.memory.buffer.byteLength;
tm.memory.grow(64);
tm.u8 = new Uint8Array(tm.memory.buffer);
tm.u32 = new Uint32Array(tm.memory.buffer);
const TABLES = region;
const WORK = region + 2 * 32 * 256 * 64;
const heap = () => new Uint8Array(tm.memory.buffer);

/** Little-endian scalars of `size` bytes. */
function littleEndian(scalars: Uint8Array, size = 32): Uint8Array {
  const out = new Uint8Array(scalars.length);
  for (let at = 0; at < out.length; at += size) {
    for (let i = 0; i < size; i++) out[at + i] = scalars[at + size - 1 - i]!;
  }
  return out;
}

/** Products of Fp: a call each on the heap. `run` computes, `read` shows. */
export function productBatch(a: Uint8Array, b: Uint8Array) {
  const [x, y, z] = [WORK, WORK + a.length, WORK + 2 * a.length];
  for (const [at, bytes] of [
    [x, a],
    [y, b],
  ] as const) {
    heap().set(littleEndian(bytes), at);
    for (let i = 0; i < bytes.length; i += 32) raw.f1m_toMontgomery!(at + i, at + i);
  }
  const multiply = raw.f1m_mul!;
  return {
    run(): void {
      for (let i = 0; i < a.length; i += 32) multiply(x + i, y + i, z + i);
    },
    read(): Uint8Array {
      for (let i = 0; i < a.length; i += 32) raw.f1m_fromMontgomery!(z + i, z + i);
      return littleEndian(heap().slice(z, z + a.length));
    },
  };
}

/** One inverse. */
export function inverse(a: Uint8Array) {
  const [x, out] = [WORK, WORK + 32];
  heap().set(littleEndian(a), x);
  raw.f1m_toMontgomery!(x, x);
  return {
    run: () => raw.f1m_inverse!(x, out),
    read(): Uint8Array {
      raw.f1m_fromMontgomery!(out, out);
      return littleEndian(heap().slice(out, out + 32));
    },
  };
}

let tablesReady = false;

async function buildTables(): Promise<void> {
  const fill = async (base: Point, table: number) => {
    heap().set(await G1.batchUtoLEM(pointBytes(base)), WORK); // base · 2^(8w), affine
    const sum = WORK + 64;
    for (let row = table; row < table + 32 * 256 * 64; row += 256 * 64) {
      raw.g1m_zero!(sum);
      for (let d = 0; d < 256; d++) {
        raw.g1m_toAffine!(sum, row + 64 * d);
        raw.g1m_addMixed!(sum, WORK, sum);
      }
      raw.g1m_toAffine!(sum, WORK);
    }
  };
  await fill(G, TABLES);
  await fill(H, TABLES + 32 * 256 * 64);
  tablesReady = true;
}

/** A table of 8-bit windows for each base, made by hand, 64 mixed additions a commitment. */
export async function commitByTable(values: Uint8Array, blindings: Uint8Array): Promise<Uint8Array> {
  if (!tablesReady) await buildTables();
  const count = values.length / 32;
  const add = raw.g1m_addMixed!;
  for (let k = 0; k < count; k++) {
    const sum = WORK + 96 * k;
    raw.g1m_zero!(sum);
    for (let w = 0; w < 32; w++) {
      const [v, b] = [values[32 * k + 31 - w]!, blindings[32 * k + 31 - w]!];
      if (v !== 0) add(sum, TABLES + 64 * (256 * w + v), sum);
      if (b !== 0) add(sum, TABLES + 64 * (256 * (32 + w) + b), sum);
    }
  }
  const affine = WORK + 96 * count;
  raw.g1m_batchToAffine!(WORK, count, affine);
  return compressed(await G1.batchLEMtoU(heap().slice(affine, affine + 64 * count)));
}

export async function msm(scalars: Uint8Array, points: Uint8Array): Promise<Uint8Array> {
  const sum = await G1.multiExpAffine(await G1.batchUtoLEM(points), littleEndian(scalars));
  return G1.batchLEMtoU(G1.toAffine(sum));
}

/** Its own compressed form marks the larger y, not the odd one: converted before anything is timed. */
export async function ownCompression(points: Uint8Array): Promise<Uint8Array> {
  return G1.batchLEMtoC(await G1.batchUtoLEM(points));
}

/** One point. */
export async function multiply(scalar: Uint8Array, point: Uint8Array): Promise<Uint8Array> {
  const product = G1.timesScalar(await G1.batchUtoLEM(point), littleEndian(scalar));
  return G1.batchLEMtoU(G1.toAffine(product));
}

/** From its own compressed form. */
export const decompress = async (compressed: Uint8Array): Promise<Uint8Array> =>
  G1.batchLEMtoU(await G1.batchCtoLEM(compressed));

/** The same equation as Engine.verifyShares in one multi-exponentiation; seat^j · weight stays below 2^256. */
export async function verifyShares(
  seat: number,
  t: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  weights: Uint8Array,
): Promise<boolean> {
  const points = await G1.batchCtoLEM(commitments);
  const w = read(weights, 16);
  const s = read(shares, 32);
  const scalars = new DataView(new ArrayBuffer(32 * (w.length * t + 2)));
  const put = (i: number, value: bigint) => {
    for (let word = 0; word < 4; word++) scalars.setBigUint64(32 * i + 8 * word, value >> BigInt(64 * word), true);
  };
  const powers = Array.from({ length: t }, (_, j) => BigInt(seat) ** BigInt(j));
  for (const [k, weight] of w.entries())
    for (const [j, power] of powers.entries()) put(k * t + j, (weight * power) % R);
  for (const which of [0, 1]) {
    const dot = w.reduce((sum, weight, k) => sum + weight * s[2 * k + which]!, 0n) % R;
    put(w.length * t + which, dot === 0n ? 0n : R - dot);
  }
  const bases = new Uint8Array(points.length + 128);
  bases.set(points);
  bases.set(await G1.batchUtoLEM(new Uint8Array([...pointBytes(G), ...pointBytes(H)])), points.length);
  return G1.isZero(await G1.multiExpAffine(bases, new Uint8Array(scalars.buffer)));
}

const pointBytes = ({ x, y }: Point): Uint8Array =>
  new Uint8Array(Buffer.from([x, y].map((c) => c.toString(16).padStart(64, '0')).join(''), 'hex'));

function compressed(points: Uint8Array): Uint8Array {
  const out = new Uint8Array(points.length / 2);
  for (let k = 0; k < out.length; k += 32) {
    out.set(points.subarray(2 * k, 2 * k + 32), k);
    out[k]! |= (points[2 * k + 63]! & 1) << 7;
  }
  return out;
}
