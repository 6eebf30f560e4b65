// Dealing in committees of several sizes: messages and the keystreams of all subsets in; coefficients and corrections out.
// No commitments: they are a subject of their own.
import assert from 'node:assert/strict';
import { combine, split } from 'shamir-secret-sharing';
import { type Committee, subsetsOf } from '../../src/sharing/committee.ts';
import { messages, streams } from '../inputs.ts';
import { deal as bigint } from '../peers/bigint.ts';
import { deal as mcl } from '../peers/mcl-sharing.ts';
import { BIGINT_BOUND, BYTEWISE_BOUND, CALL_BOUND, type Case, ours, type Subject, twin } from '../subject.ts';

const COMMITTEES: readonly Committee[] = [
  { threshold: 2, seats: 3 },
  { threshold: 3, seats: 5 },
  { threshold: 4, seats: 7 },
  { threshold: 5, seats: 9 },
  { threshold: 7, seats: 13 },
];
/** The one that is measured with batches of all sizes. */
const USUAL = COMMITTEES[1]!;
/** With more subsets than this, 400 records at once would take BigInt seconds. */
const MANY_SUBSETS = 1000;

export const deals: readonly Subject[] = COMMITTEES.map((committee) => subject(committee));

function subject(committee: Committee): Subject {
  const { threshold, seats } = committee;
  const subsets = subsetsOf(committee);
  return {
    name: `deal (${threshold}, ${seats})`,
    title: `(${threshold}, ${seats}) sharing of a message and its blinding; keystreams of ${subsets.length} subsets in, a correction and the coefficients out`,
    unit: 'record',
    baseline: 'BigInt',
    sizes: ({ quick }) => {
      if (committee === USUAL) return quick ? [400] : [1, 8, 64, 400, 4096];
      return quick || subsets.length > MANY_SUBSETS ? [40] : [400];
    },
    async cases(size, { engines }) {
      const [m, keystreams] = [messages(size), streams(subsets.length, size)];
      return [
        { name: 'BigInt', bound: BIGINT_BOUND, run: () => bigint(subsets, m, keystreams) },
        ...ours(engines, (engine) => engine.deal(m, keystreams, threshold, seats), 'sums of small multiples').map(twin),
        { name: 'mcl-wasm, products by hand', bound: CALL_BOUND, run: () => mcl(subsets, m, keystreams) },
        ...(committee === USUAL && size <= 400 ? [bytewise(committee, m)] : []),
      ];
    },
  };
}

/** Bytes over GF(2^8): neither a sum of shares nor a commitment is possible, and the randomness is its own. */
function bytewise({ threshold, seats }: Committee, m: Uint8Array): Case {
  const secrets = Array.from({ length: m.length / 32 }, (_, k) => m.slice(32 * k, 32 * k + 32));
  return {
    name: 'shamir-secret-sharing, GF(256)',
    bound: BYTEWISE_BOUND,
    run: () => Promise.all(secrets.map((secret) => split(secret, seats, threshold))),
    async: true,
    check: async (shares: unknown) => {
      assert.deepEqual(await combine((shares as Uint8Array[][])[0]!.slice(0, threshold)), secrets[0]);
    },
  };
}
