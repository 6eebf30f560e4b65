// Multi-scalar multiplication: the work under a server's check and under sums in the exponent.
import { scalars } from '../inputs.ts';
import { msm as ff } from '../peers/ffjavascript.ts';
import { msm as mcl } from '../peers/mcl.ts';
import { msm as montgomery } from '../peers/montgomery.ts';
import { msm as noble } from '../peers/noble.ts';
import { BIGINT_BOUND, type Case, ours, type Subject } from '../subject.ts';
import { multiplicationWork } from '../work.ts';

export const msm: Subject = {
  name: 'msm',
  title: 'Σ s_k·P_k for 254-bit scalars; scalars and points in, one point out',
  unit: 'point',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [256] : [16, 64, 256, 1024, 4096, 16384]),
  async cases(size, { engines }) {
    const points = engines[0]!.decompress(engines[0]!.commit(scalars('points', size), new Uint8Array(32 * size)));
    const s = scalars('scalars', size);
    const slow = size > 4096; // a second or more a call
    const buckets = { bound: 'sums by buckets', work: 'own' as const };
    const cases: readonly Case[] = [
      ...ours(engines, (engine) => engine.msm(s, points), 'sorting, fetching', multiplicationWork(size)),
      { name: 'mcl-wasm mulVec', ...buckets, run: () => mcl(s, points) },
      { name: 'ffjavascript multiExpAffine', ...buckets, run: () => ff(s, points), async: true },
      { name: 'montgomery, built for BN254', ...buckets, run: () => montgomery(s, points) },
      { name: 'noble pippenger', bound: BIGINT_BOUND, run: () => noble(s, points) },
    ];
    return slow ? cases.filter(({ bound }) => bound !== BIGINT_BOUND) : cases;
  },
};
