// One point by one scalar, which is all of such work that bb.js exports; ours is a multi-scalar multiplication of one.
import { scalars } from '../inputs.ts';
import { barretenbergs } from '../peers/barretenberg.ts';
import { multiply as ff } from '../peers/ffjavascript.ts';
import { msm as mcl } from '../peers/mcl.ts';
import { multiply as noble } from '../peers/noble.ts';
import { BIGINT_BOUND, ours, type Subject } from '../subject.ts';
import { multiplicationWork } from '../work.ts';

export const multiplication: Subject = {
  name: 'multiplication',
  title: 's·P for a 254-bit scalar; scalar and point in, one point out',
  unit: 'point',
  baseline: 'BigInt',
  sizes: () => [1],
  async cases(size, { engines }) {
    const point = engines[0]!.decompress(engines[0]!.commit(scalars('points', size), new Uint8Array(32)));
    const s = scalars('scalars', size);
    const bound = 'a chain of doublings';
    return [
      ...ours(engines, (engine) => engine.msm(s, point), 'sorting, fetching', multiplicationWork(size)),
      { name: 'mcl-wasm mulVec', bound, work: 'own', run: () => mcl(s, point) },
      { name: 'ffjavascript timesScalar', bound, work: 'own', run: () => ff(s, point), async: true },
      { name: 'noble multiplyUnsafe', bound: BIGINT_BOUND, run: () => noble(s, point) },
      ...(await barretenbergs()).map(({ name, place, multiply }) => ({
        name,
        bound: `${bound}, ${place}`,
        run: () => multiply(s, point),
      })),
    ];
  },
};
