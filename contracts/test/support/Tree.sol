// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title OpenZeppelin's SimpleMerkleTree with unsorted leaves and its paths, straight from their definition
library Tree {
    function parent(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return keccak256(a < b ? abi.encode(a, b) : abi.encode(b, a));
    }

    /// @dev Node k: a leaf, or the parent of nodes 2k + 1 and 2k + 2.
    function node(bytes32[] memory leaves, uint256 k) internal pure returns (bytes32) {
        uint256 last = 2 * leaves.length - 2;
        if (k >= leaves.length - 1) return leaves[last - k];
        return parent(node(leaves, 2 * k + 1), node(leaves, 2 * k + 2));
    }

    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return node(leaves, 0);
    }

    /// @dev Proof of one leaf: the siblings from the leaf to the root.
    function proof(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](64);
        uint256 depth = 0;
        for (uint256 k = 2 * leaves.length - 2 - index; k > 0; k = (k - 1) / 2) {
            siblings[depth++] = node(leaves, k % 2 == 0 ? k - 1 : k + 1);
        }
        _truncate(siblings, depth);
    }

    function _truncate(bytes32[] memory array, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(array, length)
        }
    }
}
