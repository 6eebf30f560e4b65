// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pedersen} from "../../libraries/Pedersen.sol";

/// @title Plain calls of the precompiles: the tests' own arithmetic, apart from that of the contract
library Curve {
    uint256 internal constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    function add(bytes memory a, bytes memory b) internal view returns (bytes memory sum) {
        return _call(6, bytes.concat(a, b));
    }

    function multiply(bytes memory point, uint256 scalar) internal view returns (bytes memory) {
        return _call(7, bytes.concat(point, bytes32(scalar)));
    }

    function power(uint256 base, uint256 exponent, uint256 modulus) internal view returns (uint256) {
        bytes memory input = abi.encode(32, 32, 32, base, exponent, modulus);
        return abi.decode(_call(5, input), (uint256));
    }

    function infinity() internal pure returns (bytes memory) {
        return new bytes(64);
    }

    function generator() internal pure returns (bytes memory) {
        return abi.encode(1, 2);
    }

    /// @dev H as the protocol derives it: counters until x^3 + 3 is a square, the even root. p = 3 mod 4. A test compares
    /// it with the constant, which is used everywhere else.
    function secondGenerator() internal view returns (bytes memory) {
        for (uint8 counter = 0;; ++counter) {
            uint256 x = uint256(keccak256(abi.encodePacked("MIStore/v1/H", counter))) % P;
            uint256 square = addmod(mulmod(x, mulmod(x, x, P), P), 3, P);
            uint256 y = power(square, (P + 1) / 4, P);
            if (mulmod(y, y, P) == square) return abi.encode(x, y % 2 == 0 ? y : P - y);
        }
        revert("unreachable");
    }

    function commit(uint256 value, uint256 blinding) internal view returns (bytes memory) {
        return add(multiply(generator(), value), multiply(abi.encode(Pedersen.H_X, Pedersen.H_Y), blinding));
    }

    /// @dev x with bit 255 = y mod 2.
    function compress(bytes memory point) internal pure returns (bytes32) {
        (uint256 x, uint256 y) = abi.decode(point, (uint256, uint256));
        return bytes32(x + (y % 2) * 2 ** 255);
    }

    function _call(uint256 precompile, bytes memory input) private view returns (bytes memory output) {
        bool ok;
        (ok, output) = address(uint160(precompile)).staticcall(input);
        require(ok && output.length > 0, "precompile refused");
    }
}
