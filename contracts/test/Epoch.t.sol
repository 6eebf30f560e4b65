// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title join, beginEpoch and dealKeys
contract EpochTest is Fixture {
    function testJoinInAnyOrder(uint256 start) external {
        openLedger(2, 5, 1);
        for (uint256 k = 0; k < 5; ++k) {
            uint8 seat = uint8((start % 5 + 3 * k) % 5 + 1);
            vm.expectEmit(address(store));
            emit IMIStore.ServerJoined(ledgerId, seat, server(seat), 1);
            if (k == 4) vm.expectEmit(address(store));
            if (k == 4) emit IMIStore.EpochActivated(ledgerId, 1);
            vm.recordLogs();
            join(seat, 1, DIGEST);
            vm.assertEq(vm.getRecordedLogs().length, k == 4 ? 2 : 1, "events");
            (, uint32 joined,,) = store.seatOf(ledgerId, server(seat));
            vm.assertEq(joined, 1, "joined");
            vm.assertEq(store.getLedger(ledgerId).joined, k + 1, "count");
        }
        vm.assertEq(store.getServers(ledgerId), servers(5), "servers");
    }

    function testJoinErrors(uint32 epoch, uint256 bit) external {
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, 7));
        store.join(bytes32(uint256(7)), 1, DIGEST);
        openLedger(1, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotAMember.selector, ledgerId, hospital));
        vm.prank(hospital);
        store.join(ledgerId, 1, DIGEST);
        bytes32 other = bytes32(flipped(abi.encode(DIGEST), bit));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongDigest.selector, ledgerId, other, DIGEST));
        join(1, 1, other);
        if (epoch == 1) epoch = 0;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongEpoch.selector, ledgerId, epoch, 1));
        join(1, epoch, DIGEST);
        join(1, 1, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.AlreadyJoined.selector, ledgerId, server(1)));
        join(1, 1, DIGEST);
    }

    function testJoinWithoutChannel() external {
        register(server(1));
        vm.prank(hospital);
        ledgerId = store.openLedger(termsOf(1, 1, 1), SALT, DIGEST);
        openChannel(stranger, server(1));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ChannelMissing.selector, hospital, server(1)));
        join(1, 1, DIGEST);
        openChannel(hospital, server(1));
        join(1, 1, DIGEST);
    }

    /// @dev Batches wait for all seats of the new epoch; committee hashes form a chain from the ledger's id on.
    function testBeginEpoch(uint256 epochs, uint256 absent) external {
        activeLedger(2, 3, 1);
        append(2);
        bytes32 committee = ledgerId;
        for (uint32 epoch = 2; epoch <= bound(epochs, 2, 4); ++epoch) {
            bytes32 digest = keccak256(abi.encode(epoch));
            committee = keccak256(abi.encode(committee, 0, address(0)));
            vm.expectEmit(address(store));
            emit IMIStore.EpochBegun(ledgerId, epoch, committee, digest);
            vm.prank(hospital);
            store.beginEpoch(ledgerId, epoch, digest);
            IMIStore.Ledger memory ledger = store.getLedger(ledgerId);
            vm.assertTrue(ledger.epoch == epoch && ledger.joined == 0, "epoch");
            vm.assertEq(ledger.committee, committee, "committee");
            vm.assertEq(ledger.digest, digest, "digest");
            for (uint256 seat = 1; seat <= 3; ++seat) {
                if (seat == absent % 3 + 1) continue;
                join(seat, epoch, digest);
            }
            vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.EpochNotJoined.selector, ledgerId, 2, 3));
            vm.prank(hospital);
            store.appendBatch(ledgerId, previousRoot(), epoch, NONCE, SOURCE, "");
            join(absent % 3 + 1, epoch, digest);
            append(3);
        }
        vm.assertEq(store.digestOf(ledgerId, 1), DIGEST, "earlier digests stay");
    }

    function testBeginEpochErrors(address account, uint32 epoch) external {
        activeLedger(1, 2, 1);
        if (epoch == 2) epoch = 1;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongEpoch.selector, ledgerId, epoch, 2));
        vm.prank(hospital);
        store.beginEpoch(ledgerId, epoch, DIGEST);
        if (account == hospital) return;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotTheHospital.selector, ledgerId, account));
        vm.prank(account);
        store.beginEpoch(ledgerId, 2, DIGEST);
    }

    function testDealKeys(uint8 seat, uint16 part, bytes calldata ciphertext) external {
        activeLedger(2, 3, 1);
        refresh();
        seat = uint8(bound(seat, 0, 3));
        for (uint32 epoch = 1; epoch <= 2; ++epoch) {
            vm.expectEmit(address(store));
            emit IMIStore.KeysDealt(ledgerId, epoch, seat, part, ciphertext);
            vm.prank(hospital);
            store.dealKeys(ledgerId, epoch, seat, part, ciphertext);
        }
    }

    function testDealKeysErrors(address account, uint8 seat, uint32 epoch) external {
        openLedger(2, 3, 1);
        if (epoch == 1) epoch = 0;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongEpoch.selector, ledgerId, epoch, 1));
        vm.prank(hospital);
        store.dealKeys(ledgerId, epoch, 1, 0, "");
        seat = uint8(bound(seat, 4, 255));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.InvalidSeat.selector, ledgerId, seat));
        vm.prank(hospital);
        store.dealKeys(ledgerId, 1, seat, 0, "");
        if (account == hospital) return;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotTheHospital.selector, ledgerId, account));
        vm.prank(account);
        store.dealKeys(ledgerId, 1, 1, 0, "");
    }
}
