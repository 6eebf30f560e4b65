// Multi-scalar multiplication: the work under a server's check and under sums in the exponent. Of one point it is what
// bb.js exports.
import { scalars } from '../inputs.ts';
import { barretenbergs } from '../peers/barretenberg.ts';
import { msm as ff } from '../peers/ffjavascript.ts';
import { msm as mcl } from '../peers/mcl.ts';
import { msm as montgomery } from '../peers/montgomery.ts';
import { msm as noble } from '../peers/noble.ts';
import { multiplication } from '../products.ts';
import { BIGINT_BOUND, type Case, ours, type Subject } from '../subject.ts';

export const msm: Subject = {
  name: 'msm',
  title: 'Σ s_k·P_k for 254-bit scalars; scalars and points in, one point out',
  unit: 'point',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [1, 256] : [1, 16, 64, 256, 1024, 4096, 16384]),
  async cases(size, { engines }) {
    const points = engines[0]!.decompress(engines[0]!.commit(scalars('points', size), new Uint8Array(32 * size)));
    const s = scalars('scalars', size);
    const slow = size > 4096; // a second or more a call
    const bound = size <= 64 ? 'a chain of doublings' : 'sorting, moving points';
    const mine = ours(engines, (engine) => engine.msm(s, points), bound, multiplication(size));
    const peer = { bound: size === 1 ? '1 multiplication' : 'sums by buckets', products: 'own' as const };
    const bigint: Case = { name: 'noble pippenger', bound: BIGINT_BOUND, run: () => noble(s, points) };
    return [
      ...mine.filter(({ name }) => !slow || name !== 'BigInt'),
      { name: 'mcl-wasm mulVec', ...peer, run: () => mcl(s, points) },
      { name: 'ffjavascript multiExpAffine', ...peer, run: () => ff(s, points), async: true },
      ...(slow ? [] : [bigint]),
      ...(size === 1
        ? (await barretenbergs()).map(({ name, bound, multiply }) => ({ name, bound, run: () => multiply(s, points) }))
        : [{ name: 'montgomery, built for BN254', ...peer, run: () => montgomery(s, points) }]),
    ];
  },
};
