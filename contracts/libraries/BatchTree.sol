// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The Merkle tree of a batch
/// @dev Laid out as OpenZeppelin's SimpleMerkleTree with unsorted leaves does: an array of 2L - 1 nodes, leaf i at
/// 2L - 2 - i, node k the hash of nodes 2k + 1 and 2k + 2 in ascending order.
library BatchTree {
    /// @return nodes of a tree of so many leaves, at least one, all still to be set
    function allocate(uint256 leaves) internal pure returns (bytes32[] memory nodes) {
        return new bytes32[](2 * leaves - 1);
    }

    function setLeaf(bytes32[] memory nodes, uint256 i, bytes32 leaf) internal pure {
        nodes[nodes.length - 1 - i] = leaf;
    }

    /// @notice Computes all nodes above the leaves. @return root node 0
    function rootOf(bytes32[] memory nodes) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            let first := add(nodes, 0x20)
            let child := add(nodes, shl(5, mload(nodes))) // the last node; its sibling stands before it
            for { let node := add(nodes, shl(4, add(mload(nodes), 1))) } gt(node, first) {} {
                node := sub(node, 0x20)
                let left := mload(sub(child, 0x20))
                let place := shl(5, gt(left, mload(child))) // 0x20 for the larger one
                mstore(place, left)
                mstore(xor(place, 0x20), mload(child))
                mstore(node, keccak256(0, 0x40))
                child := sub(child, 0x40)
            }
            root := mload(first)
        }
    }

    /// @return root of the tree in which the leaf has this path: its siblings from the leaf upwards, 32 bytes each
    function rootFrom(bytes32 leaf, bytes calldata path) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            root := leaf
            let end := add(path.offset, path.length)
            for { let at := path.offset } lt(at, end) { at := add(at, 0x20) } {
                let sibling := calldataload(at)
                let place := shl(5, gt(root, sibling)) // 0x20 for the larger one
                mstore(place, root)
                mstore(xor(place, 0x20), sibling)
                root := keccak256(0, 0x40)
            }
        }
    }
}
