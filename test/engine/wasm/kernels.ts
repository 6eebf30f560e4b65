// The field kernels of both forms for tests: places digits or values, applies a kernel, reads digits and values back.
// Layouts and classes are written down here once more, independently of the generator.
import { readFileSync } from 'node:fs';
import { createEngine } from '../../../src/engine/load.ts';

export const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
export const MODULI = [P, R] as const;
export type Field = 0 | 1; // of MODULI

const KERNELS = ['mul', 'sqr', 'add', 'sub', 'reduce', 'addReduce', 'subReduce', 'subSubReduce'] as const;
export type Kernel = (typeof KERNELS)[number];

interface Exports {
  memory: WebAssembly.Memory;
  memoryStart: { value: number };
  apply(field: number, kernel: number, o: number, a: number, b: number): void;
  fromWords(field: number, e: number, w: number): void;
  toWords(field: number, w: number, e: number): void;
  isCanonical(field: number, w: number): number;
  gather(o: number, e: number, f: number): void;
  gatherSigned(field: number, o: number, e: number, f: number, s: bigint, t: bigint): void;
  scatter(e: number, f: number, a: number): void;
  swapLanes(o: number, a: number): void;
  split(o: number, k: number, odd: number): void;
  invert(words: number): void;
  writeBytes(a: number, b: number, x: number): void;
  sumWide(o: number, a: number, b: number, weights: number, n: number, block: number, s: number): void;
}

/** Least non-negative residue. */
export const mod = (x: bigint, m: bigint): bigint => ((x % m) + m) % m;

/** An element as its digits, least significant first. */
export type Digits = readonly bigint[];

export class KernelForm {
  readonly name: 'relaxed' | 'scalar';
  readonly count: number;
  readonly bits: bigint;
  readonly montgomery: bigint;
  readonly wasm: Exports;
  readonly #at: number;

  private constructor(name: 'relaxed' | 'scalar', wasm: Exports) {
    this.name = name;
    this.wasm = wasm;
    this.count = name === 'relaxed' ? 5 : 9;
    this.bits = name === 'relaxed' ? 51n : 29n;
    this.montgomery = 1n << (this.bits * BigInt(this.count));
    this.#at = wasm.memoryStart.value;
  }

  static async load(name: 'relaxed' | 'scalar'): Promise<KernelForm> {
    await createEngine({ kind: name }); // allows relaxed SIMD where it is behind a flag
    const file = readFileSync(new URL(`../../../build/engine/kernels-${name}.wasm`, import.meta.url));
    const { instance } = await WebAssembly.instantiate(file, {});
    return new KernelForm(name, instance.exports as unknown as Exports);
  }

  value(digits: Digits): bigint {
    return digits.reduceRight((sum, digit) => (sum << this.bits) + digit, 0n);
  }

  /** Address of working storage: single elements and pairs at 80 n, four words each at 80 n too. */
  slot(n: number): number {
    return this.#at + 80 * n;
  }

  #view(): DataView {
    return new DataView(this.wasm.memory.buffer);
  }

  /** Offset of digit j of lane l in a pair. */
  #offset(lane: number, j: number): number {
    return this.name === 'relaxed' ? 16 * j + 8 * lane : 40 * lane + 4 * j;
  }

  writePair(slot: number, first: Digits, second: Digits): void {
    [first, second].forEach((digits, lane) => {
      digits.forEach((digit, j) => {
        const at = this.slot(slot) + this.#offset(lane, j);
        if (this.name === 'relaxed') this.#view().setFloat64(at, Number(digit), true);
        else this.#view().setUint32(at, Number(digit), true);
      });
    });
  }

  readPair(slot: number): [bigint[], bigint[]] {
    const read = (lane: number) =>
      Array.from({ length: this.count }, (_, j) => {
        const at = this.slot(slot) + this.#offset(lane, j);
        return BigInt(this.name === 'relaxed' ? this.#view().getFloat64(at, true) : this.#view().getUint32(at, true));
      });
    return [read(0), read(1)];
  }

  apply(field: Field, kernel: Kernel, a: [Digits, Digits], b: [Digits, Digits] = a): [bigint[], bigint[]] {
    this.writePair(0, ...a);
    this.writePair(1, ...b);
    this.wasm.apply(field, KERNELS.indexOf(kernel), this.slot(2), this.slot(0), this.slot(1));
    return this.readPair(2);
  }

  writeWords(slot: number, x: bigint): void {
    for (let i = 0; i < 4; i++) {
      this.#view().setBigUint64(this.slot(slot) + 8 * i, BigInt.asUintN(64, x >> BigInt(64 * i)), true);
    }
  }

  writeBytes(slot: number, bytes: Uint8Array): void {
    new Uint8Array(this.wasm.memory.buffer).set(bytes, this.slot(slot));
  }

  readBytes(slot: number, length: number): Uint8Array {
    return new Uint8Array(this.wasm.memory.buffer).slice(this.slot(slot), this.slot(slot) + length);
  }

  readWords(slot: number, words = 4, offset = 0): bigint {
    let x = 0n;
    for (let i = words - 1; i >= 0; i--) {
      x = (x << 64n) | this.#view().getBigUint64(this.slot(slot) + offset + 8 * i, true);
    }
    return x;
  }
}
