// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "./IMIStore.sol";
import {Ledgers} from "./Ledgers.sol";
import {BatchTree} from "./libraries/BatchTree.sol";
import {Records} from "./libraries/Records.sol";

/// @title Batches of records
/// @dev The records themselves live in the events; storage keeps what is needed to prove that a record is in a batch.
abstract contract Batches is Ledgers {
    /// @inheritdoc IMIStore
    function appendBatch(
        bytes32 ledgerId,
        bytes32 previous,
        uint32 epoch,
        bytes16 nonce,
        bytes32 source,
        bytes calldata records
    ) external {
        LedgerStorage storage ledger = _ownLedger(ledgerId);
        if (epoch != ledger.epoch) revert WrongEpoch(ledgerId, epoch, ledger.epoch);
        if (ledger.joined != ledger.seats) revert EpochNotJoined(ledgerId, ledger.joined, ledger.seats);
        uint32 index = ledger.nextBatch;
        bytes32 expected = index == 0 ? ledgerId : ledger.roots[index - 1];
        if (previous != expected) revert WrongHistory(ledgerId, previous, expected);

        uint64 first = ledger.nextRecordId;
        (bytes32[] memory nodes, uint256 count) = Records.treeOf(records, ledger.threshold, first);
        BatchTree.setLeaf(nodes, count, Records.batchLeaf(records, count, index, epoch, nonce, source));
        bytes32 root = BatchTree.rootOf(nodes);
        ledger.roots[index] = root;
        ledger.firstRecordIds[index / 4][index % 4] = first;
        ledger.nextBatch = index + 1;
        ledger.nextRecordId = first + uint64(count);
        emit BatchAppended(ledgerId, index, epoch, first, uint32(count), root, nonce, source, records);
    }

    /// @inheritdoc IMIStore
    function getBatch(bytes32 ledgerId, uint32 index) external view returns (Batch memory) {
        return _batch(_ledger(ledgerId), ledgerId, index);
    }

    function _batch(LedgerStorage storage ledger, bytes32 ledgerId, uint256 index)
        internal
        view
        returns (Batch memory)
    {
        bytes32 root = _root(ledger, ledgerId, index);
        uint64 first = ledger.firstRecordIds[index / 4][index % 4];
        uint256 next = index + 1;
        uint64 end = next == ledger.nextBatch ? ledger.nextRecordId : ledger.firstRecordIds[next / 4][next % 4];
        return Batch({root: root, firstRecordId: first, count: uint32(end - first)});
    }

    function _root(LedgerStorage storage ledger, bytes32 ledgerId, uint256 index) internal view returns (bytes32 root) {
        root = ledger.roots[index];
        if (root == 0) revert UnknownBatch(ledgerId, index);
    }
}
