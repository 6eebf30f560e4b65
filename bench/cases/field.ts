// One product of Fp inside a batch of 1024, operands and results staying where each implementation keeps them: its time
// is the unit that every other subject is also counted in.
import { readFileSync } from 'node:fs';
import { FIELD_PRIME } from '../../src/engine/bn254.ts';
import { createEngine } from '../../src/engine/load.ts';
import { scalars } from '../inputs.ts';
import { products, read } from '../peers/bigint.ts';
import { productBatch as ff } from '../peers/ffjavascript.ts';
import { productBatch as mcl } from '../peers/mcl.ts';
import { productBatch as montgomery } from '../peers/montgomery.ts';
import { Fp } from '../peers/noble.ts';
import { BIGINT_BOUND, CALL_BOUND, type Case, type Subject } from '../subject.ts';

const PAIR = 80;

interface Kernels {
  memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
  memoryStart: { value: number };
  fromWords: (field: number, element: number, words: number) => void;
  toWords: (field: number, words: number, element: number) => void;
  gather: (pair: number, first: number, second: number) => void;
  scatter: (first: number, second: number, pair: number) => void;
  mulBatch: (field: number, out: number, a: number, b: number, pairs: number) => void;
}

interface Batch {
  run: () => void;
  read: () => Uint8Array;
}

export const field: Subject = {
  name: 'field',
  title: 'a·b mod p, the time of one product in a batch',
  unit: 'product',
  baseline: 'BigInt',
  sizes: () => [1024],
  async cases(size) {
    const [a, b] = [read(scalars('a', size), 32), read(scalars('b', size), 32)];
    const [bytesA, bytesB] = [scalars('a', size), scalars('b', size)];
    const batch = (name: string, bound: string, { run, read }: Batch): Case => ({
      name,
      bound,
      run,
      check: () => {
        run();
        compare(name, readNumbers(read()), products(a, b, FIELD_PRIME));
      },
    });
    return [
      { name: 'BigInt', bound: BIGINT_BOUND, run: () => products(a, b, FIELD_PRIME) },
      batch('ours, relaxed SIMD', 'vector multiply-adds', await ours('relaxed', 255n, a, b)),
      batch('ours, scalar', 'i64 multiplications', await ours('scalar', 261n, a, b)),
      batch('mcl-wasm', CALL_BOUND, mcl(bytesA, bytesB)),
      batch('ffjavascript', CALL_BOUND, ff(bytesA, bytesB)),
      batch('montgomery', CALL_BOUND, montgomery(bytesA, bytesB)),
      { name: 'noble', bound: BIGINT_BOUND, run: () => a.map((x, i) => Fp.mul(x, b[i]!)) },
    ];
  },
};

const readNumbers = (bytes: Uint8Array) => read(bytes, 32);

function compare(name: string, actual: readonly bigint[], expected: readonly bigint[]): void {
  if (actual.some((x, i) => x !== expected[i])) throw new Error(`${name} multiplies otherwise than BigInt`);
}

/** Pairs of operands in the module's memory; a in Montgomery form (· 2^shift), b plain, so that products are plain. */
async function ours(form: 'relaxed' | 'scalar', shift: bigint, a: readonly bigint[], b: readonly bigint[]) {
  await createEngine({ kind: form }); // lets Node 20 run relaxed SIMD
  const bytes = readFileSync(new URL(`../engine/kernels-${form}.wasm`, import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const wasm = instance.exports as unknown as Kernels;
  const pairs = a.length / 2;
  wasm.memory.grow(Math.ceil((3 * pairs * PAIR + 1024) / 65536));
  const start = wasm.memoryStart.value;
  const [words, element] = [start, start + 64];
  const [x, y, z] = [0, 1, 2].map((i) => start + 256 + i * pairs * PAIR) as [number, number, number];
  const place = (at: number, numbers: readonly bigint[]) => {
    for (let i = 0; i < numbers.length; i += 2) {
      for (const lane of [0, 1]) {
        const view = new DataView(wasm.memory.buffer, words, 32);
        for (let w = 0; w < 4; w++) view.setBigUint64(8 * w, numbers[i + lane]! >> BigInt(64 * w), true);
        wasm.fromWords(0, element + 40 * lane, words);
      }
      wasm.gather(at + (i / 2) * PAIR, element, element + 40);
    }
  };
  place(
    x,
    a.map((value) => (value << shift) % FIELD_PRIME),
  );
  place(y, b);
  return {
    run: () => wasm.mulBatch(0, z, x, y, pairs),
    read(): Uint8Array {
      const out = new Uint8Array(32 * a.length);
      for (let i = 0; i < a.length; i++) {
        if (i % 2 === 0) wasm.scatter(element, element + 40, z + (i / 2) * PAIR);
        wasm.toWords(0, words, element + 40 * (i % 2));
        out.set(new Uint8Array(wasm.memory.buffer, words, 32).slice().reverse(), 32 * i);
      }
      return out;
    },
  };
}
