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
        if (steps % 8 != 0 && uint8(flags[flags.length - 1]) >> (steps % 8) != 0) return false;
        (bool[] memory unpacked, uint256 merges) = _unpack(flags, steps);
        // Each merge joins two nodes that stem from leaves; each other step takes a node of the proof.
        if (merges != leaves.length - 1) return false;
        return MerkleProof.multiProofVerify(proof, unpacked, root, leaves);
    }

    /// @dev Flag i is bit i mod 8, from the least significant, of byte i / 8. @return set how many are true
    function _unpack(bytes calldata flags, uint256 count) private pure returns (bool[] memory unpacked, uint256 set) {
        unpacked = new bool[](count);
        assembly ("memory-safe") {
            let to := add(unpacked, 0x20)
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                let flag := and(shr(and(i, 7), byte(0, calldataload(add(flags.offset, shr(3, i))))), 1)
                mstore(to, flag)
                set := add(set, flag)
                to := add(to, 0x20)
            }
        }
    }
}
