// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {Committees} from "../libraries/Committees.sol";
import {LedgerTerms} from "../libraries/LedgerTerms.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title openLedger and its views
contract LedgerTest is Fixture {
    function testOpenLedger(
        uint256 threshold,
        uint256 seats,
        uint8 scale,
        uint32 minRecords,
        bytes32 salt,
        bytes32 digest
    ) external {
        seats = bound(seats, 1, 12);
        threshold = bound(threshold, 1, seats > 8 ? 4 : seats);
        _register(seats);
        IMIStore.Terms memory terms = termsOf(threshold, seats, uint32(bound(minRecords, 1, 2 ** 20)));
        (terms.scale, terms.currency) = (scale, "EUR");
        bytes32 id = idOf(hospital, terms, salt);
        vm.expectEmit(address(store));
        emit IMIStore.LedgerOpened(id, hospital, terms, salt);
        vm.expectEmit(address(store));
        emit IMIStore.EpochBegun(id, 1, id, digest);
        vm.prank(hospital);
        vm.assertEq(store.openLedger(terms, salt, digest), id, "id");

        IMIStore.Ledger memory expected =
            IMIStore.Ledger(hospital, terms.threshold, uint8(seats), 0, 1, terms.minRecords, false, 0, 0, id, digest);
        vm.assertEq(abi.encode(store.getLedger(id)), abi.encode(expected), "ledger");
        vm.assertEq(store.getServers(id), servers(seats), "servers");
        vm.assertEq(store.digestOf(id, 1), digest, "digest");
        for (uint256 i = 1; i <= seats; ++i) {
            (uint8 seat, uint32 joined,,) = store.seatOf(id, server(i));
            vm.assertEq(seat, i, "seat");
            vm.assertEq(joined, 0, "not joined");
        }
        (uint8 none,,,) = store.seatOf(id, stranger);
        vm.assertEq(none, 0, "no seat");
    }

    /// @dev A ledger is what its terms are: each of them, and the hospital, the chain and the salt, make another one.
    function testOpenedOnce(bytes32 salt, uint256 change) external {
        _register(3);
        IMIStore.Terms memory terms = termsOf(2, 3, 1);
        bytes32 id = store.openLedger(terms, salt, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.LedgerExists.selector, id));
        store.openLedger(terms, salt, ~DIGEST);
        change %= 10;
        if (change == 0) terms.threshold = 3;
        if (change == 1) (terms.servers[0], terms.servers[2]) = (terms.servers[2], terms.servers[0]);
        if (change == 2) terms.lanes[0] = "cos";
        if (change == 3) terms.scale = 3;
        if (change == 4) terms.currency = "EUR";
        if (change == 5) terms.minRecords = 2;
        if (change == 6) (terms.categories[0], terms.categories[1]) = ("pharmacy", "");
        if (change == 7) salt ^= bytes32(uint256(1));
        if (change == 8) vm.chainId(block.chainid + 1);
        if (change == 9) vm.prank(hospital);
        bytes32 other = store.openLedger(terms, salt, DIGEST);
        vm.assertFalse(other == id, "another ledger");
        vm.assertEq(store.getServers(other), terms.servers, "its servers");
        vm.assertEq(store.getServers(id), servers(3), "those of the first");
    }

    function testMostSeats() external {
        _register(255);
        bytes32 id = store.openLedger(termsOf(2, 255, 1), SALT, DIGEST);
        vm.assertEq(store.getServers(id), servers(255), "servers");
    }

    function testInvalidThreshold(uint8 threshold, uint256 seats) external {
        seats = bound(seats, 0, 300);
        if (threshold > 0 && threshold <= seats && seats <= 255) threshold = 0;
        IMIStore.Terms memory terms = termsOf(threshold, 0, 1);
        terms.servers = new address[](seats);
        _refused(terms, abi.encodeWithSelector(Committees.InvalidThreshold.selector, threshold, seats));
    }

    /// @dev Subsets and weight just beyond their bounds, and far.
    function testCommitteeTooLarge() external {
        _tooLarge(3, 129, 8256, 16770); // C(129, 2); (3,128) has 8128
        _tooLarge(4, 38, 8436, 54834); // C(38, 3); (4,37) has 7770
        _tooLarge(8, 16, 11440, 98017920); // C(16, 7); (8,15) has 6435
        _tooLarge(20, 20, 20, 51090942171709440000 / 2); // 21!/2!
        _tooLarge(128, 255, 32385, _firstWeightBeyond(255));
        _register(128);
        store.openLedger(termsOf(3, 128, 1), SALT, DIGEST);
        store.openLedger(termsOf(4, 37, 1), SALT, DIGEST);
        store.openLedger(termsOf(8, 15, 1), SALT, DIGEST);
        store.openLedger(termsOf(19, 19, 1), SALT, DIGEST); // 20!/2! < 2^63
        store.openLedger(termsOf(13, 13, 1), SALT, DIGEST);
    }

    function testInvalidTerms(uint32 minRecords, uint256 count) external {
        _register(1);
        IMIStore.Terms memory terms = termsOf(1, 1, minRecords <= 2 ** 20 ? 0 : minRecords);
        _refused(terms, abi.encodeWithSelector(LedgerTerms.InvalidMinRecords.selector, terms.minRecords));
        terms.minRecords = 2 ** 20 + 1;
        _refused(terms, abi.encodeWithSelector(LedgerTerms.InvalidMinRecords.selector, terms.minRecords));
        terms.minRecords = 2 ** 20;
        terms.lanes = new string[](count % 2 == 0 ? 0 : bound(count, 5, 20));
        _refused(terms, abi.encodeWithSelector(LedgerTerms.InvalidLanes.selector, terms.lanes.length));
        terms.lanes = new string[](4);
        terms.categories = new string[](count % 2 == 0 ? 0 : bound(count, 256, 300));
        _refused(terms, abi.encodeWithSelector(LedgerTerms.InvalidCategories.selector, terms.categories.length));
        terms.categories = new string[](255);
        store.openLedger(terms, SALT, DIGEST);
    }

    function testNamesHaveAtMost64Bytes(uint256 which, uint256 length) external {
        _register(1);
        length = bound(length, 65, 400);
        IMIStore.Terms memory terms = termsOf(1, 1, 1);
        terms.currency = string(new bytes(64));
        terms.lanes[which % 2] = string(new bytes(64));
        terms.categories[which % 2] = string(new bytes(64));
        store.openLedger(terms, SALT, DIGEST);
        string memory long = string(new bytes(length));
        if (which % 3 == 0) terms.currency = long;
        if (which % 3 == 1) terms.lanes[which % 2] = long;
        if (which % 3 == 2) terms.categories[which % 2] = long;
        string memory what = which % 3 == 0 ? "currency" : which % 3 == 1 ? "lane" : "category";
        _refused(terms, abi.encodeWithSelector(LedgerTerms.NameTooLong.selector, what, length, 64));
    }

    function testUnregisteredServer(uint256 missing) external {
        IMIStore.Terms memory terms = termsOf(2, 4, 1);
        terms.servers[missing % 4] = stranger;
        _register(4);
        _refused(terms, abi.encodeWithSelector(IMIStoreErrors.NotRegistered.selector, stranger));
    }

    function testDuplicateServer(uint256 a, uint256 b) external {
        (a, b) = (a % 5, b % 5);
        if (a == b) b = (a + 1) % 5;
        IMIStore.Terms memory terms = termsOf(2, 5, 1);
        terms.servers[a] = terms.servers[b];
        _register(5);
        _refused(terms, abi.encodeWithSelector(IMIStoreErrors.DuplicateServer.selector, terms.servers[b]));
    }

    function testViewsOfAnUnknownLedger(bytes32 id) external {
        openLedger(1, 1, 1);
        if (id == ledgerId) id = 0;
        bytes memory unknown = abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, id);
        vm.expectRevert(unknown);
        store.getLedger(id);
        vm.expectRevert(unknown);
        store.getServers(id);
        vm.expectRevert(unknown);
        store.getBatch(id, 0);
        (uint8 seat, uint32 joined,,) = store.seatOf(id, server(1));
        vm.assertTrue(seat == 0 && joined == 0, "no seat");
        vm.assertEq(store.digestOf(id, 1), 0, "no digest");
    }

    function _firstWeightBeyond(uint256 seats) private pure returns (uint256 weight) {
        weight = 1;
        for (uint256 factor = seats + 1; weight < 2 ** 63; --factor) {
            weight *= factor;
        }
    }

    function _tooLarge(uint256 threshold, uint256 seats, uint256 subsets, uint256 weight) private {
        IMIStore.Terms memory terms = termsOf(threshold, 0, 1);
        terms.servers = new address[](seats);
        bytes4 selector = Committees.CommitteeTooLarge.selector;
        _refused(terms, abi.encodeWithSelector(selector, threshold, seats, subsets, weight));
    }

    function _refused(IMIStore.Terms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        store.openLedger(terms, SALT, DIGEST);
    }

    function _register(uint256 count) private {
        for (uint256 i = 1; i <= count; ++i) {
            register(server(i));
        }
    }
}
