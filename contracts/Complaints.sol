// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batches} from "./Batches.sol";
import {IComplaints} from "./IComplaints.sol";
import {BatchTree} from "./libraries/BatchTree.sol";
import {BN254} from "./libraries/BN254.sol";
import {Pedersen} from "./libraries/Pedersen.sol";
import {Records} from "./libraries/Records.sol";
import {Standing} from "./libraries/Standing.sol";

/// @title Complaints about records, their justification, and void records
/// @dev No bond, no timer. Whether a complaint is true, nobody can tell but its seat: it stands against that seat only,
/// until so many seats complain that too few are left to answer.
abstract contract Complaints is Batches {
    /// @inheritdoc IComplaints
    function complain(bytes32 ledgerId, uint32 batch, bytes32 root, uint64 recordId) external {
        LedgerStorage storage ledger = _ledger(ledgerId);
        uint8 seat = _holder(ledger, ledgerId).seat;
        _requireInBatch(ledger, ledgerId, batch, root, recordId);
        uint256 bit = 1 << seat;
        if (ledger.justified[recordId] & bit != 0) revert AlreadyJustified(ledgerId, recordId, seat);
        uint256 standing = ledger.complaints[recordId];
        if (standing & bit != 0) revert AlreadyComplained(ledgerId, recordId, seat);

        _setComplaints(ledger, recordId, standing | bit);
        emit ComplaintFiled(ledgerId, recordId, seat, batch);
    }

    /// @inheritdoc IComplaints
    function withdrawComplaint(bytes32 ledgerId, uint64 recordId) external {
        LedgerStorage storage ledger = _ledger(ledgerId);
        uint8 seat = _holder(ledger, ledgerId).seat;
        _clear(ledger, ledgerId, recordId, seat);
        emit ComplaintWithdrawn(ledgerId, recordId, seat);
    }

    /// @inheritdoc IComplaints
    function justify(
        bytes32 ledgerId,
        uint32 batch,
        uint64 recordId,
        uint8 seat,
        uint256 share,
        uint256 blinding,
        bytes calldata record,
        bytes calldata path
    ) external {
        LedgerStorage storage ledger = _ownLedger(ledgerId);
        _clear(ledger, ledgerId, recordId, seat);
        uint256 justified = ledger.justified[recordId];
        uint256 most = ledger.threshold - 1;
        if (Standing.count(justified) >= most) revert TooManyJustified(ledgerId, recordId, most);
        Records.requireSize(record, 64 * uint256(ledger.threshold));
        _requireUnder(ledger, ledgerId, batch, recordId, Records.uncompressedLeaf(record, recordId), path);
        if (!_isShare(seat, share, blinding, record)) revert WrongShare(ledgerId, recordId, seat);

        ledger.justified[recordId] = justified | 1 << seat;
        emit ComplaintJustified(ledgerId, recordId, seat, share, blinding);
    }

    /// @inheritdoc IComplaints
    function refutePoint(
        bytes32 ledgerId,
        uint32 batch,
        uint64 recordId,
        uint8 position,
        uint256 witness,
        bytes calldata record,
        bytes calldata path
    ) external {
        LedgerStorage storage ledger = _ledger(ledgerId);
        Records.requireSize(record, 32 * uint256(ledger.threshold));
        _requireUnder(ledger, ledgerId, batch, recordId, Records.leafOf(record, recordId), path);
        bool refuted = position < ledger.threshold && BN254.isOffCurve(Records.commitmentOf(record, position), witness);
        if (!refuted) revert PointNotRefuted(ledgerId, recordId, position);
        uint256 standing = ledger.complaints[recordId];
        if (standing & Standing.VOID_FOR_GOOD != 0) revert RecordIsVoid(ledgerId, recordId);

        _setComplaints(ledger, recordId, standing | Standing.VOID_FOR_GOOD);
        emit RecordVoided(ledgerId, recordId, position);
    }

    /// @inheritdoc IComplaints
    function complaintsOf(bytes32 ledgerId, uint64 recordId)
        external
        view
        returns (uint256 standing, uint256 justified, bool isVoid)
    {
        LedgerStorage storage ledger = _ledger(ledgerId);
        standing = ledger.complaints[recordId] & ~Standing.VOID_FOR_GOOD;
        return (standing, ledger.justified[recordId], _isVoid(ledger, recordId));
    }

    function _isVoid(LedgerStorage storage ledger, uint256 recordId) internal view returns (bool) {
        return Standing.isVoid(ledger.complaints[recordId], ledger.threshold, ledger.seats);
    }

    /// @dev The flag spares queries a look at complaints, as long as no record has been void.
    function _setComplaints(LedgerStorage storage ledger, uint256 recordId, uint256 standing) private {
        ledger.complaints[recordId] = standing;
        if (!ledger.hasVoids && _isVoid(ledger, recordId)) ledger.hasVoids = true;
    }

    /// @dev Ends the complaint of a seat, which must stand.
    function _clear(LedgerStorage storage ledger, bytes32 ledgerId, uint256 recordId, uint8 seat) private {
        uint256 standing = ledger.complaints[recordId];
        if (seat == 0 || standing >> seat & 1 == 0) revert NoComplaint(ledgerId, recordId, seat);
        ledger.complaints[recordId] = standing & ~(1 << uint256(seat));
    }

    function _isShare(uint256 seat, uint256 share, uint256 blinding, bytes calldata record)
        private
        view
        returns (bool)
    {
        BN254.requireScalar(share);
        BN254.requireScalar(blinding);
        BN254.G1 memory commitment = Pedersen.atSeat(Records.commitmentsOf(record), seat, Pedersen.topBitOf(seat));
        return Pedersen.opens(share, blinding, commitment);
    }

    function _requireInBatch(
        LedgerStorage storage ledger,
        bytes32 ledgerId,
        uint32 index,
        bytes32 root,
        uint64 recordId
    ) private view {
        Batch memory batch = _batch(ledger, ledgerId, index);
        if (root != batch.root) revert WrongRoot(ledgerId, index, root, batch.root);
        if (recordId < batch.firstRecordId || recordId - batch.firstRecordId >= batch.count) {
            revert RecordNotInBatch(ledgerId, index, recordId);
        }
    }

    function _requireUnder(
        LedgerStorage storage ledger,
        bytes32 ledgerId,
        uint256 index,
        uint256 recordId,
        bytes32 leaf,
        bytes calldata path
    ) private view {
        if (BatchTree.rootFrom(leaf, path) != _root(ledger, ledgerId, index)) {
            revert InvalidProof(ledgerId, recordId);
        }
    }
}
