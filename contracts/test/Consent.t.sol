// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";
import {Wallet} from "./support/Wallet.sol";

/// @title Who may open a query, with whose signature, until when, and how a consent is withdrawn
contract ConsentTest is QueryFixture {
    IMIStore.Consent private consent;
    bytes private heads;
    bytes private proofs;
    bytes private maskBytes;
    bytes private signature;

    function setUp() external {
        activeLedger(2, 3, 1);
        append(9);
        consent = consentTo(run(1, 3));
        (heads, proofs) = encoded(run(1, 3));
        maskBytes = masks();
        signature = sign(PATIENT_KEY, digest(consent));
    }

    /// @dev The query's id is the consent's digest, on a fork's chain too.
    function testOpensOnce(uint64 time, uint64 chain) external {
        vm.warp(bound(time, 0, DEADLINE));
        _open(digest(consent));
        _refused(abi.encodeWithSelector(IMIStoreErrors.ConsentUsed.selector, digest(consent)));
        vm.chainId(bound(chain, 1, type(uint64).max - 1));
        if (block.chainid == 31337) return;
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
        signature = sign(PATIENT_KEY, digest(consent));
        _open(digest(consent));
    }

    function testExpired(uint256 time) external {
        time = bound(time, uint256(DEADLINE) + 1, type(uint64).max);
        vm.warp(time);
        _refused(abi.encodeWithSelector(IMIStoreErrors.ConsentExpired.selector, DEADLINE, time));
    }

    /// @dev A query that was opened in time is not continued after the deadline, but its consent can still be revoked.
    function testContinuedOnlyBeforeTheDeadline(uint256 time) external {
        IMIStore.Progress memory progress = _openHalf();
        (bytes memory rest, bytes memory restProofs) = encoded(slice(run(1, 3), 1, 2));
        time = bound(time, uint256(DEADLINE) + 1, type(uint64).max);
        vm.warp(time);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ConsentExpired.selector, DEADLINE, time));
        vm.prank(insurer);
        store.continueQuery(consent, progress, rest, restProofs);
        store.revokeConsent(consent, sign(PATIENT_KEY, revocationDigest(digest(consent))));
    }

    function testOnlyTheInsurer(address account) external {
        if (account == insurer) return;
        IMIStore.Progress memory progress = _openHalf();
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.NotTheInsurer.selector, account, insurer);
        vm.expectRevert(reason);
        vm.prank(account);
        store.openQuery(consent, signature, maskBytes, heads, proofs, 1, 0);
        vm.expectRevert(reason);
        vm.prank(account);
        store.continueQuery(consent, progress, heads, proofs);
    }

    function testUnknownLedger(bytes32 id) external {
        if (id == ledgerId) return;
        consent.ledgerId = id;
        _refused(abi.encodeWithSelector(IMIStoreErrors.UnknownLedger.selector, id));
    }

    function testChangedSignature(uint256 bit, uint8 length) external {
        bytes memory reason = abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient);
        signature = flipped(signature, bit);
        _refused(reason);
        if (length == 65) return;
        signature = new bytes(length);
        _refused(reason);
    }

    /// @dev Any other consent than the signed one. The insurer and the ledger are refused before the signature.
    function testChangedConsent(uint256 field, uint256 bit) external {
        uint256 mask = 1 << (bit % 256);
        field %= 3;
        if (field == 0) consent.runsHash ^= bytes32(mask);
        if (field == 1) consent.deadline |= (bit % 2 == 0 ? 1 << 250 : mask | 1);
        if (field == 2) consent.salt ^= bytes32(mask);
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
    }

    /// @dev Edges that are not the consent's, a sign byte too, leave the query open for ever: no sum, no second use.
    function testOtherEdgesThanConsented(uint256 from, uint256 to) external {
        to = bound(to, 1, seriesIds[patient][SERIES].length);
        from = bound(from, 0, to - 1);
        if (from == 1 && to == 3) return;
        (heads, proofs) = encoded(run(from, to));
        bytes32 id = _open(digest(consent));
        (IMIStore.QueryStatus status,) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Open, "not sealed");
        bytes memory answer = answerOf(1, id, run(from, to));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotSealed.selector, id));
        send(1, answer);
        _refused(abi.encodeWithSelector(IMIStoreErrors.ConsentUsed.selector, id));
    }

    function testAnotherPatientOrSigner(uint256 key) external {
        key = bound(key, 1, type(uint128).max);
        if (key == PATIENT_KEY) return;
        signature = sign(key, digest(consent));
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
        consent.patient = vm.addr(key);
        // Signed well, but the records are not theirs.
        signature = sign(key, digest(consent));
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidProof.selector, ledgerId, run(1, 3)[0].id));
    }

    /// @dev A contract wallet's word counts; an account that has both code and a key may sign with the key.
    function testContractWallet(bytes calldata anySignature) external {
        bytes memory plain = signature;
        vm.etch(patient, address(new Wallet()).code);
        signature = anySignature;
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
        Wallet(patient).allow(digest(consent), anySignature);
        signature = bytes.concat(anySignature, hex"00");
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
        signature = anySignature;
        _open(digest(consent));
        consent.salt = "another";
        signature = plain;
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
        signature = sign(PATIENT_KEY, digest(consent));
        _open(digest(consent));
    }

    function testContractWithoutEip1271(uint256 bit) external {
        vm.etch(patient, address(store).code);
        signature = flipped(signature, bit);
        _refused(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
    }

    function testRevoke(address anyone) external {
        bytes32 id = digest(consent);
        _revoke(anyone, id);
        _refused(abi.encodeWithSelector(IMIStoreErrors.ConsentIsRevoked.selector, id));
        IMIStore.Progress memory progress = progressAfter(run(1, 3), 1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, progress, heads, proofs);
        bytes memory answer = answerOf(1, id, run(1, 3));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotSealed.selector, id));
        send(1, answer);
    }

    /// @dev A query that is opened but not sealed can be revoked, and goes on no more.
    function testRevokeWhileOpen(address anyone) external {
        IMIStore.Progress memory progress = _openHalf();
        bytes32 id = digest(consent);
        _revoke(anyone, id);
        (bytes memory rest, bytes memory restProofs) = encoded(slice(run(1, 3), 1, 2));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, progress, rest, restProofs);
        _refused(abi.encodeWithSelector(IMIStoreErrors.ConsentIsRevoked.selector, id));
    }

    function testRevokeTooLate() external {
        bytes32 id = _open(digest(consent));
        bytes memory revocation = sign(PATIENT_KEY, revocationDigest(id));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ConsentUsed.selector, id));
        store.revokeConsent(consent, revocation);
        send(1, answerOf(1, id, run(1, 3)));
    }

    function testRevokeByContractWallet(bytes calldata anySignature) external {
        vm.etch(patient, address(new Wallet()).code);
        Wallet(patient).allow(revocationDigest(digest(consent)), anySignature);
        store.revokeConsent(consent, anySignature);
    }

    /// @dev Neither the consent's own signature nor a stranger's nor one over another id revokes.
    function testRevokeNeedsThePatient(uint256 bit, uint256 key) external {
        bytes32 id = digest(consent);
        key = bound(key, PATIENT_KEY + 1, type(uint128).max);
        bytes[4] memory wrong = [
            signature,
            sign(key, revocationDigest(id)),
            sign(PATIENT_KEY, revocationDigest(id ^ bytes32(1 << (bit % 256)))),
            flipped(sign(PATIENT_KEY, revocationDigest(id)), bit)
        ];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.InvalidSignature.selector, patient));
            store.revokeConsent(consent, wrong[i]);
        }
    }

    /// @dev A consent with the same words but another patient has another id: nobody revokes for somebody else.
    function testRevokeOnlyOnesOwn(uint256 key) external {
        key = bound(key, PATIENT_KEY + 1, type(uint128).max);
        IMIStore.Consent memory own = consent;
        own.patient = vm.addr(key);
        store.revokeConsent(own, sign(key, revocationDigest(digest(own))));
        _open(digest(consent));
    }

    function _revoke(address anyone, bytes32 id) private {
        bytes memory revocation = sign(PATIENT_KEY, revocationDigest(id));
        vm.expectEmit(address(store));
        emit IMIStore.ConsentRevoked(id, patient);
        vm.prank(anyone);
        store.revokeConsent(consent, revocation);
        (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Revoked && answered == 0, "revoked");
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.ConsentIsRevoked.selector, id));
        store.revokeConsent(consent, revocation);
    }

    /// @dev Opens the query with its first edge only. @return progress where it stands
    function _openHalf() private returns (IMIStore.Progress memory progress) {
        Edge[] memory first = slice(run(1, 3), 0, 1);
        open(consent, first);
        return progressAfter(first, 1);
    }

    function _open(bytes32 id) private returns (bytes32) {
        vm.prank(insurer);
        vm.assertEq(store.openQuery(consent, signature, maskBytes, heads, proofs, 1, 0), id, "id");
        return id;
    }

    function _refused(bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(insurer);
        store.openQuery(consent, signature, maskBytes, heads, proofs, 1, 0);
    }
}
