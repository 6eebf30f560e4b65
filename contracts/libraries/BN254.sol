// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Points of BN254 G1, by the precompiles of EIP-196
/// @dev y^2 = x^3 + 3 over F_p; infinity is (0, 0). Sums are taken in place, so a long sum costs no memory.
library BN254 {
    struct G1 {
        uint256 x;
        uint256 y;
    }

    /// @dev A given point is off the curve, or has a coordinate that is not below p.
    error PointNotOnCurve();
    error NonCanonicalScalar(uint256 value);

    /// @dev Modulus of the coordinates.
    uint256 internal constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    /// @dev Order of the group, modulus of the scalars.
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256 private constant SIGN = 1 << 255;

    /// @notice sum += (x, y). Both must be points: the precompile refuses coordinates >= p and points off the curve.
    function add(G1 memory sum, uint256 x, uint256 y) internal view {
        bool ok;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mcopy(input, sum, 0x40)
            mstore(add(input, 0x40), x)
            mstore(add(input, 0x60), y)
            // Right to left: the call first. Where the precompile is missing, a call succeeds and returns nothing.
            ok := and(eq(returndatasize(), 0x40), staticcall(gas(), 0x06, input, 0x80, sum, 0x40))
        }
        if (!ok) revert PointNotOnCurve();
    }

    /// @notice sums_j += points_j for each j, or -= if `negative`. The caller makes sure that there are as many points as
    /// sums.
    function addEach(bytes memory sums, bytes calldata points, bool negative) internal view {
        bool ok = true;
        assembly ("memory-safe") {
            let input := mload(0x40)
            let point := points.offset
            let end := add(add(sums, 0x20), mload(sums))
            for { let sum := add(sums, 0x20) } and(ok, lt(sum, end)) { sum := add(sum, 0x40) } {
                mcopy(input, sum, 0x40)
                calldatacopy(add(input, 0x40), point, 0x40)
                if negative {
                    let y := mload(add(input, 0x60))
                    // The precompile would not see a y >= p behind its opposite.
                    ok := and(ok, lt(y, P))
                    if y { mstore(add(input, 0x60), sub(P, y)) }
                }
                // A refused call has eaten nearly all gas: the first one ends the loop.
                ok := and(ok, and(eq(returndatasize(), 0x40), staticcall(gas(), 0x06, input, 0x80, sum, 0x40)))
                point := add(point, 0x40)
            }
        }
        if (!ok) revert PointNotOnCurve();
    }

    /// @return product scalar * (x, y)
    function multiply(uint256 x, uint256 y, uint256 scalar) internal view returns (G1 memory product) {
        bool ok;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, x)
            mstore(add(input, 0x20), y)
            mstore(add(input, 0x40), scalar)
            ok := and(eq(returndatasize(), 0x40), staticcall(gas(), 0x07, input, 0x60, product, 0x40))
        }
        if (!ok) revert PointNotOnCurve();
    }

    /// @return x with bit 255 = y mod 2. Injective on points; infinity gives 0.
    function compress(uint256 x, uint256 y) internal pure returns (uint256) {
        return x | (y << 255);
    }

    function requireScalar(uint256 value) internal pure {
        if (value >= R) revert NonCanonicalScalar(value);
    }

    /// @notice Whether a compressed point is none: no point has its x. x^3 + 3 is then no square; since -1 is none either,
    /// p = 3 mod 4, -(x^3 + 3) has a root, the witness. Infinity is a point, though its x = 0 has such a root too.
    /// @param compressed canonical
    function isOffCurve(uint256 compressed, uint256 witness) internal pure returns (bool) {
        if (compressed == 0) return false;
        uint256 x = compressed & ~SIGN;
        return addmod(mulmod(mulmod(x, x, P), x, P), addmod(3, mulmod(witness, witness, P), P), P) == 0;
    }

    /// @return whether the coordinate of a compressed point is canonical; x = 0 only as infinity, without a sign.
    /// Whether a point has this x is not checked.
    function isCanonical(uint256 compressed) internal pure returns (bool) {
        uint256 x = compressed & ~SIGN;
        return x < P && (x != 0 || compressed == 0);
    }
}
