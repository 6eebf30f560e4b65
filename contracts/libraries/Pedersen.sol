// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";

/// @title Pedersen commitments, and shares in the exponent
library Pedersen {
    /// @dev H: the first point with x = keccak256("MIStore/v1/H" || uint8(ctr)) mod p, ctr = 0, 1, ..., and even y.
    /// Nobody knows its logarithm to base G = (1, 2). A test derives it again.
    uint256 internal constant H_X = 0x1454e6fc8782f928514fa29515c0dc7168729233c473aca1226fe44557f9a87e;
    uint256 internal constant H_Y = 0x16a85f0dae7974718b4f07c8a90573eb32a279a8f347b8434c8c5650e205bf68;

    /// @return commitment value * G + blinding * H
    function commit(uint256 value, uint256 blinding) internal view returns (BN254.G1 memory commitment) {
        commitment = BN254.multiply(1, 2, value);
        BN254.G1 memory blind = BN254.multiply(H_X, H_Y, blinding);
        BN254.add(commitment, blind.x, blind.y);
    }

    /// @notice The commitment to the share of `seat`: sum_j seat^j C_j, by Horner's rule.
    /// @param commitments C_0 ... C_{t-1}, uncompressed, t >= 1; @param seat 1..255
    function atSeat(bytes calldata commitments, uint256 seat) internal view returns (BN254.G1 memory share) {
        uint256 j = commitments.length / 64 - 1;
        (share.x, share.y) = BN254.load(commitments, j);
        while (j > 0) {
            BN254.multiplySmall(share, seat);
            (uint256 x, uint256 y) = BN254.load(commitments, --j);
            BN254.add(share, x, y);
        }
    }
}
