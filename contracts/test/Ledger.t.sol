// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title openLedger, join and their views
contract LedgerTest is Fixture {
    function testOpenLedger(uint8 threshold, uint8 seats, uint8 scale, uint32 minRecords) external {
        seats = uint8(bound(seats, 1, 20));
        threshold = uint8(bound(threshold, 1, seats));
        minRecords = uint32(bound(minRecords, 1, 2 ** 20));
        _register(seats);
        vm.expectEmit(address(store));
        emit IMIStore.LedgerOpened(1, hospital, threshold, 1, minRecords, servers(seats), LANES, scale, "EUR");
        vm.prank(hospital);
        vm.assertEq(store.openLedger(threshold, servers(seats), 1, LANES, scale, "EUR", minRecords), 1, "id");

        IMIStore.Ledger memory expected = IMIStore.Ledger(hospital, threshold, seats, 0, 1, 2, minRecords, 0, 0);
        vm.assertEq(abi.encode(store.getLedger(1)), abi.encode(expected), "ledger");
        vm.assertEq(store.getServers(1), servers(seats), "servers");
        for (uint256 i = 1; i <= seats; ++i) {
            (uint8 seat, bool joined) = store.seatOf(1, server(i));
            vm.assertEq(seat, i, "seat");
            vm.assertFalse(joined, "not joined");
        }
        (uint8 none,) = store.seatOf(1, stranger);
        vm.assertEq(none, 0, "no seat");
    }

    function testMostSeats() external {
        _register(255);
        store.openLedger(255, servers(255), 1, LANES, 2, "USD", 1);
        vm.assertEq(store.getServers(1), servers(255), "servers");
    }

    function testLedgersAreApart() external {
        _register(3);
        address[] memory reversed = new address[](2);
        (reversed[0], reversed[1]) = (server(2), server(1));
        store.openLedger(2, servers(3), 1, LANES, 2, "USD", 1);
        vm.assertEq(store.openLedger(1, reversed, 1, LANES, 2, "USD", 1), 2, "id");
        vm.assertEq(store.ledgerCount(), 2, "count");
        vm.assertEq(store.getServers(1), servers(3), "servers of the first");
        vm.assertEq(store.getServers(2), reversed, "servers of the second");
        (uint8 seat,) = store.seatOf(2, server(1));
        vm.assertEq(seat, 2, "seat in the second");
    }

    function testInvalidThreshold(uint8 threshold, uint256 seats) external {
        seats = bound(seats, 0, 300);
        if (threshold > 0 && threshold <= seats && seats <= 255) threshold = 0;
        _register(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.InvalidThreshold.selector, threshold, seats));
        store.openLedger(threshold, new address[](seats), 1, LANES, 2, "USD", 1);
    }

    function testInvalidTerms(uint8 dealing, uint32 minRecords, uint256 lanes) external {
        _register(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.UnsupportedDealing.selector, dealing == 1 ? 0 : dealing));
        store.openLedger(1, servers(1), dealing == 1 ? 0 : dealing, LANES, 2, "USD", 1);
        minRecords = minRecords <= 2 ** 20 ? 0 : minRecords;
        vm.expectRevert(abi.encodeWithSelector(IMIStore.InvalidMinRecords.selector, minRecords));
        store.openLedger(1, servers(1), 1, LANES, 2, "USD", minRecords);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.InvalidMinRecords.selector, 2 ** 20 + 1));
        store.openLedger(1, servers(1), 1, LANES, 2, "USD", 2 ** 20 + 1);
        lanes = lanes % 2 == 0 ? 0 : bound(lanes, 5, 20);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.InvalidLanes.selector, lanes));
        store.openLedger(1, servers(1), 1, new string[](lanes), 2, "USD", 1);
        store.openLedger(1, servers(1), 1, new string[](4), 2, "USD", 2 ** 20);
    }

    function testLongestNames() external {
        _register(1);
        string[] memory lanes = new string[](4);
        for (uint256 i = 0; i < 4; ++i) lanes[i] = _name(64);
        store.openLedger(1, servers(1), 1, lanes, 2, _name(64), 1);
    }

    function testNameTooLong(uint256 lane, uint256 length) external {
        _register(1);
        (lane, length) = (lane % 4, bound(length, 65, 1000));
        string[] memory lanes = new string[](4);
        lanes[lane] = _name(length);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NameTooLong.selector, "lane", length, 64));
        store.openLedger(1, servers(1), 1, lanes, 2, "USD", 1);
        lanes[lane] = "";
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NameTooLong.selector, "currency", length, 64));
        store.openLedger(1, servers(1), 1, lanes, 2, _name(length), 1);
    }

    function _name(uint256 length) private pure returns (string memory) {
        return string(new bytes(length));
    }

    function testUnregisteredServer(uint256 missing) external {
        address[] memory list = servers(4);
        list[missing % 4] = stranger;
        _register(4);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NotRegistered.selector, stranger));
        store.openLedger(2, list, 1, LANES, 2, "USD", 1);
    }

    function testDuplicateServer(uint256 a, uint256 b) external {
        (a, b) = (a % 5, b % 5);
        if (a == b) b = (a + 1) % 5;
        address[] memory list = servers(5);
        list[a] = list[b];
        _register(5);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.DuplicateServer.selector, list[b]));
        store.openLedger(2, list, 1, LANES, 2, "USD", 1);
    }

    function testJoinInAnyOrder(uint256 start) external {
        openLedger(2, 5, 1);
        for (uint256 k = 0; k < 5; ++k) {
            uint8 seat = uint8((start % 5 + 3 * k) % 5 + 1);
            vm.expectEmit(address(store));
            emit IMIStore.ServerJoined(ledgerId, seat, server(seat));
            if (k == 4) vm.expectEmit(address(store));
            if (k == 4) emit IMIStore.LedgerActivated(ledgerId);
            vm.recordLogs();
            join(seat);
            vm.assertEq(vm.getRecordedLogs().length, k == 4 ? 2 : 1, "events");
            (, bool joined) = store.seatOf(ledgerId, server(seat));
            vm.assertTrue(joined, "joined");
            vm.assertEq(store.getLedger(ledgerId).joined, k + 1, "count");
        }
        vm.assertEq(store.getServers(ledgerId), servers(5), "servers");
    }

    function testJoinErrors() external {
        vm.expectRevert(abi.encodeWithSelector(IMIStore.UnknownLedger.selector, 7));
        store.join(7);
        openLedger(1, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NotAMember.selector, ledgerId, hospital));
        vm.prank(hospital);
        store.join(ledgerId);
        join(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.AlreadyJoined.selector, ledgerId, server(1)));
        join(1);
    }

    function testJoinWithoutChannel() external {
        _register(1);
        vm.prank(hospital);
        ledgerId = store.openLedger(1, servers(1), 1, LANES, 2, "USD", 1);
        openChannel(stranger, server(1));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.ChannelMissing.selector, hospital, server(1)));
        join(1);
        openChannel(hospital, server(1));
        join(1);
    }

    function testViewsOfAnUnknownLedger(uint256 id) external {
        openLedger(1, 1, 1);
        if (id == 1) id = 0;
        bytes memory unknown = abi.encodeWithSelector(IMIStore.UnknownLedger.selector, id);
        vm.expectRevert(unknown);
        store.getLedger(id);
        vm.expectRevert(unknown);
        store.getServers(id);
        vm.expectRevert(unknown);
        store.getBatch(id, 0);
        (uint8 seat, bool joined) = store.seatOf(id, server(1));
        vm.assertTrue(seat == 0 && !joined, "no seat");
    }

    function _register(uint256 count) private {
        for (uint256 i = 1; i <= count; ++i) {
            register(server(i));
        }
    }
}
