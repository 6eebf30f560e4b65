// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Identity} from "./Identity.sol";
import {IMIStore} from "./IMIStore.sol";
import {Committees} from "./libraries/Committees.sol";
import {LedgerTerms} from "./libraries/LedgerTerms.sol";
import {Seats} from "./libraries/Seats.sol";

/// @title Ledgers, their committees and their epochs
/// @dev The terms' texts and the keys live in the events.
abstract contract Ledgers is Identity {
    /// @dev The first word changes with each batch; the second with each join and epoch, and when a record is first void.
    struct LedgerStorage {
        address hospital;
        uint64 nextRecordId;
        uint32 nextBatch;
        address lastServer;
        uint8 threshold;
        uint8 seats;
        uint8 joined;
        uint32 minRecords;
        uint32 epoch;
        bool hasVoids;
        // From the second epoch on; that of the first is the ledger's id.
        bytes32 committee;
        mapping(uint256 epoch => bytes32) digests;
        mapping(address server => Seats.Member) members;
        mapping(uint256 index => bytes32) roots;
        // Four to a word: batch `index` has [index / 4][index % 4].
        mapping(uint256 word => uint64[4]) firstRecordIds;
        // See Standing. Of those that no longer stand, the second has the seats whose shares the hospital has revealed.
        mapping(uint256 recordId => uint256) complaints;
        mapping(uint256 recordId => uint256) justified;
    }

    mapping(bytes32 ledgerId => LedgerStorage) internal _ledgers;

    /// @inheritdoc IMIStore
    function openLedger(Terms calldata terms, bytes32 salt, bytes32 digest) external returns (bytes32 ledgerId) {
        LedgerTerms.requireValid(terms);
        ledgerId = LedgerTerms.idOf(msg.sender, terms, salt);
        LedgerStorage storage ledger = _ledgers[ledgerId];
        if (ledger.hospital != address(0)) revert LedgerExists(ledgerId);

        ledger.hospital = msg.sender;
        ledger.lastServer = _giveSeats(ledger, terms.servers, terms.threshold);
        ledger.threshold = terms.threshold;
        ledger.seats = uint8(terms.servers.length);
        ledger.minRecords = terms.minRecords;
        emit LedgerOpened(ledgerId, msg.sender, terms, salt);
        _beginEpoch(ledger, ledgerId, 1, ledgerId, digest);
    }

    /// @inheritdoc IMIStore
    function beginEpoch(bytes32 ledgerId, uint32 epoch, bytes32 digest) external {
        LedgerStorage storage ledger = _ownLedger(ledgerId);
        _requireNext(ledger, ledgerId, epoch);
        bytes32 committee = Committees.changed(_committee(ledger, ledgerId), 0, address(0));
        _beginEpoch(ledger, ledgerId, epoch, committee, digest);
    }

    /// @inheritdoc IMIStore
    function changeSeat(bytes32 ledgerId, uint32 epoch, uint8 seat, address server, bytes32 digest) external {
        LedgerStorage storage ledger = _ownLedger(ledgerId);
        _requireNext(ledger, ledgerId, epoch);
        if (seat == 0 || seat > ledger.seats) revert InvalidSeat(ledgerId, seat);
        if (kemKeyHash[server] == 0) revert NotRegistered(server);
        address from;
        (from, ledger.lastServer) = Seats.replace(ledger.members, ledger.lastServer, seat, server, uint24(epoch));
        bytes32 committee = Committees.changed(_committee(ledger, ledgerId), seat, server);
        emit SeatChanged(ledgerId, seat, epoch, from, server);
        _beginEpoch(ledger, ledgerId, epoch, committee, digest);
    }

    /// @inheritdoc IMIStore
    function resign(bytes32 ledgerId) external {
        emit ServerResigned(ledgerId, _holder(_ledger(ledgerId), ledgerId).seat, msg.sender);
    }

    /// @inheritdoc IMIStore
    function dealKeys(bytes32 ledgerId, uint32 epoch, uint8 seat, uint16 part, bytes calldata ciphertext) external {
        LedgerStorage storage ledger = _ownLedger(ledgerId);
        if (epoch == 0 || epoch > ledger.epoch) revert WrongEpoch(ledgerId, epoch, ledger.epoch);
        if (seat > ledger.seats) revert InvalidSeat(ledgerId, seat);
        emit KeysDealt(ledgerId, epoch, seat, part, ciphertext);
    }

    /// @inheritdoc IMIStore
    function join(bytes32 ledgerId, uint32 epoch, bytes32 digest) external {
        LedgerStorage storage ledger = _ledger(ledgerId);
        Seats.Member memory member = _holder(ledger, ledgerId);
        if (epoch != ledger.epoch) revert WrongEpoch(ledgerId, epoch, ledger.epoch);
        if (digest != ledger.digests[epoch]) revert WrongDigest(ledgerId, digest, ledger.digests[epoch]);
        if (member.joinedEpoch == epoch) revert AlreadyJoined(ledgerId, msg.sender);
        if (channelOpened[ledger.hospital][msg.sender] == 0) revert ChannelMissing(ledger.hospital, msg.sender);

        ledger.members[msg.sender].joinedEpoch = uint24(epoch);
        uint8 joined = ++ledger.joined;
        emit ServerJoined(ledgerId, member.seat, msg.sender, epoch);
        if (joined == ledger.seats) emit EpochActivated(ledgerId, epoch);
    }

    /// @inheritdoc IMIStore
    function getLedger(bytes32 ledgerId) external view returns (Ledger memory) {
        LedgerStorage storage ledger = _ledger(ledgerId);
        return Ledger({
            hospital: ledger.hospital,
            threshold: ledger.threshold,
            seats: ledger.seats,
            joined: ledger.joined,
            epoch: ledger.epoch,
            minRecords: ledger.minRecords,
            hasVoids: ledger.hasVoids,
            nextBatch: ledger.nextBatch,
            nextRecordId: ledger.nextRecordId,
            committee: _committee(ledger, ledgerId),
            digest: ledger.digests[ledger.epoch]
        });
    }

    /// @inheritdoc IMIStore
    function getServers(bytes32 ledgerId) external view returns (address[] memory) {
        LedgerStorage storage ledger = _ledger(ledgerId);
        return Seats.list(ledger.members, ledger.lastServer, ledger.seats);
    }

    /// @inheritdoc IMIStore
    function seatOf(bytes32 ledgerId, address account)
        external
        view
        returns (uint8 seat, uint32 joinedEpoch, uint32 fromEpoch, uint32 untilEpoch)
    {
        Seats.Member memory member = _ledgers[ledgerId].members[account];
        return (member.seat, member.joinedEpoch, member.fromEpoch, member.untilEpoch);
    }

    /// @inheritdoc IMIStore
    function digestOf(bytes32 ledgerId, uint32 epoch) external view returns (bytes32) {
        return _ledgers[ledgerId].digests[epoch];
    }

    function _ledger(bytes32 ledgerId) internal view returns (LedgerStorage storage ledger) {
        ledger = _ledgers[ledgerId];
        if (ledger.threshold == 0) revert UnknownLedger(ledgerId);
    }

    /// @return ledger of which the caller is the hospital
    function _ownLedger(bytes32 ledgerId) internal view returns (LedgerStorage storage ledger) {
        ledger = _ledger(ledgerId);
        if (ledger.hospital != msg.sender) revert NotTheHospital(ledgerId, msg.sender);
    }

    /// @return member what the caller is in the ledger, now or in an earlier epoch
    function _member(LedgerStorage storage ledger, bytes32 ledgerId)
        internal
        view
        returns (Seats.Member memory member)
    {
        member = ledger.members[msg.sender];
        if (member.seat == 0) revert NotAMember(ledgerId, msg.sender);
    }

    /// @return member the caller, who must hold a seat now
    function _holder(LedgerStorage storage ledger, bytes32 ledgerId)
        internal
        view
        returns (Seats.Member memory member)
    {
        member = _member(ledger, ledgerId);
        if (member.untilEpoch != 0) revert NotTheHolder(ledgerId, ledger.epoch, msg.sender);
    }

    function _requireNext(LedgerStorage storage ledger, bytes32 ledgerId, uint32 epoch) private view {
        uint32 next = ledger.epoch + 1;
        if (next > Seats.MAX_EPOCH) revert TooManyEpochs(ledgerId, Seats.MAX_EPOCH);
        if (epoch != next) revert WrongEpoch(ledgerId, epoch, next);
    }

    function _committee(LedgerStorage storage ledger, bytes32 ledgerId) private view returns (bytes32) {
        return ledger.epoch == 1 ? ledgerId : ledger.committee;
    }

    function _beginEpoch(
        LedgerStorage storage ledger,
        bytes32 ledgerId,
        uint32 epoch,
        bytes32 committee,
        bytes32 digest
    ) private {
        ledger.epoch = epoch;
        if (epoch > 1) ledger.committee = committee;
        ledger.joined = 0;
        ledger.digests[epoch] = digest;
        emit EpochBegun(ledgerId, epoch, committee, digest);
    }

    function _giveSeats(LedgerStorage storage ledger, address[] calldata servers, uint8 threshold)
        private
        returns (address last)
    {
        for (uint256 i = 0; i < servers.length; ++i) {
            address server = servers[i];
            if (kemKeyHash[server] == 0) revert NotRegistered(server);
            Seats.give(ledger.members, server, Seats.Member(last, uint8(i + 1), threshold, 0, 1, 0));
            last = server;
        }
    }
}
