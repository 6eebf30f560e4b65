// The batch's Merkle tree against OpenZeppelin's own with its own keccak: root and paths at every
// size, and that a path of anything else fails.
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ArgumentError } from '../../src/errors.ts';
import { BatchTree, isUnder } from '../../src/records/merkle.ts';
import { engines } from '../engine/engines.ts';
import { randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(23);
const leavesOf = (count: number) => Array.from({ length: count }, () => bytes(32));
const [engine] = engines as [Engine];
const treeOf = (leaves: Uint8Array[]) => new BatchTree(engine, concat(...leaves));
const theirs = (leaves: Uint8Array[]) => SimpleMerkleTree.of(leaves, { sortLeaves: false });

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 459];

describe.each(SIZES)('a tree of %i leaves', (count) => {
  const leaves = leavesOf(count);
  const ours = treeOf(leaves);
  const openZeppelin = theirs(leaves);

  it("has OpenZeppelin's root", () => {
    expect(toHex(ours.root)).toBe(openZeppelin.root);
  });

  it("has OpenZeppelin's proof of each leaf as its path, which holds for that leaf alone", () => {
    for (const [k, leaf] of leaves.entries()) {
      const path = ours.path(k);
      expect(path.map(toHex)).toEqual(openZeppelin.getProof(k));
      expect(isUnder(ours.root, leaf, path)).toBe(true);
      if (count > 1) expect(isUnder(ours.root, leaves[(k + 1) % count]!, path)).toBe(false);
    }
  });
});

describe('a path', () => {
  const leaves = leavesOf(11);
  const tree = treeOf(leaves);

  it('fails with any bit of leaf, root or path flipped, a node missing or one too many', () => {
    const path = tree.path(6);
    const flip = (value: Uint8Array, bit: number) =>
      value.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    for (let bit = 0; bit < 256; bit++) {
      expect(isUnder(tree.root, flip(leaves[6]!, bit), path), `leaf, bit ${bit}`).toBe(false);
      expect(isUnder(flip(tree.root, bit), leaves[6]!, path), `root, bit ${bit}`).toBe(false);
      const at = bit % path.length;
      const tampered = path.map((node, i) => (i === at ? flip(node, bit) : node));
      expect(isUnder(tree.root, leaves[6]!, tampered), `node ${at}, bit ${bit}`).toBe(false);
    }
    expect(isUnder(tree.root, leaves[6]!, path.slice(1))).toBe(false);
    expect(isUnder(tree.root, leaves[6]!, path.slice(0, -1))).toBe(false);
    expect(isUnder(tree.root, leaves[6]!, [...path, leaves[0]!])).toBe(false);
  });

  it('of the root itself is empty: a leaf that is the root', () => {
    const single = treeOf([leaves[0]!]);
    expect(single.root).toEqual(leaves[0]);
    expect(single.path(0)).toEqual([]);
  });

  it('holds for equal leaves at different places', () => {
    const twins = [leaves[0]!, leaves[1]!, leaves[0]!];
    const { root } = treeOf(twins);
    expect(toHex(root)).toBe(theirs(twins).root);
    expect(isUnder(root, leaves[0]!, treeOf(twins).path(2))).toBe(true);
  });

  it('depends on the order of the leaves', () => {
    expect(treeOf(leaves.toReversed()).root).not.toEqual(tree.root);
  });

  it.each([-1, 11, 1.5, Number.NaN])('of leaf number %d does not exist', (k) => {
    expect(() => tree.path(k)).toThrow(ArgumentError);
    expect(() => tree.path(k)).toThrow(`leaf number is ${k}; it must be an integer from 0 to 10`);
  });

  it('of no leaves does not exist', () => {
    expect(() => treeOf([])).toThrow(ArgumentError);
  });
});
