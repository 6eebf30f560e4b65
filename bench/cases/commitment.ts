// Pedersen commitments with two full-size scalars, which is what every coefficient of a dealing needs.
import { scalars } from '../inputs.ts';
import { commitByTable as ffTable } from '../peers/ffjavascript.ts';
import { commitByMulVec, commitByTable as mclTable } from '../peers/mcl.ts';
import * as noble from '../peers/noble.ts';
import { engineName, type Subject } from '../subject.ts';

export const commitment: Subject = {
  name: 'commitment',
  title: 'v·G + b·H for 254-bit v and b; scalars in, compressed points out',
  unit: 'commitment',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [64] : [1, 8, 32, 128, 1000, 4096]),
  async cases(size, { engines, quick }) {
    const [v, b] = [scalars('values', size), scalars('blindings', size)];
    const ours = engines.map((engine) => ({ name: engineName(engine), run: () => engine.commit(v, b) }));
    if (size > 1000) return ours.filter(({ name }) => name !== 'BigInt');
    const peers = [
      { name: 'mcl-wasm, 8-bit table by hand', run: () => mclTable(v, b) },
      { name: 'mcl-wasm mulVec', run: () => commitByMulVec(v, b) },
      { name: 'ffjavascript, 8-bit table by hand', run: () => ffTable(v, b), async: true },
      { name: 'noble, cached 8-bit tables', run: () => noble.commit(v, b, true) },
      { name: 'noble multiplyUnsafe pair', run: () => noble.commit(v, b, false) },
    ];
    return size === 1000 || quick ? [...ours, ...peers] : [...ours, ...peers.slice(0, 1)];
  },
};
