// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {Curve} from "../support/Curve.sol";
import {Transcript} from "./Transcript.sol";
import {flipped, vm} from "../support/Vm.sol";

/// @title The contract takes the transcript's query and answers, and refuses them with any bit changed
contract VectorQueryTest is Transcript {
    function setUp() external {
        deploy();
        storeAll();
    }

    /// @dev The commitments are what the curve's precompiles say they are.
    function testOpenings() external view {
        for (uint256 index = 0; index < 3; ++index) {
            uint256 count = vm.parseJsonBytes32Array(json, element(".batches", index, ".leaves")).length - 1;
            for (uint256 k = 0; k < count; ++k) {
                string memory record = element(element(".batches", index, ".records"), k, "");
                bytes memory opened = Curve.commit(
                    uint256(word(string.concat(record, ".message"))), uint256(word(string.concat(record, ".blinding")))
                );
                bytes32 commitment = word(string.concat(record, ".commitments[0]"));
                vm.assertEq(Curve.compress(opened), commitment, "opening of a record");
            }
        }
        bytes memory sum = Curve.commit(uint256(word(".sum.value")), uint256(word(".sum.blinding")));
        vm.assertEq(Curve.compress(sum), word(".sum.commitment"), "opening of the sum");
    }

    /// @dev Another deterministic signer (RFC 6979) than the script's makes the same signature of the same digest.
    function testSignatures() external view {
        uint256 key = uint256(word(".patients[0].accountKey"));
        vm.assertEq(vm.addr(key), account(".consent.patient"), "account");
        vm.assertEq(_sign(key, word(".consent.digest")), data(".consent.signature"), "consent");
        vm.assertEq(_sign(key, word(".consent.revocationDigest")), data(".consent.revocation"), "revocation");
    }

    function _sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function testQuery() external {
        _expectOpened(true, data(".query.edges"));
        bytes32 id = _open(data(".query.edges"), data(".query.proofs"), data(".query.masks"));
        vm.assertEq(id, word(".consent.digest"), "query id");
        _answerAll(id);
    }

    function testQueryInTwoTransactions() external {
        _expectOpened(false, data(".query.first.edges"));
        bytes32 id = _open(data(".query.first.edges"), data(".query.first.proofs"), data(".query.masks"));
        (IMIStore.Consent memory c, IMIStore.Progress memory p) = (consent(), progress());
        (bytes memory edges, bytes memory proofs) = (data(".query.rest.edges"), data(".query.rest.proofs"));
        vm.expectEmit(address(store));
        emit IMIStore.QueryContinued(id, ledgerId, insurer, true, edges);
        vm.prank(insurer);
        store.continueQuery(c, p, edges, proofs);
        _answerAll(id);
    }

    function testRevocation() external {
        (IMIStore.Consent memory c, bytes memory revocation) = (consent(), data(".consent.revocation"));
        store.revokeConsent(c, revocation);
        bytes32 id = word(".consent.digest");
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ConsentIsRevoked.selector, id));
        _open(data(".query.edges"), data(".query.proofs"), data(".query.masks"));
    }

    // ---------------------------------------------------------------- one bit changed

    /// @dev Of the consent, signature, edges or proofs: no such query is opened. (Of the masks: see below.)
    function testChangedQuery(uint256 field, uint256 bit) external {
        IMIStore.Consent memory c = consent();
        bytes memory signature = data(".consent.signature");
        (bytes memory edges, bytes memory proofs) = (data(".query.edges"), data(".query.proofs"));
        field %= 9;
        if (field == 0) c.insurer = address(uint160(c.insurer) ^ uint160(1 << (bit % 160)));
        if (field == 1) c.patient = address(uint160(c.patient) ^ uint160(1 << (bit % 160)));
        if (field == 2) c.runsHash ^= bytes32(1 << (bit % 256));
        if (field == 3) c.salt ^= bytes32(1 << (bit % 256));
        if (field == 4) signature = flipped(signature, bit);
        if (field == 5) edges = flipped(edges, bit);
        if (field == 6) proofs = flipped(proofs, bit);
        if (field == 7) c.deadline ^= 1 << (bit % 256);
        if (field == 8) c.ledgerId ^= bytes32(1 << (bit % 256));
        bytes memory masks = data(".query.masks");
        vm.prank(c.insurer);
        (bool taken,) = address(store).call(abi.encodeCall(store.openQuery, (c, signature, masks, edges, proofs, 2, 0)));
        vm.assertFalse(taken, "a changed query");
    }

    /// @dev Of Z_0 ... Z_{t-1}, which are points. The corrections after them are opaque to the contract.
    /// forge-config: default.fuzz.runs = 32
    function testChangedMasks(uint256 bit) external {
        uint256 points = 64 * number(".ledger.terms.threshold");
        bit %= 8 * points;
        (IMIStore.Consent memory c, bytes memory signature) = (consent(), data(".consent.signature"));
        bytes memory call_ = abi.encodeCall(
            store.openQuery,
            (c, signature, flipped(data(".query.masks"), bit), data(".query.edges"), data(".query.proofs"), 2, 0)
        );
        vm.prank(insurer);
        (bool taken,) = address(store).call(call_);
        vm.assertFalse(taken, "a point with a bit changed is on no curve");
    }

    /// @dev Every bit of an answer counts, in every seat.
    /// forge-config: default.fuzz.runs = 32
    function testChangedAnswer(uint256 seat, uint256 bit) external {
        _open(data(".query.edges"), data(".query.proofs"), data(".query.masks"));
        seat = seat % seats() + 1;
        bytes memory given = data(element(".answers", seat - 1, ".call"));
        (address who, address other) = (server(seat), server(seat % seats() + 1));
        bytes memory changed = flipped(given, bit);
        vm.prank(who);
        (bool taken,) = address(store).call(abi.encodeCall(store.answer, (ledgerId, changed)));
        vm.assertFalse(taken, "a changed answer");
        vm.prank(other);
        (taken,) = address(store).call(abi.encodeCall(store.answer, (ledgerId, given)));
        vm.assertFalse(taken, "the answer of another seat");
        vm.prank(who);
        store.answer(ledgerId, given);
    }

    // ---------------------------------------------------------------- steps

    function _expectOpened(bool isSealed, bytes memory edges) private {
        IMIStore.Consent memory c = consent();
        (bytes memory signature, bytes memory masks) = (data(".consent.signature"), data(".query.masks"));
        bytes32 id = word(".consent.digest");
        vm.expectEmit(address(store));
        emit IMIStore.QueryOpened(
            id, ledgerId, insurer, c.patient, c.runsHash, c.deadline, c.salt, 2, isSealed, signature, masks, edges
        );
    }

    function _open(bytes memory edges, bytes memory proofs, bytes memory masks) private returns (bytes32) {
        (IMIStore.Consent memory c, bytes memory signature) = (consent(), data(".consent.signature"));
        vm.prank(insurer);
        return store.openQuery(c, signature, masks, edges, proofs, 2, 0);
    }

    function _answerAll(bytes32 id) private {
        for (uint256 seat = 1; seat <= seats(); ++seat) {
            bytes memory given = data(element(".answers", seat - 1, ".call"));
            bytes memory pair = data(element(".answers", seat - 1, ".answer"));
            (uint256 y, uint256 w) = abi.decode(pair, (uint256, uint256));
            address who = server(seat);
            vm.expectEmit(address(store));
            emit IMIStore.AnswerAccepted(id, ledgerId, uint8(seat), y, w);
            vm.prank(who);
            store.answer(ledgerId, given);
        }
        (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Sealed, "sealed");
        vm.assertEq(answered, (2 << seats()) - 2, "answered by all");
    }
}
