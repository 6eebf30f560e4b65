// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title OpenZeppelin's SimpleMerkleTree with unsorted leaves, and its multiproofs, straight from their definition
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

    /// @dev Multiproof of leaves with ascending numbers. Works through a queue of nodes, deepest and rightmost first.
    function multiproof(bytes32[] memory leaves, uint256[] memory numbers)
        internal
        pure
        returns (bytes32[] memory siblings, bytes memory flags)
    {
        uint256[] memory queue = new uint256[](2 * leaves.length);
        siblings = new bytes32[](2 * leaves.length);
        flags = new bytes(2 * leaves.length);
        (uint256 head, uint256 tail, uint256 used, uint256 steps) = (0, numbers.length, 0, 0);
        for (uint256 i = 0; i < tail; ++i) {
            queue[i] = 2 * leaves.length - 2 - numbers[i];
        }
        while (queue[head] > 0) {
            uint256 k = queue[head++];
            uint256 sibling = k % 2 == 0 ? k - 1 : k + 1;
            if (head < tail && queue[head] == sibling) {
                flags[steps / 8] |= bytes1(uint8(1 << (steps % 8)));
                ++head;
            } else {
                siblings[used++] = node(leaves, sibling);
            }
            queue[tail++] = (k - 1) / 2;
            ++steps;
        }
        _truncate(siblings, used);
        assembly ("memory-safe") {
            mstore(flags, div(add(steps, 7), 8))
        }
    }

    function _truncate(bytes32[] memory array, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(array, length)
        }
    }
}
