// Points from their compressed form: a square root each, which is most of a server's check.
import { scalars } from '../inputs.ts';
import { barretenbergs } from '../peers/barretenberg.ts';
import { decompress as ff, ownCompression } from '../peers/ffjavascript.ts';
import { decompress as mcl } from '../peers/mcl.ts';
import { decompressed as noble } from '../peers/noble.ts';
import { BIGINT_BOUND, ours, type Subject } from '../subject.ts';
import { decompressionWork } from '../work.ts';

export const decompression: Subject = {
  name: 'decompression',
  title: 'y = √(x³ + 3) of the right parity, checked; compressed points in, both coordinates out',
  unit: 'point',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [4] : [1, 4, 400]),
  async cases(size, { engines }) {
    const points = engines[0]!.commit(scalars('values', size), scalars('blindings', size));
    const otherForm = await ownCompression(engines[0]!.decompress(points));
    const peer = { bound: 'a root each', work: 'own' as const };
    return [
      ...ours(engines, (engine) => engine.decompress(points), 'bytes in and out', decompressionWork(size)),
      { name: 'mcl-wasm', ...peer, run: () => mcl(points) },
      { name: 'ffjavascript', ...peer, run: () => ff(otherForm), async: true },
      { name: 'noble', bound: BIGINT_BOUND, run: () => noble(points) },
      ...(await barretenbergs()).map(({ name, place, decompress }) => ({
        name,
        bound: `a root each, ${place}`,
        run: () => decompress(points),
      })),
    ];
  },
};
