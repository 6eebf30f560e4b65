// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {BatchTree} from "./BatchTree.sol";
import {BN254} from "./BN254.sol";

/// @title Records as they are appended, and the leaves of their batch
/// @dev Record: tag (20) || key (8) || t compressed commitments || delta (32).
/// Its leaf: keccak256(uint64 recordId || tag || key || commitments), of 36 + 32 t bytes.
/// The batch's own leaf, the last: keccak256(uint64 index || uint64 epoch || nonce (16) || source (32) || all deltas), of
/// 64 + 32 B bytes, B >= 1. So no leaf's preimage is as long as one of another kind, nor as a node's, 64 bytes.
library Records {
    error EmptyBatch();
    error TagsNotAscending(uint256 recordId, address tag, address previous);
    /// @param position number j of the commitment C_j within its record
    error NonCanonicalPoint(uint256 recordId, uint256 position);
    error NonCanonicalCorrection(uint256 recordId);

    uint256 private constant ID_BYTES = 8;
    uint256 private constant HEAD_BYTES = 28;

    /// @return bytes of one appended record
    function size(uint256 threshold) internal pure returns (uint256) {
        return HEAD_BYTES + 32 * (threshold + 1);
    }

    /// @notice Sets the leaves of appended records, at least one, in a tree with room for the batch's own leaf. Tags must
    /// ascend; every commitment's coordinate and delta must be canonical. @param firstId id of the first record
    function treeOf(bytes calldata records, uint256 threshold, uint256 firstId)
        internal
        pure
        returns (bytes32[] memory nodes, uint256 count)
    {
        uint256 bytesEach = size(threshold);
        if (records.length == 0) revert EmptyBatch();
        if (records.length % bytesEach != 0) {
            revert IMIStoreErrors.LengthMismatch("records", records.length, bytesEach);
        }
        count = records.length / bytesEach;
        nodes = BatchTree.allocate(count + 1);
        uint256 previousTag = 0;
        unchecked {
            uint256 offset = 0;
            for (uint256 k = 0; k < count; ++k) {
                uint256 tag = _word(records, offset) >> 96;
                if (tag <= previousTag && k > 0) {
                    revert TagsNotAscending(firstId + k, address(uint160(tag)), address(uint160(previousTag)));
                }
                previousTag = tag;
                _requireCanonical(records, offset, threshold, firstId + k);
                BatchTree.setLeaf(nodes, k, _leaf(records, offset, bytesEach - 32, firstId + k));
                offset += bytesEach;
            }
        }
    }

    /// @return leaf the batch's own
    function batchLeaf(
        bytes calldata records,
        uint256 count,
        uint256 index,
        uint256 epoch,
        bytes16 nonce,
        bytes32 source
    ) internal pure returns (bytes32 leaf) {
        uint256 bytesEach = records.length / count;
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, or(or(shl(192, index), shl(128, epoch)), shr(128, nonce)))
            mstore(add(preimage, 0x20), source)
            let to := add(preimage, 0x40)
            let delta := add(records.offset, sub(bytesEach, 0x20))
            for { let end := add(to, shl(5, count)) } lt(to, end) { to := add(to, 0x20) } {
                mstore(to, calldataload(delta))
                delta := add(delta, bytesEach)
            }
            leaf := keccak256(preimage, sub(to, preimage))
        }
    }

    /// @notice Requires one record without its delta. @param commitmentBytes of its t commitments
    function requireSize(bytes calldata record, uint256 commitmentBytes) internal pure {
        if (record.length != HEAD_BYTES + commitmentBytes) {
            revert IMIStoreErrors.LengthMismatch("record", record.length, HEAD_BYTES + commitmentBytes);
        }
    }

    /// @return leaf of record number `id`, given without its delta
    function leafOf(bytes calldata record, uint256 id) internal pure returns (bytes32 leaf) {
        return _leaf(record, 0, record.length, id);
    }

    /// @return compressed commitment number `position` of a record
    function commitmentOf(bytes calldata record, uint256 position) internal pure returns (uint256 compressed) {
        return _word(record, HEAD_BYTES + 32 * position);
    }

    /// @return commitments of a record, compressed or not as they are given
    function commitmentsOf(bytes calldata record) internal pure returns (bytes calldata) {
        return record[HEAD_BYTES:];
    }

    /// @return leaf of record number `id`, given as tag || key || t uncompressed commitments. Coordinates are taken as they
    /// stand: that they are points, so that their compressed form determines them, is for the caller to check.
    function uncompressedLeaf(bytes calldata record, uint256 id) internal pure returns (bytes32 leaf) {
        bytes memory preimage = abi.encodePacked(uint64(id), record[:HEAD_BYTES]);
        for (uint256 offset = HEAD_BYTES; offset < record.length; offset += 64) {
            uint256 compressed = BN254.compress(_word(record, offset), _word(record, offset + 32));
            preimage = bytes.concat(preimage, bytes32(compressed));
        }
        return keccak256(preimage);
    }

    /// @return leaf of record number `id`, whose tag, key and commitments are `length` bytes from `offset` on
    function _leaf(bytes calldata records, uint256 offset, uint256 length, uint256 id)
        private
        pure
        returns (bytes32 leaf)
    {
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, shl(192, id))
            calldatacopy(add(preimage, ID_BYTES), add(records.offset, offset), length)
            leaf := keccak256(preimage, add(length, ID_BYTES))
        }
    }

    function _requireCanonical(bytes calldata records, uint256 offset, uint256 threshold, uint256 id) private pure {
        unchecked {
            offset += HEAD_BYTES;
            for (uint256 j = 0; j < threshold; ++j) {
                if (!BN254.isCanonical(_word(records, offset))) revert NonCanonicalPoint(id, j);
                offset += 32;
            }
            if (_word(records, offset) >= BN254.R) revert NonCanonicalCorrection(id);
        }
    }

    /// @dev 32 bytes from an offset that the caller knows to be inside.
    function _word(bytes calldata records, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(records.offset, offset))
        }
    }
}
