// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A record's standing complaints, as the bits of one word
/// @dev Bit i = 1..255: the complaint of seat i stands. Bit 0: void for good.
library Standing {
    uint256 internal constant VOID_FOR_GOOD = 1;

    /// @return whether the record is void: for good, or while complaints of more than n - t seats stand, so that fewer
    /// than t seats would answer
    function isVoid(uint256 standing, uint256 threshold, uint256 seats) internal pure returns (bool) {
        if (standing == 0) return false;
        return standing & VOID_FOR_GOOD != 0 || count(standing) > seats - threshold;
    }

    /// @return ones how many bits are set
    function count(uint256 bits) internal pure returns (uint256 ones) {
        unchecked {
            for (; bits != 0; bits &= bits - 1) {
                ++ones;
            }
        }
    }
}
