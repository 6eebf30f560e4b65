// The Merkle tree of a batch: OpenZeppelin's SimpleMerkleTree with its leaves in record order, hashed in WASM. The
// contract computes the same root, and checks proofs of it with OpenZeppelin's MerkleProof.
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { keccak256 } from '../keccak.ts';

type Node = Parameters<typeof SimpleMerkleTree.verify>[0];

const bytes = (node: Node): Uint8Array => (typeof node === 'string' ? fromHex(node) : Uint8Array.from(node));

/** keccak256 of the two nodes in ascending order, as MerkleProof does. */
function nodeHash(a: Node, b: Node): Hex {
  const [left, right] = [bytes(a), bytes(b)];
  return toHex(compare(left, right) <= 0 ? keccak256(left, right) : keccak256(right, left));
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Root of the tree with these leaves, one at least, where its proofs are not needed: 20 times as fast as the tree. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const nodes = [...Array<Uint8Array>(leaves.length - 1), ...leaves.toReversed()];
  for (let k = leaves.length - 2; k >= 0; k--) {
    const [a, b] = [nodes[2 * k + 1]!, nodes[2 * k + 2]!];
    nodes[k] = compare(a, b) <= 0 ? keccak256(a, b) : keccak256(b, a);
  }
  return nodes[0]!;
}

export interface RecordsProof {
  proof: Uint8Array[];
  /** Flag i is bit (i mod 8), from the least significant, of byte i / 8. */
  flags: Uint8Array;
}

export class BatchTree {
  readonly #tree: SimpleMerkleTree;

  constructor(leaves: readonly Uint8Array[]) {
    this.#tree = SimpleMerkleTree.of([...leaves], { sortLeaves: false, nodeHash });
  }

  get root(): Uint8Array {
    return fromHex(this.#tree.root);
  }

  /** Proof of leaf number `k`. */
  proof(k: number): Uint8Array[] {
    return this.#tree.getProof(k).map((node) => fromHex(node));
  }

  /** Multiproof of the leaves with these ascending numbers. */
  multiProof(numbers: readonly number[]): RecordsProof {
    const { proof, proofFlags } = this.#tree.getMultiProof([...numbers]);
    const flags = new Uint8Array(Math.ceil(proofFlags.length / 8));
    proofFlags.forEach((flag, i) => {
      if (flag) flags[i >> 3]! |= 1 << (i & 7);
    });
    return { proof: proof.map((node) => fromHex(node)), flags };
  }
}

/** Whether `leaf` is under `root` by `proof`. */
export function verifyProof(root: Uint8Array, leaf: Uint8Array, proof: readonly Uint8Array[]): boolean {
  return SimpleMerkleTree.verify(root, leaf, [...proof], nodeHash);
}
