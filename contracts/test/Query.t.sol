// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Queries} from "../libraries/Queries.sol";
import {Dealer} from "./support/Dealer.sol";
import {Fixture} from "./support/Fixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title What a query's records and masks must be
/// @dev Batch 0 has records 0..6, batch 1 has 7..11. Records 1 and 8 are a stranger's.
contract QueryTest is Fixture {
    function setUp() external {
        activeLedger(2, 3, 2);
        append(7);
        append(5);
    }

    function testSealsInOneTransaction() external {
        uint256[] memory ids = some(0, 4, 5);
        bytes32 id = store.queryIdOf(consentTo(ids));
        bytes memory sums = Dealer.sums(ids, t);
        uint64[] memory recordIds = new uint64[](3);
        (recordIds[1], recordIds[2]) = (4, 5);
        IMIStore.BatchRecords[] memory list = parts(0, ids);
        (bytes memory masks, IMIStore.Consent memory consent) = (Dealer.masks(n, 1), consentTo(ids));
        vm.expectEmit(address(store));
        emit IMIStore.QueryOpened(id, ledgerId, insurer, consent);
        vm.expectEmit(address(store));
        emit IMIStore.QueryExtended(id, recordIds, IMIStore.Progress(recordsHash(ids), 3, 5, sums));
        vm.expectEmit(address(store));
        emit IMIStore.QuerySealed(id, ledgerId, insurer, 3, sums, masks);
        bytes memory signature = sign(PATIENT_KEY, digest(consent));
        vm.prank(insurer);
        store.query(consent, signature, masks, list);
        (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Sealed && answered == 1, "sealed");
        vm.expectRevert(abi.encodeWithSelector(IMIStore.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, masks, IMIStore.Progress(recordsHash(ids), 3, 5, sums), list);
    }

    /// @dev Records 2 and 3 are opposites: all sums are infinity.
    function testSumsAtInfinity() external {
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (2, 3);
        vm.assertEq(Dealer.sums(ids, t), new bytes(64 * t), "the case");
        bytes32 id = query(0, ids);
        send(2, answerOf(2, id, ids));
    }

    function testTooFewRecords() external {
        _refused(some(0), parts(0, some(0)), abi.encodeWithSelector(IMIStore.TooFewRecords.selector, 1, 2));
    }

    /// @dev recordsHash = 0 is the hash of no records: sealed at once, so refused.
    function testNoRecords() external {
        uint256[] memory none = new uint256[](0);
        bytes memory reason = abi.encodeWithSelector(IMIStore.TooFewRecords.selector, 0, 2);
        _refused(none, new IMIStore.BatchRecords[](0), reason);
        IMIStore.BatchRecords[] memory empty = new IMIStore.BatchRecords[](1);
        empty[0].proof = new bytes32[](1);
        empty[0].proof[0] = store.getBatch(ledgerId, 0).root;
        _refused(none, empty, abi.encodeWithSelector(IMIStore.EmptyBatch.selector));
    }

    function testAStrangersRecord() external {
        _refused(some(0, 1, 2), parts(0, some(0, 1, 2)), _invalidProof(0));
    }

    function testNotAscending(uint256 a, uint256 b) external {
        (a, b) = (a % 7, b % 7);
        if (a > b) (a, b) = (b, a);
        IMIStore.BatchRecords[] memory list = parts(0, some(a));
        list[0].records = bytes.concat(Dealer.queried(b, t), Dealer.queried(a, t));
        _refused(some(a), list, abi.encodeWithSelector(IMIStore.RecordsNotAscending.selector, a, b));
    }

    function testNotAscendingFromPartToPart() external {
        IMIStore.BatchRecords[] memory list = new IMIStore.BatchRecords[](2);
        (list[0], list[1]) = (part(1, some(7)), part(0, some(2)));
        _refused(some(2), list, abi.encodeWithSelector(IMIStore.RecordsNotAscending.selector, 2, 7));
        (list[0], list[1]) = (part(0, some(2)), part(0, some(2)));
        _refused(some(2), list, abi.encodeWithSelector(IMIStore.RecordsNotAscending.selector, 2, 2));
    }

    function testUnknownBatch(uint64 index) external {
        index = uint64(bound(index, 2, type(uint64).max));
        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        list[0].batch = index;
        _refused(some(2), list, abi.encodeWithSelector(IMIStore.UnknownBatch.selector, ledgerId, index));
    }

    function testProofOfAnotherBatch() external {
        IMIStore.BatchRecords[] memory list = parts(0, some(2));
        list[0].batch = 1;
        _refused(some(2), list, _invalidProof(1));
    }

    /// @dev Every bit of a queried record counts: of a point by the curve, of a key by the proof, of an id by the
    /// proof or the order.
    function testChangedRecordBit(uint256 bit) external {
        IMIStore.BatchRecords[] memory list = parts(0, some(0, 4, 5));
        uint256 size = 16 + 64 * t;
        bit %= 8 * list[0].records.length;
        list[0].records = flipped(list[0].records, bit);
        (uint256 record, uint256 offset) = (bit / 8 / size, (bit / 8) % size);
        if (offset >= 16) return _refused(some(0), list, abi.encodeWithSelector(IMIStore.PointNotOnCurve.selector));
        if (offset >= 8) return _refused(some(0), list, _invalidProof(0));
        uint256[] memory ids = some(0, 4, 5);
        ids[record] ^= 1 << (8 * (7 - offset) + bit % 8);
        bytes memory reason = _invalidProof(0);
        for (uint256 k = 2; k > 0; --k) {
            if (ids[k] > ids[k - 1]) continue;
            reason = abi.encodeWithSelector(IMIStore.RecordsNotAscending.selector, ids[k], ids[k - 1]);
        }
        _refused(some(0), list, reason);
    }

    /// @dev The opposite of a commitment, and infinity, are points too: only the proof refuses them.
    function testAnotherPoint(uint256 position) external {
        IMIStore.BatchRecords[] memory list = parts(0, some(0, 2, 5));
        uint256 offset = 0x20 + (position % 3) * (16 + 64 * t) + 16 + 64 * (position % t);
        bytes memory records = list[0].records;
        assembly ("memory-safe") {
            let y := add(add(records, offset), 0x20)
            mstore(y, sub(21888242871839275222246405745257275088696311157297823662689037894645226208583, mload(y)))
        }
        _refused(some(0), list, _invalidProof(0));
        assembly ("memory-safe") {
            mstore(add(records, offset), 0)
            mstore(add(add(records, offset), 0x20), 0)
        }
        _refused(some(0), list, _invalidProof(0));
    }

    function testChangedProofOrFlags(uint256 which, uint256 bit) external {
        IMIStore.BatchRecords[] memory list = parts(0, some(0, 4, 5));
        bytes32[] memory proof = list[0].proof;
        if (which % 2 == 0) proof[bit % proof.length] ^= bytes32(uint256(1) << ((bit >> 8) % 256));
        else list[0].flags = flipped(list[0].flags, bit);
        _refused(some(0), list, _invalidProof(0));
    }

    function testWrongLengths(uint256 cut) external {
        IMIStore.BatchRecords[] memory list = parts(0, some(0));
        uint256 size = 16 + 64 * t;
        bytes memory records = list[0].records;
        cut = bound(cut, 1, size - 1);
        assembly ("memory-safe") {
            mstore(records, sub(size, cut))
        }
        _refused(some(0), list, abi.encodeWithSelector(IMIStore.LengthMismatch.selector, "records", size - cut, size));
    }

    function testMasks(uint256 bit, uint256 length) external {
        uint256[] memory ids = some(0, 4, 5);
        bytes memory masks = Dealer.masks(n, 1);
        bytes memory wrong = new bytes(bound(length, 0, 400));
        bytes memory reason =
            abi.encodeWithSelector(IMIStore.LengthMismatch.selector, "masks", wrong.length, masks.length);
        if (wrong.length != masks.length) _refused(ids, wrong, parts(0, ids), reason);
        reason = abi.encodeWithSelector(IMIStore.PointNotOnCurve.selector);
        _refused(ids, flipped(masks, bit), parts(0, ids), reason);
        assembly ("memory-safe") {
            let x := add(masks, 0x60)
            mstore(x, add(mload(x), 21888242871839275222246405745257275088696311157297823662689037894645226208583))
        }
        _refused(ids, masks, parts(0, ids), reason);
    }

    /// @dev At the bound of 2^20 records, which no test can send.
    function testTooManyRecords(uint256 before) external {
        IMIStore.Progress memory progress = IMIStore.Progress(0, 2 ** 20 - 3, 1, new bytes(64 * t));
        bytes memory three = bytes.concat(Dealer.queried(2, t), Dealer.queried(4, t), Dealer.queried(5, t));
        this.add(progress, three);
        progress.count = uint64(bound(before, 2 ** 20 - 2, 2 ** 20));
        uint256 count = progress.count + 3;
        vm.expectRevert(abi.encodeWithSelector(IMIStore.TooManyRecords.selector, count, 2 ** 20));
        this.add(progress, three);
    }

    function add(IMIStore.Progress memory progress, bytes calldata records) external view returns (bytes32[] memory) {
        return Queries.add(progress, records, patient);
    }

    function _refused(uint256[] memory ids, IMIStore.BatchRecords[] memory list, bytes memory reason) private {
        _refused(ids, Dealer.masks(n, 1), list, reason);
    }

    function _refused(
        uint256[] memory ids,
        bytes memory masks,
        IMIStore.BatchRecords[] memory list,
        bytes memory reason
    ) private {
        IMIStore.Consent memory consent = consentTo(ids);
        bytes memory signature = sign(PATIENT_KEY, digest(consent));
        vm.expectRevert(reason);
        vm.prank(insurer);
        store.query(consent, signature, masks, list);
    }

    function _invalidProof(uint256 index) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMIStore.InvalidProof.selector, ledgerId, index);
    }
}
