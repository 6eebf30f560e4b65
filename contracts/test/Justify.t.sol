// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IComplaints} from "../IComplaints.sol";
import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {BN254} from "../libraries/BN254.sol";
import {Curve} from "./support/Curve.sol";
import {Dealer} from "./support/Dealer.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title justify and refutePoint
contract JustifyTest is QueryFixture {
    uint64 private constant RECORD = 3;

    bytes private record;
    bytes private path;

    function setUp() external {
        activeLedger(3, 5, 1);
        append(6);
        _prepare();
    }

    /// @dev Beforehand: a call of a precompile would take an expected revert's place.
    function _prepare() private {
        (record, path) = (_uncompressed(RECORD), abi.encodePacked(pathOf(RECORD)));
    }

    function testJustify(uint256 seat) external {
        seat = bound(seat, 1, 5);
        _complain(seat);
        (uint256 share, uint256 blinding) = _shareOf(seat);
        vm.expectEmit(address(store));
        emit IComplaints.ComplaintJustified(ledgerId, RECORD, uint8(seat), share, blinding);
        _justify(seat, share, blinding);
        _expect(0, 1 << seat, false);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.AlreadyJustified.selector, ledgerId, RECORD, seat));
        vm.prank(server(seat));
        store.complain(ledgerId, 0, roots[0], RECORD);
    }

    /// @dev At most t - 1 = 2 seats of a record: the shares of more would give its total away.
    function testAtMostTMinusOne(uint256 start) external {
        for (uint256 k = 0; k < 3; ++k) {
            uint256 seat = (start % 5 + k) % 5 + 1;
            _complain(seat);
            (uint256 share, uint256 blinding) = _shareOf(seat);
            if (k == 2) {
                vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.TooManyJustified.selector, ledgerId, RECORD, 2));
            }
            _justify(seat, share, blinding);
        }
    }

    function testNeverAtThresholdOne() external {
        IMIStore.Terms memory terms = termsOf(1, 2, 1);
        vm.prank(hospital);
        ledgerId = store.openLedger(terms, SALT, DIGEST);
        (t, n) = (1, 2);
        delete roots;
        delete places;
        delete recordLeaves;
        delete batchLeaves;
        join(1, 1, DIGEST);
        join(2, 1, DIGEST);
        append(5);
        _prepare();
        _complain(1);
        (uint256 share, uint256 blinding) = _shareOf(1);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.TooManyJustified.selector, ledgerId, RECORD, 0));
        _justify(1, share, blinding);
    }

    function testFalseJustification(uint256 seat, uint256 share, uint256 blinding) external {
        seat = bound(seat, 1, 5);
        _complain(seat);
        (uint256 s, uint256 b) = _shareOf(seat);
        bytes memory wrong = abi.encodeWithSelector(IMIStoreErrors.WrongShare.selector, ledgerId, RECORD, seat);
        vm.expectRevert(wrong);
        _justify(seat, share % Curve.R, blinding % Curve.R);
        (uint256 otherS, uint256 otherB) = _shareOf(seat % 5 + 1);
        vm.expectRevert(wrong);
        _justify(seat, otherS, otherB);
        vm.expectRevert(abi.encodeWithSelector(BN254.NonCanonicalScalar.selector, s + Curve.R));
        _justify(seat, s + Curve.R, b);
        vm.expectRevert(abi.encodeWithSelector(BN254.NonCanonicalScalar.selector, b + Curve.R));
        _justify(seat, s, b + Curve.R);
        _expect(1 << seat, 0, false);
    }

    function testJustifyErrors(uint256 seat, uint256 bit, address account) external {
        seat = bound(seat, 1, 5);
        (uint256 s, uint256 b) = _shareOf(seat);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NoComplaint.selector, ledgerId, RECORD, seat));
        _justify(seat, s, b);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NoComplaint.selector, ledgerId, RECORD, 0));
        _justify(0, s, b);
        _complain(seat);
        bytes memory invalid = abi.encodeWithSelector(IMIStoreErrors.InvalidProof.selector, ledgerId, RECORD);
        vm.expectRevert(invalid);
        vm.prank(hospital);
        store.justify(ledgerId, 0, RECORD, uint8(seat), s, b, flipped(record, bit % (8 * 28)), path);
        vm.expectRevert(invalid);
        vm.prank(hospital);
        store.justify(ledgerId, 0, RECORD, uint8(seat), s, b, record, flipped(path, bit));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.LengthMismatch.selector, "record", 156, 28 + 64 * 3));
        vm.prank(hospital);
        store.justify(ledgerId, 0, RECORD, uint8(seat), s, b, new bytes(156), path);
        if (account == hospital) return;
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.NotTheHospital.selector, ledgerId, account));
        vm.prank(account);
        store.justify(ledgerId, 0, RECORD, uint8(seat), s, b, record, path);
    }

    /// @dev Other points with the same compressed form are off the curve: they pass the root and fail the sum.
    function testJustifyWithWhatIsNoPoint(uint256 seat, uint256 bit) external {
        seat = bound(seat, 1, 5);
        _complain(seat);
        (uint256 s, uint256 b) = _shareOf(seat);
        bytes memory wrong = flipped(record, 8 * (28 + 32) + bit % 248);
        vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
        vm.prank(hospital);
        store.justify(ledgerId, 0, RECORD, uint8(seat), s, b, wrong, path);
    }

    /// @dev Anyone shows that a commitment is no point: the record is void for good.
    function testRefutePoint(uint256 x, uint256 position, bool odd, address anyone) external {
        position %= 3;
        uint256 compressed = _noPoint(bound(x, 1, Curve.P - 1)) | (odd ? 1 << 255 : 0);
        (bytes memory wire, uint64 id) = _appendWith(position, compressed);
        (uint256 witness, bytes memory siblings) = (_witness(compressed), abi.encodePacked(pathOf(id)));
        vm.expectEmit(address(store));
        emit IComplaints.RecordVoided(ledgerId, id, uint8(position));
        vm.prank(anyone);
        store.refutePoint(ledgerId, 1, id, uint8(position), witness, wire, siblings);
        (uint256 standing,, bool isVoid) = store.complaintsOf(ledgerId, id);
        vm.assertTrue(standing == 0 && isVoid && store.getLedger(ledgerId).hasVoids, "void for good");
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.RecordIsVoid.selector, ledgerId, id));
        store.refutePoint(ledgerId, 1, id, uint8(position), witness, wire, siblings);
        vm.prank(server(1));
        store.complain(ledgerId, 1, roots[1], id);
        vm.prank(server(1));
        store.withdrawComplaint(ledgerId, id);
        (standing,, isVoid) = store.complaintsOf(ledgerId, id);
        vm.assertTrue(standing == 0 && isVoid, "still void");
    }

    /// @dev Points, infinity among them, are not refuted, whatever the witness; nor is a position that does not exist.
    function testPointsAreNotRefuted(uint256 witness, uint8 position) external {
        bytes memory wire = Dealer.head(RECORD, t, tagOf(RECORD));
        bytes memory reason =
            abi.encodeWithSelector(IMIStoreErrors.PointNotRefuted.selector, ledgerId, RECORD, position);
        vm.expectRevert(reason);
        store.refutePoint(ledgerId, 0, RECORD, position, witness, wire, path);
        // Record 4 has infinity as its last commitment (see Dealer).
        wire = Dealer.head(4, t, tagOf(4));
        bytes memory siblings = abi.encodePacked(pathOf(4));
        uint256 root = Curve.power(Curve.P - 3, (Curve.P + 1) / 4, Curve.P);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.PointNotRefuted.selector, ledgerId, 4, 2));
        store.refutePoint(ledgerId, 0, 4, 2, root, wire, siblings);
    }

    function testRefutePointErrors(uint256 x, uint256 bit) external {
        uint256 compressed = _noPoint(bound(x, 1, Curve.P - 1));
        (bytes memory wire, uint64 id) = _appendWith(1, compressed);
        (uint256 witness, bytes memory siblings) = (_witness(compressed), abi.encodePacked(pathOf(id)));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.InvalidProof.selector, ledgerId, id));
        store.refutePoint(ledgerId, 1, id, 1, witness, flipped(wire, bit), siblings);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.InvalidProof.selector, ledgerId, id));
        store.refutePoint(ledgerId, 1, id, 1, witness, wire, flipped(siblings, bit));
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.InvalidProof.selector, ledgerId, id - 1));
        store.refutePoint(ledgerId, 1, id - 1, 1, witness, wire, siblings);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.LengthMismatch.selector, "record", 123, 124));
        store.refutePoint(ledgerId, 1, id, 1, witness, new bytes(123), siblings);
        vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.PointNotRefuted.selector, ledgerId, id, 1));
        store.refutePoint(ledgerId, 1, id, 1, witness ^ 1, wire, siblings);
    }

    /// @dev The first x from this one on that no point has.
    function _noPoint(uint256 x) private view returns (uint256) {
        while (Curve.power(_cubic(x), (Curve.P - 1) / 2, Curve.P) == 1) x = x + 1 == Curve.P ? 1 : x + 1;
        return x;
    }

    function _witness(uint256 compressed) private view returns (uint256) {
        uint256 x = compressed & ~(uint256(1) << 255);
        return Curve.power(Curve.P - _cubic(x), (Curve.P + 1) / 4, Curve.P);
    }

    function _cubic(uint256 x) private pure returns (uint256) {
        return addmod(mulmod(x, mulmod(x, x, Curve.P), Curve.P), 3, Curve.P);
    }

    /// @dev Appends batch 1, in whose second record a commitment is replaced. @return wire the record without its delta
    function _appendWith(uint256 position, uint256 compressed) private returns (bytes memory wire, uint64 id) {
        (uint256 first, uint256 size) = (places.length, 28 + 32 * (t + 1));
        bytes memory records = draw(3);
        id = uint64(first + 1);
        wire = Dealer.head(id, t, tagOf(id));
        assembly ("memory-safe") {
            mstore(add(add(wire, 0x3c), mul(position, 0x20)), compressed)
            mstore(add(add(add(records, 0x3c), size), mul(position, 0x20)), compressed)
        }
        recordLeaves[id] = Dealer.leaf(id, wire);
        vm.prank(hospital);
        store.appendBatch(ledgerId, previousRoot(), 1, NONCE, SOURCE, records);
        noteBatch(first, 3, 1, NONCE, SOURCE);
    }

    /// @dev tag || key || uncompressed commitments.
    function _uncompressed(uint256 id) private view returns (bytes memory bytes_) {
        bytes_ = abi.encodePacked(tagOf(id), Dealer.key(id));
        for (uint256 j = 0; j < t; ++j) {
            bytes_ = bytes.concat(bytes_, Dealer.commitment(id, j, t));
        }
    }

    function _shareOf(uint256 seat) private view returns (uint256 share, uint256 blinding) {
        for (uint256 j = 0; j < t; ++j) {
            uint256 power = Curve.power(seat, j, Curve.R);
            share = addmod(share, mulmod(Dealer.coefficient("value", RECORD, j, t), power, Curve.R), Curve.R);
            blinding = addmod(blinding, mulmod(Dealer.coefficient("blinding", RECORD, j, t), power, Curve.R), Curve.R);
        }
    }

    function _complain(uint256 seat) private {
        vm.prank(server(seat));
        store.complain(ledgerId, 0, roots[0], RECORD);
    }

    function _justify(uint256 seat, uint256 share, uint256 blinding) private {
        vm.prank(hospital);
        store.justify(ledgerId, 0, RECORD, uint8(seat), share, blinding, record, path);
    }

    function _expect(uint256 standing, uint256 justified, bool isVoid) private view {
        (uint256 s, uint256 j, bool v) = store.complaintsOf(ledgerId, RECORD);
        vm.assertTrue(s == standing && j == justified && v == isVoid, "complaints");
    }
}
