// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFees} from "../../IFees.sol";
import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {FeeFixture} from "../support/FeeFixture.sol";
import {bound, vm} from "../support/Vm.sol";

/// @title What a query can be paid with, and what servers ask
contract OfferTest is FeeFixture {
    function testOffer(uint128 share, uint64 payUntil) external {
        share = uint128(bound(share, 1, type(uint128).max));
        payUntil = uint64(bound(payUntil, NOW, NOW + 365 days));
        vm.deal(insurer, 3 * uint256(share));
        IMIStore.Consent memory consent = consentTo(run(1, 4));
        bytes32 id = digest(consent);
        vm.recordLogs();
        openPaid(consent, run(1, 4), 3 * uint256(share), payUntil);
        (bytes32 topic, bytes memory data) = (vm.getRecordedLogs()[1].topics[0], abi.encode(share, payUntil));
        vm.assertEq(topic, IFees.FeeOffered.selector, "event");
        (uint128 storedShare, uint64 storedUntil, uint8 shares) = store.feeOf(id);
        vm.assertEq(abi.encode(storedShare, storedUntil), data, "fee");
        vm.assertEq(shares, 3, "left");
        vm.assertEq(address(store).balance, 3 * uint256(share), "balance");
        vm.assertTrue(statusOf(id) == IMIStore.QueryStatus.Sealed, "status");
        (, uint256 answered) = store.queryState(id);
        vm.assertEq(answered, 0, "answered");
    }

    function testOfferIsEmitted() external {
        IMIStore.Consent memory consent = consentTo(run(1, 4));
        Edge[] memory edges = run(1, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        (bytes memory m, bytes memory signature) = (masks(), sign(PATIENT_KEY, digest(consent)));
        vm.expectEmit(address(store));
        emit IFees.FeeOffered(digest(consent), ledgerId, SHARE, PAY_UNTIL);
        vm.prank(insurer);
        store.openQuery{value: 3 * SHARE}(consent, signature, m, heads, proofs, 1, PAY_UNTIL);
    }

    function testUnevenFee(uint256 value) external {
        value = bound(value, 1, 100 ether);
        if (value % 3 == 0) ++value;
        _refused(value, PAY_UNTIL, abi.encodeWithSelector(IFees.UnevenFee.selector, value, 3));
    }

    /// @dev One wei below the threshold is no share at all.
    function testFeeBelowTheThreshold() external {
        _refused(2, PAY_UNTIL, abi.encodeWithSelector(IFees.UnevenFee.selector, 2, 3));
    }

    function testFeeTooLarge(uint256 above) external {
        uint256 most = 3 * uint256(type(uint128).max);
        uint256 value = most + 3 * bound(above, 1, 2 ** 120);
        vm.deal(insurer, value);
        _refused(value, PAY_UNTIL, abi.encodeWithSelector(IFees.FeeTooLarge.selector, value, most));
    }

    function testPayUntil(uint64 payUntil) external {
        if (payUntil >= NOW && payUntil <= NOW + 365 days) payUntil = NOW - 1;
        _refused(3, payUntil, abi.encodeWithSelector(IFees.InvalidPayUntil.selector, payUntil, NOW));
        _refused(3, NOW - 1, abi.encodeWithSelector(IFees.InvalidPayUntil.selector, NOW - 1, NOW));
        uint64 late = NOW + 365 days + 1;
        _refused(3, late, abi.encodeWithSelector(IFees.InvalidPayUntil.selector, late, NOW));
        _refused(3, 0, abi.encodeWithSelector(IFees.InvalidPayUntil.selector, 0, NOW));
    }

    function testPayUntilWithoutFee(uint64 payUntil) external {
        payUntil = uint64(bound(payUntil, 1, type(uint64).max));
        _refused(0, payUntil, abi.encodeWithSelector(IFees.InvalidPayUntil.selector, payUntil, NOW));
    }

    /// @dev Neither a refused query's value stays here, nor any that comes with another call or with none.
    function testStrayEtherIsRefused(uint256 value) external {
        value = bound(value, 1, 100 ether);
        vm.prank(insurer);
        (bool taken,) = address(store).call{value: value}("");
        vm.assertFalse(taken, "no receive");
        bytes[4] memory calls = [
            abi.encodeCall(IFees.withdraw, (payable(insurer))),
            abi.encodeCall(IFees.stateMinimumFee, (1)),
            abi.encodeCall(IMIStore.resign, (ledgerId)),
            abi.encodeCall(IMIStore.cancelQuery, (consentTo(run(1, 4))))
        ];
        for (uint256 k = 0; k < calls.length; ++k) {
            vm.prank(insurer);
            (taken,) = address(store).call{value: value}(calls[k]);
            vm.assertFalse(taken, "not payable");
        }
        vm.assertEq(address(store).balance, 0, "balance");
    }

    /// @dev A change of keys between the making of the masks and the block costs no consent and no fee.
    function testEpochOfTheMasks(uint32 epoch) external {
        refresh();
        if (epoch == 2) epoch = 1;
        IMIStore.Consent memory consent = consentTo(run(1, 4));
        (bytes memory heads, bytes memory proofs) = encoded(run(1, 4));
        (bytes memory m, bytes memory signature) = (masks(), sign(PATIENT_KEY, digest(consent)));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongEpoch.selector, ledgerId, epoch, 2));
        vm.prank(insurer);
        store.openQuery{value: 3}(consent, signature, m, heads, proofs, epoch, PAY_UNTIL);
        openPaid(consent, run(1, 4), 3, PAY_UNTIL);
    }

    function testMinimumFee(address server, uint128 first, uint128 second) external {
        uint128[2] memory fees = [first, second];
        for (uint256 k = 0; k < 2; ++k) {
            vm.expectEmit(address(store));
            emit IFees.MinimumFeeStated(server, fees[k]);
            vm.prank(server);
            store.stateMinimumFee(fees[k]);
            vm.assertEq(store.minimumFee(server), fees[k], "stated");
        }
    }

    function _refused(uint256 value, uint64 payUntil, bytes memory reason) private {
        IMIStore.Consent memory consent = consentTo(run(1, 4));
        (bytes memory heads, bytes memory proofs) = encoded(run(1, 4));
        (bytes memory m, bytes memory signature) = (masks(), sign(PATIENT_KEY, digest(consent)));
        vm.expectRevert(reason);
        vm.prank(insurer);
        store.openQuery{value: value}(consent, signature, m, heads, proofs, 1, payUntil);
        vm.assertTrue(statusOf(digest(consent)) == IMIStore.QueryStatus.None, "not used");
    }
}
