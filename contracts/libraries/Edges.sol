// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStoreErrors} from "../IMIStoreErrors.sol";

/// @title Edges and the proofs of their records, as they stand in calldata
/// @dev Edge: sign (1) || batch (4) || recordId (8) || series id (8) || position (4) || salt (16), 41 bytes. It is emitted.
/// Proof: key (8) || depth (1) || t uncompressed commitments || depth siblings (32). One for each edge, end to end.
/// Functions take what is left of either, and read its beginning.
library Edges {
    error NoEdges();

    uint256 private constant EDGE_BYTES = 41;
    uint256 private constant SERIES_OFFSET = 13;
    uint256 private constant PROOF_HEAD_BYTES = 9;

    /// @notice Requires a whole number of edges, at least one.
    function requireWhole(bytes calldata edges) internal pure {
        if (edges.length == 0) revert NoEdges();
        if (edges.length % EDGE_BYTES != 0) revert IMIStoreErrors.LengthMismatch("edges", edges.length, EDGE_BYTES);
    }

    /// @notice The first edge's fields, but for its salt.
    function read(bytes calldata edges)
        internal
        pure
        returns (uint256 sign, uint256 batch, uint256 recordId, uint64 series, uint32 position)
    {
        uint256 word;
        assembly ("memory-safe") {
            word := calldataload(edges.offset)
        }
        return (word >> 248, uint32(word >> 216), uint64(word >> 152), uint64(word >> 88), uint32(word >> 56));
    }

    /// @return size of the first proof; so many bytes are there
    function proofSize(bytes calldata proofs, uint256 threshold) internal pure returns (uint256 size) {
        size = PROOF_HEAD_BYTES + 64 * threshold;
        if (proofs.length >= size) size += 32 * uint256(uint8(proofs[8]));
        if (proofs.length < size) revert IMIStoreErrors.LengthMismatch("proofs", proofs.length, size);
    }

    function commitmentsOf(bytes calldata proofs, uint256 threshold) internal pure returns (bytes calldata) {
        return proofs[PROOF_HEAD_BYTES:PROOF_HEAD_BYTES + 64 * threshold];
    }

    function pathOf(bytes calldata proofs, uint256 threshold, uint256 size) internal pure returns (bytes calldata) {
        return proofs[PROOF_HEAD_BYTES + 64 * threshold:size];
    }

    /// @return rest the edges after the first
    function next(bytes calldata edges) internal pure returns (bytes calldata rest) {
        return edges[EDGE_BYTES:];
    }

    /// @notice Leaf of the first edge's record as one of `patient`. Coordinates are taken as they stand: that they are points,
    /// so that their compressed form determines them, is for the caller to check.
    function leafOf(bytes calldata edges, bytes calldata proofs, address patient, uint256 threshold)
        internal
        pure
        returns (bytes32 leaf)
    {
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            // tag: keccak256(patient || series id || position || salt), 20 bytes of it
            mstore(preimage, shl(96, patient))
            calldatacopy(add(preimage, 20), add(edges.offset, SERIES_OFFSET), 28)
            let tag := keccak256(preimage, 48)
            // recordId || tag || key || compressed commitments; each mstore overwrites the surplus of the one before
            mstore(preimage, calldataload(add(edges.offset, 5)))
            mstore(add(preimage, 8), tag)
            mstore(add(preimage, 28), calldataload(proofs.offset))
            let to := add(preimage, 36)
            let point := add(proofs.offset, PROOF_HEAD_BYTES)
            for { let end := add(to, shl(5, threshold)) } lt(to, end) { to := add(to, 0x20) } {
                mstore(to, or(calldataload(point), shl(255, calldataload(add(point, 0x20)))))
                point := add(point, 0x40)
            }
            leaf := keccak256(preimage, sub(to, preimage))
        }
    }
}
