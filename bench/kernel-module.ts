// Our field kernels alone, both forms, on numbers that stay in the module's memory: what the units of the bench measure. In Node and in
// browsers; the caller has read the module.
import { FIELD_PRIME } from '../src/engine/bn254.ts';

export type Form = 'relaxed' | 'scalar';
type Bytes = Uint8Array<ArrayBuffer>;

const PAIR = 80;
const SHIFT = { relaxed: 255n, scalar: 261n } as const;

interface Kernels {
  memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
  memoryStart: { value: number };
  fromWords: (field: number, element: number, words: number) => void;
  toWords: (field: number, words: number, element: number) => void;
  gather: (pair: number, first: number, second: number) => void;
  scatter: (first: number, second: number, pair: number) => void;
  mulBatch: (field: number, out: number, a: number, b: number, pairs: number) => void;
  invert: (words: number) => void;
}

async function instanceOf(module: Bytes, bytesNeeded: number): Promise<Kernels> {
  const { instance } = await WebAssembly.instantiate(module, {});
  const wasm = instance.exports as unknown as Kernels;
  wasm.memory.grow(Math.ceil(bytesNeeded / 65536));
  return wasm;
}

function writeWords(wasm: Kernels, at: number, value: bigint): void {
  const view = new DataView(wasm.memory.buffer, at, 32);
  for (let w = 0; w < 4; w++) view.setBigUint64(8 * w, value >> BigInt(64 * w), true);
}

const readWords = (wasm: Kernels, at: number): Uint8Array =>
  new Uint8Array(wasm.memory.buffer, at, 32).slice().reverse();

/** Products of pairs of operands; a in Montgomery form, b plain, so that products are plain. `run` computes, `read` shows. */
export async function batchIn(module: Bytes, form: Form, a: readonly bigint[], b: readonly bigint[]) {
  const pairs = a.length / 2;
  const wasm = await instanceOf(module, 3 * pairs * PAIR + 1024);
  const start = wasm.memoryStart.value;
  const [words, element] = [start, start + 64];
  const [x, y, z] = [0, 1, 2].map((i) => start + 256 + i * pairs * PAIR) as [number, number, number];
  const place = (at: number, numbers: readonly bigint[]) => {
    for (let i = 0; i < numbers.length; i += 2) {
      for (const lane of [0, 1]) {
        writeWords(wasm, words, numbers[i + lane]!);
        wasm.fromWords(0, element + 40 * lane, words);
      }
      wasm.gather(at + (i / 2) * PAIR, element, element + 40);
    }
  };
  place(
    x,
    a.map((value) => (value << SHIFT[form]) % FIELD_PRIME),
  );
  place(y, b);
  return {
    run: () => wasm.mulBatch(0, z, x, y, pairs),
    read(): Uint8Array {
      const out = new Uint8Array(32 * a.length);
      for (let i = 0; i < a.length; i++) {
        if (i % 2 === 0) wasm.scatter(element, element + 40, z + (i / 2) * PAIR);
        wasm.toWords(0, words, element + 40 * (i % 2));
        out.set(readWords(wasm, words), 32 * i);
      }
      return out;
    },
  };
}

/** The inverse of a number of 32 bytes, which `run` computes in place of the last: every second one is 1 / a. */
export async function inverseIn(module: Bytes, a: bigint) {
  const wasm = await instanceOf(module, 4096);
  const words = wasm.memoryStart.value;
  writeWords(wasm, words, a);
  return { run: () => wasm.invert(words), read: () => readWords(wasm, words) };
}
