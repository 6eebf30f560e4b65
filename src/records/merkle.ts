// The Merkle tree of a batch, with its leaves in record order. The engine hashes. Proofs are those of OpenZeppelin's
// SimpleMerkleTree; the contract computes the same root, and checks the proofs with OpenZeppelin's MerkleProof.
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { checkInteger } from '../errors.ts';
import { keccak256 } from '../keccak.ts';

const NODE_BYTES = 32;

export interface RecordsProof {
  proof: Uint8Array[];
  /** Flag i is bit (i mod 8), from the least significant, of byte i / 8. */
  flags: Uint8Array;
}

export class BatchTree {
  /** 2B − 1 nodes, the root first: see Engine.merkleNodes. */
  readonly #nodes: Uint8Array;
  #proofs: ComputedTree | undefined;

  /** `leaves`: B × 32 bytes, one leaf at least. */
  constructor(engine: Engine, leaves: Uint8Array) {
    this.#nodes = engine.merkleNodes(leaves);
  }

  get root(): Uint8Array {
    return this.#nodes.slice(0, NODE_BYTES);
  }

  /** Proof of leaf number `k`. */
  proof(k: number): Uint8Array[] {
    this.#checkNumber(k);
    return this.#tree.getProof(k).map((node) => fromHex(node));
  }

  /** Multiproof of the leaves with these ascending numbers. */
  multiProof(numbers: readonly number[]): RecordsProof {
    for (const k of numbers) this.#checkNumber(k);
    const { proof, proofFlags } = this.#tree.getMultiProof([...numbers]);
    const flags = new Uint8Array(Math.ceil(proofFlags.length / 8));
    proofFlags.forEach((flag, i) => {
      if (flag) flags[i >> 3]! |= 1 << (i & 7);
    });
    return { proof: proof.map((node) => fromHex(node)), flags };
  }

  /** Made for the first proof: most trees are only needed for their root. */
  get #tree(): ComputedTree {
    this.#proofs ??= new ComputedTree(this.#nodes);
    return this.#proofs;
  }

  #checkNumber(k: number): void {
    checkInteger('leaf number', k, 0, (this.#nodes.length / NODE_BYTES - 1) / 2);
  }
}

/** The library's tree over nodes that are computed already. Its own `load` hashes all of them again, in 25 µs a leaf. */
class ComputedTree extends SimpleMerkleTree {
  constructor(nodes: Uint8Array) {
    const tree = Array.from({ length: nodes.length / NODE_BYTES }, (_, i) =>
      toHex(nodes.subarray(NODE_BYTES * i, NODE_BYTES * (i + 1))),
    );
    const values = Array.from({ length: (tree.length + 1) / 2 }, (_, k) => {
      const treeIndex = tree.length - 1 - k;
      return { value: tree[treeIndex]!, treeIndex };
    });
    // Values are the leaves themselves, so they need no hashing. Each proof is still checked against the root.
    super(tree, values, (leaf) => leaf as Hex, parentHex);
  }
}

/** keccak256 of the two nodes in ascending order, as MerkleProof does. */
function parent(a: Uint8Array, b: Uint8Array): Uint8Array {
  return isAscending(a, b) ? keccak256(a, b) : keccak256(b, a);
}

type Node = Parameters<typeof SimpleMerkleTree.verify>[0];
const bytes = (node: Node): Uint8Array => (typeof node === 'string' ? fromHex(node) : Uint8Array.from(node));
const parentHex = (a: Node, b: Node): Hex => toHex(parent(bytes(a), bytes(b)));

function isAscending(a: Uint8Array, b: Uint8Array): boolean {
  const i = a.findIndex((byte, k) => byte !== b[k]);
  return i < 0 || a[i]! < b[i]!;
}

/** Whether `leaf` is under `root` by `proof`. */
export function verifyProof(root: Uint8Array, leaf: Uint8Array, proof: readonly Uint8Array[]): boolean {
  return equalBytes(proof.reduce(parent, leaf), root);
}
