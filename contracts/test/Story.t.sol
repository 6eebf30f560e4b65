// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {Curve} from "./support/Curve.sol";
import {Dealer} from "./support/Dealer.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @title From records to the sum, at several committees, in one transaction and in many
/// @dev Batches of 6, 1, 9 and 4 records.
contract StoryTest is Fixture {
    uint256 private constant RECORDS = 20;

    /// forge-config: default.fuzz.runs = 24
    function testOneOfOne(uint256 chosen, uint256 cuts) external {
        _story(1, 1, chosen, cuts, 0);
    }

    /// forge-config: default.fuzz.runs = 24
    function testTwoOfThree(uint256 chosen, uint256 cuts, uint256 firstSeat) external {
        _story(2, 3, chosen, cuts, firstSeat);
    }

    /// forge-config: default.fuzz.runs = 24
    function testThreeOfFive(uint256 chosen, uint256 cuts, uint256 firstSeat) external {
        _story(3, 5, chosen, cuts, firstSeat);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFourOfSeven(uint256 chosen, uint256 cuts, uint256 firstSeat) external {
        _story(4, 7, chosen, cuts, firstSeat);
    }

    /// forge-config: default.fuzz.runs = 24
    function testFiveOfNine(uint256 chosen, uint256 cuts, uint256 firstSeat) external {
        _story(5, 9, chosen, cuts, firstSeat);
    }

    /// @dev Any run of t seats, starting anywhere, gives the sum of the records that `chosen` has bits for.
    function _story(uint256 threshold, uint256 seats, uint256 chosen, uint256 cuts, uint256 firstSeat) private {
        activeLedger(threshold, seats, 1);
        append(6);
        append(1);
        append(9);
        append(4);
        uint256[] memory ids = _chosen(chosen);
        bytes32 id = _query(ids, cuts);
        uint256[] memory answering = new uint256[](t);
        uint256[] memory values = new uint256[](t);
        for (uint256 k = 0; k < t; ++k) {
            uint256 seat = (firstSeat % n + k) % n + 1;
            IMIStore.Answer memory given = answerOf(seat, id, ids);
            send(seat, given);
            answering[k] = seat;
            values[k] = addmod(given.y, Curve.R - Dealer.scalar("mask", 1, seat), Curve.R);
        }
        uint256 sum = 0;
        for (uint256 k = 0; k < ids.length; ++k) {
            sum = addmod(sum, Dealer.coefficient("value", ids[k], 0, t), Curve.R);
        }
        vm.assertEq(_at0(answering, values), sum, "sum");
    }

    /// @dev Opens and continues the query, cut after record i where bit i of `cuts` is set. Each transaction's progress is
    /// the caller's own account of it, so that the contract's is checked too.
    function _query(uint256[] memory ids, uint256 cuts) private returns (bytes32 id) {
        IMIStore.Consent memory consent = consentTo(ids);
        bytes memory masks = Dealer.masks(n, 1);
        id = store.queryIdOf(consent);
        IMIStore.Progress memory progress;
        uint256 from = 0;
        for (uint256 to = 1; to <= ids.length; ++to) {
            if (to < ids.length && (cuts >> to) & 1 == 0) continue;
            IMIStore.BatchRecords[] memory list = _parts(_slice(ids, from, to));
            if (from == 0) {
                bytes memory signature = sign(PATIENT_KEY, digest(consent));
                vm.prank(insurer);
                store.query(consent, signature, masks, list);
            } else {
                _refuseChanged(consent, masks, progress, list, cuts);
                vm.prank(insurer);
                store.continueQuery(consent, masks, progress, list);
            }
            uint256[] memory so = _slice(ids, 0, to);
            progress = IMIStore.Progress(recordsHash(so), uint64(to), uint64(ids[to - 1]), Dealer.sums(so, t));
            (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
            bool complete = to == ids.length;
            vm.assertTrue(status == (complete ? IMIStore.QueryStatus.Sealed : IMIStore.QueryStatus.Open), "status");
            vm.assertEq(answered, complete ? 1 : 0, "answered");
            from = to;
        }
    }

    /// @dev Progress and masks must be those that the last transaction left. Nobody can answer yet.
    function _refuseChanged(
        IMIStore.Consent memory consent,
        bytes memory masks,
        IMIStore.Progress memory progress,
        IMIStore.BatchRecords[] memory list,
        uint256 seed
    ) private {
        bytes32 id = digest(consent);
        IMIStore.Progress memory changed = abi.decode(abi.encode(progress), (IMIStore.Progress));
        bytes memory otherMasks = bytes.concat(masks);
        uint256 field = seed % 5;
        if (field == 0) changed.recordsHash ^= bytes32(uint256(1) << (seed % 256));
        if (field == 1) changed.count -= 1;
        if (field == 2) changed.lastRecordId ^= uint64(1 << (seed % 64));
        if (field == 3) changed.sums[seed % changed.sums.length] ^= 0x01;
        if (field == 4) otherMasks[seed % otherMasks.length] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(IMIStore.WrongProgress.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, otherMasks, changed, list);

        vm.expectRevert(abi.encodeWithSelector(IMIStore.ConsentUsed.selector, id));
        vm.prank(insurer);
        store.query(consent, sign(PATIENT_KEY, id), masks, list);

        IMIStore.Answer memory early = IMIStore.Answer(id, ledgerId, 0, 0, progress.sums, masks);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.QueryNotSealed.selector, id));
        send(1, early);
    }

    /// @dev Parts of ascending ids, one for each batch.
    function _parts(uint256[] memory ids) private view returns (IMIStore.BatchRecords[] memory list) {
        list = new IMIStore.BatchRecords[](4);
        (uint256 used, uint256 from) = (0, 0);
        for (uint64 index = 0; index < 4; ++index) {
            IMIStore.Batch memory batch = store.getBatch(ledgerId, index);
            uint256 to = from;
            while (to < ids.length && ids[to] < batch.firstRecordId + batch.count) ++to;
            if (to > from) list[used++] = part(index, _slice(ids, from, to));
            from = to;
        }
        assembly ("memory-safe") {
            mstore(list, used)
        }
    }

    /// @dev The patient's records that `bits` has bits for, at least one.
    function _chosen(uint256 bits) private view returns (uint256[] memory ids) {
        ids = new uint256[](RECORDS);
        uint256 used = 0;
        for (uint256 id = 0; id < RECORDS; ++id) {
            bool wanted = (bits >> id) & 1 == 1 || (id == RECORDS - 1 && used == 0);
            if (wanted && tagOf(id) == patient) ids[used++] = id;
        }
        return _slice(ids, 0, used);
    }

    function _slice(uint256[] memory ids, uint256 from, uint256 to) private pure returns (uint256[] memory slice) {
        slice = new uint256[](to - from);
        for (uint256 k = from; k < to; ++k) {
            slice[k - from] = ids[k];
        }
    }

    /// @dev Lagrange: value at 0 of the polynomial through (seats_k, values_k).
    function _at0(uint256[] memory seats, uint256[] memory values) private view returns (uint256 sum) {
        for (uint256 k = 0; k < seats.length; ++k) {
            uint256 term = values[k];
            for (uint256 m = 0; m < seats.length; ++m) {
                if (m == k) continue;
                uint256 difference = addmod(seats[m], Curve.R - seats[k], Curve.R);
                term = mulmod(term, mulmod(seats[m], Curve.power(difference, Curve.R - 2, Curve.R), Curve.R), Curve.R);
            }
            sum = addmod(sum, term, Curve.R);
        }
    }
}
