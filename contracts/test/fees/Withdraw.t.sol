// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFees} from "../../IFees.sol";
import {IMIStore} from "../../IMIStore.sol";
import {FeeFixture} from "../support/FeeFixture.sol";
import {Taker} from "../support/Taker.sol";
import {bound, vm} from "../support/Vm.sol";

/// @title withdraw
contract WithdrawTest is FeeFixture {
    function testWithdraw(uint256 answers) external {
        answers = bound(answers, 1, 4);
        for (uint256 k = 0; k < answers; ++k) {
            (, bytes32 id) = paidQuery(k);
            answerTo(2, id);
        }
        address payable to = payable(vm.addr(77));
        vm.expectEmit(address(store));
        emit IFees.Withdrawn(server(2), to, answers * SHARE);
        vm.prank(server(2));
        store.withdraw(to);
        vm.assertEq(to.balance, answers * SHARE, "paid");
        vm.assertEq(store.owed(server(2)), 0, "owed");
        vm.assertEq(address(store).balance, 2 * answers * SHARE, "the rest stays");
        _nothing(server(2));
    }

    function testNothingOwed(address account) external {
        (, bytes32 id) = paidQuery(1);
        answerTo(2, id);
        if (account != server(2)) _nothing(account);
    }

    /// @dev What cannot be sent stays owed: to the zero address, to the contract itself, to one that does not take it.
    function testWithdrawalThatFails() external {
        (, bytes32 id) = paidQuery(1);
        answerTo(2, id);
        Taker taker = new Taker(store);
        taker.refuse();
        address[3] memory refusing = [address(0), address(store), address(taker)];
        for (uint256 k = 0; k < 3; ++k) {
            vm.expectRevert(abi.encodeWithSelector(IFees.WithdrawalFailed.selector, refusing[k]));
            vm.prank(server(2));
            store.withdraw(payable(refusing[k]));
            vm.assertEq(store.owed(server(2)), SHARE, "still owed");
        }
        vm.prank(server(2));
        store.withdraw(payable(server(2)));
        vm.assertEq(server(2).balance, SHARE, "paid");
    }

    /// @dev A contract as insurer, which is paid its refund and calls withdraw, refund or cancelQuery again meanwhile.
    function testReentry(uint256 again) external {
        Taker taker = new Taker(store);
        insurer = address(taker);
        vm.deal(insurer, 3 * SHARE);
        (IMIStore.Consent memory consent, bytes32 id) = _openAs(taker);
        _paidQueryOfAnother();
        vm.warp(PAY_UNTIL + 1);
        store.refund(consent);
        bytes[3] memory calls = [
            abi.encodeCall(IFees.withdraw, (payable(address(taker)))),
            abi.encodeCall(IMIStore.refund, (consent)),
            abi.encodeCall(IMIStore.cancelQuery, (consent))
        ];
        taker.onPayment(calls[again % 3]);
        taker.execute(0, calls[0]);
        vm.assertFalse(taker.succeeded(), "second call");
        vm.assertTrue(taker.reason().length > 0, "with a typed error");
        vm.assertEq(address(taker).balance, 3 * SHARE, "its own and no more");
        vm.assertEq(address(store).balance, 3 * SHARE, "the other's");
        vm.assertEq(store.owed(address(taker)), 0, "owed");
        vm.assertEq(left(id), 0, "left");
    }

    /// @dev A sealed query of the present `insurer`, a contract.
    function _openAs(Taker taker) private returns (IMIStore.Consent memory consent, bytes32 id) {
        Edge[] memory edges = run(1, 4);
        consent = consentTo(edges);
        id = digest(consent);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        bytes memory signature = sign(PATIENT_KEY, id);
        bytes memory call_ =
            abi.encodeCall(IMIStore.openQuery, (consent, signature, masks(), heads, proofs, 1, PAY_UNTIL));
        taker.execute(3 * SHARE, call_);
    }

    function _paidQueryOfAnother() private {
        insurer = vm.addr(2);
        paidQuery(9);
    }

    function _nothing(address account) private {
        vm.expectRevert(abi.encodeWithSelector(IFees.NothingOwed.selector, account));
        vm.prank(account);
        store.withdraw(payable(account));
    }
}
