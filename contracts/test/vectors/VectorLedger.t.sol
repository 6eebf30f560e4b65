// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {IMIStoreErrors} from "../../IMIStoreErrors.sol";
import {Pedersen} from "../../libraries/Pedersen.sol";
import {Curve} from "../support/Curve.sol";
import {Transcript} from "./Transcript.sol";
import {flipped, vm} from "../support/Vm.sol";

/// @title The contract takes the transcript's ledger and batches, arrives at their hashes, and refuses them changed
/// @dev The script that writes it knows nothing of this contract: see test/vectors/run.mjs.
contract VectorLedgerTest is Transcript {
    function setUp() external {
        deploy();
    }

    function testLedger() external {
        registerAll();
        openChannels("hospital", hospital);
        vm.expectEmit(address(store));
        emit IMIStore.LedgerOpened(ledgerId, hospital, terms(), word(".ledger.salt"));
        vm.assertEq(openLedger(), ledgerId, "ledger id");
        IMIStore.Ledger memory ledger = store.getLedger(ledgerId);
        vm.assertEq(ledger.committee, word(".epochs[0].committeeHash"), "first committee");
        vm.assertEq(store.channelOpened(hospital, server(2)), keccak256(data(".channels.hospital[1].ciphertext")), "c");
        dealAndJoin(1);
        beginEpoch(2);
        vm.assertEq(store.getLedger(ledgerId).committee, word(".epochs[1].committeeHash"), "second committee");
    }

    function testSecondGenerator() external view {
        vm.assertEq(abi.encode(Pedersen.H_X, Pedersen.H_Y), data(".generators.H"), "H");
        vm.assertEq(Curve.generator(), data(".generators.G"), "G");
    }

    function testBatches() external {
        storeAll();
        for (uint256 index = 0; index < 3; ++index) {
            IMIStore.Batch memory batch = store.getBatch(ledgerId, uint32(index));
            vm.assertEq(batch.root, word(element(".batches", index, ".root")), "root");
            vm.assertEq(batch.firstRecordId, number(element(".batches", index, ".firstRecordId")), "first record");
            uint256 count = vm.parseJsonBytes32Array(json, element(".batches", index, ".leaves")).length - 1;
            vm.assertEq(batch.count, count, "records");
        }
    }
}

/// @title Any bit changed makes another ledger, or a batch that is refused or leads to another history
contract VectorChangesTest is Transcript {
    function setUp() external {
        deploy();
        registerAll();
        openChannels("hospital", hospital);
        openLedger();
        dealAndJoin(1);
    }

    /// @dev Terms, salt, hospital: every one of them makes another ledger.
    /// forge-config: default.fuzz.runs = 32
    function testChangedTerms(uint256 field) external {
        (IMIStore.Terms memory changed, bytes32 salt, address owner) = (terms(), word(".ledger.salt"), hospital);
        field %= 9;
        if (field == 0) changed.threshold -= 1;
        if (field == 1) (changed.servers[0], changed.servers[1]) = (changed.servers[1], changed.servers[0]);
        if (field == 2) changed.lanes[1] = string(flipped(bytes(changed.lanes[1]), field));
        if (field == 3) changed.scale ^= 1;
        if (field == 4) changed.currency = string(flipped(bytes(changed.currency), field));
        if (field == 5) changed.minRecords ^= 1;
        if (field == 6) {
            (changed.categories[0], changed.categories[1]) = (changed.categories[1], changed.categories[0]);
        }
        if (field == 7) salt ^= bytes32(uint256(1));
        if (field == 8) owner = insurer;
        bytes32 digest = word(".epochs[0].digest");
        vm.prank(owner);
        vm.assertTrue(store.openLedger(changed, salt, digest) != ledgerId, "another id");
    }

    /// forge-config: default.fuzz.runs = 32
    function testChangedDigest(uint256 bit) external {
        bytes32 digest = word(".epochs[0].digest");
        bytes32 changed = digest ^ bytes32(1 << (bit % 256));
        address who = server(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongDigest.selector, ledgerId, changed, digest));
        vm.prank(who);
        store.join(ledgerId, 1, changed);
    }

    /// @dev A batch with any bit changed is refused, or has another root, which its successor does not name.
    function testChangedBatch(uint256 field, uint256 bit) external {
        field %= 5;
        bytes32 root = word(".batches[0].root");
        (bytes32 previous, uint32 epoch) = (word(".batches[0].previous"), 1);
        (bytes16 nonce, bytes32 source) = (bytes16(data(".batches[0].nonce")), word(".batches[0].source"));
        bytes memory wire = data(".batches[0].wire");
        if (field == 0) previous ^= bytes32(1 << (bit % 256));
        if (field == 1) epoch ^= uint32(1 << (bit % 32));
        if (field == 2) nonce ^= bytes16(uint128(1 << (bit % 128)));
        if (field == 3) source ^= bytes32(1 << (bit % 256));
        if (field == 4) wire = flipped(wire, bit);
        vm.prank(hospital);
        (bool taken,) =
            address(store).call(abi.encodeCall(store.appendBatch, (ledgerId, previous, epoch, nonce, source, wire)));
        vm.assertTrue(!taken || field > 1, "another history or epoch is refused");
        if (!taken) return;
        vm.assertTrue(store.getBatch(ledgerId, 0).root != root, "another root");
        vm.expectRevert(
            abi.encodeWithSelector(
                IMIStoreErrors.WrongHistory.selector, ledgerId, root, store.getBatch(ledgerId, 0).root
            )
        );
        this.appendSecond();
    }

    function appendSecond() external {
        appendAsWritten(1);
    }
}
