// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";
import {Dealer} from "./Dealer.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @title A deployed contract and its people, for the tests
/// @dev Records whose id is 1 mod 7 are a stranger's, all others the patient's.
abstract contract Fixture {
    uint256 internal constant PATIENT_KEY = 0xA11CE;
    string[] internal LANES = ["cost", "coverage"];
    uint64 internal constant DEADLINE = 2_000_000_000;

    /// @dev By its artifact: importing the contract would compile it again into every test.
    IMIStore internal store = IMIStore(vm.deployCode("MIStore.sol:MIStore"));
    address internal hospital = vm.addr(1);
    address internal insurer = vm.addr(2);
    address internal patient = vm.addr(PATIENT_KEY);
    address internal stranger = vm.addr(3);

    uint256 internal ledgerId;
    uint256 internal t;
    uint256 internal n;

    function server(uint256 seat) internal pure returns (address) {
        return vm.addr(1000 + seat);
    }

    function servers(uint256 count) internal pure returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = server(i + 1);
        }
    }

    function register(address account) internal {
        vm.prank(account);
        store.register(new bytes(1216));
    }

    function openChannel(address from, address to) internal {
        vm.prank(from);
        store.openChannel(to, new bytes(1120));
    }

    /// @dev A ledger that no server has joined yet; channels are open.
    function openLedger(uint256 threshold, uint256 seats, uint32 minRecords) internal {
        (t, n) = (threshold, seats);
        for (uint256 seat = 1; seat <= n; ++seat) {
            register(server(seat));
            openChannel(hospital, server(seat));
        }
        vm.prank(hospital);
        ledgerId = store.openLedger(uint8(t), servers(n), 1, LANES, 2, "USD", minRecords);
    }

    function join(uint256 seat) internal {
        vm.prank(server(seat));
        store.join(ledgerId);
    }

    function activeLedger(uint256 threshold, uint256 seats, uint32 minRecords) internal {
        openLedger(threshold, seats, minRecords);
        for (uint256 seat = 1; seat <= n; ++seat) {
            join(seat);
        }
    }

    function tagOf(uint256 id) internal view returns (address) {
        return id % 7 == 1 ? stranger : patient;
    }

    function wire(uint256 firstId, uint256 count) internal view returns (bytes memory records) {
        for (uint256 k = 0; k < count; ++k) {
            records = bytes.concat(records, Dealer.wire(firstId + k, t, n, tagOf(firstId + k)));
        }
    }

    function leaves(uint256 firstId, uint256 count) internal view returns (bytes32[] memory list) {
        list = new bytes32[](count);
        for (uint256 k = 0; k < count; ++k) {
            list[k] = Dealer.leaf(firstId + k, t, tagOf(firstId + k));
        }
    }

    function append(uint256 count) internal {
        IMIStore.Ledger memory ledger = store.getLedger(ledgerId);
        bytes memory records = wire(ledger.nextRecordId, count);
        vm.prank(hospital);
        store.appendBatch(ledgerId, ledger.nextBatch, bytes16("nonce"), "source", records);
    }

    /// @dev The part of a query for records of one batch.
    function part(uint64 index, uint256[] memory ids) internal view returns (IMIStore.BatchRecords memory result) {
        IMIStore.Batch memory batch = store.getBatch(ledgerId, index);
        uint256[] memory numbers = new uint256[](ids.length);
        for (uint256 k = 0; k < ids.length; ++k) {
            numbers[k] = ids[k] - batch.firstRecordId;
            result.records = bytes.concat(result.records, Dealer.queried(ids[k], t));
        }
        result.batch = index;
        (result.proof, result.flags) = Tree.multiproof(leaves(batch.firstRecordId, batch.count), numbers);
    }

    function parts(uint64 index, uint256[] memory ids) internal view returns (IMIStore.BatchRecords[] memory list) {
        list = new IMIStore.BatchRecords[](1);
        list[0] = part(index, ids);
    }

    function recordsHash(uint256[] memory ids) internal pure returns (bytes32 chain) {
        for (uint256 k = 0; k < ids.length; ++k) {
            chain = keccak256(abi.encodePacked(chain, uint64(ids[k])));
        }
    }

    function consentTo(uint256[] memory ids) internal view returns (IMIStore.Consent memory) {
        return IMIStore.Consent({
            insurer: insurer,
            ledgerId: ledgerId,
            patient: patient,
            recordsHash: recordsHash(ids),
            deadline: DEADLINE,
            salt: "salt"
        });
    }

    function sign(uint256 key, bytes32 message) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, message);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Domain separator by EIP-712's definition.
    function domain() internal view returns (bytes32) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(domainType, keccak256("MIStore"), keccak256("1"), block.chainid, address(store)));
    }

    function digest(IMIStore.Consent memory c) internal view returns (bytes32) {
        bytes32 consentType = keccak256(
            "Consent(address insurer,uint256 ledgerId,address patient,bytes32 recordsHash,uint256 deadline,bytes32 salt)"
        );
        bytes32 structHash =
            keccak256(abi.encode(consentType, c.insurer, c.ledgerId, c.patient, c.recordsHash, c.deadline, c.salt));
        return keccak256(abi.encodePacked(hex"1901", domain(), structHash));
    }

    function revocationDigest(bytes32 queryId) internal view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(keccak256("Revocation(bytes32 queryId)"), queryId));
        return keccak256(abi.encodePacked(hex"1901", domain(), structHash));
    }

    /// @dev Opens a query of one batch's records, with masks of seed 1.
    function query(uint64 index, uint256[] memory ids) internal returns (bytes32) {
        IMIStore.Consent memory consent = consentTo(ids);
        IMIStore.BatchRecords[] memory list = parts(index, ids);
        bytes memory masks = Dealer.masks(n, 1);
        bytes memory signature = sign(PATIENT_KEY, digest(consent));
        vm.prank(insurer);
        return store.query(consent, signature, masks, list);
    }

    /// @dev A right answer of a seat to a query of these records, masked with seed 1.
    function answerOf(uint256 seat, bytes32 queryId, uint256[] memory ids)
        internal
        view
        returns (IMIStore.Answer memory given)
    {
        (given.queryId, given.ledgerId) = (queryId, ledgerId);
        (given.y, given.w) = Dealer.answer(ids, t, seat, 1);
        (given.sums, given.masks) = (Dealer.sums(ids, t), Dealer.masks(n, 1));
    }

    function send(uint256 seat, IMIStore.Answer memory given) internal {
        IMIStore.Answer[] memory list = new IMIStore.Answer[](1);
        list[0] = given;
        vm.prank(server(seat));
        store.answer(list);
    }

    function some(uint256 a) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = a;
    }

    function some(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](3);
        (ids[0], ids[1], ids[2]) = (a, b, c);
    }
}
