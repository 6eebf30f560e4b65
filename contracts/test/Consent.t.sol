// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Dealer} from "./support/Dealer.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";
import {Wallet} from "./support/Wallet.sol";

/// @title Who may open a query, with whose signature, until when, and how a consent is withdrawn
contract ConsentTest is Fixture {
    IMIStore.Consent private consent;
    bytes private masks;
    bytes private signature;

    function setUp() external {
        activeLedger(2, 3, 1);
        append(4);
        consent = consentTo(some(2));
        masks = Dealer.masks(n, 1);
        signature = sign(PATIENT_KEY, digest(consent));
    }

    function testQueryIdIsTheDigest(IMIStore.Consent calldata any, uint64 chain) external {
        vm.assertEq(store.queryIdOf(any), digest(any), "digest");
        vm.chainId(bound(chain, 1, type(uint64).max - 1));
        vm.assertEq(store.queryIdOf(any), digest(any), "digest after a fork");
    }

    function testOpens(uint64 time) external {
        vm.warp(bound(time, 0, DEADLINE));
        bytes32 id = store.queryIdOf(consent);
        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        vm.expectEmit(address(store));
        emit IMIStore.QueryOpened(id, ledgerId, insurer, consent);
        vm.prank(insurer);
        vm.assertEq(store.query(consent, signature, masks, list), id, "id");
        _refusedQuery(abi.encodeWithSelector(IMIStore.ConsentUsed.selector, id));
    }

    function testExpired(uint256 time) external {
        time = bound(time, uint256(DEADLINE) + 1, type(uint64).max);
        vm.warp(time);
        _refusedQuery(abi.encodeWithSelector(IMIStore.ConsentExpired.selector, DEADLINE, time));
    }

    function testOnlyTheInsurer(address account) external {
        if (account == insurer) return;
        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        bytes memory reason = abi.encodeWithSelector(IMIStore.NotTheInsurer.selector, account, insurer);
        vm.expectRevert(reason);
        vm.prank(account);
        store.query(consent, signature, masks, list);
        vm.expectRevert(reason);
        vm.prank(account);
        store.continueQuery(consent, masks, IMIStore.Progress(0, 0, 0, ""), list);
    }

    function testUnknownLedger(uint256 id) external {
        if (id == ledgerId) return;
        consent.ledgerId = id;
        _refusedQuery(abi.encodeWithSelector(IMIStore.UnknownLedger.selector, id));
    }

    function testChangedSignature(uint256 bit) external {
        signature = flipped(signature, bit);
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
    }

    function testWrongSignatureLength(uint8 length) external {
        if (length == 65) return;
        signature = new bytes(length);
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
    }

    /// @dev Any other consent than the signed one. The insurer and the ledger are refused before the signature.
    function testChangedConsent(uint256 field, uint256 bit) external {
        uint256 mask = 1 << (bit % 256);
        field %= 3;
        if (field == 0) consent.recordsHash ^= bytes32(mask);
        if (field == 1) consent.deadline |= (bit % 2 == 0 ? 1 << 250 : mask | 1);
        if (field == 2) consent.salt ^= bytes32(mask);
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
    }

    function testAnotherPatientOrSigner(uint256 key) external {
        key = bound(key, 1, type(uint128).max);
        if (key == PATIENT_KEY) return;
        signature = sign(key, digest(consent));
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
        consent.patient = vm.addr(key);
        if (consent.patient == stranger) return;
        // Signed well, but the records are not his.
        signature = sign(key, digest(consent));
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidProof.selector, ledgerId, 0));
    }

    function testContractWallet(bytes calldata anySignature) external {
        vm.etch(patient, address(new Wallet()).code);
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
        Wallet(patient).allow(digest(consent), anySignature);
        signature = bytes.concat(anySignature, hex"00");
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
        signature = anySignature;
        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        vm.prank(insurer);
        store.query(consent, signature, masks, list);
    }

    function testContractWithoutEip1271() external {
        vm.etch(patient, address(store).code);
        _refusedQuery(abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient));
    }

    function testRevoke(address anyone) external {
        bytes32 id = store.queryIdOf(consent);
        bytes memory revocation = sign(PATIENT_KEY, revocationDigest(id));
        vm.expectEmit(address(store));
        emit IMIStore.ConsentRevoked(id, patient);
        vm.prank(anyone);
        store.revokeConsent(consent, revocation);
        (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Revoked && answered == 0, "revoked");
        bytes memory reason = abi.encodeWithSelector(IMIStore.ConsentIsRevoked.selector, id);
        _refusedQuery(reason);
        vm.expectRevert(reason);
        store.revokeConsent(consent, revocation);

        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, masks, IMIStore.Progress(0, 0, 0, ""), list);
        IMIStore.Answer memory given = answerOf(1, id, some(2));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.QueryNotSealed.selector, id));
        send(1, given);
    }

    function testRevokeByContractWallet(bytes calldata anySignature) external {
        vm.etch(patient, address(new Wallet()).code);
        Wallet(patient).allow(revocationDigest(store.queryIdOf(consent)), anySignature);
        store.revokeConsent(consent, anySignature);
    }

    /// @dev Neither the consent's own signature nor a stranger's nor one over another id revokes.
    function testRevokeNeedsThePatient(uint256 bit, uint256 key) external {
        bytes32 id = store.queryIdOf(consent);
        bytes memory reason = abi.encodeWithSelector(IMIStore.InvalidSignature.selector, patient);
        key = bound(key, PATIENT_KEY + 1, type(uint128).max);
        bytes[4] memory wrong = [
            signature,
            sign(key, revocationDigest(id)),
            sign(PATIENT_KEY, revocationDigest(id ^ bytes32(1 << (bit % 256)))),
            flipped(sign(PATIENT_KEY, revocationDigest(id)), bit)
        ];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(reason);
            store.revokeConsent(consent, wrong[i]);
        }
    }

    /// @dev A consent with the same words but another patient has another id: nobody revokes for somebody else.
    function testRevokeOnlyOnesOwn(uint256 key) external {
        key = bound(key, PATIENT_KEY + 1, type(uint128).max);
        IMIStore.Consent memory own = consent;
        own.patient = vm.addr(key);
        store.revokeConsent(own, sign(key, revocationDigest(store.queryIdOf(own))));
        this.testOpens(1);
    }

    function testRevokeTooLate() external {
        this.testOpens(1);
        bytes32 id = store.queryIdOf(consent);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.ConsentUsed.selector, id));
        store.revokeConsent(consent, sign(PATIENT_KEY, revocationDigest(id)));
    }

    function _refusedQuery(bytes memory reason) private {
        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        vm.expectRevert(reason);
        vm.prank(insurer);
        store.query(consent, signature, masks, list);
    }
}
