// The methods of the WASM engine that work on polynomials: dealing, shares, values. Keystreams go to the module in
// blocks, while sums grow in its memory.
import type { Engine } from '../engine.ts';
import { checkedKeystreams, dealShape, evaluateShape, interpolateShape, sharesShape } from '../shapes.ts';
import { KEYSTREAM_BYTES, SCALAR_BYTES } from '../sizes.ts';
import { type Input, part, pieces, scalars } from './inputs.ts';
import { copy, type ModuleInstance } from './module.ts';
import { BLOCK, dealWeights, shareWeights, type Weights } from './weights.ts';

type SharingMethods = Pick<Engine, 'deal' | 'shares' | 'evaluate' | 'interpolate'>;

/** Records added at once: a block of their keystreams stays in the processor's cache. */
const ADDED_PIECE = 128;
/** Values evaluated, or interpolated from, in one call. */
const VALUES_PIECE = 1 << 13;
/** The two sums of a row, of the R_A and of the R'_A. */
const SUMS_BYTES = 2 * 96;

export const sharingMethods = (instance: ModuleInstance): SharingMethods => ({
  deal(messages, keystreams, threshold, seats) {
    const count = dealShape(messages, threshold, seats);
    const weights = dealWeights(threshold, seats);
    const size = SCALAR_BYTES * threshold * count;
    return instance.run(
      [scalars('messages', messages), { bytes: weights.parts }],
      2 * size + SCALAR_BYTES * count,
      (out, m, parts) => {
        const sums = accumulate(instance, weights, keystreams, count);
        return instance.wasm.deal(out, m!, parts!, sums, weights.bits, threshold, count);
      },
      (output) => ({
        values: output.slice(0, size),
        blindings: output.slice(size, 2 * size),
        corrections: output.slice(2 * size),
      }),
    );
  },

  shares(seat, keystreams, corrections, threshold, seats) {
    const count = sharesShape(seat, corrections, threshold, seats);
    const weights = shareWeights(seat, threshold, seats);
    return instance.run(
      [scalars('corrections', corrections)],
      2 * SCALAR_BYTES * count,
      (out, deltas) => {
        const sums = accumulate(instance, weights, keystreams, count);
        return instance.wasm.shares(out, deltas!, sums, weights.rows, weights.bits, count);
      },
      copy,
    );
  },

  evaluate(seats, coefficients, threshold) {
    const count = evaluateShape(seats, coefficients, threshold);
    const batch = scalars('coefficients', coefficients);
    const call: ValuesCall = (out, s, c, n) => instance.wasm.evaluate(out, s, seats.length, c, threshold, n);
    return runAtSeats(instance, seats, { batch, count, from: threshold, to: seats.length }, call);
  },

  interpolate(seats, values) {
    const count = interpolateShape(seats, values);
    const t = seats.length;
    const batch = scalars('values', values);
    const call: ValuesCall = (out, s, y, n) => instance.wasm.interpolate(out, s, y, t, n);
    return runAtSeats(instance, seats, { batch, count, from: t, to: 1 }, call);
  },
});

type ValuesCall = (out: number, seats: number, scalars: number, n: number) => number;

/** `count` polynomials, of each of which the batch has `from` scalars and the result `to`. */
interface Polynomials {
  readonly batch: Input;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

function runAtSeats(
  instance: ModuleInstance,
  seats: readonly number[],
  { batch, count, from, to }: Polynomials,
  call: ValuesCall,
): Uint8Array {
  const places = { bytes: new Uint8Array(seats) };
  const pieceSize = Math.ceil(VALUES_PIECE / Math.max(from, to));
  if (count > 0 && count <= pieceSize) {
    return instance.run(
      [places, batch],
      SCALAR_BYTES * to * count,
      (out, s, given) => call(out, s!, given!, count),
      copy,
    );
  }
  const result = new Uint8Array(SCALAR_BYTES * to * count);
  for (const piece of pieces(count, pieceSize)) {
    instance.run(
      [places, part({ ...batch, size: SCALAR_BYTES * from }, piece, from)],
      SCALAR_BYTES * to * piece.n,
      (out, s, given) => call(out, s!, given!, piece.n),
      (output) => result.set(output, SCALAR_BYTES * to * piece.from),
    );
  }
  return result;
}

/** The address of the complete sums of `count` records. */
function accumulate(
  { wasm }: ModuleInstance,
  { rows, blocks, subsets }: Weights,
  keystreams: Iterable<Uint8Array>,
  count: number,
): number {
  const sums = wasm.reserveSums(rows, count) >>> 0;
  const streams = wasm.reserve(BLOCK * KEYSTREAM_BYTES * Math.min(ADDED_PIECE, count)) >>> 0;
  const weights = wasm.reserve(2 * BLOCK * rows) >>> 0;
  const memory = new Uint8Array(wasm.memory.buffer); // which accumulate() does not grow

  const add = (block: readonly Uint8Array[], blockWeights: Int16Array) => {
    memory.set(new Uint8Array(blockWeights.buffer), weights);
    for (const { from, n } of pieces(count, ADDED_PIECE)) {
      block.forEach((stream, q) => {
        memory.set(
          stream.subarray(KEYSTREAM_BYTES * from, KEYSTREAM_BYTES * (from + n)),
          streams + KEYSTREAM_BYTES * n * q,
        );
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
