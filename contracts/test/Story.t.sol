// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {Curve} from "./support/Curve.sol";
import {Dealer} from "./support/Dealer.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {flipped, vm} from "./support/Vm.sol";

/// @title From records to the sum of runs, at several committees, in one transaction and in many
/// @dev Batches of 6, 1, 9 and 5 records, the last two in the second epoch.
contract StoryTest is QueryFixture {
    /// forge-config: default.fuzz.runs = 16
    function testOneOfOne(uint256 cuts, uint256 steps) external {
        _story(1, 1, cuts, steps, 0);
    }

    /// forge-config: default.fuzz.runs = 16
    function testTwoOfThree(uint256 cuts, uint256 steps, uint256 firstSeat) external {
        _story(2, 3, cuts, steps, firstSeat);
    }

    /// forge-config: default.fuzz.runs = 16
    function testThreeOfFive(uint256 cuts, uint256 steps, uint256 firstSeat) external {
        _story(3, 5, cuts, steps, firstSeat);
    }

    /// forge-config: default.fuzz.runs = 16
    function testFiveOfNine(uint256 cuts, uint256 steps, uint256 firstSeat) external {
        _story(5, 9, cuts, steps, firstSeat);
    }

    /// @dev Any run of t seats, starting anywhere, gives the sum of the runs: total(b) - total(a) of each.
    function _story(uint256 threshold, uint256 seats, uint256 cuts, uint256 steps, uint256 firstSeat) private {
        activeLedger(threshold, seats, 1);
        append(6);
        append(1);
        refresh();
        append(9);
        append(5);
        Edge[] memory edges = edgesOf(_runs(cuts));
        bytes32 id = _query(edges, steps);
        uint256[] memory answering = new uint256[](t);
        uint256[] memory values = new uint256[](t);
        for (uint256 k = 0; k < t; ++k) {
            uint256 seat = (firstSeat % n + k) % n + 1;
            (uint256 y, uint256 w) = shareOf(edges, seat);
            send(seat, answerBytes(id, y, w, 2, edges));
            (answering[k], values[k]) = (seat, y);
        }
        uint256 expected = Dealer.scalar("mask", MASK, 0);
        for (uint256 k = 0; k < edges.length; ++k) {
            uint256 total = Dealer.coefficient("value", edges[k].id, 0, t);
            expected = addmod(expected, edges[k].sign == 1 ? total : Curve.R - total, Curve.R);
        }
        vm.assertEq(_at0(answering, values), expected, "masked sum");
    }

    /// @dev Runs of both series, at least one: a run may begin at each position whose bit of `cuts` is set and end at the
    /// next one that has.
    function _runs(uint256 cuts) private view returns (Run[] memory runs) {
        runs = new Run[](20);
        uint256 used = 0;
        for (uint256 s = 0; s < 2; ++s) {
            uint64 series = s == 0 ? SERIES : OTHER;
            uint256 length = seriesIds[patient][series].length;
            uint256 from = 0;
            bool inside = cuts & 1 == 0;
            for (uint256 position = 1; position <= length; ++position) {
                cuts = uint256(keccak256(abi.encode(cuts)));
                bool last = position == length && used == 0 && inside;
                if (cuts % 3 != 0 && !last) continue;
                if (inside) runs[used++] = Run(series, from, position);
                else from = position;
                inside = !inside;
            }
        }
        if (used == 0) runs[used++] = Run(SERIES, 1, 2);
        assembly ("memory-safe") {
            mstore(runs, used)
        }
    }

    /// @dev Opens and continues the query, cut after edge i where bit i of `steps` is set. Each transaction's progress is
    /// the caller's own account of it, so that the contract's is checked too.
    function _query(Edge[] memory edges, uint256 steps) private returns (bytes32 id) {
        IMIStore.Consent memory consent = consentTo(edges);
        id = digest(consent);
        uint256 from = 0;
        for (uint256 to = 1; to <= edges.length; ++to) {
            if (to < edges.length && (steps >> to) & 1 == 0) continue;
            Edge[] memory part = slice(edges, from, to);
            bool complete = to == edges.length;
            if (from == 0) {
                open(consent, part);
            } else {
                _continue(consent, progressAfter(slice(edges, 0, from), 2), part, complete, steps);
            }
            (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
            vm.assertTrue(status == (complete ? IMIStore.QueryStatus.Sealed : IMIStore.QueryStatus.Open), "status");
            vm.assertEq(answered, 0, "answered");
            from = to;
        }
    }

    function _continue(
        IMIStore.Consent memory consent,
        IMIStore.Progress memory progress,
        Edge[] memory part,
        bool complete,
        uint256 seed
    ) private {
        (bytes memory heads, bytes memory proofs) = encoded(part);
        bytes32 id = digest(consent);
        IMIStore.Progress memory changed = _changed(progress, seed);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongProgress.selector, id));
        vm.prank(insurer);
        store.continueQuery(consent, changed, heads, proofs);

        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotSealed.selector, id));
        send(1, abi.encodePacked(id, uint256(0), uint256(0), uint32(2), progress.sums));

        vm.expectEmit(address(store));
        emit IMIStore.QueryContinued(id, ledgerId, insurer, complete, heads);
        vm.prank(insurer);
        store.continueQuery(consent, progress, heads, proofs);
    }

    /// @dev Progress with one bit of one field turned over.
    function _changed(IMIStore.Progress memory progress, uint256 seed)
        private
        pure
        returns (IMIStore.Progress memory changed)
    {
        changed = abi.decode(abi.encode(progress), (IMIStore.Progress));
        uint256 field = (seed >> 128) % 7;
        if (field == 0) changed.epoch ^= uint32(1 << (seed % 32));
        if (field == 1) changed.chain ^= bytes32(uint256(1) << (seed % 256));
        if (field == 2) changed.count ^= 1 << (seed % 256);
        if (field == 3) changed.series ^= uint64(1 << (seed % 64));
        if (field == 4) changed.position ^= uint32(1 << (seed % 32));
        if (field == 5) changed.open = !changed.open;
        if (field == 6) changed.sums = flipped(changed.sums, seed);
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
