// Pedersen commitments with two full-size scalars, which is what every coefficient of a dealing needs.
import { scalars } from '../inputs.ts';
import { commitByTable as ffTable } from '../peers/ffjavascript.ts';
import { commitByMulVec, commitByTable as mclTable } from '../peers/mcl.ts';
import * as noble from '../peers/noble.ts';
import { BIGINT_BOUND, type Case, ours, type Subject } from '../subject.ts';
import { commitmentWork } from '../work.ts';

export const commitment: Subject = {
  name: 'commitment',
  title: 'v·G + b·H for 254-bit v and b; scalars in, compressed points out',
  unit: 'commitment',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [64] : [1, 8, 32, 128, 1000, 4096]),
  async cases(size, { engines, quick }) {
    const [v, b] = [scalars('values', size), scalars('blindings', size)];
    const bound = size < 1000 ? 'fetching points' : 'tables beyond L2';
    const mine = ours(engines, (engine) => engine.commit(v, b), bound, commitmentWork(size));
    if (size > 1000) return mine.filter(({ name }) => name !== 'BigInt');
    const table = { bound: '64 additions', work: 'own' as const };
    const scratch = { bound: '2 multiplications', work: 'own' as const };
    const peers: Case[] = [
      { name: 'mcl-wasm, tables by hand', ...table, run: () => mclTable(v, b) },
      { name: 'mcl-wasm mulVec', ...scratch, run: () => commitByMulVec(v, b) },
      { name: 'ffjavascript, tables by hand', ...table, run: () => ffTable(v, b), async: true },
      { name: 'noble, cached 8-bit tables', bound: BIGINT_BOUND, run: () => noble.commit(v, b, true) },
      { name: 'noble multiplyUnsafe pair', bound: BIGINT_BOUND, run: () => noble.commit(v, b, false) },
    ];
    return size === 1000 || quick ? [...mine, ...peers] : [...mine, ...peers.slice(0, 1)];
  },
};
