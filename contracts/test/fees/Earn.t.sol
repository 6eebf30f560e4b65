// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFees} from "../../IFees.sol";
import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {FeeFixture} from "../support/FeeFixture.sol";
import {bound, vm} from "../support/Vm.sol";

/// @title Who earns the shares of a fee
contract EarnTest is FeeFixture {
    /// @dev The first t answers, whoever gives them; later ones are accepted and earn nothing.
    function testFirstAnswers(uint256 start) external {
        (, bytes32 id) = paidQuery(1);
        for (uint256 k = 0; k < 5; ++k) {
            uint256 seat = (start % 5 + 2 * k) % 5 + 1;
            if (k < 3) {
                vm.expectEmit(address(store));
                emit IFees.FeeEarned(id, ledgerId, server(seat), SHARE);
            }
            vm.recordLogs();
            answerTo(seat, id);
            vm.assertEq(vm.getRecordedLogs().length, k < 3 ? 2 : 1, "events");
            vm.assertEq(store.owed(server(seat)), k < 3 ? SHARE : 0, "owed");
            vm.assertEq(left(id), k < 3 ? 2 - k : 0, "left");
        }
    }

    function testNoFee() external {
        bytes32 id = query(run(1, 4));
        for (uint256 seat = 1; seat <= 5; ++seat) {
            vm.recordLogs();
            answerTo(seat, id);
            vm.assertEq(vm.getRecordedLogs().length, 1, "no FeeEarned");
            vm.assertEq(store.owed(server(seat)), 0, "owed");
        }
    }

    /// @dev With and without fees in one batch, in any order.
    function testBatch(uint256 seat, uint256 which) external {
        seat = bound(seat, 1, 5);
        bytes memory answers = "";
        uint256 expected = 0;
        for (uint256 k = 0; k < 4; ++k) {
            bytes32 id;
            if (which >> k & 1 == 1) {
                (, id) = paidQuery(k);
                expected += SHARE;
            } else {
                IMIStore.Consent memory consent = consentTo(run(1, 4));
                consent.salt = bytes32(k);
                id = open(consent, run(1, 4));
            }
            answers = bytes.concat(answers, answerOf(seat, id, run(1, 4)));
        }
        send(seat, answers);
        vm.assertEq(store.owed(server(seat)), expected, "owed");
    }

    /// @dev Not with the same answer again, alone or in one call; nor for a wrong one, alone or among right ones.
    function testNoDoubleEarning() external {
        (, bytes32 id) = paidQuery(1);
        (, bytes32 other) = paidQuery(2);
        bytes memory answer = answerOf(1, id, run(1, 4));
        bytes memory twice = abi.encodeWithSelector(IMIStoreErrors.AlreadyAnswered.selector, id, 1);
        vm.expectRevert(twice);
        send(1, bytes.concat(answer, answer));
        bytes memory wrong = answerOf(2, other, run(1, 4));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongAnswers.selector, ledgerId, 1, 2));
        send(1, bytes.concat(answer, wrong));
        vm.assertEq(store.owed(server(1)), 0, "nothing yet");
        vm.assertEq(left(id) + left(other), 6, "left");
        send(1, answer);
        vm.expectRevert(twice);
        send(1, answer);
        vm.assertEq(store.owed(server(1)), SHARE, "once");
    }

    /// @dev The fee stays with the query over several transactions; a caller cannot take it away by continuing without.
    function testContinuedQuery() external {
        (IMIStore.Consent memory consent, bytes32 id) = openedQuery(1, 3 * SHARE);
        Edge[] memory edges = run(1, 4);
        IMIStore.Progress memory progress = progressAfter(slice(edges, 0, 1), 1);
        (bytes memory heads, bytes memory proofs) = encoded(slice(edges, 1, 2));
        vm.prank(insurer);
        store.continueQuery(consent, progress, heads, proofs);
        vm.assertTrue(statusOf(id) == IMIStore.QueryStatus.Sealed, "sealed");
        answerTo(4, id);
        vm.assertEq(store.owed(server(4)), SHARE, "owed");
    }

    /// @dev After payUntil an answer earns until somebody takes the refund.
    function testAfterPayUntil(uint256 late) external {
        (IMIStore.Consent memory consent, bytes32 id) = paidQuery(1);
        vm.warp(PAY_UNTIL + bound(late, 1, 365 days));
        answerTo(1, id);
        vm.assertEq(store.owed(server(1)), SHARE, "owed");
        store.refund(consent);
        answerTo(2, id);
        vm.assertEq(store.owed(server(2)), 0, "owed after the refund");
        (, uint256 answered) = store.queryState(id);
        vm.assertEq(answered, 6, "answered");
    }
}

/// @title As above, in a ledger with more seats than a query's word has room for
contract EarnAtHighSeatsTest is FeeFixture {
    function setUp() public override {
        vm.warp(NOW);
        vm.deal(insurer, 1 ether);
        activeLedger(1, 70, 1);
        append(10);
    }

    function testEachSeat() external {
        uint8[5] memory seats = [1, 61, 62, 63, 70];
        for (uint256 k = 0; k < seats.length; ++k) {
            (, bytes32 id) = paidQuery(k);
            answerTo(seats[k], id);
            vm.assertEq(store.owed(server(seats[k])), SHARE, "owed");
            (, uint256 answered) = store.queryState(id);
            vm.assertEq(answered, 1 << seats[k], "answered");
        }
    }
}
