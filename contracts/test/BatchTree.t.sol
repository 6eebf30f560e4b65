// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BatchTree} from "../libraries/BatchTree.sol";
import {Tree} from "./support/Tree.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title Root and paths of a batch against the tree's definition and OpenZeppelin's proofs
contract BatchTreeTest {
    uint256 private constant MOST = 40;

    function testRoot() external pure {
        for (uint256 count = 1; count <= MOST; ++count) {
            vm.assertEq(_rootOf(_leaves(count, 1)), Tree.root(_leaves(count, 1)), "root");
        }
    }

    function testPathOfEachLeaf(uint256 seed, uint256 count, uint256 index) external view {
        count = bound(count, 1, MOST);
        index = bound(index, 0, count - 1);
        bytes32[] memory leaves = _leaves(count, seed);
        bytes32 root = _rootOf(leaves);
        bytes32[] memory path = Tree.proof(leaves, index);
        vm.assertTrue(MerkleProof.verify(path, root, leaves[index]), "as OpenZeppelin verifies");
        vm.assertEq(this.rootFrom(leaves[index], abi.encodePacked(path)), root, "root");
    }

    function testPathChanged(uint256 seed, uint256 count, uint256 index, uint256 bit) external view {
        count = bound(count, 2, MOST);
        index = bound(index, 0, count - 1);
        bytes32[] memory leaves = _leaves(count, seed);
        bytes32 root = _rootOf(leaves);
        bytes32[] memory path = Tree.proof(leaves, index);
        bytes32 other = leaves[index] ^ bytes32(uint256(1) << (bit % 256));
        vm.assertFalse(this.rootFrom(other, abi.encodePacked(path)) == root, "another leaf");
        path[bit % path.length] ^= bytes32(uint256(1) << ((bit >> 8) % 256));
        vm.assertFalse(this.rootFrom(leaves[index], abi.encodePacked(path)) == root, "another sibling");
    }

    function rootFrom(bytes32 leaf, bytes calldata path) external pure returns (bytes32) {
        return BatchTree.rootFrom(leaf, path);
    }

    function _rootOf(bytes32[] memory leaves) private pure returns (bytes32) {
        bytes32[] memory nodes = BatchTree.allocate(leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            BatchTree.setLeaf(nodes, i, leaves[i]);
        }
        return BatchTree.rootOf(nodes);
    }

    function _leaves(uint256 count, uint256 seed) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode("leaf", seed, i));
        }
    }
}
