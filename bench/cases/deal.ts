// Dealing at (3, 5) with the keystreams of the ten subsets: messages and keystreams in; coefficients and corrections out.
// No commitments: they are a subject of their own.
import assert from 'node:assert/strict';
import { combine, split } from 'shamir-secret-sharing';
import { subsetsOf } from '../../src/vss/committee.ts';
import { messages, streams } from '../inputs.ts';
import { deal as bigint } from '../peers/bigint.ts';
import { deal as mcl } from '../peers/mcl-sharing.ts';
import { engineName, type Subject } from '../subject.ts';

const [THRESHOLD, SEATS] = [3, 5];

export const deal: Subject = {
  name: 'deal',
  title: '(3, 5) sharing of a message and its blinding; messages and keystreams in, corrections and coefficients out',
  unit: 'record',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [400] : [1, 8, 64, 400, 4096]),
  async cases(size, { engines }) {
    const subsets = subsetsOf({ threshold: THRESHOLD, seats: SEATS });
    const [m, keystreams] = [messages(size), streams(subsets.length, size)];
    const secrets = Array.from({ length: size }, (_, k) => m.slice(32 * k, 32 * k + 32));
    return [
      { name: 'BigInt', run: () => bigint(subsets, m, keystreams) },
      ...engines.map((engine) => ({
        name: engineName(engine) === 'BigInt' ? 'our BigInt twin' : engineName(engine),
        run: () => engine.dealReplicated(m, keystreams, THRESHOLD, SEATS),
      })),
      { name: 'mcl-wasm, products by hand', run: () => mcl(subsets, m, keystreams) },
      ...(size > 400
        ? []
        : [
            {
              // Bytes over GF(2^8): neither a sum of shares nor a commitment is possible, and the randomness is its own.
              name: 'shamir-secret-sharing, GF(256)',
              run: () => Promise.all(secrets.map((secret) => split(secret, SEATS, THRESHOLD))),
              async: true,
              check: (shares: unknown) => checkCombines(shares as Uint8Array[][], secrets),
            },
          ]),
    ];
  },
};

async function checkCombines(shares: Uint8Array[][], secrets: Uint8Array[]): Promise<void> {
  assert.deepEqual(await combine(shares[0]!.slice(0, THRESHOLD)), secrets[0]);
}
