// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";

/// @title Pedersen commitments, and shares in the exponent
library Pedersen {
    /// @dev H: the first point with x = keccak256("MIStore/v1/H" || uint8(ctr)) mod p, ctr = 0, 1, ..., and even y.
    /// Nobody knows its logarithm to base G = (1, 2). A test derives it again.
    uint256 internal constant H_X = 0x1454e6fc8782f928514fa29515c0dc7168729233c473aca1226fe44557f9a87e;
    uint256 internal constant H_Y = 0x16a85f0dae7974718b4f07c8a90573eb32a279a8f347b8434c8c5650e205bf68;

    /// @return whether value * G + blinding * H is this point
    function opens(uint256 value, uint256 blinding, BN254.G1 memory point) internal view returns (bool) {
        BN254.G1 memory commitment = BN254.multiply(1, 2, value);
        BN254.G1 memory blind = BN254.multiply(H_X, H_Y, blinding);
        BN254.add(commitment, blind.x, blind.y);
        return commitment.x == point.x && commitment.y == point.y;
    }

    /// @notice The commitment to the share of `seat`: sum_j seat^j C_j, by Horner's rule. The multiples are made of
    /// doublings and additions: at most 14, which cost less than one ecMul.
    /// @param commitments C_0 ... C_{t-1}, uncompressed, t >= 1; @param seat 1..255; @param topBit its highest bit alone
    function atSeat(bytes calldata commitments, uint256 seat, uint256 topBit)
        internal
        view
        returns (BN254.G1 memory share)
    {
        assembly ("memory-safe") {
            // A refused call has eaten nearly all gas: the first one ends it.
            function addNext(sum) {
                if and(eq(returndatasize(), 0x40), staticcall(gas(), 0x06, sum, 0x80, sum, 0x40)) { leave }
                mstore(0, 0xa3d28e13) // PointNotOnCurve()
                revert(0x1c, 4)
            }
            let sum := mload(0x40) // sum (0x40) || what is added next (0x40) || the sum before its multiple (0x40)
            let point := add(commitments.offset, sub(commitments.length, 0x40))
            calldatacopy(sum, point, 0x40)
            for {} gt(point, commitments.offset) {} {
                mcopy(add(sum, 0x80), sum, 0x40)
                for { let bit := shr(1, topBit) } bit { bit := shr(1, bit) } {
                    mcopy(add(sum, 0x40), sum, 0x40)
                    addNext(sum)
                    if and(seat, bit) {
                        mcopy(add(sum, 0x40), add(sum, 0x80), 0x40)
                        addNext(sum)
                    }
                }
                point := sub(point, 0x40)
                calldatacopy(add(sum, 0x40), point, 0x40)
                addNext(sum)
            }
            mcopy(share, sum, 0x40)
        }
    }

    /// @return bit the highest bit of a seat, alone
    function topBitOf(uint256 seat) internal pure returns (uint256 bit) {
        bit = 1;
        while (bit << 1 <= seat) bit <<= 1;
    }
}
