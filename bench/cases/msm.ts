// Multi-scalar multiplication: the work under a server's check and under sums in the exponent.
import { scalars } from '../inputs.ts';
import { msm as ff } from '../peers/ffjavascript.ts';
import { msm as mcl } from '../peers/mcl.ts';
import { msm as noble } from '../peers/noble.ts';
import { engineName, type Subject } from '../subject.ts';

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
    return [
      ...engines
        .filter((engine) => !slow || engineName(engine) !== 'BigInt')
        .map((engine) => ({ name: engineName(engine), run: () => engine.msm(s, points) })),
      { name: 'mcl-wasm mulVec', run: () => mcl(s, points) },
      { name: 'ffjavascript multiExpAffine', run: () => ff(s, points), async: true },
      ...(slow ? [] : [{ name: 'noble pippenger', run: () => noble(s, points) }]),
    ];
  },
};
