// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IComplaints} from "../../IComplaints.sol";
import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {SeatFixture} from "../support/SeatFixture.sol";
import {bound, vm} from "../support/Vm.sol";

/// @title What former, present and new holders of a seat may do: answer the queries of their epochs, complain while they hold it
contract HoldersTest is SeatFixture {
    /// @dev A query of each of the epochs 1 to 4; the seat changes hands in 2 and 4. Each is answered by its holder only.
    function testEachAnswersTheirOwnEpochs(uint256 seat) external {
        seat = bound(seat, 1, n);
        address[4] memory holderIn = [holders[seat - 1], newcomer(1), newcomer(1), newcomer(2)];
        bytes32[4] memory ids;
        for (uint256 epoch = 1; epoch <= 4; ++epoch) {
            if (epoch == 2 || epoch == 4) changeAndJoin(seat, holderIn[epoch - 1]);
            if (epoch == 3) _refresh();
            IMIStore.Consent memory consent = consentTo(run(1, 3));
            consent.salt = bytes32(epoch);
            ids[epoch - 1] = open(consent, run(1, 3));
        }
        address[3] memory everybody = [holderIn[0], holderIn[1], holderIn[3]];
        for (uint32 epoch = 1; epoch <= 4; ++epoch) {
            bytes memory answer = _answer(seat, ids[epoch - 1], epoch);
            for (uint256 k = 0; k < 3; ++k) {
                if (everybody[k] != holderIn[epoch - 1]) _refused(everybody[k], answer, _notIn(epoch, everybody[k]));
            }
            vm.prank(holderIn[epoch - 1]);
            store.answer(ledgerId, answer);
            (, uint256 answered) = store.queryState(ids[epoch - 1]);
            vm.assertEq(answered, 1 << seat, "answered");
        }
    }

    /// @dev An answer that names another epoch than the query's, in which its sender did hold the seat, is of no query.
    function testTheHashBindsTheEpoch(uint32 epoch) external {
        bytes32 old = query(run(1, 3));
        address former = holders[1];
        changeAndJoin(2, newcomer(1));
        IMIStore.Consent memory consent = consentTo(run(1, 3));
        consent.salt = "new";
        bytes32 id = open(consent, run(1, 3));
        bytes memory wrong = abi.encodeWithSelector(IMIStoreErrors.WrongPreimage.selector, id);
        if (epoch == 2) epoch = 1;
        _refused(former, _answer(2, id, epoch), wrong);
        wrong = abi.encodeWithSelector(IMIStoreErrors.WrongPreimage.selector, old);
        _refused(newcomer(1), _answer(2, old, 2), wrong);
        _refused(newcomer(1), _answer(2, old, 1), _notIn(1, newcomer(1)));
    }

    /// @dev One answer in a batch that the sender may not give refuses all.
    function testBatch(bool newFirst) external {
        bytes32 old = query(run(1, 3));
        address former = holders[1];
        changeAndJoin(2, newcomer(1));
        IMIStore.Consent memory consent = consentTo(run(1, 3));
        consent.salt = "new";
        bytes32 id = open(consent, run(1, 3));
        (bytes memory first, bytes memory second) = (_answer(2, old, 1), _answer(2, id, 2));
        if (newFirst) (first, second) = (second, first);
        _refused(former, bytes.concat(first, second), _notIn(2, former));
        _refused(newcomer(1), bytes.concat(first, second), _notIn(1, newcomer(1)));
    }

    /// @dev A seat that has answered has answered: what was accepted stays, and its next holder cannot answer again.
    function testAnswersStay() external {
        bytes32 id = query(run(1, 3));
        bytes memory answer = _answer(2, id, 1);
        vm.prank(holders[1]);
        store.answer(ledgerId, answer);
        changeAndJoin(2, newcomer(1));
        (, uint256 answered) = store.queryState(id);
        vm.assertEq(answered, 1 << 2, "answered");
        _refused(newcomer(1), answer, abi.encodeWithSelector(IMIStoreErrors.AlreadyAnswered.selector, id, 2));
    }

    /// @dev Complaints are the seat's: the newcomer withdraws the former holder's, who can neither file nor withdraw any more.
    function testComplaints() external {
        address former = holders[1];
        bytes memory file = abi.encodeCall(IComplaints.complain, (ledgerId, 0, roots[0], 3));
        bytes memory withdraw = abi.encodeCall(IComplaints.withdrawComplaint, (ledgerId, 3));
        _done(former, file);
        change(2, newcomer(1));
        vm.assertEq(_standing(), 4, "the seat's complaint stands");
        bytes memory notNow = _notIn(2, former);
        _undone(former, withdraw, notNow);
        _done(newcomer(1), withdraw);
        vm.assertEq(_standing(), 0, "withdrawn");
        _undone(former, file, notNow);
        _done(newcomer(1), file);
        vm.assertEq(_standing(), 4, "filed again");
        _undone(newcomer(1), file, abi.encodeWithSelector(IMIStoreErrors.AlreadyComplained.selector, ledgerId, 3, 2));
    }

    /// @dev Keys of all earlier epochs can be dealt to a newcomer.
    function testEarlierKeysForTheNewcomer() external {
        change(2, newcomer(1));
        for (uint32 epoch = 1; epoch <= 2; ++epoch) {
            vm.expectEmit(address(store));
            emit IMIStore.KeysDealt(ledgerId, epoch, 2, 0, "keys");
            vm.prank(hospital);
            store.dealKeys(ledgerId, epoch, 2, 0, "keys");
        }
    }

    function _refresh() private {
        vm.prank(hospital);
        store.beginEpoch(ledgerId, 3, digestOf(3));
    }

    function _answer(uint256 seat, bytes32 id, uint32 epoch) private view returns (bytes memory) {
        (uint256 y, uint256 w) = shareOf(run(1, 3), seat);
        return answerBytes(id, y, w, epoch, run(1, 3));
    }

    function _standing() private view returns (uint256 standing) {
        (standing,,) = store.complaintsOf(ledgerId, 3);
    }

    function _notIn(uint256 epoch, address account) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMIStoreErrors.NotTheHolder.selector, ledgerId, epoch, account);
    }

    function _refused(address account, bytes memory answers, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(account);
        store.answer(ledgerId, answers);
    }

    function _done(address account, bytes memory call_) private {
        vm.prank(account);
        (bool ok,) = address(store).call(call_);
        vm.assertTrue(ok, "done");
    }

    function _undone(address account, bytes memory call_, bytes memory reason) private {
        vm.prank(account);
        (bool ok, bytes memory actual) = address(store).call(call_);
        vm.assertFalse(ok, "undone");
        vm.assertEq(actual, reason, "reason");
    }
}
