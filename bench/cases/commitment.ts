// Pedersen commitments with two full-size scalars, which is what every coefficient of a dealing needs. Every call has other
// scalars, since the same ones would find their points of the tables in the processor's cache.
import { scalars } from '../inputs.ts';
import { commitByTable as ffTable } from '../peers/ffjavascript.ts';
import { commitByMulVec, commitByTable as mclTable } from '../peers/mcl.ts';
import * as noble from '../peers/noble.ts';
import { BIGINT_BOUND, type Case, ours, type Subject } from '../subject.ts';
import { commitmentWork } from '../work.ts';

/** Commitments until the scalars are the first ones again: their points of the tables are 50 MB. */
const POOL = 1 << 14;

/** The values and blindings of one call after the other, for one case. */
function inTurn(values: Uint8Array, blindings: Uint8Array, size: number): () => [Uint8Array, Uint8Array] {
  let call = 0;
  return () => {
    const from = 32 * size * (call++ % Math.floor(POOL / size));
    return [values.subarray(from, from + 32 * size), blindings.subarray(from, from + 32 * size)];
  };
}

export const commitment: Subject = {
  name: 'commitment',
  title: 'v·G + b·H for 254-bit v and b; scalars in, compressed points out',
  unit: 'commitment',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [64] : [1, 8, 32, 128, 1000, 4096]),
  async cases(size, { engines, quick }) {
    const [values, blindings] = [scalars('values', POOL), scalars('blindings', POOL)];
    const each = (commit: (v: Uint8Array, b: Uint8Array) => unknown) => {
      const next = inTurn(values, blindings, size);
      return () => commit(...next());
    };
    const runs = new Map(engines.map((engine) => [engine, each((v, b) => engine.commit(v, b))]));
    const mine = ours(engines, (engine) => runs.get(engine)!(), 'fetching points', commitmentWork(size));
    if (size > 1000) return mine.filter(({ name }) => name !== 'BigInt');
    const table = { bound: '64 additions', work: 'own' as const };
    const scratch = { bound: '2 multiplications', work: 'own' as const };
    const peers: Case[] = [
      { name: 'mcl-wasm, tables by hand', ...table, run: each(mclTable) },
      { name: 'mcl-wasm mulVec', ...scratch, run: each(commitByMulVec) },
      { name: 'ffjavascript, tables by hand', ...table, run: each(ffTable), async: true },
      { name: 'noble, cached 8-bit tables', bound: BIGINT_BOUND, run: each((v, b) => noble.commit(v, b, true)) },
      { name: 'noble multiplyUnsafe pair', bound: BIGINT_BOUND, run: each((v, b) => noble.commit(v, b, false)) },
    ];
    return size === 1000 || quick ? [...mine, ...peers] : [...mine, ...peers.slice(0, 1)];
  },
};
