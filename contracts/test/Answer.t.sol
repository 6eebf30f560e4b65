// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Curve} from "./support/Curve.sol";
import {Dealer} from "./support/Dealer.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title What is accepted as an answer
contract AnswerTest is Fixture {
    uint256[] private ids;
    bytes32 private id;

    function setUp() external {
        activeLedger(3, 5, 1);
        append(7);
        ids = some(0, 4, 5);
        id = query(0, ids);
    }

    function testEachSeatOnce(uint256 start) external {
        uint256 expected = 1;
        for (uint256 k = 0; k < 5; ++k) {
            uint8 seat = uint8((start % 5 + 2 * k) % 5 + 1);
            IMIStore.Answer memory given = answerOf(seat, id, ids);
            vm.expectEmit(address(store));
            emit IMIStore.AnswerAccepted(id, seat, given.y, given.w);
            send(seat, given);
            expected |= 1 << seat;
            (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
            vm.assertTrue(status == IMIStore.QueryStatus.Sealed, "still sealed");
            vm.assertEq(answered, expected, "answered");
            vm.expectRevert(abi.encodeWithSelector(IMIStore.AlreadyAnswered.selector, id, seat));
            send(seat, given);
        }
    }

    function testWrongAnswer(uint256 seat, uint256 y, uint256 w) external {
        seat = bound(seat, 1, 5);
        IMIStore.Answer memory given = answerOf(seat, id, ids);
        (y, w) = (y % Curve.R, w % Curve.R);
        if (y == given.y && w == given.w) return;
        (given.y, given.w) = (y, w);
        _refused(seat, given, abi.encodeWithSelector(IMIStore.WrongAnswer.selector, id, seat));
    }

    function testChangedBit(uint256 seat, uint256 bit, bool first) external {
        seat = bound(seat, 1, 5);
        IMIStore.Answer memory given = answerOf(seat, id, ids);
        if (first) given.y ^= 1 << (bit % 256);
        else given.w ^= 1 << (bit % 256);
        uint256 changed = first ? given.y : given.w;
        bytes memory reason = changed < Curve.R
            ? abi.encodeWithSelector(IMIStore.WrongAnswer.selector, id, seat)
            : abi.encodeWithSelector(IMIStore.NonCanonicalScalar.selector, changed);
        _refused(seat, given, reason);
    }

    /// @dev The right answer plus a multiple of the group's order would satisfy the equation.
    function testScalarsNotBelowTheOrder(uint256 seat, uint256 multiple) external {
        seat = bound(seat, 1, 5);
        IMIStore.Answer memory given = answerOf(seat, id, ids);
        multiple = Curve.R * bound(multiple, 1, 4);
        given.y += multiple;
        _refused(seat, given, abi.encodeWithSelector(IMIStore.NonCanonicalScalar.selector, given.y));
        given.y -= multiple;
        given.w += multiple;
        _refused(seat, given, abi.encodeWithSelector(IMIStore.NonCanonicalScalar.selector, given.w));
    }

    /// @dev A mask of its own seat only: an answer of one seat is none of another.
    function testAnswerOfAnotherSeat(uint256 seat, uint256 other) external {
        (seat, other) = (bound(seat, 1, 5), bound(other, 1, 5));
        if (seat == other) return;
        bytes memory reason = abi.encodeWithSelector(IMIStore.WrongAnswer.selector, id, other);
        _refused(other, answerOf(seat, id, ids), reason);
    }

    function testWrongPreimage(uint256 seat, uint256 bit, bool sums) external {
        seat = bound(seat, 1, 5);
        IMIStore.Answer memory given = answerOf(seat, id, ids);
        if (sums) given.sums = flipped(given.sums, bit);
        else given.masks = flipped(given.masks, bit);
        _refused(seat, given, abi.encodeWithSelector(IMIStore.WrongPreimage.selector, id));
    }

    /// @dev The same bytes, cut elsewhere into sums and masks.
    function testPreimageCutElsewhere(uint256 seat, uint256 cut) external {
        IMIStore.Answer memory given = answerOf(bound(seat, 1, 5), id, ids);
        bytes memory all = bytes.concat(given.sums, given.masks);
        cut = bound(cut, 0, all.length);
        if (cut == given.sums.length) return;
        (given.sums, given.masks) = (new bytes(cut), new bytes(all.length - cut));
        for (uint256 i = 0; i < all.length; ++i) {
            if (i < cut) given.sums[i] = all[i];
            else given.masks[i - cut] = all[i];
        }
        _refused(bound(seat, 1, 5), given, abi.encodeWithSelector(IMIStore.WrongPreimage.selector, id));
    }

    function testUnknownQuery(bytes32 other) external {
        if (other == id) return;
        IMIStore.Answer memory given = answerOf(1, id, ids);
        given.queryId = other;
        _refused(1, given, abi.encodeWithSelector(IMIStore.QueryNotSealed.selector, other));
    }

    function testNotAMember(address account) external {
        for (uint256 seat = 1; seat <= 5; ++seat) {
            if (account == server(seat)) return;
        }
        IMIStore.Answer[] memory list = new IMIStore.Answer[](1);
        list[0] = answerOf(1, id, ids);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.NotAMember.selector, ledgerId, account));
        vm.prank(account);
        store.answer(list);
    }

    /// @dev A ledger in which the stranger has a seat, even the same, does not let him answer here.
    function testMemberOfAnotherLedger() external {
        register(stranger);
        address[] memory list = new address[](1);
        list[0] = stranger;
        uint256 other = store.openLedger(1, list, 1, LANES, 2, "USD", 1);
        IMIStore.Answer[] memory answers = new IMIStore.Answer[](1);
        answers[0] = answerOf(1, id, ids);
        answers[0].ledgerId = other;
        vm.expectRevert(abi.encodeWithSelector(IMIStore.WrongPreimage.selector, id));
        vm.prank(stranger);
        store.answer(answers);
    }

    function testSeveralQueriesAtOnce(uint256 seat, uint256 wrong) external {
        seat = bound(seat, 1, 5);
        IMIStore.Answer[] memory answers = new IMIStore.Answer[](4);
        answers[0] = answerOf(seat, id, ids);
        for (uint256 k = 1; k < 4; ++k) {
            uint256[] memory one = some(k == 1 ? 0 : k);
            answers[k] = answerOf(seat, query(0, one), one);
        }
        uint256 right = answers[wrong % 4].y;
        answers[wrong % 4].y = right == 0 ? 1 : right - 1;
        vm.expectRevert(abi.encodeWithSelector(IMIStore.WrongAnswer.selector, answers[wrong % 4].queryId, seat));
        vm.prank(server(seat));
        store.answer(answers);
        answers[wrong % 4].y = right;
        vm.prank(server(seat));
        store.answer(answers);
        for (uint256 k = 0; k < 4; ++k) {
            (, uint256 answered) = store.queryState(answers[k].queryId);
            vm.assertEq(answered, 1 | (1 << seat), "answered");
        }
    }

    function testTheSameAnswerTwiceInOneCall() external {
        IMIStore.Answer[] memory answers = new IMIStore.Answer[](2);
        (answers[0], answers[1]) = (answerOf(1, id, ids), answerOf(1, id, ids));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.AlreadyAnswered.selector, id, 1));
        vm.prank(server(1));
        store.answer(answers);
    }

    function testNoAnswers() external {
        vm.recordLogs();
        store.answer(new IMIStore.Answer[](0));
        vm.assertEq(vm.getRecordedLogs().length, 0, "no events");
    }

    function _refused(uint256 seat, IMIStore.Answer memory given, bytes memory reason) private {
        vm.expectRevert(reason);
        send(seat, given);
    }
}
