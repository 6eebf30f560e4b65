// One product of Fp inside a batch of 1024, operands and results staying where each implementation keeps them: its time
// is the unit that every other subject is also counted in.
import { FIELD_PRIME } from '../../src/engine/bn254.ts';
import { scalars } from '../inputs.ts';
import { productBatch as ours } from '../kernels.ts';
import { products, read } from '../peers/bigint.ts';
import { productBatch as ff } from '../peers/ffjavascript.ts';
import { productBatch as mcl } from '../peers/mcl.ts';
import { productBatch as montgomery } from '../peers/montgomery.ts';
import { Fp } from '../peers/noble.ts';
import { BIGINT_BOUND, CALL_BOUND, type Case, type Subject } from '../subject.ts';

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
      batch('ours, relaxed SIMD', 'vector multiply-adds', await ours('relaxed', a, b)),
      batch('ours, scalar', 'i64 multiplications', await ours('scalar', a, b)),
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
