// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";
import {Pedersen} from "./Pedersen.sol";
import {Records} from "./Records.sol";
import {IMIStore} from "../IMIStore.sol";

/// @title Adding up the records of a query, and the one word that storage keeps of it
library Queries {
    /// @dev Sums of more records may not decode into lanes.
    uint256 internal constant MAX_RECORDS = 1 << 20;

    /// @dev State of a revoked consent; no hash has this value.
    bytes32 internal constant REVOKED = bytes32(uint256(1));

    /// @return progress of a query without records: t points at infinity
    function begin(uint256 threshold) internal pure returns (IMIStore.Progress memory progress) {
        progress.sums = new bytes(64 * threshold);
    }

    /// @notice Requires one point for each seat.
    function requireMasks(bytes calldata masks, uint256 seats) internal pure {
        if (masks.length != 64 * seats) revert IMIStore.LengthMismatch("masks", masks.length, 64 * seats);
        for (uint256 i = 0; i < seats; ++i) {
            (uint256 x, uint256 y) = BN254.load(masks, i);
            if (!BN254.isPoint(x, y)) revert IMIStore.PointNotOnCurve();
        }
    }

    /// @notice Adds the commitments of one part's records to the sums and their ids to the chain of hashes.
    /// @param tag the patient whose records they must be
    /// @return leaves of the records, still to be proven; every commitment is a point
    function add(IMIStore.Progress memory progress, bytes calldata records, address tag)
        internal
        view
        returns (bytes32[] memory leaves)
    {
        uint256 threshold = progress.sums.length / 64;
        uint256 length = records.length / Records.queriedSize(threshold);
        leaves = new bytes32[](length);
        bytes memory compressed = new bytes(32 * threshold);
        for (uint256 k = 0; k < length; ++k) {
            (uint64 id, bytes8 key, bytes calldata commitments) = Records.queriedAt(records, k, threshold);
            _append(progress, id);
            for (uint256 j = 0; j < threshold; ++j) {
                (uint256 x, uint256 y) = BN254.load(commitments, j);
                BN254.add(BN254.within(progress.sums, j), x, y);
                uint256 point = BN254.compress(x, y);
                assembly ("memory-safe") {
                    mstore(add(add(compressed, 0x20), shl(5, j)), point)
                }
            }
            leaves[k] = keccak256(abi.encodePacked(id, tag, key, compressed));
        }
    }

    /// @return state of an unfinished query. It binds the masks too, so that they stay what they were at the opening.
    function openState(IMIStore.Progress memory progress, bytes calldata masks) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                progress.recordsHash, progress.count, progress.lastRecordId, keccak256(progress.sums), keccak256(masks)
            )
        );
    }

    /// @return state of a sealed query
    function sealedState(uint256 ledgerId, bytes memory sums, bytes calldata masks) internal pure returns (bytes32) {
        return keccak256(abi.encode(ledgerId, keccak256(sums), keccak256(masks)));
    }

    /// @return whether y G + w H = sum_j seat^j A_j + Z_seat, for scalars y, w < r and an answer with the preimage of
    /// the sealed state
    function isAnswer(IMIStore.Answer calldata answer, uint256 seat) internal view returns (bool) {
        BN254.G1 memory expected = Pedersen.atSeat(answer.sums, seat);
        (uint256 x, uint256 y) = BN254.load(answer.masks, seat - 1);
        BN254.add(expected, x, y);
        BN254.G1 memory given = Pedersen.commit(answer.y, answer.w);
        return given.x == expected.x && given.y == expected.y;
    }

    function _append(IMIStore.Progress memory progress, uint64 id) private pure {
        if (progress.count == MAX_RECORDS) revert IMIStore.TooManyRecords(progress.count + 1, MAX_RECORDS);
        if (progress.count > 0 && id <= progress.lastRecordId) {
            revert IMIStore.RecordsNotAscending(id, progress.lastRecordId);
        }
        progress.recordsHash = keccak256(abi.encodePacked(progress.recordsHash, id));
        progress.lastRecordId = id;
        ++progress.count;
    }
}
