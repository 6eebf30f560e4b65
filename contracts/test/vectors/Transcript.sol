// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {vm} from "../support/Vm.sol";

/// @title The run of test/vectors/run.json, which a script writes from the protocol's text, and its contract in its place
abstract contract Transcript {
    string internal constant FILE = "../test/vectors/run.json";

    string internal json;
    IMIStore internal store;
    address internal hospital;
    address internal insurer;
    bytes32 internal ledgerId;

    /// @dev Deploys the contract on the transcript's chain by the transcript's deployer, whose first transaction it is.
    function deploy() internal {
        json = vm.readFile(FILE);
        vm.chainId(number(".chainId"));
        bytes memory code = vm.getCode("MIStore.sol:MIStore");
        address created;
        vm.prank(account(".deployer.account"));
        assembly ("memory-safe") {
            created := create(0, add(code, 0x20), mload(code))
        }
        vm.assertEq(created, account(".contract"), "address of the contract");
        store = IMIStore(created);
        (hospital, insurer) = (account(".hospital.account"), account(".insurer.account"));
        ledgerId = word(".ledger.id");
    }

    function number(string memory path) internal view returns (uint256) {
        return vm.parseJsonUint(json, path);
    }

    function account(string memory path) internal view returns (address) {
        return vm.parseJsonAddress(json, path);
    }

    function word(string memory path) internal view returns (bytes32) {
        return vm.parseJsonBytes32(json, path);
    }

    function data(string memory path) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, path);
    }

    /// @dev Path of a member of an element of a list: ".list[3].member".
    function element(string memory list, uint256 index, string memory member) internal pure returns (string memory) {
        return string.concat(list, "[", vm.toString(index), "]", member);
    }

    function server(uint256 seat) internal view returns (address) {
        return account(element(".servers", seat - 1, ".account"));
    }

    function terms() internal view returns (IMIStore.Terms memory) {
        return IMIStore.Terms({
            threshold: uint8(number(".ledger.terms.threshold")),
            servers: vm.parseJsonAddressArray(json, ".ledger.terms.servers"),
            lanes: vm.parseJsonStringArray(json, ".ledger.terms.lanes"),
            scale: uint8(number(".ledger.terms.scale")),
            currency: vm.parseJsonString(json, ".ledger.terms.currency"),
            minRecords: uint32(number(".ledger.terms.minRecords")),
            categories: vm.parseJsonStringArray(json, ".ledger.terms.categories")
        });
    }

    function consent() internal view returns (IMIStore.Consent memory) {
        return IMIStore.Consent({
            insurer: account(".consent.insurer"),
            ledgerId: word(".consent.ledgerId"),
            patient: account(".consent.patient"),
            runsHash: word(".consent.runsHash"),
            deadline: number(".consent.deadline"),
            salt: word(".consent.salt")
        });
    }

    /// @dev What the query's first part of two leads to.
    function progress() internal view returns (IMIStore.Progress memory) {
        return IMIStore.Progress({
            epoch: uint32(number(".query.first.progress.epoch")),
            chain: word(".query.first.progress.chain"),
            count: number(".query.first.progress.count"),
            series: uint64(bytes8(data(".query.first.progress.series"))),
            position: uint32(number(".query.first.progress.position")),
            open: vm.parseJsonBool(json, ".query.first.progress.open"),
            sums: data(".query.first.progress.sums")
        });
    }

    // ---------------------------------------------------------------- the run, step by step

    function registerAll() internal {
        for (uint256 seat = 1; seat <= seats(); ++seat) {
            (bytes memory key, bytes memory signature) =
                (data(element(".servers", seat - 1, ".kemKey")), data(element(".servers", seat - 1, ".signature")));
            vm.prank(server(seat));
            store.register(key, signature);
        }
    }

    function openChannels(string memory from, address sender) internal {
        for (uint256 seat = 1; seat <= seats(); ++seat) {
            string memory list = string.concat(".channels.", from);
            (bytes memory ciphertext, bytes memory signature) =
                (data(element(list, seat - 1, ".ciphertext")), data(element(list, seat - 1, ".signature")));
            address to = server(seat);
            vm.prank(sender);
            store.openChannel(to, ciphertext, signature);
        }
    }

    function openLedger() internal returns (bytes32) {
        (IMIStore.Terms memory given, bytes32 salt, bytes32 digest) =
            (terms(), word(".ledger.salt"), word(".epochs[0].digest"));
        vm.prank(hospital);
        return store.openLedger(given, salt, digest);
    }

    /// @dev Deals the keys of an epoch that has begun, and has all seats join it.
    function dealAndJoin(uint32 epoch) internal {
        for (uint256 seat = 0; seat <= seats(); ++seat) {
            string memory path = element(".epochs", epoch - 1, seat == 0 ? ".list" : element(".packets", seat - 1, ""));
            bytes memory ciphertext = data(path);
            vm.expectEmit(address(store));
            emit IMIStore.KeysDealt(ledgerId, epoch, uint8(seat), 0, ciphertext);
            vm.prank(hospital);
            store.dealKeys(ledgerId, epoch, uint8(seat), 0, ciphertext);
        }
        bytes32 digest = word(element(".epochs", epoch - 1, ".digest"));
        for (uint256 seat = 1; seat <= seats(); ++seat) {
            address who = server(seat);
            vm.prank(who);
            store.join(ledgerId, epoch, digest);
        }
    }

    function beginEpoch(uint32 epoch) internal {
        (bytes32 committee, bytes32 digest) =
            (word(element(".epochs", epoch - 1, ".committeeHash")), word(element(".epochs", epoch - 1, ".digest")));
        vm.expectEmit(address(store));
        emit IMIStore.EpochBegun(ledgerId, epoch, committee, digest);
        vm.prank(hospital);
        store.beginEpoch(ledgerId, epoch, digest);
    }

    function append(uint256 index, bytes32 previous, uint32 epoch, bytes16 nonce, bytes32 source, bytes memory wire)
        internal
        returns (bytes32 root)
    {
        vm.prank(hospital);
        store.appendBatch(ledgerId, previous, epoch, nonce, source, wire);
        return store.getBatch(ledgerId, uint32(index)).root;
    }

    function appendAsWritten(uint256 index) internal returns (bytes32 root) {
        string memory b = element(".batches", index, "");
        return append(
            index,
            word(string.concat(b, ".previous")),
            uint32(number(string.concat(b, ".epoch"))),
            bytes16(data(string.concat(b, ".nonce"))),
            word(string.concat(b, ".source")),
            data(string.concat(b, ".wire"))
        );
    }

    /// @dev All batches, with their epochs.
    function storeAll() internal {
        registerAll();
        openChannels("hospital", hospital);
        openLedger();
        dealAndJoin(1);
        appendAsWritten(0);
        appendAsWritten(1);
        beginEpoch(2);
        dealAndJoin(2);
        appendAsWritten(2);
    }

    function seats() internal view returns (uint256) {
        return vm.parseJsonAddressArray(json, ".ledger.terms.servers").length;
    }
}
