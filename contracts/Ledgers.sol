// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Identity} from "./Identity.sol";
import {IMIStore} from "./IMIStore.sol";
import {BatchTree} from "./libraries/BatchTree.sol";
import {Queries} from "./libraries/Queries.sol";
import {Records} from "./libraries/Records.sol";

/// @title Ledgers and their batches
/// @dev The records themselves live in the events; storage keeps what is needed to prove that a record is in a batch.
abstract contract Ledgers is Identity {
    /// @dev Members form a list from the last seat to the first, so that one word for each server answers both
    /// "which seat has this account?" and "who are the servers?".
    struct Member {
        address previous;
        uint8 seat;
        bool joined;
    }

    /// @dev The first word changes with each batch, the second only until the ledger is active.
    struct LedgerStorage {
        address hospital;
        uint64 nextRecordId;
        uint32 nextBatch;
        address lastServer;
        uint8 threshold;
        uint8 seats;
        uint8 joined;
        uint8 dealing;
        uint8 lanes;
        uint32 minRecords;
        mapping(address server => Member) members;
        mapping(uint256 index => bytes32) roots;
        // Four to a word: batch `index` has [index / 4][index % 4].
        mapping(uint256 word => uint64[4]) firstRecordIds;
    }

    uint256 private constant MAX_SEATS = 255;
    uint256 private constant MAX_LANES = 4;
    uint256 private constant MAX_NAME_BYTES = 64;
    uint8 private constant POLYNOMIALS_WITH_PADS = 1;

    /// @inheritdoc IMIStore
    uint256 public ledgerCount;
    mapping(uint256 ledgerId => LedgerStorage) private _ledgers;

    /// @inheritdoc IMIStore
    function openLedger(
        uint8 threshold,
        address[] calldata servers,
        uint8 dealing,
        string[] calldata lanes,
        uint8 scale,
        string calldata currency,
        uint32 minRecords
    ) external returns (uint256 ledgerId) {
        uint256 seats = servers.length;
        if (threshold == 0 || threshold > seats || seats > MAX_SEATS) revert InvalidThreshold(threshold, seats);
        if (dealing != POLYNOMIALS_WITH_PADS) revert UnsupportedDealing(dealing);
        if (lanes.length == 0 || lanes.length > MAX_LANES) revert InvalidLanes(lanes.length);
        if (minRecords == 0 || minRecords > Queries.MAX_RECORDS) revert InvalidMinRecords(minRecords);
        _requireNames(lanes, currency);

        ledgerId = ++ledgerCount;
        LedgerStorage storage ledger = _ledgers[ledgerId];
        ledger.hospital = msg.sender;
        ledger.lastServer = _giveSeats(ledger, servers);
        ledger.threshold = threshold;
        ledger.seats = uint8(seats);
        ledger.dealing = dealing;
        ledger.lanes = uint8(lanes.length);
        ledger.minRecords = minRecords;
        emit LedgerOpened(ledgerId, msg.sender, threshold, dealing, minRecords, servers, lanes, scale, currency);
    }

    /// @inheritdoc IMIStore
    function join(uint256 ledgerId) external {
        LedgerStorage storage ledger = _ledger(ledgerId);
        uint8 seat = _seat(ledgerId, msg.sender);
        Member storage member = ledger.members[msg.sender];
        if (member.joined) revert AlreadyJoined(ledgerId, msg.sender);
        if (!channelOpened[ledger.hospital][msg.sender]) revert ChannelMissing(ledger.hospital, msg.sender);

        member.joined = true;
        uint8 joined = ++ledger.joined;
        emit ServerJoined(ledgerId, seat, msg.sender);
        if (joined == ledger.seats) emit LedgerActivated(ledgerId);
    }

    /// @inheritdoc IMIStore
    function appendBatch(uint256 ledgerId, uint64 index, bytes16 nonce, bytes32 source, bytes calldata records)
        external
    {
        LedgerStorage storage ledger = _ledger(ledgerId);
        if (ledger.hospital != msg.sender) revert NotTheHospital(ledgerId, msg.sender);
        (uint256 threshold, uint256 seats) = (ledger.threshold, ledger.seats);
        if (ledger.joined != seats) revert LedgerNotActive(ledgerId, ledger.joined, seats);
        if (index != ledger.nextBatch) revert WrongBatchIndex(ledgerId, index, ledger.nextBatch);

        uint64 first = ledger.nextRecordId;
        bytes32[] memory leaves = Records.appendedLeaves(records, threshold, seats, first);
        bytes32 root = BatchTree.rootOf(leaves);
        ledger.roots[index] = root;
        ledger.firstRecordIds[index / 4][index % 4] = first;
        ledger.nextBatch = uint32(index) + 1;
        ledger.nextRecordId = first + uint64(leaves.length);
        emit BatchAppended(ledgerId, index, first, uint32(leaves.length), root, nonce, source, records);
    }

    /// @inheritdoc IMIStore
    function getLedger(uint256 ledgerId) external view returns (Ledger memory) {
        LedgerStorage storage ledger = _ledger(ledgerId);
        return Ledger({
            hospital: ledger.hospital,
            threshold: ledger.threshold,
            seats: ledger.seats,
            joined: ledger.joined,
            dealing: ledger.dealing,
            lanes: ledger.lanes,
            minRecords: ledger.minRecords,
            nextBatch: ledger.nextBatch,
            nextRecordId: ledger.nextRecordId
        });
    }

    /// @inheritdoc IMIStore
    function getServers(uint256 ledgerId) external view returns (address[] memory servers) {
        LedgerStorage storage ledger = _ledger(ledgerId);
        uint256 seat = ledger.seats;
        servers = new address[](seat);
        for (address server = ledger.lastServer; seat > 0; server = ledger.members[server].previous) {
            servers[--seat] = server;
        }
    }

    /// @inheritdoc IMIStore
    function seatOf(uint256 ledgerId, address account) external view returns (uint8 seat, bool joined) {
        Member storage member = _ledgers[ledgerId].members[account];
        return (member.seat, member.joined);
    }

    /// @inheritdoc IMIStore
    function getBatch(uint256 ledgerId, uint64 index) external view returns (Batch memory) {
        LedgerStorage storage ledger = _ledger(ledgerId);
        bytes32 root = _root(ledgerId, index);
        uint64 first = ledger.firstRecordIds[index / 4][index % 4];
        uint64 next = index + 1;
        uint64 end = next == ledger.nextBatch ? ledger.nextRecordId : ledger.firstRecordIds[next / 4][next % 4];
        return Batch({root: root, firstRecordId: first, count: uint32(end - first)});
    }

    function _ledger(uint256 ledgerId) internal view returns (LedgerStorage storage ledger) {
        ledger = _ledgers[ledgerId];
        if (ledger.hospital == address(0)) revert UnknownLedger(ledgerId);
    }

    /// @return seat of a member, 1..255
    function _seat(uint256 ledgerId, address account) internal view returns (uint8 seat) {
        seat = _ledgers[ledgerId].members[account].seat;
        if (seat == 0) revert NotAMember(ledgerId, account);
    }

    function _root(uint256 ledgerId, uint256 index) internal view returns (bytes32 root) {
        root = _ledgers[ledgerId].roots[index];
        if (root == 0) revert UnknownBatch(ledgerId, index);
    }

    function _requireNames(string[] calldata lanes, string calldata currency) private pure {
        for (uint256 i = 0; i < lanes.length; ++i) {
            uint256 length = bytes(lanes[i]).length;
            if (length > MAX_NAME_BYTES) revert NameTooLong("lane", length, MAX_NAME_BYTES);
        }
        if (bytes(currency).length > MAX_NAME_BYTES) {
            revert NameTooLong("currency", bytes(currency).length, MAX_NAME_BYTES);
        }
    }

    function _giveSeats(LedgerStorage storage ledger, address[] calldata servers) private returns (address last) {
        for (uint256 i = 0; i < servers.length; ++i) {
            address server = servers[i];
            if (kemKeyHash[server] == 0) revert NotRegistered(server);
            if (ledger.members[server].seat != 0) revert DuplicateServer(server);
            ledger.members[server] = Member({previous: last, seat: uint8(i + 1), joined: false});
            last = server;
        }
    }
}
