// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {BN254} from "../libraries/BN254.sol";
import {Pedersen} from "../libraries/Pedersen.sol";
import {Curve} from "./support/Curve.sol";
import {bound, flipped, vm} from "./support/Vm.sol";

/// @title The curve's library against plain calls of the precompiles
contract BN254Test {
    function testConstants() external view {
        vm.assertEq(BN254.P, Curve.P, "p");
        vm.assertEq(BN254.R, Curve.R, "r");
        vm.assertEq(abi.encode(Pedersen.H_X, Pedersen.H_Y), Curve.secondGenerator(), "H");
    }

    function testAdd(uint256 a, uint256 b) external view {
        bytes memory left = _multiple(a);
        bytes memory right = _multiple(b);
        vm.assertEq(this.add(left, right), Curve.add(left, right), "a G + b G");
    }

    function testAddExceptions(uint256 a) external view {
        bytes memory point = _multiple(bound(a, 1, Curve.R - 1));
        bytes memory opposite = _multiple(Curve.R - bound(a, 1, Curve.R - 1));
        vm.assertEq(this.add(point, point), Curve.multiply(point, 2), "P + P");
        vm.assertEq(this.add(point, opposite), Curve.infinity(), "P - P");
        vm.assertEq(this.add(point, Curve.infinity()), point, "P + 0");
        vm.assertEq(this.add(Curve.infinity(), point), point, "0 + P");
        vm.assertEq(this.add(Curve.infinity(), Curve.infinity()), Curve.infinity(), "0 + 0");
    }

    function testAddRefusesWhatIsNoPoint(uint256 a, uint256 bit, bool left) external {
        bytes memory point = _multiple(bound(a, 1, Curve.R - 1));
        bytes memory wrong = flipped(point, bit);
        vm.expectRevert(abi.encodeWithSelector(IMIStore.PointNotOnCurve.selector));
        left ? this.add(wrong, point) : this.add(point, wrong);
    }

    function testAddRefusesCoordinatesNotBelowP(uint256 a) external {
        bytes memory point = _multiple(bound(a, 1, Curve.R - 1));
        (uint256 x, uint256 y) = abi.decode(point, (uint256, uint256));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.PointNotOnCurve.selector));
        this.add(Curve.infinity(), abi.encode(x + Curve.P, y));
    }

    function testAddEach(uint256 seed, uint256 count) external view {
        (bytes memory sums, bytes memory points, bytes memory expected) = ("", "", "");
        for (uint256 j = 0; j < bound(count, 0, 9); ++j) {
            bytes memory sum = _multiple(seed % (j + 7));
            bytes memory point = _multiple(uint256(keccak256(abi.encode(seed, j))));
            (sums, points) = (bytes.concat(sums, sum), bytes.concat(points, point));
            expected = bytes.concat(expected, Curve.add(sum, point));
        }
        vm.assertEq(this.addEach(sums, points), expected, "sums");
    }

    function testAddEachRefusesOneWrongPointAnywhere(uint256 place, uint256 bit) external {
        bytes memory points = "";
        for (uint256 j = 0; j < 5; ++j) {
            bytes memory point = _multiple(j + 11);
            points = bytes.concat(points, j == place % 5 ? flipped(point, bit) : point);
        }
        vm.expectRevert(abi.encodeWithSelector(IMIStore.PointNotOnCurve.selector));
        this.addEach(new bytes(320), points);
    }

    function testMultiplySmall(uint256 a) external view {
        for (uint256 k = 1; k <= 255; ++k) {
            vm.assertEq(this.multiplySmall(_multiple(a), k), Curve.multiply(_multiple(a), k), "k P");
        }
        vm.assertEq(this.multiplySmall(Curve.infinity(), 255), Curve.infinity(), "255 * 0");
    }

    function testMultiplyRefusesWhatIsNoPoint(uint256 a, uint256 bit) external {
        (uint256 x, uint256 y) = abi.decode(flipped(_multiple(bound(a, 1, Curve.R - 1)), bit), (uint256, uint256));
        vm.expectRevert(abi.encodeWithSelector(IMIStore.PointNotOnCurve.selector));
        this.multiply(x, y, 2);
    }

    function testIsPoint(uint256 a, uint256 bit) external pure {
        (uint256 x, uint256 y) = (0, 0);
        vm.assertTrue(BN254.isPoint(0, 0), "infinity");
        vm.assertTrue(BN254.isPoint(1, 2), "G");
        vm.assertTrue(BN254.isPoint(1, Curve.P - 2), "-G");
        vm.assertFalse(BN254.isPoint(1 + Curve.P, 2), "x + p");
        vm.assertFalse(BN254.isPoint(1, 2 + Curve.P), "y + p");
        vm.assertFalse(BN254.isPoint(Curve.P, Curve.P), "(p, p)");
        vm.assertFalse(BN254.isPoint(0, Curve.P), "(0, p)");
        (x, y) = (bound(a, 0, Curve.P - 1), bound(bit, 0, Curve.P - 1));
        bool onCurve = mulmod(y, y, Curve.P) == addmod(mulmod(x, mulmod(x, x, Curve.P), Curve.P), 3, Curve.P);
        vm.assertTrue(BN254.isPoint(x, y) == (onCurve || (x == 0 && y == 0)), "by the equation");
    }

    function testIsPointKnowsEveryMultiple(uint256 a, uint256 bit) external view {
        (uint256 x, uint256 y) = abi.decode(_multiple(a), (uint256, uint256));
        vm.assertTrue(BN254.isPoint(x, y), "a G");
        if (x == 0) return;
        (x, y) = abi.decode(flipped(abi.encode(x, y), bit), (uint256, uint256));
        vm.assertFalse(BN254.isPoint(x, y), "one bit off");
    }

    function testCompress(uint256 a) external view {
        (uint256 x, uint256 y) = abi.decode(_multiple(a), (uint256, uint256));
        uint256 compressed = BN254.compress(x, y);
        vm.assertEq(bytes32(compressed), Curve.compress(_multiple(a)), "compressed");
        vm.assertTrue(BN254.isCanonical(compressed), "canonical");
        if (x != 0) vm.assertTrue(BN254.compress(x, Curve.P - y) == compressed ^ (1 << 255), "-P has the other sign");
    }

    function testIsCanonical(uint256 x) external pure {
        uint256 sign = 1 << 255;
        vm.assertTrue(BN254.isCanonical(0), "infinity");
        vm.assertFalse(BN254.isCanonical(sign), "infinity with a sign");
        vm.assertTrue(BN254.isCanonical(Curve.P - 1) && BN254.isCanonical((Curve.P - 1) | sign), "p - 1");
        vm.assertFalse(BN254.isCanonical(Curve.P) || BN254.isCanonical(Curve.P | sign), "p");
        x = bound(x, Curve.P, sign - 1);
        vm.assertFalse(BN254.isCanonical(x) || BN254.isCanonical(x | sign), "above p");
    }

    function testCommit(uint256 value, uint256 blinding) external view {
        BN254.G1 memory actual = Pedersen.commit(value % Curve.R, blinding % Curve.R);
        vm.assertEq(abi.encode(actual.x, actual.y), Curve.commit(value % Curve.R, blinding % Curve.R), "commitment");
    }

    function testAtSeat(uint256 seed, uint256 seat, uint256 threshold) external view {
        seat = bound(seat, 1, 255);
        (bytes memory points, bytes memory expected) = ("", Curve.infinity());
        for (uint256 j = 0; j < bound(threshold, 1, 12); ++j) {
            bytes memory point = _multiple(uint256(keccak256(abi.encode(seed, j))));
            points = bytes.concat(points, point);
            expected = Curve.add(expected, Curve.multiply(point, Curve.power(seat, j, Curve.R)));
        }
        vm.assertEq(this.atSeat(points, seat), expected, "sum_j seat^j C_j");
    }

    // Calls from outside, so that a revert is seen and bytes stand in calldata.

    function add(bytes calldata a, bytes calldata b) external view returns (bytes memory) {
        (uint256 x, uint256 y) = BN254.load(a, 0);
        BN254.G1 memory sum = BN254.G1(x, y);
        (x, y) = BN254.load(b, 0);
        BN254.add(sum, x, y);
        return abi.encode(sum.x, sum.y);
    }

    function addEach(bytes memory sums, bytes calldata points) external view returns (bytes memory) {
        BN254.addEach(sums, points);
        return sums;
    }

    function multiplySmall(bytes calldata a, uint256 k) external view returns (bytes memory) {
        (uint256 x, uint256 y) = BN254.load(a, 0);
        BN254.G1 memory point = BN254.G1(x, y);
        BN254.multiplySmall(point, k);
        return abi.encode(point.x, point.y);
    }

    function multiply(uint256 x, uint256 y, uint256 scalar) external view returns (BN254.G1 memory) {
        return BN254.multiply(x, y, scalar);
    }

    function atSeat(bytes calldata commitments, uint256 seat) external view returns (bytes memory) {
        BN254.G1 memory share = Pedersen.atSeat(commitments, seat);
        return abi.encode(share.x, share.y);
    }

    function _multiple(uint256 scalar) private view returns (bytes memory) {
        return Curve.multiply(Curve.generator(), scalar % Curve.R);
    }
}
