// The batch's Merkle tree against OpenZeppelin's own with its own keccak: root, proofs and multiproofs of every size
// and subset, and that a proof of anything else fails.
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { processMultiProof } from '@openzeppelin/merkle-tree/dist/core.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ArgumentError } from '../../src/errors.ts';
import { BatchTree, verifyProof } from '../../src/records/merkle.ts';
import { engines } from '../engine/engines.ts';
import { randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(23);
const leavesOf = (count: number) => Array.from({ length: count }, () => bytes(32));
const [engine] = engines as [Engine];
const treeOf = (leaves: Uint8Array[]) => new BatchTree(engine, concat(...leaves));
const theirs = (leaves: Uint8Array[]) => SimpleMerkleTree.of(leaves, { sortLeaves: false });
const flags = (packed: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, i) => ((packed[i >> 3]! >> (i & 7)) & 1) === 1);

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 459];

describe.each(SIZES)('a tree of %i leaves', (count) => {
  const leaves = leavesOf(count);
  const ours = treeOf(leaves);
  const openZeppelin = theirs(leaves);

  it("has OpenZeppelin's root", () => {
    expect(toHex(ours.root)).toBe(openZeppelin.root);
  });

  it("has OpenZeppelin's proof of each leaf, which holds for that leaf alone", () => {
    for (const [k, leaf] of leaves.entries()) {
      const proof = ours.proof(k);
      expect(proof.map(toHex)).toEqual(openZeppelin.getProof(k));
      expect(verifyProof(ours.root, leaf, proof)).toBe(true);
      if (count > 1) expect(verifyProof(ours.root, leaves[(k + 1) % count]!, proof)).toBe(false);
    }
  });

  it("has OpenZeppelin's multiproofs, and packs their flags from the least significant bit", () => {
    const subset = fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: count });
    fc.assert(
      fc.property(subset, (unsorted) => {
        const numbers = unsorted.sort((a, b) => a - b);
        const expected = openZeppelin.getMultiProof(numbers);
        const { proof, flags: packed } = ours.multiProof(numbers);
        expect(proof.map(toHex)).toEqual(expected.proof);
        expect(packed.length).toBe(Math.ceil(expected.proofFlags.length / 8));
        expect(flags(packed, 8 * packed.length)).toEqual([
          ...expected.proofFlags,
          ...Array(8 * packed.length - expected.proofFlags.length).fill(false),
        ]);
        // The leaves go to the contract ascending by number, and OpenZeppelin's order for them must be the same.
        const root = processMultiProof({
          leaves: numbers.map((k) => toHex(leaves[k]!)),
          proof: proof.map(toHex),
          proofFlags: flags(packed, expected.proofFlags.length),
        });
        expect(root).toBe(toHex(ours.root));
      }),
      { numRuns: 12 },
    );
  });
});

describe('a proof', () => {
  const leaves = leavesOf(11);
  const tree = treeOf(leaves);

  it('fails with any bit of leaf, root or proof flipped, a node missing or one too many', () => {
    const proof = tree.proof(6);
    const flip = (value: Uint8Array, bit: number) =>
      value.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    for (let bit = 0; bit < 256; bit++) {
      expect(verifyProof(tree.root, flip(leaves[6]!, bit), proof), `leaf, bit ${bit}`).toBe(false);
      expect(verifyProof(flip(tree.root, bit), leaves[6]!, proof), `root, bit ${bit}`).toBe(false);
      const at = bit % proof.length;
      const tampered = proof.map((node, i) => (i === at ? flip(node, bit) : node));
      expect(verifyProof(tree.root, leaves[6]!, tampered), `node ${at}, bit ${bit}`).toBe(false);
    }
    expect(verifyProof(tree.root, leaves[6]!, proof.slice(1))).toBe(false);
    expect(verifyProof(tree.root, leaves[6]!, proof.slice(0, -1))).toBe(false);
    expect(verifyProof(tree.root, leaves[6]!, [...proof, leaves[0]!])).toBe(false);
  });

  it('of the root itself is empty: a leaf that is the root', () => {
    const single = treeOf([leaves[0]!]);
    expect(single.root).toEqual(leaves[0]);
    expect(single.proof(0)).toEqual([]);
  });

  it('holds for equal leaves at different places', () => {
    const twins = [leaves[0]!, leaves[1]!, leaves[0]!];
    const { root } = treeOf(twins);
    expect(toHex(root)).toBe(theirs(twins).root);
    expect(verifyProof(root, leaves[0]!, treeOf(twins).proof(2))).toBe(true);
  });

  it('depends on the order of the leaves', () => {
    expect(treeOf(leaves.toReversed()).root).not.toEqual(tree.root);
  });

  it.each([-1, 11, 1.5, Number.NaN])('of leaf number %d does not exist', (k) => {
    expect(() => tree.proof(k)).toThrow(ArgumentError);
    expect(() => tree.multiProof([0, k])).toThrow(`leaf number is ${k}; it must be an integer from 0 to 10`);
  });

  it('of a leaf twice does not exist', () => {
    expect(() => tree.multiProof([3, 3])).toThrow();
  });

  it('of no leaves does not exist', () => {
    expect(() => treeOf([])).toThrow(ArgumentError);
  });
});
