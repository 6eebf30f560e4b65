// The Merkle tree of a batch, that of OpenZeppelin's SimpleMerkleTree with the leaves in their order: an array of 2L − 1
// nodes, leaf k at 2L − 2 − k, each other node the keccak256 of its two children (2i + 1, 2i + 2) in ascending order. The
// engine hashes; the contract checks paths with MerkleProof and computes the same root.
import { equalBytes } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { checkInteger } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { compareBytes } from '../query/runs.ts';

const NODE_BYTES = 32;

/** The Merkle tree of a batch, over its records' leaves and one of its corrections. */
export class BatchTree {
  /** 2L − 1 nodes, the root first: see Engine.merkleNodes. */
  readonly #nodes: Uint8Array;

  /** `leaves`: L × 32 bytes, one leaf at least. */
  constructor(engine: Engine, leaves: Uint8Array) {
    this.#nodes = engine.merkleNodes(leaves);
  }

  get root(): Uint8Array {
    return this.#node(0);
  }

  /** Path of leaf number `k`: the siblings from the leaf up to the root, 32 bytes each. */
  path(k: number): Uint8Array[] {
    const last = this.#nodes.length / NODE_BYTES - 1;
    checkInteger('leaf number', k, 0, last / 2);
    const path: Uint8Array[] = [];
    for (let at = last - k; at > 0; at = (at - 1) >> 1) path.push(this.#node(at % 2 === 1 ? at + 1 : at - 1));
    return path;
  }

  #node(i: number): Uint8Array {
    return this.#nodes.slice(NODE_BYTES * i, NODE_BYTES * (i + 1));
  }
}

/** keccak256 of the two nodes in ascending order, as MerkleProof does. */
const parent = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  compareBytes(a, b) < 0 ? keccak256(a, b) : keccak256(b, a);

/** The root that `leaf` has by its path. */
export const rootOf = (leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array => path.reduce(parent, leaf);

/** Whether `leaf` is under `root` by its path. */
export const isUnder = (root: Uint8Array, leaf: Uint8Array, path: readonly Uint8Array[]): boolean =>
  equalBytes(rootOf(leaf, path), root);
