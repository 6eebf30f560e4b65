// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Which committees can be dealt to, and their hashes
library Committees {
    error InvalidThreshold(uint256 threshold, uint256 seats);
    /// @param subsets C(n, t-1), at most 8192; @param weight (n+1)!/(n-t+2)!, below 2^63. Above its bound a number may be
    /// cut short: it is then a lower bound.
    error CommitteeTooLarge(uint256 threshold, uint256 seats, uint256 subsets, uint256 weight);

    uint256 private constant MAX_SEATS = 255;
    uint256 private constant MAX_SUBSETS = 8192;
    uint256 private constant WEIGHT_LIMIT = 1 << 63;

    /// @notice Requires 1 <= t <= n <= 255, C(n, t-1) <= 8192 and (n+1)!/(n-t+2)! < 2^63: so many subset keys, and the
    /// small integers that they are combined with, fit a dealer's machine words.
    function requireFeasible(uint256 threshold, uint256 seats) internal pure {
        if (threshold == 0 || threshold > seats || seats > MAX_SEATS) {
            revert InvalidThreshold(threshold, seats);
        }
        (uint256 subsets, uint256 weight) = (_subsets(threshold, seats), _weight(threshold, seats));
        if (subsets > MAX_SUBSETS || weight >= WEIGHT_LIMIT) {
            revert CommitteeTooLarge(threshold, seats, subsets, weight);
        }
    }

    /// @return committee hash after a change of one seat; seat 0 and account 0 where new keys are all that changes
    function changed(bytes32 committee, uint256 seat, address account) internal pure returns (bytes32) {
        return keccak256(abi.encode(committee, seat, account));
    }

    /// @return subsets C(n, t-1), or the first partial product above the bound: they ascend
    function _subsets(uint256 threshold, uint256 seats) private pure returns (uint256 subsets) {
        uint256 chosen = threshold - 1;
        if (chosen > seats - chosen) chosen = seats - chosen;
        subsets = 1;
        for (uint256 k = 0; k < chosen && subsets <= MAX_SUBSETS; ++k) {
            subsets = subsets * (seats - k) / (k + 1);
        }
    }

    /// @return weight (n+1) n ... (n-t+3), t - 1 factors, or the first partial product above the bound
    function _weight(uint256 threshold, uint256 seats) private pure returns (uint256 weight) {
        weight = 1;
        for (uint256 k = 0; k + 1 < threshold && weight < WEIGHT_LIMIT; ++k) {
            weight *= seats + 1 - k;
        }
    }
}
