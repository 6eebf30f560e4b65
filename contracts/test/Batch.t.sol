// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {Records} from "../libraries/Records.sol";
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
        bytes memory records = draw(count);
        bytes32 root = Tree.root(leavesFrom(3, count, batchLeafOf(1, 1, nonce, source, 3, count)));
        vm.expectEmit(address(store));
        emit IMIStore.BatchAppended(ledgerId, 1, 1, 3, uint32(count), root, nonce, source, records);
        vm.prank(hospital);
        store.appendBatch(ledgerId, previousRoot(), 1, nonce, source, records);
        IMIStore.Ledger memory ledger = store.getLedger(ledgerId);
        vm.assertEq(ledger.nextBatch, 2, "next batch");
        vm.assertEq(ledger.nextRecordId, 3 + count, "next record");
    }

    /// @dev More than four batches, for their first ids share words; in several epochs.
    function testManyBatches(uint256 seed) external {
        activeLedger(1, 1, 1);
        for (uint256 index = 0; index < 11; ++index) {
            append(1 + ((seed >> (8 * index)) % 4));
            if (index % 3 == 1) refresh();
        }
        vm.assertEq(store.getLedger(ledgerId).nextRecordId, places.length, "records");
        uint256 first = 0;
        for (uint32 index = 0; index < 11; ++index) {
            IMIStore.Batch memory batch = store.getBatch(ledgerId, index);
            vm.assertEq(batch.firstRecordId, first, "first record");
            vm.assertEq(batch.count, 1 + ((seed >> (8 * index)) % 4), "count");
            vm.assertEq(batch.root, roots[index], "root");
            first += batch.count;
        }
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.UnknownBatch.selector, ledgerId, 11));
        store.getBatch(ledgerId, 11);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.UnknownBatch.selector, ledgerId, type(uint32).max));
        store.getBatch(ledgerId, type(uint32).max);
    }

    function testOnlyTheHospital(address account) external {
        if (account == hospital) return;
        activeLedger(1, 2, 1);
        bytes memory records = draw(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotTheHospital.selector, ledgerId, account));
        vm.prank(account);
        store.appendBatch(ledgerId, ledgerId, 1, "", "", records);
    }

    function testUnknownLedger(bytes32 id) external {
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, id));
        store.appendBatch(id, id, 1, "", "", "");
    }

    function testEpochNotJoined(uint256 joined) external {
        openLedger(2, 4, 1);
        joined = bound(joined, 0, 3);
        for (uint256 seat = 4; seat > 4 - joined; --seat) {
            join(seat, 1, DIGEST);
        }
        _refused(draw(1), abi.encodeWithSelector(IMIStoreErrors.EpochNotJoined.selector, ledgerId, joined, 4));
    }

    function testAnotherEpoch(uint32 epoch) external {
        activeLedger(1, 1, 1);
        refresh();
        if (epoch == 2) epoch = 1;
        bytes memory records = draw(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongEpoch.selector, ledgerId, epoch, 2));
        vm.prank(hospital);
        store.appendBatch(ledgerId, ledgerId, epoch, "", "", records);
    }

    /// @dev A batch lands on the history that it was made for, or not at all: not on the ledger's beginning, on an earlier
    /// batch, on another ledger's, nor twice.
    function testAnotherHistory(uint256 bit) external {
        activeLedger(1, 1, 1);
        append(1);
        append(2);
        bytes memory records = draw(1);
        bytes32 last = roots[1];
        bytes32[4] memory wrong = [ledgerId, roots[0], bytes32(0), last ^ bytes32(uint256(1) << (bit % 256))];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongHistory.selector, ledgerId, wrong[i], last));
            vm.prank(hospital);
            store.appendBatch(ledgerId, wrong[i], 1, NONCE, SOURCE, records);
        }
        vm.prank(hospital);
        store.appendBatch(ledgerId, last, 1, NONCE, SOURCE, records);
        noteBatch(3, 1, 1, NONCE, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongHistory.selector, ledgerId, last, roots[2]));
        vm.prank(hospital);
        store.appendBatch(ledgerId, last, 1, NONCE, SOURCE, records);
    }

    function testWrongLengths(uint256 cut) external {
        activeLedger(2, 3, 1);
        _refused("", abi.encodeWithSelector(Records.EmptyBatch.selector));
        bytes memory records = draw(2);
        cut = bound(cut, 1, 123);
        assembly ("memory-safe") {
            mstore(records, sub(mload(records), cut))
        }
        _refused(records, abi.encodeWithSelector(IMIStoreErrors.LengthMismatch.selector, "records", 248 - cut, 124));
    }

    /// @dev A tag that is its predecessor's, or less, by one bit of any of its 20 bytes.
    function testTagsMustAscend(uint256 record, uint256 bit) external {
        activeLedger(1, 2, 1);
        append(4);
        bytes memory records = draw(5);
        record = bound(record, 1, 4);
        uint160 before = uint160(_tag(records, record - 1));
        uint160 lower = before & ~uint160(1 << (bit % 160));
        _setTag(records, record, lower);
        bytes4 selector = Records.TagsNotAscending.selector;
        _refused(records, abi.encodeWithSelector(selector, 4 + record, address(lower), address(before)));
    }

    /// @dev Only neighbours of one batch are compared, and the least tag may begin.
    function testTagZeroMayBegin() external {
        activeLedger(1, 2, 1);
        bytes memory records = draw(2);
        _setTag(records, 0, 0);
        vm.prank(hospital);
        store.appendBatch(ledgerId, ledgerId, 1, "", "", records);
    }

    function testNonCanonicalCommitment(uint256 record, uint256 position, uint256 x) external {
        activeLedger(3, 4, 1);
        append(5);
        (record, position) = (record % 4, position % 3);
        bytes memory records = draw(4);
        bytes memory reason = abi.encodeWithSelector(Records.NonCanonicalPoint.selector, 5 + record, position);
        uint256[3] memory wrong = [uint256(1) << 255, Curve.P | (x & (1 << 255)), bound(x, Curve.P, 2 ** 255 - 1)];
        for (uint256 i = 0; i < 3; ++i) {
            _setWord(records, record * 156 + 28 + 32 * position, wrong[i]);
            _refused(records, reason);
        }
    }

    function testNonCanonicalCorrection(uint256 record, uint256 delta) external {
        activeLedger(3, 4, 1);
        append(5);
        record %= 4;
        bytes memory records = draw(4);
        bytes memory reason = abi.encodeWithSelector(Records.NonCanonicalCorrection.selector, 5 + record);
        _setWord(records, record * 156 + 124, bound(delta, Curve.R, type(uint256).max));
        _refused(records, reason);
        _setWord(records, record * 156 + 124, Curve.R);
        _refused(records, reason);
        _setWord(records, record * 156 + 124, Curve.R - 1);
        vm.prank(hospital);
        store.appendBatch(ledgerId, previousRoot(), 1, "", "", records);
    }

    /// @dev A coordinate that is no point's is taken: computing on curves is for those who show it.
    function testCommitmentsNeedNotBePoints(uint256 x) external {
        activeLedger(2, 3, 1);
        bytes memory records = draw(1);
        _setWord(records, 28, 0);
        _setWord(records, 60, bound(x, 1, Curve.P - 1));
        vm.prank(hospital);
        store.appendBatch(ledgerId, ledgerId, 1, "", "", records);
    }

    function _refused(bytes memory records, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(hospital);
        store.appendBatch(ledgerId, previousRoot(), 1, "", "", records);
    }

    function _tag(bytes memory records, uint256 record) private view returns (bytes20 tag) {
        uint256 offset = 0x20 + record * (28 + 32 * (t + 1));
        assembly ("memory-safe") {
            tag := and(mload(add(records, offset)), not(sub(shl(96, 1), 1)))
        }
    }

    function _setTag(bytes memory records, uint256 record, uint160 tag) private view {
        uint256 offset = 0x20 + record * (28 + 32 * (t + 1));
        assembly ("memory-safe") {
            let place := add(records, offset)
            mstore(place, or(shl(96, tag), and(mload(place), sub(shl(96, 1), 1))))
        }
    }

    function _setWord(bytes memory records, uint256 offset, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(add(records, 0x20), offset), word)
        }
    }
}
