// The BigInt twin: the same interface as the WASM engine in the plainest form that is still usable. It is the
// specification that the others are tested against, and the fallback where WebAssembly is missing. It cannot wipe
// secrets from memory, since BigInts are immutable.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concat, toBigInt } from '../../bytes.ts';
import { GROUP_ORDER } from '../bn254.ts';
import type { Dealing, Engine } from '../engine.ts';
import { mod } from '../modular.ts';
import {
  commitShape,
  countElements,
  dealShape,
  hashShape,
  interpolateShape,
  msmShape,
  sharesShape,
  sumShape,
  treeShape,
  verifyShape,
} from '../shapes.ts';
import { COMPRESSED_BYTES, HASH_BYTES, POINT_BYTES, WEIGHT_BYTES } from '../sizes.ts';
import {
  integers,
  readCompressed,
  readPoints,
  readScalars,
  readWide,
  writeCompressed,
  writePoints,
  writeScalars,
} from './codec.ts';
import { commitEach, multiScalar, timesEach } from './multiply.ts';
import { addEach, sumEach } from './points.ts';
import { apply, coefficientMatrix, evaluationMatrix } from './polynomial.ts';
import { dealReplicated, sharesReplicated } from './replicated.ts';

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
    dealReplicated,
    sharesReplicated,
    verifyShares,
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

function deal(threshold: number, seats: number, messages: Uint8Array, pads: readonly Uint8Array[]): Dealing {
  dealShape(threshold, seats, messages, pads);
  const valuePoints = range(0, threshold - 1);
  const blindingPoints = range(1, threshold);
  const toValues = coefficientMatrix(valuePoints);
  const toBlindings = coefficientMatrix(blindingPoints);
  const toAlphas = evaluationMatrix(valuePoints, range(threshold, seats));
  const toBetas = evaluationMatrix(blindingPoints, range(threshold + 1, seats));

  const wide = pads.map(readWide); // wide[i − 1][2k] = u_{i,k}, [2k + 1] = v_{i,k}
  const values: bigint[] = [];
  const blindings: bigint[] = [];
  const corrections: bigint[] = [];
  readScalars('messages', messages).forEach((message, k) => {
    const u = wide.map((stream) => stream[2 * k]!);
    const v = wide.map((stream) => stream[2 * k + 1]!);
    const f = [message, ...u.slice(0, threshold - 1)]; // f(0), f(1), …, f(t − 1)
    const b = v.slice(0, threshold); // b(1), …, b(t)
    values.push(...apply(toValues, f));
    blindings.push(...apply(toBlindings, b));
    corrections.push(...apply(toAlphas, f).map((share, i) => mod(share - u[threshold - 1 + i]!, GROUP_ORDER)));
    corrections.push(...apply(toBetas, b).map((share, i) => mod(share - v[threshold + i]!, GROUP_ORDER)));
  });
  return {
    values: writeScalars(values),
    blindings: writeScalars(blindings),
    corrections: writeScalars(corrections),
  };
}

function shares(pads: Uint8Array, alpha: Uint8Array | null, beta: Uint8Array | null): Uint8Array {
  sharesShape(pads, alpha, beta);
  const corrections = [alpha && readScalars('alpha', alpha), beta && readScalars('beta', beta)];
  return writeScalars(readWide(pads).map((pad, i) => (pad + (corrections[i % 2]?.[i >> 1] ?? 0n)) % GROUP_ORDER));
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

function interpolate(seats: readonly number[], values: Uint8Array): Uint8Array {
  const count = interpolateShape(seats, values);
  const atZero = evaluationMatrix(seats.map(BigInt), [0n]);
  const y = readScalars('values', values);
  const t = seats.length;
  return writeScalars(Array.from({ length: count }, (_, k) => apply(atZero, y.slice(k * t, (k + 1) * t))[0]!));
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

/** `from`, …, `to`; empty where to < from. */
function range(from: number, to: number): bigint[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => BigInt(from + i));
}

function byColumn<T>(rows: readonly T[], columns: number): T[][] {
  return Array.from({ length: columns }, (_, j) => rows.filter((_, i) => i % columns === j));
}
