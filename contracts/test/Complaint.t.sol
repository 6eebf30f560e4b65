// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IComplaints} from "../IComplaints.sol";
import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {bound, vm} from "./support/Vm.sol";

/// @title complain and withdrawComplaint, and what they void
/// @dev Batch 0 has records 0..5, batch 1 has 6..12.
contract ComplaintTest is QueryFixture {
    function setUp() external {
        activeLedger(3, 5, 1);
        append(6);
        append(7);
    }

    function testComplain(uint256 seat, uint256 id) external {
        seat = bound(seat, 1, 5);
        id = bound(id, 0, 12);
        uint32 index = batchOf(id);
        vm.expectEmit(address(store));
        emit IComplaints.ComplaintFiled(ledgerId, uint64(id), uint8(seat), index);
        vm.prank(server(seat));
        store.complain(ledgerId, index, roots[index], uint64(id));
        _expect(id, 1 << seat, false);
        vm.assertFalse(store.getLedger(ledgerId).hasVoids, "no voids yet");
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.AlreadyComplained.selector, ledgerId, id, seat);
        _refused(seat, index, roots[index], id, reason);
    }

    function testComplainErrors(uint256 seat, uint256 id, uint256 bit, address account) external {
        seat = bound(seat, 1, 5);
        id = bound(id, 0, 12);
        (uint32 index, bytes32 root) = (batchOf(id), roots[batchOf(id)]);
        bytes32 other = root ^ bytes32(1 << (bit % 256));
        bytes4 selector = IMIStoreErrors.WrongRoot.selector;
        _refused(seat, index, other, id, abi.encodeWithSelector(selector, ledgerId, index, other, root));
        _refused(seat, 2, root, id, abi.encodeWithSelector(IMIStoreErrors.UnknownBatch.selector, ledgerId, 2));
        selector = IMIStoreErrors.RecordNotInBatch.selector;
        _refused(seat, 1 - index, roots[1 - index], id, abi.encodeWithSelector(selector, ledgerId, 1 - index, id));
        uint64 beyond = uint64(bound(bit, 13, type(uint64).max));
        _refused(seat, 1, roots[1], beyond, abi.encodeWithSelector(selector, ledgerId, 1, beyond));
        for (uint256 k = 1; k <= 5; ++k) {
            if (account == server(k)) return;
        }
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotAMember.selector, ledgerId, account));
        vm.prank(account);
        store.complain(ledgerId, index, root, uint64(id));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotAMember.selector, ledgerId, account));
        vm.prank(account);
        store.withdrawComplaint(ledgerId, uint64(id));
    }

    function testWithdraw(uint256 seat, uint256 other) external {
        seat = bound(seat, 1, 5);
        other = seat % 5 + 1;
        bytes memory none = abi.encodeWithSelector(IMIStoreErrors.NoComplaint.selector, ledgerId, 4, other);
        _complain(seat, 4);
        vm.expectRevert(none);
        vm.prank(server(other));
        store.withdrawComplaint(ledgerId, 4);
        vm.expectEmit(address(store));
        emit IComplaints.ComplaintWithdrawn(ledgerId, 4, uint8(seat));
        vm.prank(server(seat));
        store.withdrawComplaint(ledgerId, 4);
        _expect(4, 0, false);
        _complain(seat, 4);
        _expect(4, 1 << seat, false);
    }

    /// @dev A record is void while complaints of more than n - t = 2 seats stand. No run begins or ends there, a run may
    /// pass through, other records are free, and a sealed query stands.
    function testVoidByThreeOfFive(uint256 start) external {
        uint256 voided = recordAt(SERIES, 3);
        bytes32 before = query(run(2, 3));
        uint256 standing = 0;
        for (uint256 k = 0; k < 5; ++k) {
            uint256 seat = (start % 5 + 2 * k) % 5 + 1;
            _complain(seat, voided);
            standing |= 1 << seat;
            _expect(voided, standing, k >= 2);
            vm.assertTrue(store.getLedger(ledgerId).hasVoids == (k >= 2), "flag");
        }
        send(1, answerOf(1, before, run(2, 3)));
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.RecordIsVoid.selector, ledgerId, voided);
        _refusedQuery(run(0, 3), reason);
        _refusedQuery(run(1, 3), reason);
        _refusedQuery(run(3, 4), reason);
        query(run(1, 4));
    }

    /// @dev Withdrawn complaints make it usable again; the flag stays.
    function testVoidNoMore(uint256 back) external {
        uint256 voided = recordAt(SERIES, 3);
        for (uint256 seat = 1; seat <= 3; ++seat) {
            _complain(seat, voided);
        }
        _refusedQuery(run(1, 3), abi.encodeWithSelector(IMIStoreErrors.RecordIsVoid.selector, ledgerId, voided));
        back = bound(back, 1, 3);
        vm.prank(server(back));
        store.withdrawComplaint(ledgerId, uint64(voided));
        _expect(voided, 14 ^ (1 << back), false);
        vm.assertTrue(store.getLedger(ledgerId).hasVoids, "flag");
        query(run(1, 3));
    }

    /// @dev In a query of several transactions each edge is checked when it is added.
    function testVoidedWhileAQueryIsOpen() external {
        uint256 voided = recordAt(SERIES, 4);
        IMIStore.Consent memory consent = consentTo(run(2, 4));
        open(consent, slice(run(2, 4), 0, 1));
        for (uint256 seat = 1; seat <= 3; ++seat) {
            _complain(seat, voided);
        }
        IMIStore.Progress memory progress = progressAfter(slice(run(2, 4), 0, 1), 1);
        (bytes memory heads, bytes memory proofs) = encoded(slice(run(2, 4), 1, 2));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.RecordIsVoid.selector, ledgerId, voided));
        vm.prank(insurer);
        store.continueQuery(consent, progress, heads, proofs);
    }

    function testUnknownLedger(bytes32 id) external {
        if (id == ledgerId) return;
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, id);
        vm.expectRevert(reason);
        store.complain(id, 0, roots[0], 0);
        vm.expectRevert(reason);
        store.complaintsOf(id, 0);
    }

    function _complain(uint256 seat, uint256 id) private {
        uint32 index = batchOf(id);
        vm.prank(server(seat));
        store.complain(ledgerId, index, roots[index], uint64(id));
    }

    function _refused(uint256 seat, uint32 index, bytes32 root, uint256 id, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(server(seat));
        store.complain(ledgerId, index, root, uint64(id));
    }

    function _refusedQuery(Edge[] memory edges, bytes memory reason) private {
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        IMIStore.Consent memory consent = consentTo(edges);
        (bytes memory m, bytes memory signature) = (masks(), sign(PATIENT_KEY, digest(consent)));
        vm.expectRevert(reason);
        vm.prank(insurer);
        store.openQuery(consent, signature, m, heads, proofs, 1, 0);
    }

    function _expect(uint256 id, uint256 standing, bool isVoid) private view {
        (uint256 actual, uint256 justified, bool actualVoid) = store.complaintsOf(ledgerId, uint64(id));
        vm.assertEq(actual, standing, "standing");
        vm.assertEq(justified, 0, "justified");
        vm.assertTrue(actualVoid == isVoid, "void");
    }
}
