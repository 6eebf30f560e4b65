// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {SeatFixture} from "../support/SeatFixture.sol";
import {bound, vm} from "../support/Vm.sol";

/// @title changeSeat and resign: who holds which seat
contract ChangeSeatTest is SeatFixture {
    /// @dev Seats change hands at random; servers, epochs and committee hashes are as by our own account.
    function testChangeSeats(uint256 seed) external {
        bytes32 committee = ledgerId;
        for (uint32 epoch = 2; epoch < 7; ++epoch) {
            uint8 seat = uint8(uint256(keccak256(abi.encode(seed, epoch))) % n + 1);
            address from = holders[seat - 1];
            address to = newcomer(epoch);
            committee = keccak256(abi.encode(committee, seat, to));
            bytes32 digest = digestOf(epoch);
            register(to);
            vm.expectEmit(address(store));
            emit IMIStore.SeatChanged(ledgerId, seat, epoch, from, to);
            vm.expectEmit(address(store));
            emit IMIStore.EpochBegun(ledgerId, epoch, committee, digest);
            vm.prank(hospital);
            store.changeSeat(ledgerId, epoch, seat, to, digest);
            holders[seat - 1] = to;
            vm.assertEq(store.getServers(ledgerId), holders, "servers");
            _held(from, seat, joinedEpochOf(from), firstEpochOf(from), epoch);
            _held(to, seat, 0, epoch, 0);
            IMIStore.Ledger memory ledger = store.getLedger(ledgerId);
            vm.assertTrue(ledger.epoch == epoch && ledger.joined == 0, "epoch");
            vm.assertEq(ledger.committee, committee, "committee");
            vm.assertEq(ledger.digest, digest, "digest");
        }
    }

    /// @dev After a change of keys alone, and before another one: the hashes go on from each other.
    function testBetweenRefreshes(uint256 seat) external {
        seat = bound(seat, 1, n);
        refresh();
        change(seat, newcomer(1));
        bytes32 before = store.getLedger(ledgerId).committee;
        vm.prank(hospital);
        store.beginEpoch(ledgerId, 4, DIGEST);
        bytes32 second = keccak256(abi.encode(ledgerId, 0, address(0)));
        vm.assertEq(before, keccak256(abi.encode(second, seat, newcomer(1))), "third");
        bytes32 expected = keccak256(abi.encode(before, 0, address(0)));
        vm.assertEq(store.getLedger(ledgerId).committee, expected, "fourth");
    }

    /// @dev All join again, the newcomer too: so it accepts. Until then the ledger takes no batch.
    function testJoin(uint256 seat) external {
        seat = bound(seat, 1, n);
        address former = holders[seat - 1];
        change(seat, newcomer(1));
        bytes32 digest = digestOf(2);
        for (uint256 other = 1; other <= n; ++other) {
            if (other == seat) continue;
            vm.prank(holders[other - 1]);
            store.join(ledgerId, 2, digest);
        }
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.EpochNotJoined.selector, ledgerId, n - 1, n));
        vm.prank(hospital);
        store.appendBatch(ledgerId, previousRoot(), 2, NONCE, SOURCE, "");
        _notTheHolder(former, abi.encodeCall(IMIStore.join, (ledgerId, 2, digest)));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ChannelMissing.selector, hospital, newcomer(1)));
        vm.prank(newcomer(1));
        store.join(ledgerId, 2, digest);
        openChannel(hospital, newcomer(1));
        vm.expectEmit(address(store));
        emit IMIStore.ServerJoined(ledgerId, uint8(seat), newcomer(1), 2);
        vm.expectEmit(address(store));
        emit IMIStore.EpochActivated(ledgerId, 2);
        vm.prank(newcomer(1));
        store.join(ledgerId, 2, digest);
        _held(newcomer(1), seat, 2, 2, 0);
        append(3);
    }

    /// @dev A seat that is given away before its holder has joined; the seat's keys of that epoch were nobody's.
    function testNewcomerWhoNeverJoins() external {
        change(2, newcomer(1));
        change(2, newcomer(2));
        _held(newcomer(1), 2, 0, 2, 3);
        _held(newcomer(2), 2, 0, 3, 0);
        _notTheHolder(newcomer(1), abi.encodeCall(IMIStore.join, (ledgerId, 3, digestOf(3))));
    }

    function testErrors(address account, uint32 epoch, uint8 seat) external {
        register(newcomer(1));
        if (epoch == 2) epoch = 1;
        _refused(epoch, 1, newcomer(1), abi.encodeWithSelector(IMIStoreErrors.WrongEpoch.selector, ledgerId, epoch, 2));
        seat = uint8(bound(seat, n + 1, 255));
        _refused(2, seat, newcomer(1), abi.encodeWithSelector(IMIStoreErrors.InvalidSeat.selector, ledgerId, seat));
        _refused(2, 0, newcomer(1), abi.encodeWithSelector(IMIStoreErrors.InvalidSeat.selector, ledgerId, 0));
        bytes memory notRegistered = abi.encodeWithSelector(IMIStoreErrors.NotRegistered.selector, newcomer(2));
        _refused(2, 1, newcomer(2), notRegistered);
        _refused(2, 1, address(0), abi.encodeWithSelector(IMIStoreErrors.NotRegistered.selector, address(0)));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, 7));
        vm.prank(hospital);
        store.changeSeat(bytes32(uint256(7)), 2, 1, newcomer(1), DIGEST);
        if (account == hospital) return;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotTheHospital.selector, ledgerId, account));
        vm.prank(account);
        store.changeSeat(ledgerId, 2, 1, newcomer(1), DIGEST);
    }

    /// @dev Present holders of any seat, the same one too, and former ones, have had their seat.
    function testOneSeatForEver(uint256 seat, uint256 other) external {
        (seat, other) = (bound(seat, 1, n), bound(other, 1, n));
        address former = holders[other - 1];
        address[2] memory had = [former, newcomer(1)];
        _refused(2, uint8(seat), former, abi.encodeWithSelector(IMIStoreErrors.DuplicateServer.selector, former));
        change(other, newcomer(1));
        for (uint256 k = 0; k < 2; ++k) {
            _refused(3, uint8(seat), had[k], abi.encodeWithSelector(IMIStoreErrors.DuplicateServer.selector, had[k]));
        }
    }

    /// @dev In another ledger they may have any.
    function testAnotherLedger() external {
        change(1, newcomer(1));
        vm.prank(hospital);
        bytes32 other = store.openLedger(termsOf(t, n, 1), "another", DIGEST);
        vm.prank(hospital);
        store.changeSeat(other, 2, 3, newcomer(1), DIGEST);
        vm.assertEq(store.getServers(other)[2], newcomer(1), "seat 3 there");
        vm.assertEq(store.getServers(ledgerId)[0], newcomer(1), "seat 1 here");
    }

    /// @dev An epoch has 24 bits in a member's word; its ledger would be out of epochs after 16,777,215.
    function testTooManyEpochs() external {
        // LedgerStorage is the value of mapping 2; its second word has the epoch in the bits 216 to 247.
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(ledgerId, 2))) + 1);
        uint256 word = uint256(vm.load(address(store), slot));
        vm.assertEq(uint32(word >> 216), 1, "this is the epoch");
        uint256 last = type(uint24).max;
        vm.store(address(store), slot, bytes32(word ^ (1 ^ (last - 1)) << 216));
        register(newcomer(1));
        register(newcomer(2));
        vm.prank(hospital);
        store.changeSeat(ledgerId, uint32(last), 2, newcomer(1), DIGEST);
        _held(newcomer(1), 2, 0, last, 0);
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.TooManyEpochs.selector, ledgerId, last);
        _refused(uint32(last + 1), 2, newcomer(2), reason);
        vm.expectRevert(reason);
        vm.prank(hospital);
        store.beginEpoch(ledgerId, uint32(last + 1), DIGEST);
    }

    /// @dev Only a wish: the seat stays theirs until the hospital gives it away.
    function testResign(uint256 seat) external {
        seat = bound(seat, 1, n);
        address holder = holders[seat - 1];
        vm.expectEmit(address(store));
        emit IMIStore.ServerResigned(ledgerId, uint8(seat), holder);
        vm.prank(holder);
        store.resign(ledgerId);
        vm.assertEq(store.getServers(ledgerId), holders, "servers");
        _held(holder, seat, 1, 1, 0);
        change(seat, newcomer(1));
        _notTheHolder(holder, abi.encodeCall(IMIStore.resign, (ledgerId)));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotAMember.selector, ledgerId, stranger));
        vm.prank(stranger);
        store.resign(ledgerId);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, 7));
        store.resign(bytes32(uint256(7)));
    }

    function _held(address account, uint256 seat, uint256 joined, uint256 from, uint256 until) private view {
        (uint8 seat_, uint32 joined_, uint32 from_, uint32 until_) = store.seatOf(ledgerId, account);
        vm.assertEq(abi.encode(seat_, joined_, from_, until_), abi.encode(seat, joined, from, until), "seatOf");
    }

    function _refused(uint32 epoch, uint8 seat, address server_, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(hospital);
        store.changeSeat(ledgerId, epoch, seat, server_, DIGEST);
    }

    function _notTheHolder(address account, bytes memory call_) private {
        uint256 epoch = store.getLedger(ledgerId).epoch;
        vm.prank(account);
        (bool ok, bytes memory reason) = address(store).call(call_);
        vm.assertFalse(ok, "a former holder");
        bytes memory expected = abi.encodeWithSelector(IMIStoreErrors.NotTheHolder.selector, ledgerId, epoch, account);
        vm.assertEq(reason, expected, "reason");
    }
}
