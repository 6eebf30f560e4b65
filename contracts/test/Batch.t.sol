// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Curve} from "./support/Curve.sol";
import {Fixture} from "./support/Fixture.sol";
import {Tree} from "./support/Tree.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title appendBatch and getBatch
contract BatchTest is Fixture {
    function testAppend(uint256 threshold, uint256 seats, uint256 count, bytes16 nonce, bytes32 source) external {
        seats = bound(seats, 1, 6);
        activeLedger(bound(threshold, 1, seats), seats, 1);
        append(3);
        count = bound(count, 1, 9);
        bytes memory records = wire(3, count);
        bytes32 root = Tree.root(leaves(3, count));
        vm.expectEmit(address(store));
        emit IMIStore.BatchAppended(ledgerId, 1, 3, uint32(count), root, nonce, source, records);
        vm.prank(hospital);
        store.appendBatch(ledgerId, 1, nonce, source, records);
        IMIStore.Ledger memory ledger = store.getLedger(ledgerId);
        vm.assertEq(ledger.nextBatch, 2, "next batch");
        vm.assertEq(ledger.nextRecordId, 3 + count, "next record");
    }

    /// @dev More than four batches, for their first ids share words.
    function testManyBatches(uint256 seed) external {
        activeLedger(1, 1, 1);
        uint256 first = 0;
        for (uint64 index = 0; index < 11; ++index) {
            uint256 count = 1 + ((seed >> (8 * index)) % 4);
            append(count);
            first += count;
        }
        vm.assertEq(store.getLedger(ledgerId).nextRecordId, first, "records");
        first = 0;
        for (uint64 index = 0; index < 11; ++index) {
            uint256 count = 1 + ((seed >> (8 * index)) % 4);
            IMIStore.Batch memory batch = store.getBatch(ledgerId, index);
            vm.assertEq(batch.firstRecordId, first, "first record");
            vm.assertEq(batch.count, count, "count");
            vm.assertEq(batch.root, Tree.root(leaves(first, count)), "root");
            first += count;
        }
        vm.expectRevert(abi.encodeWithSelector(IMIStore.UnknownBatch.selector, ledgerId, 11));
        store.getBatch(ledgerId, 11);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.UnknownBatch.selector, ledgerId, type(uint64).max));
        store.getBatch(ledgerId, type(uint64).max);
    }

    function testOnlyTheHospital(address account) external {
        if (account == hospital) return;
        activeLedger(1, 2, 1);
        bytes memory records = wire(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NotTheHospital.selector, ledgerId, account));
        vm.prank(account);
        store.appendBatch(ledgerId, 0, "", "", records);
    }

    function testUnknownLedger(uint256 id) external {
        vm.expectRevert(abi.encodeWithSelector(IMIStore.UnknownLedger.selector, id));
        store.appendBatch(id, 0, "", "", "");
    }

    function testLedgerNotActive(uint256 joined) external {
        openLedger(2, 4, 1);
        joined = bound(joined, 0, 3);
        for (uint256 seat = 4; seat > 4 - joined; --seat) {
            join(seat);
        }
        _refused(0, wire(0, 1), abi.encodeWithSelector(IMIStore.LedgerNotActive.selector, ledgerId, joined, 4));
    }

    function testWrongIndex(uint64 index) external {
        activeLedger(1, 1, 1);
        append(1);
        if (index == 1) index = 0;
        _refused(index, wire(1, 1), abi.encodeWithSelector(IMIStore.WrongBatchIndex.selector, ledgerId, index, 1));
    }

    function testWrongLengths(uint256 cut) external {
        activeLedger(2, 3, 1);
        _refused(0, "", abi.encodeWithSelector(IMIStore.EmptyBatch.selector));
        bytes memory records = wire(0, 2);
        cut = bound(cut, 1, 187);
        assembly ("memory-safe") {
            mstore(records, sub(mload(records), cut))
        }
        _refused(0, records, abi.encodeWithSelector(IMIStore.LengthMismatch.selector, "records", 376 - cut, 188));
    }

    function testNonCanonicalCommitment(uint256 record, uint256 position, uint256 x) external {
        activeLedger(3, 4, 1);
        append(5);
        (record, position) = (record % 4, position % 3);
        bytes memory records = wire(5, 4);
        uint256 offset = 0x20 + record * 220 + 28 + 32 * position;
        bytes memory reason = abi.encodeWithSelector(IMIStore.NonCanonicalPoint.selector, 5 + record, position);
        uint256[3] memory wrong = [uint256(1) << 255, Curve.P | (x & (1 << 255)), bound(x, Curve.P, 2 ** 255 - 1)];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 word = wrong[i];
            assembly ("memory-safe") {
                mstore(add(records, offset), word)
            }
            _refused(1, records, reason);
        }
    }

    /// @dev Corrections may be anything, and so may infinities among the commitments.
    function testOpaqueBytes(uint256 word) external {
        activeLedger(2, 3, 1);
        bytes memory records = wire(0, 1);
        assembly ("memory-safe") {
            mstore(add(records, 60), 0)
            for { let i := 124 } lt(i, 220) { i := add(i, 0x20) } { mstore(add(records, i), word) }
        }
        vm.prank(hospital);
        store.appendBatch(ledgerId, 0, "", "", records);
    }

    function _refused(uint64 index, bytes memory records, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(hospital);
        store.appendBatch(ledgerId, index, "", "", records);
    }
}
