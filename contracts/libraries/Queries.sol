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
        uint256 size = Records.queriedSize(progress.sums.length / 64);
        leaves = new bytes32[](records.length / size);
        uint256 count = progress.count + leaves.length;
        if (count > MAX_RECORDS) revert IMIStore.TooManyRecords(count, MAX_RECORDS);
        // Ids are below 2^64, so no id and only the start of a query is below `lowest` = 0.
        uint256 lowest = progress.count == 0 ? 0 : uint256(progress.lastRecordId) + 1;
        bytes32 chain = progress.recordsHash;
        bytes calldata record = Records.first(records, size);
        for (uint256 k = 0; k < leaves.length; ++k) {
            uint256 id = Records.idOf(record);
            if (id < lowest) revert IMIStore.RecordsNotAscending(id, lowest - 1);
            lowest = id + 1;
            chain = _chained(chain, id);
            leaves[k] = Records.queriedLeaf(record, tag);
            BN254.addEach(progress.sums, Records.commitmentsOf(record));
            record = Records.next(record);
        }
        (progress.recordsHash, progress.count, progress.lastRecordId) = (chain, uint64(count), uint64(lowest - 1));
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

    /// @return link keccak256(chain || uint64 id)
    function _chained(bytes32 chain, uint256 id) private pure returns (bytes32 link) {
        assembly ("memory-safe") {
            mstore(0x00, chain)
            mstore(0x20, shl(192, id))
            link := keccak256(0x00, 40)
        }
    }
}
