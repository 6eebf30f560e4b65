// Reconstruction from three shares: the value at 0 of many polynomials of degree 2.
import { combine, split } from 'shamir-secret-sharing';
import { messages, scalars } from '../inputs.ts';
import { interpolate as bigint } from '../peers/bigint.ts';
import { interpolateByWeights, interpolate as mcl } from '../peers/mcl-sharing.ts';
import { BIGINT_BOUND, BYTEWISE_BOUND, CALL_BOUND, checkEqual, ours, type Subject, twin } from '../subject.ts';

const SEATS = [5, 1, 4];

export const reconstruct: Subject = {
  name: 'reconstruct',
  title: 'values at 0 from the shares of three seats; shares in, scalars out',
  unit: 'polynomial',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [400] : [1, 8, 64, 400, 4096]),
  async cases(size, { engines }) {
    const shares = scalars('shares', size * SEATS.length);
    const secrets = messages(size);
    const one = (k: number) => secrets.slice(32 * k, 32 * k + 32);
    const bytewise =
      size > 400 ? [] : await Promise.all(Array.from({ length: size }, (_, k) => split(one(k), 5, SEATS.length)));
    return [
      { name: 'BigInt', bound: BIGINT_BOUND, run: () => bigint(SEATS, shares) },
      ...ours(
        engines,
        (engine) => engine.interpolate(SEATS, shares),
        size <= 8 ? 'call and weights' : 'bytes in and out',
        { products: SEATS.length, lone: 0, inversions: 0 },
      ).map(twin),
      { name: 'mcl-wasm, weights by hand', bound: CALL_BOUND, run: () => interpolateByWeights(SEATS, shares) },
      { name: 'mcl-wasm recover', bound: 'inversions', work: 'own', run: () => mcl(SEATS, shares) },
      ...(size > 400
        ? []
        : [
            {
              name: 'shamir-secret-sharing, GF(256)',
              bound: BYTEWISE_BOUND,
              run: () => Promise.all(bytewise.map((list) => combine(list.slice(0, SEATS.length)))),
              async: true,
              check: (result: unknown) => checkEqual('combine', (result as Uint8Array[])[0], one(0)),
            },
          ]),
    ];
  },
};
