// Replicated dealing and its shares in the BigInt twin: sums of wide numbers times small integers, reduced once.
import { GROUP_ORDER } from '../bn254.ts';
import type { ReplicatedDealing } from '../engine.ts';
import { mod } from '../modular.ts';
import { checkedKeystreams, replicatedDealShape, replicatedSharesShape } from '../shapes.ts';
import { WIDE_BYTES } from '../sizes.ts';
import { coefficientsOf, heldBy, subsetsOf, valueAt } from '../subsets.ts';
import { integers, readScalars, writeScalars } from './codec.ts';

export function dealReplicated(
  messages: Uint8Array,
  keystreams: Iterable<Uint8Array>,
  threshold: number,
  seats: number,
): ReplicatedDealing {
  const count = replicatedDealShape(messages, threshold, seats);
  const weights = subsetsOf(threshold, seats).map(coefficientsOf);
  const sums = combine(weights, keystreams, threshold, count);
  const values: bigint[] = [];
  const blindings: bigint[] = [];
  const corrections: bigint[] = [];
  readScalars('messages', messages).forEach((message, k) => {
    const [f, b] = [sums[2 * k]!, sums[2 * k + 1]!];
    corrections.push(mod(message - f[0]!, GROUP_ORDER));
    values.push(message, ...f.slice(1));
    blindings.push(...b);
  });
  return {
    values: writeScalars(values),
    blindings: writeScalars(blindings),
    corrections: writeScalars(corrections),
  };
}

export function sharesReplicated(
  seat: number,
  keystreams: Iterable<Uint8Array>,
  corrections: Uint8Array,
  threshold: number,
  seats: number,
): Uint8Array {
  const count = replicatedSharesShape(seat, corrections, threshold, seats);
  const weights = heldBy(seat, subsetsOf(threshold, seats)).map((subset) => [valueAt(subset, seat)]);
  const sums = combine(weights, keystreams, 1, count);
  return writeScalars(
    readScalars('corrections', corrections).flatMap((correction, k) => [
      (sums[2 * k]![0]! + correction) % GROUP_ORDER,
      sums[2 * k + 1]![0]!,
    ]),
  );
}

/** For each of the two wide numbers of each record (R, then R'), Σ_A number · weights_A[j] mod r for every j. */
function combine(
  weights: readonly (readonly bigint[])[],
  keystreams: Iterable<Uint8Array>,
  results: number,
  count: number,
): bigint[][] {
  const sums = Array.from({ length: 2 * count }, () => new Array<bigint>(results).fill(0n));
  let subset = 0;
  for (const stream of checkedKeystreams(keystreams, weights.length, count)) {
    const column = weights[subset++]!;
    integers(stream, WIDE_BYTES).forEach((wide, i) => {
      column.forEach((weight, j) => {
        sums[i]![j]! += wide * weight;
      });
    });
  }
  return sums.map((row) => row.map((sum) => mod(sum, GROUP_ORDER)));
}
