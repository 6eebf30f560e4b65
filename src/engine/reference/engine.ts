// The BigInt twin: the same interface as the WASM engine in the plainest form that is still usable. It is the
// specification that the others are tested against, and the fallback where WebAssembly is missing. It cannot wipe
// secrets from memory, since BigInts are immutable.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concat, toBigInt } from '../../bytes.ts';
import { GROUP_ORDER } from '../bn254.ts';
import type { Engine } from '../engine.ts';
import { commitShape, countElements, hashShape, msmShape, sumShape, treeShape, verifyShape } from '../shapes.ts';
import { COMPRESSED_BYTES, HASH_BYTES, POINT_BYTES, WEIGHT_BYTES } from '../sizes.ts';
import { integers, readCompressed, readPoints, readScalars, writeCompressed, writePoints } from './codec.ts';
import { commitEach, multiScalar, timesEach } from './multiply.ts';
import { addEach, sumEach } from './points.ts';
import { deal, evaluate, interpolate, shares } from './sharing.ts';

const SCALAR_BITS = 254;
const WEIGHT_BITS = 128;

export function createReferenceEngine(): Engine {
  return {
    name: 'reference',
    commit,
    decompress,
    compress,
    sumPoints,
    msm,
    deal,
    shares,
    verifyShares,
    evaluate,
    interpolate,
    hashEach,
    merkleNodes,
  };
}

function commit(values: Uint8Array, blindings: Uint8Array): Uint8Array {
  commitShape(values, blindings);
  return writeCompressed(commitEach(readScalars('values', values), readScalars('blindings', blindings)));
}

function decompress(points: Uint8Array): Uint8Array {
  countElements('points', points, COMPRESSED_BYTES);
  return writePoints(readCompressed('points', points));
}

function compress(points: Uint8Array): Uint8Array {
  countElements('points', points, POINT_BYTES);
  return writeCompressed(readPoints('points', points));
}

function sumPoints(points: Uint8Array, columns: number): Uint8Array {
  sumShape(points, columns);
  return writePoints(sumEach(byColumn(readPoints('points', points), columns)));
}

function msm(scalars: Uint8Array, points: Uint8Array): Uint8Array {
  msmShape(scalars, points);
  return writePoints([multiScalar(readScalars('scalars', scalars), readPoints('points', points), SCALAR_BITS)]);
}

function verifyShares(
  seat: number,
  threshold: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  weights: Uint8Array,
): boolean {
  verifyShape(seat, threshold, shares, commitments, weights);
  const scalars = readScalars('shares', shares);
  const points = readCompressed('commitments', commitments);
  const w = integers(weights, WEIGHT_BYTES);
  // P_k = Σ_j seat^j C_{k,j} by Horner's rule; then Σ_k w_k s_k and Σ_k w_k b_k open Σ_k w_k P_k, if all is well.
  const atSeat = byColumn(points, threshold).reduceRight((sum, column) => addEach(timesEach(sum, seat), column));
  const right = multiScalar(w, atSeat, WEIGHT_BITS);
  const opening = [0, 1].map((i) => w.reduce((sum, weight, k) => sum + weight * scalars[2 * k + i]!, 0n) % GROUP_ORDER);
  const [left] = commitEach([opening[0]!], [opening[1]!]);
  return left!.x === right.x && left!.y === right.y;
}

function hashEach(messages: Uint8Array, length: number): Uint8Array {
  const count = hashShape(messages, length);
  return concat(
    ...Array.from({ length: count }, (_, k) => keccak_256(messages.subarray(length * k, length * (k + 1)))),
  );
}

function merkleNodes(leaves: Uint8Array): Uint8Array {
  const count = treeShape(leaves);
  const nodes = new Uint8Array(HASH_BYTES * (2 * count - 1));
  const node = (i: number) => nodes.subarray(HASH_BYTES * i, HASH_BYTES * (i + 1));
  for (let k = 0; k < count; k++) node(2 * count - 2 - k).set(leaves.subarray(32 * k, 32 * k + 32));
  for (let i = count - 2; i >= 0; i--) {
    const [a, b] = [node(2 * i + 1), node(2 * i + 2)];
    node(i).set(keccak_256(toBigInt(a) <= toBigInt(b) ? concat(a, b) : concat(b, a)));
  }
  return nodes;
}

function byColumn<T>(rows: readonly T[], columns: number): T[][] {
  return Array.from({ length: columns }, (_, j) => rows.filter((_, i) => i % columns === j));
}
