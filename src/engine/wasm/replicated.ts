// Replicated dealing and its shares in the WASM engine: keystreams go to the module in blocks, while sums grow in its memory.
import type { Engine } from '../engine.ts';
import { checkedKeystreams, replicatedDealShape, replicatedSharesShape } from '../shapes.ts';
import { PAD_BYTES, SCALAR_BYTES } from '../sizes.ts';
import { pieces, scalars } from './inputs.ts';
import { copy, type ModuleInstance } from './module.ts';
import { BLOCK, dealWeights, shareWeights, type Weights } from './weights.ts';

type ReplicatedMethods = Pick<Engine, 'dealReplicated' | 'sharesReplicated'>;

/** Records added at once: a block of their pads stays in the processor's cache. */
const PIECE = 128;
/** The two sums of a row, of the R_A and of the R'_A. */
const SUMS_BYTES = 2 * 96;

export const replicatedMethods = (instance: ModuleInstance): ReplicatedMethods => ({
  dealReplicated(messages, keystreams, threshold, seats) {
    const count = replicatedDealShape(messages, threshold, seats);
    const weights = dealWeights(threshold, seats);
    const size = SCALAR_BYTES * threshold * count;
    return instance.run(
      [scalars('messages', messages), { bytes: weights.parts }],
      2 * size + SCALAR_BYTES * count,
      (out, m, parts) => {
        const sums = accumulate(instance, weights, keystreams, count);
        return instance.wasm.dealSums(out, m!, parts!, sums, weights.bits, threshold, count);
      },
      (output) => ({
        values: output.slice(0, size),
        blindings: output.slice(size, 2 * size),
        corrections: output.slice(2 * size),
      }),
    );
  },

  sharesReplicated(seat, keystreams, corrections, threshold, seats) {
    const count = replicatedSharesShape(seat, corrections, threshold, seats);
    const weights = shareWeights(seat, threshold, seats);
    return instance.run(
      [scalars('corrections', corrections)],
      2 * SCALAR_BYTES * count,
      (out, deltas) => {
        const sums = accumulate(instance, weights, keystreams, count);
        return instance.wasm.shareSums(out, deltas!, sums, weights.rows, weights.bits, count);
      },
      copy,
    );
  },
});

/** The address of the complete sums of `count` records. */
function accumulate(
  { wasm }: ModuleInstance,
  { rows, blocks, subsets }: Weights,
  keystreams: Iterable<Uint8Array>,
  count: number,
): number {
  const sums = wasm.reserveSums(rows, count) >>> 0;
  const streams = wasm.reserve(BLOCK * PAD_BYTES * Math.min(PIECE, count)) >>> 0;
  const weights = wasm.reserve(2 * BLOCK * rows) >>> 0;
  const memory = new Uint8Array(wasm.memory.buffer); // which accumulate() does not grow

  const add = (block: readonly Uint8Array[], blockWeights: Int16Array) => {
    memory.set(new Uint8Array(blockWeights.buffer), weights);
    for (const { from, n } of pieces(count, PIECE)) {
      block.forEach((stream, q) => {
        memory.set(stream.subarray(PAD_BYTES * from, PAD_BYTES * (from + n)), streams + PAD_BYTES * n * q);
      });
      wasm.accumulate(sums + SUMS_BYTES * rows * from, streams, weights, rows, block.length, n);
    }
  };

  let block: Uint8Array[] = [];
  let done = 0;
  for (const stream of checkedKeystreams(keystreams, subsets, count)) {
    block.push(stream);
    if (block.length < BLOCK && BLOCK * done + block.length < subsets) continue;
    add(block, blocks[done++]!);
    block = [];
  }
  return sums;
}
