// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Complaints about records, their justification, and void records
/// @notice Points, scalars and seats as in IMIStore.
interface IComplaints {
    event ComplaintFiled(bytes32 indexed ledgerId, uint64 indexed recordId, uint8 indexed seat, uint32 batch);
    event ComplaintWithdrawn(bytes32 indexed ledgerId, uint64 indexed recordId, uint8 indexed seat);
    /// @param share, @param blinding the seat's (s, b) of the record
    event ComplaintJustified(
        bytes32 indexed ledgerId, uint64 indexed recordId, uint8 indexed seat, uint256 share, uint256 blinding
    );
    /// @notice Void for good. @param position number j of a commitment C_j that is no point
    event RecordVoided(bytes32 indexed ledgerId, uint64 indexed recordId, uint8 position);

    /// @notice Complains, as a seat, that its share does not open the record's commitments. The record is void while
    /// complaints of more than n - t seats stand: no run begins or ends there any more.
    /// @param batch, @param root in which the record is
    function complain(bytes32 ledgerId, uint32 batch, bytes32 root, uint64 recordId) external;

    /// @notice Withdraws the standing complaint of the caller's seat.
    function withdrawComplaint(bytes32 ledgerId, uint64 recordId) external;

    /// @notice Ends a seat's complaint for good by making its share public: share G + blinding H = sum_j seat^j C_j. Only
    /// the hospital, and at most t - 1 seats of a record.
    /// @param record tag (20) || key (8) || t uncompressed commitments; @param path siblings from its leaf upwards
    function justify(
        bytes32 ledgerId,
        uint32 batch,
        uint64 recordId,
        uint8 seat,
        uint256 share,
        uint256 blinding,
        bytes calldata record,
        bytes calldata path
    ) external;

    /// @notice Voids a record for good, by anyone: a commitment is no point, for witness^2 = -(x^3 + 3) mod p.
    /// @param position number j of that commitment; @param record tag (20) || key (8) || t compressed commitments
    /// @param path siblings from its leaf upwards
    function refutePoint(
        bytes32 ledgerId,
        uint32 batch,
        uint64 recordId,
        uint8 position,
        uint256 witness,
        bytes calldata record,
        bytes calldata path
    ) external;

    /// @return standing bit i = the complaint of seat i stands; @return justified bit i = its share is public
    function complaintsOf(bytes32 ledgerId, uint64 recordId)
        external
        view
        returns (uint256 standing, uint256 justified, bool isVoid);
}
