// One inversion in Fp, which a batch of additions shares: a chain of steps with which nothing can overlap.
import { FIELD_PRIME } from '../../src/engine/bn254.ts';
import { inverse as bigint } from '../../src/engine/modular.ts';
import { scalars } from '../inputs.ts';
import { inverse as ours } from '../kernels.ts';
import { read } from '../peers/bigint.ts';
import { inverse as ff } from '../peers/ffjavascript.ts';
import { inverse as mcl } from '../peers/mcl.ts';
import { inverse as montgomery } from '../peers/montgomery.ts';
import { Fp } from '../peers/noble.ts';
import { BIGINT_BOUND, type Case, type Subject } from '../subject.ts';

export const inversion: Subject = {
  name: 'inversion',
  title: '1/a mod p, one alone',
  unit: 'inversion',
  baseline: 'BigInt',
  sizes: () => [1],
  async cases() {
    const bytes = scalars('a', 1);
    const a = read(bytes, 32)[0]!;
    const expected = bigint(a, FIELD_PRIME);
    const alone = (
      name: string,
      bound: string,
      { run, read: result }: { run: () => void; read: () => Uint8Array },
    ): Case => ({
      name,
      bound,
      run,
      check: () => {
        if (read(result(), 32)[0] !== expected) throw new Error(`${name} inverts otherwise than BigInt`);
      },
    });
    return [
      { name: 'BigInt', bound: BIGINT_BOUND, run: () => bigint(a, FIELD_PRIME) },
      alone('ours, relaxed SIMD', CHAIN, await ours('relaxed', a)),
      alone('ours, scalar', CHAIN, await ours('scalar', a)),
      alone('mcl-wasm', CHAIN, mcl(bytes)),
      alone('ffjavascript', CHAIN, ff(bytes)),
      alone('montgomery', CHAIN, montgomery(bytes)),
      { name: 'noble', bound: BIGINT_BOUND, run: () => Fp.inv(a) },
    ];
  },
};

const CHAIN = 'latency: one chain of steps';
