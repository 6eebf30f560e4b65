// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";
import {IMIStore} from "../IMIStore.sol";

/// @title Records as they are appended and as they are queried, and their leaves
/// @dev Leaf: keccak256(uint64 recordId || tag (20) || key (8) || t compressed commitments).
library Records {
    uint256 private constant ID_BYTES = 8;
    uint256 private constant TAG_BYTES = 20;
    uint256 private constant KEY_BYTES = 8;

    /// @return bytes of one appended record: tag || key || t compressed commitments || 2n - 2t + 1 corrections
    function appendedSize(uint256 threshold, uint256 seats) internal pure returns (uint256) {
        return TAG_BYTES + KEY_BYTES + 32 * (2 * seats - threshold + 1);
    }

    /// @return bytes of one queried record: uint64 id || key || t uncompressed commitments
    function queriedSize(uint256 threshold) internal pure returns (uint256) {
        return ID_BYTES + KEY_BYTES + 64 * threshold;
    }

    /// @notice Leaves of appended records, at least one. Every commitment's coordinate must be canonical; corrections
    /// are opaque. @param firstId id of the first record
    function appendedLeaves(bytes calldata records, uint256 threshold, uint256 seats, uint256 firstId)
        internal
        pure
        returns (bytes32[] memory leaves)
    {
        if (records.length == 0) revert IMIStore.EmptyBatch();
        uint256 size = appendedSize(threshold, seats);
        uint256 count = _count(records, size);
        uint256 hashed = TAG_BYTES + KEY_BYTES + 32 * threshold;
        leaves = new bytes32[](count);
        for (uint256 k = 0; k < count; ++k) {
            uint256 id = firstId + k;
            uint256 record;
            assembly ("memory-safe") {
                record := add(records.offset, mul(k, size))
            }
            for (uint256 j = 0; j < threshold; ++j) {
                uint256 commitment;
                assembly ("memory-safe") {
                    commitment := calldataload(add(add(record, 28), shl(5, j)))
                }
                if (!BN254.isCanonical(commitment)) revert IMIStore.NonCanonicalPoint(id, j);
            }
            bytes32 leaf;
            assembly ("memory-safe") {
                let preimage := mload(0x40)
                mstore(preimage, shl(192, id))
                calldatacopy(add(preimage, 8), record, hashed)
                leaf := keccak256(preimage, add(hashed, 8))
            }
            leaves[k] = leaf;
        }
    }

    /// @return record the first of queried records
    function first(bytes calldata records, uint256 size) internal pure returns (bytes calldata record) {
        assembly ("memory-safe") {
            record.offset := records.offset
            record.length := size
        }
    }

    /// @return following record after this one. The caller makes sure that it is there before reading it.
    function next(bytes calldata record) internal pure returns (bytes calldata following) {
        assembly ("memory-safe") {
            following.offset := add(record.offset, record.length)
            following.length := record.length
        }
    }

    /// @return id of a queried record
    function idOf(bytes calldata record) internal pure returns (uint64 id) {
        assembly ("memory-safe") {
            id := shr(192, calldataload(record.offset))
        }
    }

    /// @return commitments of a queried record, t uncompressed points
    function commitmentsOf(bytes calldata record) internal pure returns (bytes calldata commitments) {
        assembly ("memory-safe") {
            commitments.offset := add(record.offset, 16)
            commitments.length := sub(record.length, 16)
        }
    }

    /// @notice Leaf of a queried record, as a record of `tag`. Coordinates are taken as they stand: that they are
    /// points, so that their compressed form determines them, is for the caller to check.
    function queriedLeaf(bytes calldata record, address tag) internal pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            let head := calldataload(record.offset)
            let preimage := mload(0x40)
            mstore(preimage, head) // id, in bytes 0..7
            mstore(add(preimage, 8), shl(96, tag))
            mstore(add(preimage, 28), shl(64, head)) // key, in bytes 28..35
            let to := add(preimage, 36)
            let end := add(record.offset, record.length)
            for { let point := add(record.offset, 16) } lt(point, end) { point := add(point, 0x40) } {
                mstore(to, or(calldataload(point), shl(255, calldataload(add(point, 0x20)))))
                to := add(to, 0x20)
            }
            leaf := keccak256(preimage, sub(to, preimage))
        }
    }

    /// @return ids of all queried records of the parts, each of which has at least one
    function queriedIds(IMIStore.BatchRecords[] calldata parts, uint256 threshold)
        internal
        pure
        returns (uint64[] memory ids)
    {
        uint256 size = queriedSize(threshold);
        uint256 total = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            if (parts[i].records.length == 0) revert IMIStore.EmptyBatch();
            total += _count(parts[i].records, size);
        }
        ids = new uint64[](total);
        uint256 filled = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            bytes calldata record = first(parts[i].records, size);
            for (uint256 end = filled + parts[i].records.length / size; filled < end; ++filled) {
                ids[filled] = idOf(record);
                record = next(record);
            }
        }
    }

    function _count(bytes calldata records, uint256 size) private pure returns (uint256) {
        if (records.length % size != 0) revert IMIStore.LengthMismatch("records", records.length, size);
        return records.length / size;
    }
}
