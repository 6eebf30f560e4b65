// Multi-scalar multiplication: the work under a server's check and under sums in the exponent. Of one point it is what
// bb.js exports.
import { scalars } from '../inputs.ts';
import { barretenbergs } from '../peers/barretenberg.ts';
import { msm as ff, multiply as ffMultiply } from '../peers/ffjavascript.ts';
import { msm as mcl } from '../peers/mcl.ts';
import { msm as montgomery } from '../peers/montgomery.ts';
import { msm as noble, multiply as nobleMultiply } from '../peers/noble.ts';
import { BIGINT_BOUND, type Case, ours, type Subject } from '../subject.ts';
import { multiplicationWork } from '../work.ts';

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
    const mine = ours(engines, (engine) => engine.msm(s, points), 'sorting, fetching', multiplicationWork(size));
    const own = mine.filter(({ name }) => !slow || name !== 'BigInt');
    return [...own, ...(size === 1 ? await single(s, points) : several(s, points, slow))];
  },
};

/** What each library has for one point. */
async function single(s: Uint8Array, point: Uint8Array): Promise<readonly Case[]> {
  const alone = { bound: '1 multiplication', work: 'own' as const };
  return [
    { name: 'mcl-wasm mulVec', ...alone, run: () => mcl(s, point) },
    { name: 'ffjavascript timesScalar', ...alone, run: () => ffMultiply(s, point), async: true },
    { name: 'noble multiplyUnsafe', bound: BIGINT_BOUND, run: () => nobleMultiply(s, point) },
    ...(await barretenbergs()).map(({ name, bound, multiply }) => ({ name, bound, run: () => multiply(s, point) })),
  ];
}

function several(s: Uint8Array, points: Uint8Array, slow: boolean): readonly Case[] {
  const buckets = { bound: 'sums by buckets', work: 'own' as const };
  const bigint: Case = { name: 'noble pippenger', bound: BIGINT_BOUND, run: () => noble(s, points) };
  return [
    { name: 'mcl-wasm mulVec', ...buckets, run: () => mcl(s, points) },
    { name: 'ffjavascript multiExpAffine', ...buckets, run: () => ff(s, points), async: true },
    { name: 'montgomery, built for BN254', ...buckets, run: () => montgomery(s, points) },
    ...(slow ? [] : [bigint]),
  ];
}
