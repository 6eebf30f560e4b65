// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {BN254} from "../libraries/BN254.sol";
import {Edges} from "../libraries/Edges.sol";
import {Runs} from "../libraries/Runs.sol";
import {Curve} from "./support/Curve.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title What a query's edges, proofs and masks must be
/// @dev Batch 0 has records 0..9, batch 1 has 10..17.
contract QueryTest is QueryFixture {
    bytes4 private constant INVALID_PROOF = IMIStoreErrors.InvalidProof.selector;
    bytes4 private constant LENGTH = IMIStoreErrors.LengthMismatch.selector;
    bytes private offCurve = abi.encodeWithSelector(BN254.PointNotOnCurve.selector);

    function setUp() external {
        activeLedger(2, 3, 2);
        append(10);
        append(8);
    }

    function testSealsInOneTransaction(uint256 from, uint256 to) external {
        to = bound(to, 2, seriesIds[patient][SERIES].length);
        from = bound(from, 0, to - 2);
        Edge[] memory edges = run(from, to);
        IMIStore.Consent memory c = consentTo(edges);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        (bytes memory signature, bytes memory m, bytes32 id) = (sign(PATIENT_KEY, digest(c)), masks(), digest(c));
        vm.expectEmit(address(store));
        emit IMIStore.QueryOpened(
            id, ledgerId, insurer, patient, c.runsHash, c.deadline, c.salt, 1, true, signature, m, heads
        );
        vm.prank(insurer);
        vm.assertEq(store.openQuery(c, signature, m, heads, proofs, 1, 0), id, "id");
        (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Sealed && answered == 0, "sealed");
        IMIStore.Progress memory progress = progressAfter(edges, 1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.QueryNotOpen.selector, id));
        vm.prank(insurer);
        store.continueQuery(c, progress, heads, proofs);
    }

    /// @dev Its epoch is the ledger's when it was opened, and an answer must name it.
    function testEpochOfAQuery(uint32 other) external {
        refresh();
        Edge[] memory edges = run(1, 3);
        bytes32 id = query(edges);
        refresh();
        (uint256 y, uint256 w) = shareOf(edges, 3);
        if (other == 2) other = 3;
        bytes memory answer = answerBytes(id, y, w, other, edges);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.WrongPreimage.selector, id));
        send(3, answer);
        send(3, answerBytes(id, y, w, 2, edges));
    }

    function testTooFewRecords(uint256 to) external {
        to = bound(to, 1, 5);
        _refused(run(to - 1, to), abi.encodeWithSelector(IMIStoreErrors.TooFewRecords.selector, 1, 2));
    }

    /// @dev runsHash = 0 is the hash of no edges: opened without one, it would be sealed at once.
    function testNoEdges() external {
        _refused(new Edge[](0), abi.encodeWithSelector(Edges.NoEdges.selector));
        IMIStore.Consent memory consent = consentTo(run(0, 3));
        open(consent, run(0, 2));
        IMIStore.Progress memory progress = progressAfter(run(0, 2), 1);
        vm.expectRevert(abi.encodeWithSelector(Edges.NoEdges.selector));
        vm.prank(insurer);
        store.continueQuery(consent, progress, "", "");
    }

    /// @dev Every bit of an edge counts: of batch, id, series, position and salt by the proof, or by the batch's being
    /// unknown. (Of the sign: see Runs.t.sol and Consent.t.sol.)
    function testChangedEdgeBit(uint256 bit) external {
        Edge[] memory edges = run(2, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        bit = bound(bit, 8, 8 * 41 - 1);
        bytes memory changed = flipped(heads, bit);
        if (bit / 8 < 5) {
            uint32 batch = batchOf(edges[0].id) ^ uint32(1 << (8 * (4 - bit / 8) + bit % 8));
            bytes memory unknown = abi.encodeWithSelector(IMIStoreErrors.UnknownBatch.selector, ledgerId, batch);
            bytes memory other = abi.encodeWithSelector(INVALID_PROOF, ledgerId, edges[0].id);
            return _refused(edges, masks(), changed, proofs, batch > 1 ? unknown : other);
        }
        uint256 id = edges[0].id;
        if (bit / 8 < 13) id ^= 1 << (8 * (12 - bit / 8) + bit % 8);
        if (bit / 8 > 20 && bit / 8 < 25 && _position(changed, 0) == 0) return;
        _refused(edges, masks(), changed, proofs, abi.encodeWithSelector(INVALID_PROOF, ledgerId, id));
    }

    /// @dev Every bit of a proof counts: of the key and the siblings by the root, of a point by the curve, of the depth by
    /// the lengths.
    function testChangedProofBit(uint256 bit) external {
        Edge[] memory edges = run(0, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        bit %= 8 * proofs.length;
        bytes memory changed = flipped(proofs, bit);
        bytes memory reason = abi.encodeWithSelector(INVALID_PROOF, ledgerId, edges[0].id);
        if (bit / 8 == 8) {
            uint256 size = 9 + 64 * t + 32 * uint256(uint8(changed[8]));
            reason = abi.encodeWithSelector(LENGTH, "proofs", proofs.length, size);
            if (size < proofs.length) reason = abi.encodeWithSelector(INVALID_PROOF, ledgerId, edges[0].id);
        } else if (bit / 8 > 8 && bit / 8 < 9 + 64 * t) {
            reason = offCurve;
        }
        _refused(edges, masks(), heads, changed, reason);
    }

    /// @dev The opposite of a commitment, and infinity, are points too: only the root refuses them.
    function testAnotherPoint(uint256 j, bool subtracted) external {
        Edge[] memory edges = subtracted ? run(3, 5) : run(0, 3);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        uint256 offset = 0x20 + 9 + 64 * (j % t);
        uint256 y = _word(proofs, offset + 0x20);
        if (y == 0) return;
        bytes memory reason = abi.encodeWithSelector(INVALID_PROOF, ledgerId, edges[0].id);
        _setWord(proofs, offset + 0x20, Curve.P - y);
        _refused(edges, masks(), heads, proofs, reason);
        _setWord(proofs, offset, 0);
        _setWord(proofs, offset + 0x20, 0);
        _refused(edges, masks(), heads, proofs, reason);
    }

    /// @dev Coordinates plus p would be the same point to a lenient adder; p - y with y = 2p - y' too.
    function testCoordinatesNotBelowP(uint256 j, bool subtracted, uint256 multiple, bool first) external {
        Edge[] memory edges = subtracted ? run(3, 5) : run(0, 3);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        uint256 offset = 0x20 + 9 + 64 * (j % t) + (first ? 0 : 0x20);
        _setWord(proofs, offset, _word(proofs, offset) + bound(multiple, 1, 4) * Curve.P);
        _refused(edges, masks(), heads, proofs, offCurve);
    }

    /// @dev The sum may be infinity, and so may a commitment (see Dealer) and a mask.
    function testInfinityInEveryPlace(uint256 from, uint256 to) external {
        to = bound(to, 2, seriesIds[patient][SERIES].length);
        Edge[] memory edges = run(bound(from, 0, to - 2), to);
        IMIStore.Consent memory consent = consentTo(edges);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        bytes memory signature = sign(PATIENT_KEY, digest(consent));
        bytes memory infinite = new bytes(64 * n);
        vm.prank(insurer);
        bytes32 id = store.openQuery(consent, signature, infinite, heads, proofs, 1, 0);
        (IMIStore.QueryStatus status,) = store.queryState(id);
        vm.assertTrue(status == IMIStore.QueryStatus.Sealed, "sealed");
    }

    function testMasksThatCancelTheSum(uint256 seat) external {
        Edge[] memory edges = run(1, 4);
        IMIStore.Consent memory consent = consentTo(edges);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        bytes memory cancelling = "";
        for (uint256 j = 0; j < t; ++j) {
            bytes memory sum = Curve.infinity();
            for (uint256 k = 0; k < edges.length; ++k) {
                uint256 factor = edges[k].sign == 1 ? Curve.R - 1 : 1;
                sum = Curve.add(sum, Curve.multiply(_commitment(edges[k].id, j), factor));
            }
            cancelling = bytes.concat(cancelling, sum);
        }
        cancelling = bytes.concat(cancelling, new bytes(64 * (n - t)));
        bytes memory signature = sign(PATIENT_KEY, digest(consent));
        vm.prank(insurer);
        bytes32 id = store.openQuery(consent, signature, cancelling, heads, proofs, 1, 0);
        send(bound(seat, 1, n), abi.encodePacked(id, uint256(0), uint256(0), uint32(1), new bytes(64 * t)));
    }

    function testMasks(uint256 bit, uint256 length) external {
        Edge[] memory edges = run(1, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        length = bound(length, 0, 400);
        bytes memory reason = abi.encodeWithSelector(LENGTH, "masks", length, 64 * n);
        if (length != 64 * n) _refused(edges, new bytes(length), heads, proofs, reason);
        bytes memory wrong = flipped(masks(), bit % (8 * 64 * t));
        _refused(edges, wrong, heads, proofs, offCurve);
        wrong = masks();
        _setWord(wrong, 0x60, _word(wrong, 0x60) + Curve.P);
        _refused(edges, wrong, heads, proofs, offCurve);
    }

    /// @dev All of Runs.t.sol's refusals reach the query: here an order, an overlap and a run that the consent leaves open.
    function testEdgesMustBeRuns() external {
        Run[] memory runs = new Run[](2);
        (runs[0], runs[1]) = (Run(OTHER, 0, 2), Run(SERIES, 0, 2));
        _refused(edgesOf(runs), abi.encodeWithSelector(Runs.SeriesNotAscending.selector, SERIES, OTHER));
        (runs[0], runs[1]) = (Run(SERIES, 1, 4), Run(SERIES, 4, 5));
        _refused(edgesOf(runs), abi.encodeWithSelector(Runs.PositionNotAscending.selector, SERIES, 4, 4));
        (runs[0], runs[1]) = (Run(SERIES, 0, 2), Run(SERIES, 0, 4));
        _refused(edgesOf(runs), abi.encodeWithSelector(Runs.RunNotOpen.selector, SERIES, 4));
        Edge[] memory unclosed = slice(run(1, 3), 0, 1);
        _refused(unclosed, abi.encodeWithSelector(Runs.RunNotClosed.selector, SERIES, 1));
        (bytes memory heads, bytes memory proofs) = encoded(run(0, 3));
        heads[0] = 0x02;
        _refused(
            run(0, 3), masks(), heads, proofs, abi.encodeWithSelector(Runs.InvalidSign.selector, run(0, 3)[0].id, 2)
        );
    }

    function testAStrangersRecord() external {
        uint256 id = seriesIds[stranger][SERIES][1];
        Edge[] memory edges = new Edge[](1);
        edges[0] = Edge(1, id);
        _refused(edges, abi.encodeWithSelector(INVALID_PROOF, ledgerId, id));
    }

    /// @dev A batch's own leaf, or an inner node, is no record's: the lengths of what they are hashes of differ.
    function testProofOfAnotherBatchOrDepth() external {
        Edge[] memory edges = run(0, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        heads[4] ^= 0x01;
        _refused(edges, masks(), heads, proofs, abi.encodeWithSelector(INVALID_PROOF, ledgerId, edges[0].id));
        heads[4] ^= 0x01;
        uint8 depth = uint8(proofs[8]);
        for (uint8 shorter = 0; shorter < depth; ++shorter) {
            (, bytes memory cut) = encoded(edges);
            cut[8] = bytes1(shorter);
            assembly ("memory-safe") {
                mstore(cut, sub(mload(cut), mul(32, sub(depth, shorter))))
            }
            _refused(edges, masks(), heads, cut, abi.encodeWithSelector(INVALID_PROOF, ledgerId, edges[0].id));
        }
    }

    function testWrongLengths(uint256 cut) external {
        Edge[] memory edges = run(2, 4);
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        cut = bound(cut, 1, 40);
        bytes memory short = bytes.concat(heads);
        assembly ("memory-safe") {
            mstore(short, sub(mload(heads), cut))
        }
        _refused(edges, masks(), short, proofs, abi.encodeWithSelector(LENGTH, "edges", 82 - cut, 41));
        bytes memory longer = bytes.concat(proofs, new bytes(cut));
        _refused(edges, masks(), heads, longer, abi.encodeWithSelector(LENGTH, "proofs", cut, 0));
        uint256 second = proofBytes(edges[1].id).length;
        assembly ("memory-safe") {
            mstore(proofs, sub(mload(proofs), cut))
        }
        _refused(edges, masks(), heads, proofs, abi.encodeWithSelector(LENGTH, "proofs", second - cut, second));
        _refused(edges, masks(), heads, "", abi.encodeWithSelector(LENGTH, "proofs", 0, 9 + 64 * t));
    }

    function _commitment(uint256 id, uint256 j) private view returns (bytes memory point) {
        bytes memory proof = proofBytes(id);
        return abi.encode(_word(proof, 0x29 + 64 * j), _word(proof, 0x49 + 64 * j));
    }

    function _position(bytes memory heads, uint256 k) private pure returns (uint32) {
        return uint32(_word(heads, 0x20 + 41 * k + 21) >> 224);
    }

    function _word(bytes memory data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(data, offset))
        }
    }

    function _setWord(bytes memory data, uint256 offset, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(data, offset), word)
        }
    }

    function _refused(Edge[] memory edges, bytes memory reason) private {
        (bytes memory heads, bytes memory proofs) = encoded(edges);
        _refused(edges, masks(), heads, proofs, reason);
    }

    function _refused(
        Edge[] memory edges,
        bytes memory masks_,
        bytes memory heads,
        bytes memory proofs,
        bytes memory reason
    ) private {
        IMIStore.Consent memory consent = consentTo(edges);
        bytes memory signature = sign(PATIENT_KEY, digest(consent));
        vm.expectRevert(reason);
        vm.prank(insurer);
        store.openQuery{gas: 16_777_216}(consent, signature, masks_, heads, proofs, 1, 0);
    }
}
