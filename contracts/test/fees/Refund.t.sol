// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFees} from "../../IFees.sol";
import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {FeeFixture} from "../support/FeeFixture.sol";
import {bound, flipped, vm} from "../support/Vm.sol";

/// @title refund and cancelQuery
contract RefundTest is FeeFixture {
    /// @dev Anyone may call, and it is the insurer to whom it is owed: front-running it changes nothing.
    function testRefund(address caller, uint256 answers, uint256 late) external {
        (IMIStore.Consent memory consent, bytes32 id) = paidQuery(1);
        answers = bound(answers, 0, 2);
        for (uint256 seat = 1; seat <= answers; ++seat) {
            answerTo(seat, id);
        }
        vm.warp(PAY_UNTIL + bound(late, 1, 365 days));
        uint256 rest = (3 - answers) * SHARE;
        vm.expectEmit(address(store));
        emit IFees.FeeRefunded(id, ledgerId, insurer, rest);
        vm.prank(caller);
        store.refund(consent);
        vm.assertEq(store.owed(insurer), rest, "owed");
        vm.assertEq(left(id), 0, "left");
        _nothing(consent, id);
        vm.assertEq(store.owed(insurer), rest, "once");
    }

    function testTooEarly(uint64 time) external {
        (IMIStore.Consent memory consent, bytes32 id) = paidQuery(1);
        time = uint64(bound(time, NOW, PAY_UNTIL));
        vm.warp(time);
        vm.expectRevert(abi.encodeWithSelector(IFees.RefundTooEarly.selector, id, PAY_UNTIL, time));
        vm.prank(insurer);
        store.refund(consent);
        vm.warp(PAY_UNTIL + 1);
        store.refund(consent);
    }

    function testNothingLeft() external {
        (IMIStore.Consent memory consent, bytes32 id) = paidQuery(1);
        for (uint256 seat = 1; seat <= 3; ++seat) {
            answerTo(seat, id);
        }
        vm.warp(PAY_UNTIL + 1);
        _nothing(consent, id);
    }

    function testNoFee() external {
        IMIStore.Consent memory consent = consentTo(run(1, 4));
        _nothing(consent, digest(consent));
        open(consent, run(1, 4));
        _nothing(consent, digest(consent));
    }

    /// @dev A consent with anything else in it is another query's; it brings nobody another's money.
    function testAnotherConsent(uint256 bit) external {
        (IMIStore.Consent memory consent,) = paidQuery(1);
        vm.warp(PAY_UNTIL + 1);
        bit = bound(bit, 0, 5);
        if (bit == 0) consent.insurer = stranger;
        if (bit == 1) consent.ledgerId = ~consent.ledgerId;
        if (bit == 2) consent.patient = stranger;
        if (bit == 3) consent.runsHash = bytes32(flipped(abi.encode(consent.runsHash), 77));
        if (bit == 4) ++consent.deadline;
        if (bit == 5) consent.salt = "other";
        _nothing(consent, digest(consent));
    }

    /// @dev The patient revokes what is not sealed: the fee goes back at once.
    function testAfterRevocation() external {
        (IMIStore.Consent memory consent, bytes32 id) = openedQuery(1, 3 * SHARE);
        vm.expectRevert(abi.encodeWithSelector(IFees.RefundTooEarly.selector, id, PAY_UNTIL, NOW));
        store.refund(consent);
        revoke(id, consent);
        store.refund(consent);
        vm.assertEq(store.owed(insurer), 3 * SHARE, "owed");
        _nothing(consent, id);
    }

    function testCancel(uint256 shares, uint64 time) external {
        uint256 fee = 3 * bound(shares, 0, 1 ether);
        (IMIStore.Consent memory consent, bytes32 id) = openedQuery(1, fee);
        vm.warp(bound(time, NOW, 2 * uint256(DEADLINE)));
        vm.expectEmit(address(store));
        emit IMIStore.QueryCancelled(id, ledgerId, insurer);
        if (fee > 0) vm.expectEmit(address(store));
        if (fee > 0) emit IFees.FeeRefunded(id, ledgerId, insurer, fee);
        vm.recordLogs();
        vm.prank(insurer);
        store.cancelQuery(consent);
        vm.assertEq(vm.getRecordedLogs().length, fee > 0 ? 2 : 1, "events");
        vm.assertTrue(statusOf(id) == IMIStore.QueryStatus.Cancelled, "status");
        vm.assertEq(store.owed(insurer), fee, "owed");
        vm.warp(PAY_UNTIL + 1);
        _nothing(consent, id);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.cancelQuery(consent);
    }

    /// @dev The consent is spent, and the query can be neither continued nor answered nor revoked.
    function testCancelIsFinal() external {
        (IMIStore.Consent memory consent, bytes32 id) = openedQuery(1, 3 * SHARE);
        vm.prank(insurer);
        store.cancelQuery(consent);
        Edge[] memory edges = run(1, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        (bytes memory m, bytes memory signature) = (masks(), sign(PATIENT_KEY, id));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ConsentUsed.selector, id));
        vm.prank(insurer);
        store.openQuery(consent, signature, m, heads, proofs, 1, 0);
        IMIStore.Progress memory progress = progressAfter(slice(edges, 0, 1), 1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, progress, heads, proofs);
        bytes memory answer = answerOf(1, id, edges);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotSealed.selector, id));
        send(1, answer);
        bytes memory revocation = sign(PATIENT_KEY, revocationDigest(id));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ConsentUsed.selector, id));
        store.revokeConsent(consent, revocation);
    }

    function testCancelOnlyByTheInsurer(address caller) external {
        if (caller == insurer) return;
        (IMIStore.Consent memory consent, bytes32 id) = openedQuery(1, 3 * SHARE);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotTheInsurer.selector, caller, insurer));
        vm.prank(caller);
        store.cancelQuery(consent);
        vm.assertTrue(statusOf(id) == IMIStore.QueryStatus.Open, "open");
    }

    function testCancelOnlyWhileOpen() external {
        IMIStore.Consent memory consent = consentTo(run(1, 4));
        bytes32 id = digest(consent);
        bytes memory notOpen = abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id);
        vm.expectRevert(notOpen);
        vm.prank(insurer);
        store.cancelQuery(consent);
        openPaid(consent, run(1, 4), 3, PAY_UNTIL);
        vm.expectRevert(notOpen);
        vm.prank(insurer);
        store.cancelQuery(consent);
        (consent, id) = openedQuery(7, 0);
        revoke(id, consent);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.cancelQuery(consent);
    }

    function _nothing(IMIStore.Consent memory consent, bytes32 id) private {
        vm.expectRevert(abi.encodeWithSelector(IFees.NothingToRefund.selector, id));
        store.refund(consent);
    }
}
