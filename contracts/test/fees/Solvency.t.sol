// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {FeeFixture} from "../support/FeeFixture.sol";
import {vm} from "../support/Vm.sol";

/// @title After any sequence of calls, the contract's balance is what it owes and what can still be earned, to the wei
/// @dev Random steps; those that the contract refuses change nothing, and are part of the sequence.
contract SolvencyTest is FeeFixture {
    uint256 private constant STEPS = 40;

    IMIStore.Consent[] private _consents;
    bytes32[] private _ids;
    /// @dev By our own account: wei paid in and out.
    uint256 private _paidIn;
    uint256 private _paidOut;
    uint256 private _accepted;
    /// @dev Now. Not block.timestamp, which the compiler takes for the same throughout a test.
    uint256 private _time = NOW;

    /// forge-config: default.fuzz.runs = 32
    function testBalance(uint256 seed) external {
        for (uint256 k = 0; k < STEPS; ++k) {
            _step(uint256(keccak256(abi.encode(seed, k))));
            _check();
        }
        vm.assertTrue(_accepted > STEPS / 8, "steps that did something");
        _settleAll();
    }

    function _step(uint256 word) private {
        uint256 kind = word % 8;
        if (kind < 2 || _ids.length == 0) return _open(word >> 8, kind == 1);
        uint256 which = (word >> 16) % _ids.length;
        if (kind == 2 || kind == 3) return _answers(word >> 32, which);
        if (kind == 4) return _done(insurer, abi.encodeCall(IMIStore.cancelQuery, (_consents[which])));
        if (kind == 5) return _done(stranger, abi.encodeCall(IMIStore.refund, (_consents[which])));
        if (kind == 6) return _withdraw(word >> 8);
        if ((word >> 8) % 2 == 0) return _wait((word >> 32) % 600);
        bytes memory revocation = sign(PATIENT_KEY, revocationDigest(_ids[which]));
        _done(stranger, abi.encodeCall(IMIStore.revokeConsent, (_consents[which], revocation)));
    }

    /// @dev With a fee of 0 to 6 shares' worth of wei, of which the uneven ones are refused.
    function _open(uint256 word, bool whole) private {
        Edge[] memory edges = run(1, 4);
        IMIStore.Consent memory consent = consentTo(edges);
        consent.salt = bytes32(_ids.length);
        bytes32 id = digest(consent);
        uint256 value = (word % 7) * (word % 5 == 0 ? 1 : 3);
        uint64 payUntil = value == 0 ? 0 : uint64(_time + (word >> 8) % 500);
        (bytes memory heads, bytes memory proofs) = encoded(whole ? edges : slice(edges, 0, 1));
        bytes memory signature = sign(PATIENT_KEY, id);
        bytes memory call_ =
            abi.encodeCall(IMIStore.openQuery, (consent, signature, masks(), heads, proofs, 1, payUntil));
        vm.prank(insurer);
        (bool ok,) = address(store).call{value: value}(call_);
        if (!ok) return;
        ++_accepted;
        _paidIn += value;
        _consents.push(consent);
        _ids.push(id);
    }

    /// @dev One seat answers one query, or two of them at once.
    function _answers(uint256 word, uint256 which) private {
        uint256 seat = word % 5 + 1;
        bytes memory answers = answerOf(seat, _ids[which], run(1, 4));
        if ((word >> 8) % 3 == 0) {
            answers = bytes.concat(answers, answerOf(seat, _ids[(which + 1) % _ids.length], run(1, 4)));
        }
        _done(server(seat), abi.encodeCall(IMIStore.answer, (ledgerId, answers)));
    }

    function _withdraw(uint256 word) private {
        address account = word % 6 == 0 ? insurer : server(word % 6);
        uint256 amount = store.owed(account);
        vm.prank(account);
        (bool ok,) = address(store).call(abi.encodeCall(store.withdraw, (payable(stranger))));
        vm.assertTrue(ok == (amount > 0), "withdraws what is owed");
        _paidOut += amount;
    }

    function _wait(uint256 duration) private {
        _time += duration;
        vm.warp(_time);
    }

    function _done(address caller, bytes memory call_) private {
        vm.prank(caller);
        (bool ok,) = address(store).call(call_);
        if (ok) ++_accepted;
    }

    function _check() private view {
        uint256 expected = store.owed(insurer) + store.owed(stranger);
        for (uint256 seat = 1; seat <= n; ++seat) {
            expected += store.owed(server(seat));
        }
        for (uint256 k = 0; k < _ids.length; ++k) {
            (uint128 share,, uint8 shares) = store.feeOf(_ids[k]);
            expected += uint256(share) * shares;
        }
        vm.assertEq(address(store).balance, expected, "owed and left");
        vm.assertEq(address(store).balance + _paidOut, _paidIn, "in and out");
    }

    /// @dev In the end everything can be had: no wei is locked.
    function _settleAll() private {
        _wait(365 days);
        for (uint256 k = 0; k < _ids.length; ++k) {
            if (left(_ids[k]) > 0) store.refund(_consents[k]);
        }
        for (uint256 seat = 0; seat <= n; ++seat) {
            address account = seat == 0 ? insurer : server(seat);
            if (store.owed(account) == 0) continue;
            vm.prank(account);
            store.withdraw(payable(account));
        }
        vm.assertEq(address(store).balance, 0, "nothing stays");
    }
}
