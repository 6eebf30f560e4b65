// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title The Merkle tree of a batch
/// @dev Laid out as OpenZeppelin's SimpleMerkleTree with unsorted leaves does: an array of 2B - 1 nodes, leaf i at
/// 2B - 2 - i, node k the hash of nodes 2k + 1 and 2k + 2 in ascending order.
library BatchTree {
    /// @return root of the tree with these leaves, at least one
    function rootOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        bytes32[] memory nodes = new bytes32[](2 * count - 1);
        for (uint256 i = 0; i < count; ++i) {
            nodes[2 * count - 2 - i] = leaves[i];
        }
        for (uint256 k = count - 1; k > 0;) {
            --k;
            nodes[k] = Hashes.commutativeKeccak256(nodes[2 * k + 1], nodes[2 * k + 2]);
        }
        return nodes[0];
    }

    /// @return whether all `leaves`, at least one and in record order, are under `root`. False too for a malformed
    /// proof: with a wrong number of flags, or flags and proof that do not use up each other, or excess bits set.
    function contains(bytes32 root, bytes32[] memory leaves, bytes32[] calldata proof, bytes calldata flags)
        internal
        pure
        returns (bool)
    {
        uint256 steps = leaves.length + proof.length - 1;
        if (flags.length != (steps + 7) / 8) return false;
        bool[] memory unpacked = new bool[](steps);
        uint256 merges = 0;
        for (uint256 i = 0; i < 8 * flags.length; ++i) {
            if ((uint8(flags[i / 8]) >> (i % 8)) & 1 == 0) continue;
            if (i >= steps) return false;
            unpacked[i] = true;
            ++merges;
        }
        // Each merge joins two nodes that stem from leaves, each other step takes one node of the proof.
        if (merges != leaves.length - 1) return false;
        return MerkleProof.multiProofVerify(proof, unpacked, root, leaves);
    }
}
