// Our field kernels (kernel-module.ts) in Node, from the files of the build. The bench runs in the repository's top folder.
import { readFileSync } from 'node:fs';
import { createEngine } from '../src/engine/load.ts';
import { batchIn, type Form, inverseIn } from './kernel-module.ts';

export const readKernels = (form: Form): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(`build/engine/kernels-${form}.wasm`));

export async function productBatch(form: Form, a: readonly bigint[], b: readonly bigint[]) {
  await createEngine({ kind: form }); // lets Node 20 run relaxed SIMD
  return batchIn(readKernels(form), form, a, b);
}

export async function inverse(form: Form, a: bigint) {
  await createEngine({ kind: form });
  return inverseIn(readKernels(form), a);
}
