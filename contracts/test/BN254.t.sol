// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

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
        vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
        left ? this.add(wrong, point) : this.add(point, wrong);
    }

    function testAddRefusesCoordinatesNotBelowP(uint256 a) external {
        bytes memory point = _multiple(bound(a, 1, Curve.R - 1));
        (uint256 x, uint256 y) = abi.decode(point, (uint256, uint256));
        vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
        this.add(Curve.infinity(), abi.encode(x + Curve.P, y));
    }

    function testAddEach(uint256 seed, uint256 count, bool negative) external view {
        (bytes memory sums, bytes memory points, bytes memory expected) = ("", "", "");
        for (uint256 j = 0; j < bound(count, 0, 9); ++j) {
            bytes memory sum = _multiple(seed % (j + 7));
            bytes memory point = j % 4 == 3 ? Curve.infinity() : _multiple(uint256(keccak256(abi.encode(seed, j))));
            (sums, points) = (bytes.concat(sums, sum), bytes.concat(points, point));
            bytes memory signed = negative ? Curve.multiply(point, Curve.R - 1) : point;
            expected = bytes.concat(expected, Curve.add(sum, signed));
        }
        vm.assertEq(this.addEach(sums, points, negative), expected, "sums");
    }

    /// @dev With a transaction's gas, of which a precompile that refuses takes nearly all.
    function testAddEachRefusesOneWrongPointAnywhere(uint256 place, uint256 bit, bool negative) external {
        bytes memory points = "";
        for (uint256 j = 0; j < 5; ++j) {
            bytes memory point = _multiple(j + 11);
            points = bytes.concat(points, j == place % 5 ? flipped(point, bit) : point);
        }
        vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
        this.addEach{gas: 16_777_216}(new bytes(320), points, negative);
    }

    /// @dev A y that is not below p has no opposite, whatever p - y or its remainder would be.
    function testAddEachRefusesLargeY(uint256 a, uint256 multiple, bool negative) external {
        (uint256 x, uint256 y) = abi.decode(_multiple(a), (uint256, uint256));
        multiple = Curve.P * bound(multiple, 1, 4);
        bytes[3] memory wrong =
            [abi.encode(x, y + multiple), abi.encode(0, multiple), abi.encode(x, type(uint256).max - y)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
            this.addEach(new bytes(64), wrong[i], negative);
        }
    }

    function testMultiplyRefusesWhatIsNoPoint(uint256 a, uint256 bit) external {
        (uint256 x, uint256 y) = abi.decode(flipped(_multiple(bound(a, 1, Curve.R - 1)), bit), (uint256, uint256));
        vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
        this.multiply(x, y, 2);
    }

    /// @dev A witness shows that x is no point's, and of a point's there is none.
    function testIsOffCurve(uint256 x, uint256 witness, bool odd) external view {
        x = bound(x, 1, Curve.P - 1);
        uint256 square = addmod(mulmod(x, mulmod(x, x, Curve.P), Curve.P), 3, Curve.P);
        uint256 root = Curve.power(Curve.P - square, (Curve.P + 1) / 4, Curve.P);
        bool noPoint = Curve.power(square, (Curve.P - 1) / 2, Curve.P) != 1;
        uint256 compressed = x | (odd ? 1 << 255 : 0);
        vm.assertTrue(BN254.isOffCurve(compressed, root) == noPoint, "by Euler's criterion");
        vm.assertTrue(BN254.isOffCurve(compressed, Curve.P - root) == noPoint, "by the other root");
        if (witness % Curve.P == root || witness % Curve.P == Curve.P - root) return;
        vm.assertFalse(BN254.isOffCurve(compressed, witness), "by no root");
    }

    /// @dev -3 is a square: x = 0 is no point's, but stands for infinity.
    function testInfinityIsNotOffCurve() external view {
        uint256 root = Curve.power(Curve.P - 3, (Curve.P + 1) / 4, Curve.P);
        vm.assertTrue(mulmod(root, root, Curve.P) == Curve.P - 3, "root");
        vm.assertFalse(BN254.isOffCurve(0, root), "infinity");
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

    function testOpens(uint256 value, uint256 blinding, uint256 bit) external view {
        bytes memory point = Curve.commit(value % Curve.R, blinding % Curve.R);
        vm.assertTrue(this.opens(value % Curve.R, blinding % Curve.R, point), "commitment");
        vm.assertFalse(this.opens(value % Curve.R, blinding % Curve.R, flipped(point, bit)), "another point");
        vm.assertFalse(this.opens((value + 1) % Curve.R, blinding % Curve.R, point), "another value");
        vm.assertFalse(this.opens(value % Curve.R, (blinding + 1) % Curve.R, point), "another blinding");
    }

    function testAtSeat(uint256 seed, uint256 threshold) external view {
        threshold = bound(threshold, 1, 4);
        bytes memory points = "";
        for (uint256 j = 0; j < threshold; ++j) {
            points = bytes.concat(points, _multiple(j == seed % 7 ? 0 : uint256(keccak256(abi.encode(seed, j)))));
        }
        for (uint256 seat = 1; seat <= 255; seat += seat < 20 ? 1 : 47) {
            vm.assertEq(this.atSeat(points, seat), _atSeat(points, seat), "sum_j seat^j C_j");
        }
    }

    function testTopBit() external pure {
        for (uint256 seat = 1; seat <= 255; ++seat) {
            uint256 bit = Pedersen.topBitOf(seat);
            vm.assertTrue(bit & (bit - 1) == 0 && bit <= seat && 2 * bit > seat, "top bit");
        }
    }

    /// @dev But for one commitment alone, which no addition sees: its owner opens it by multiplying.
    function testAtSeatRefusesWhatIsNoPoint(uint256 seat, uint256 place, uint256 bit) external {
        bytes memory points = "";
        for (uint256 j = 0; j < 3; ++j) {
            points = bytes.concat(points, j == place % 3 ? flipped(_multiple(j + 5), bit) : _multiple(j + 5));
        }
        vm.expectRevert(abi.encodeWithSelector(BN254.PointNotOnCurve.selector));
        this.atSeat{gas: 16_777_216}(points, bound(seat, 1, 255));
    }

    function _atSeat(bytes memory points, uint256 seat) private view returns (bytes memory sum) {
        sum = Curve.infinity();
        for (uint256 j = 0; 64 * j < points.length; ++j) {
            bytes memory point = new bytes(64);
            for (uint256 i = 0; i < 64; ++i) {
                point[i] = points[64 * j + i];
            }
            sum = Curve.add(sum, Curve.multiply(point, Curve.power(seat, j, Curve.R)));
        }
    }

    // Calls from outside, so that a revert is seen and bytes stand in calldata.

    function add(bytes calldata a, bytes calldata b) external view returns (bytes memory) {
        (uint256 x, uint256 y) = abi.decode(a, (uint256, uint256));
        BN254.G1 memory sum = BN254.G1(x, y);
        (x, y) = abi.decode(b, (uint256, uint256));
        BN254.add(sum, x, y);
        return abi.encode(sum.x, sum.y);
    }

    function addEach(bytes memory sums, bytes calldata points, bool negative) external view returns (bytes memory) {
        BN254.addEach(sums, points, negative);
        return sums;
    }

    function multiply(uint256 x, uint256 y, uint256 scalar) external view returns (bytes memory) {
        BN254.G1 memory product = BN254.multiply(x, y, scalar);
        return abi.encode(product.x, product.y);
    }

    function opens(uint256 value, uint256 blinding, bytes calldata point) external view returns (bool) {
        (uint256 x, uint256 y) = abi.decode(point, (uint256, uint256));
        return Pedersen.opens(value, blinding, BN254.G1(x, y));
    }

    function atSeat(bytes calldata points, uint256 seat) external view returns (bytes memory) {
        BN254.G1 memory share = Pedersen.atSeat(points, seat, Pedersen.topBitOf(seat));
        return abi.encode(share.x, share.y);
    }

    function _multiple(uint256 scalar) private view returns (bytes memory) {
        return Curve.multiply(Curve.generator(), scalar);
    }
}
