// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {BN254} from "../libraries/BN254.sol";
import {Curve} from "./support/Curve.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title What is accepted as an answer
contract AnswerTest is QueryFixture {
    bytes32 private id;

    function setUp() external {
        activeLedger(3, 5, 1);
        append(10);
        id = query(run(1, 4));
    }

    function testEachSeatOnce(uint256 start) external {
        uint256 expected = 0;
        for (uint256 k = 0; k < 5; ++k) {
            uint8 seat = uint8((start % 5 + 2 * k) % 5 + 1);
            (uint256 y, uint256 w) = shareOf(run(1, 4), seat);
            bytes memory answer = answerOf(seat, id, run(1, 4));
            vm.expectEmit(address(store));
            emit IMIStore.AnswerAccepted(id, ledgerId, seat, y, w);
            send(seat, answer);
            expected |= 1 << seat;
            (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
            vm.assertTrue(status == IMIStore.QueryStatus.Sealed, "still sealed");
            vm.assertEq(answered, expected, "answered");
            _refused(seat, answer, abi.encodeWithSelector(IMIStoreErrors.AlreadyAnswered.selector, id, seat));
        }
    }

    function testWrongAnswer(uint256 seat, uint256 y, uint256 w) external {
        seat = bound(seat, 1, 5);
        (y, w) = (y % Curve.R, w % Curve.R);
        _refused(seat, answerBytes(id, y, w, 1, run(1, 4)), _wrong(seat, 1));
    }

    /// @dev Any bit of an answer: the id names another query, y and w are wrong or too large, epoch and sums are others.
    function testChangedBit(uint256 seat, uint256 bit) external {
        seat = bound(seat, 1, 5);
        bytes memory answer = answerOf(seat, id, run(1, 4));
        bit %= 8 * answer.length;
        answer = flipped(answer, bit);
        (uint256 word, uint256 place) = (0, bit / 256);
        assembly ("memory-safe") {
            word := mload(add(add(answer, 0x20), mul(place, 0x20)))
        }
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.WrongPreimage.selector, id);
        if (place == 0) reason = abi.encodeWithSelector(IMIStoreErrors.QueryNotSealed.selector, word);
        if (place == 1 || place == 2) {
            bytes memory tooLarge = abi.encodeWithSelector(BN254.NonCanonicalScalar.selector, word);
            reason = word < Curve.R ? _wrong(seat, 1) : tooLarge;
        }
        _refused(seat, answer, reason);
    }

    /// @dev The right answer plus a multiple of the group's order would satisfy the equation.
    function testScalarsNotBelowTheOrder(uint256 seat, uint256 multiple) external {
        seat = bound(seat, 1, 5);
        (uint256 y, uint256 w) = shareOf(run(1, 4), seat);
        multiple = Curve.R * bound(multiple, 1, 4);
        bytes4 selector = BN254.NonCanonicalScalar.selector;
        _refused(seat, answerBytes(id, y + multiple, w, 1, run(1, 4)), abi.encodeWithSelector(selector, y + multiple));
        _refused(seat, answerBytes(id, y, w + multiple, 1, run(1, 4)), abi.encodeWithSelector(selector, w + multiple));
    }

    function testAnswerOfAnotherSeat(uint256 seat, uint256 other) external {
        (seat, other) = (bound(seat, 1, 5), bound(other, 1, 5));
        if (seat == other) return;
        _refused(other, answerOf(seat, id, run(1, 4)), _wrong(other, 1));
    }

    function testUnknownQuery(bytes32 other) external {
        if (other == id) return;
        (uint256 y, uint256 w) = shareOf(run(1, 4), 1);
        bytes memory answer = answerBytes(other, y, w, 1, run(1, 4));
        _refused(1, answer, abi.encodeWithSelector(IMIStoreErrors.QueryNotSealed.selector, other));
    }

    function testNotAMember(address account) external {
        for (uint256 seat = 1; seat <= 5; ++seat) {
            if (account == server(seat)) return;
        }
        bytes memory answer = answerOf(1, id, run(1, 4));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotAMember.selector, ledgerId, account));
        vm.prank(account);
        store.answer(ledgerId, answer);
    }

    /// @dev A ledger in which the stranger has a seat, even the same, does not let them answer here.
    function testMemberOfAnotherLedger() external {
        IMIStore.Terms memory terms = termsOf(3, 5, 1);
        register(stranger);
        terms.servers[0] = stranger;
        bytes32 other = store.openLedger(terms, SALT, DIGEST);
        bytes memory answer = answerOf(1, id, run(1, 4));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongPreimage.selector, id));
        vm.prank(stranger);
        store.answer(other, answer);
    }

    /// @dev One wrong answer anywhere refuses all. Errors that cancel without weights do not.
    function testSeveralQueriesAtOnce(uint256 seat, uint256 wrong, uint256 shift) external {
        seat = bound(seat, 1, 5);
        shift = bound(shift, 1, Curve.R - 1);
        bytes32[4] memory ids;
        for (uint256 k = 0; k < 4; ++k) {
            ids[k] = k == 0 ? id : query(run(k, k + 2));
        }
        bytes memory one = _four(ids, seat, wrong % 4, shift, 4);
        _refused(seat, one, _wrong(seat, 4));
        bytes memory cancelling = _four(ids, seat, wrong % 4, shift, (wrong + 1) % 4);
        _refused(seat, cancelling, _wrong(seat, 4));
        send(seat, _four(ids, seat, 4, 0, 4));
        for (uint256 k = 0; k < 4; ++k) {
            (, uint256 answered) = store.queryState(ids[k]);
            vm.assertEq(answered, 1 << seat, "answered");
        }
    }

    /// @dev Four answers: `shift` is added to the y of number `plus` and subtracted from that of number `minus`.
    function _four(bytes32[4] memory ids, uint256 seat, uint256 plus, uint256 shift, uint256 minus)
        private
        view
        returns (bytes memory answers)
    {
        for (uint256 k = 0; k < 4; ++k) {
            Edge[] memory edges = k == 0 ? run(1, 4) : run(k, k + 2);
            (uint256 y, uint256 w) = shareOf(edges, seat);
            if (k == plus) y = addmod(y, shift, Curve.R);
            if (k == minus) y = addmod(y, Curve.R - shift, Curve.R);
            answers = bytes.concat(answers, answerBytes(ids[k], y, w, 1, edges));
        }
    }

    function testTheSameAnswerTwiceInOneCall() external {
        bytes memory answer = answerOf(1, id, run(1, 4));
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.AlreadyAnswered.selector, id, 1);
        _refused(1, bytes.concat(answer, answer), reason);
    }

    function testWrongLength(uint256 length) external {
        bytes memory answer = answerOf(1, id, run(1, 4));
        length = bound(length, 1, answer.length - 1);
        assembly ("memory-safe") {
            mstore(answer, length)
        }
        _refused(1, answer, abi.encodeWithSelector(IMIStoreErrors.LengthMismatch.selector, "answers", length, 292));
    }

    function testNoAnswers() external {
        vm.recordLogs();
        send(1, "");
        vm.assertEq(vm.getRecordedLogs().length, 0, "no events");
    }

    function _wrong(uint256 seat, uint256 count) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMIStoreErrors.WrongAnswers.selector, ledgerId, seat, count);
    }

    function _refused(uint256 seat, bytes memory answers, bytes memory reason) private {
        vm.expectRevert(reason);
        send(seat, answers);
    }
}
