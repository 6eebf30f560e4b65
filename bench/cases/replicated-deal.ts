// Replicated dealing in committees of several sizes: messages and the keystreams of all subsets in; corrections and
// coefficients out. No commitments.
import { subsetsOf } from '../../src/engine/subsets.ts';
import { bytes, messages } from '../inputs.ts';
import { engineName, type Subject } from '../subject.ts';

const COMMITTEES: readonly (readonly [threshold: number, seats: number])[] = [
  [2, 3],
  [3, 5],
  [4, 7],
  [5, 9],
  [7, 13],
];

export const replicatedDeals: readonly Subject[] = COMMITTEES.map(([threshold, seats]) => {
  const subsets = subsetsOf(threshold, seats);
  return {
    name: `replicated deal (${threshold}, ${seats})`,
    title: `(${threshold}, ${seats}) replicated dealing; keystreams of ${subsets.length} subsets in, one correction out`,
    unit: 'record',
    baseline: 'BigInt',
    sizes: ({ quick }) => (quick || subsets.length > 1000 ? [40] : [400]),
    async cases(size, { engines }) {
      const m = messages(size);
      const streams = subsets.map((subset) => bytes(`without ${subset}`, 96 * size));
      return [
        ...engines.map((engine) => ({
          name: engineName(engine),
          run: () => engine.dealReplicated(m, streams, threshold, seats),
        })),
      ];
    },
  };
});
