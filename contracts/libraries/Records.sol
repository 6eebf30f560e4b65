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

    /// @return id @return key of queried record number `k`, @return commitments its t uncompressed points
    function queriedAt(bytes calldata records, uint256 k, uint256 threshold)
        internal
        pure
        returns (uint64 id, bytes8 key, bytes calldata commitments)
    {
        uint256 size = queriedSize(threshold);
        bytes calldata record = records[k * size:(k + 1) * size];
        return (uint64(bytes8(record)), bytes8(record[ID_BYTES:]), record[ID_BYTES + KEY_BYTES:]);
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
            bytes calldata records = parts[i].records;
            for (uint256 from = 0; from < records.length; from += size) {
                ids[filled++] = uint64(bytes8(records[from:]));
            }
        }
    }

    function _count(bytes calldata records, uint256 size) private pure returns (uint256) {
        if (records.length % size != 0) revert IMIStore.LengthMismatch("records", records.length, size);
        return records.length / size;
    }
}
