// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BatchTree} from "../libraries/BatchTree.sol";
import {Tree} from "./support/Tree.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title Root and multiproofs of a batch against the tree's definition
contract BatchTreeTest {
    uint256 private constant MOST = 40;

    function testRoot() external pure {
        for (uint256 count = 1; count <= MOST; ++count) {
            vm.assertEq(BatchTree.rootOf(_leaves(count, 1)), Tree.root(_leaves(count, 1)), "root");
        }
    }

    function testRootProvesEachLeaf(uint256 seed, uint256 count, uint256 index) external pure {
        count = bound(count, 1, MOST);
        index = bound(index, 0, count - 1);
        bytes32[] memory leaves = _leaves(count, seed);
        bytes32[] memory proof = Tree.proof(leaves, index);
        vm.assertTrue(MerkleProof.verify(proof, BatchTree.rootOf(leaves), leaves[index]), "proof");
        bytes32 other = leaves[index] ^ bytes32(uint256(1) << (seed % 256));
        vm.assertFalse(MerkleProof.verify(proof, BatchTree.rootOf(leaves), other), "another leaf");
    }

    function testContains(uint256 seed, uint256 count, uint256 subset) external view {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        vm.assertTrue(this.contains(root, chosen, proof, flags), "multiproof");
    }

    function testContainsRefusesAChangedLeaf(uint256 seed, uint256 count, uint256 subset, uint256 place) external view {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        chosen[place % chosen.length] ^= bytes32(uint256(1) << (place % 256));
        vm.assertFalse(this.contains(root, chosen, proof, flags), "changed leaf");
    }

    function testContainsRefusesAChangedRoot(uint256 seed, uint256 count, uint256 subset, uint256 bit) external view {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        root ^= bytes32(uint256(1) << (bit % 256));
        vm.assertFalse(this.contains(root, chosen, proof, flags), "changed root");
    }

    function testContainsRefusesAnyChangedFlagBit(uint256 seed, uint256 count, uint256 subset, uint256 bit)
        external
        view
    {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        if (flags.length == 0) return;
        vm.assertFalse(this.contains(root, chosen, proof, flipped(flags, bit)), "changed flag");
    }

    function testContainsRefusesAnyTwoSwappedFlags(uint256 seed, uint256 count, uint256 subset, uint256 bit)
        external
        view
    {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        uint256 steps = chosen.length + proof.length - 1;
        for (uint256 i = 0; i < steps; ++i) {
            if (_bit(flags, i) == _bit(flags, bit % steps)) continue;
            bytes memory swapped = flipped(flipped(flags, i), bit % steps);
            vm.assertFalse(this.contains(root, chosen, proof, swapped), "swapped flags");
        }
    }

    function testContainsRefusesWrongLengths(uint256 seed, uint256 count, uint256 subset) external view {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        vm.assertFalse(this.contains(root, chosen, proof, bytes.concat(flags, hex"00")), "a byte more");
        if (flags.length == 0) return;
        vm.assertFalse(this.contains(root, chosen, proof, new bytes(flags.length - 1)), "a byte less");
    }

    function testContainsRefusesAProofMoreOrLess(uint256 seed, uint256 count, uint256 subset) external view {
        (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags) =
            _multiproof(seed, count, subset);
        bytes32[] memory longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) {
            longer[i] = proof[i];
        }
        bytes memory roomy = new bytes((chosen.length + longer.length + 6) / 8);
        for (uint256 i = 0; i < flags.length; ++i) {
            roomy[i] = flags[i];
        }
        vm.assertFalse(this.contains(root, chosen, longer, roomy), "a node more");
        if (proof.length == 0) return;
        assembly ("memory-safe") {
            mstore(proof, sub(mload(proof), 1))
        }
        bytes memory tight = new bytes((chosen.length + proof.length + 6) / 8);
        for (uint256 i = 0; i < tight.length; ++i) {
            tight[i] = flags[i];
        }
        vm.assertFalse(this.contains(root, chosen, proof, tight), "a node less");
    }

    function contains(bytes32 root, bytes32[] memory leaves, bytes32[] calldata proof, bytes calldata flags)
        external
        pure
        returns (bool)
    {
        return BatchTree.contains(root, leaves, proof, flags);
    }

    /// @dev Leaves chosen by the bits of `subset`, at least one, of a tree of 1..MOST.
    function _multiproof(uint256 seed, uint256 count, uint256 subset)
        private
        pure
        returns (bytes32 root, bytes32[] memory chosen, bytes32[] memory proof, bytes memory flags)
    {
        count = bound(count, 1, MOST);
        bytes32[] memory leaves = _leaves(count, seed);
        uint256[] memory numbers = new uint256[](count);
        uint256 used = 0;
        for (uint256 i = 0; i < count; ++i) {
            if ((subset >> i) & 1 == 1 || (i == count - 1 && used == 0)) numbers[used++] = i;
        }
        assembly ("memory-safe") {
            mstore(numbers, used)
        }
        chosen = new bytes32[](used);
        for (uint256 k = 0; k < used; ++k) {
            chosen[k] = leaves[numbers[k]];
        }
        (proof, flags) = Tree.multiproof(leaves, numbers);
        root = Tree.root(leaves);
    }

    function _leaves(uint256 count, uint256 seed) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode("leaf", seed, i));
        }
    }

    function _bit(bytes memory flags, uint256 i) private pure returns (bool) {
        return uint8(flags[i / 8]) & (1 << (i % 8)) != 0;
    }
}
