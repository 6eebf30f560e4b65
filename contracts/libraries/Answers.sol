// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BN254} from "./BN254.sol";
import {Pedersen} from "./Pedersen.sol";

/// @title Answers as they stand in calldata, and one check for many
/// @dev Answer: queryId (32) || y (32) || w (32) || uint32 epoch || t uncompressed points S_j.
/// Each is right iff y G + w H = sum_j seat^j S_j. All are checked at once, with random weights r_k, r_0 = 1: the equations
/// times r_k, added up. If one of them is wrong, the sum holds for one choice of its weight in 2^128; the weights come
/// from a hash of everything that is checked.
library Answers {
    struct Check {
        uint256 seat;
        uint256 topBit;
        bytes32 seed;
        uint256 count;
        uint256 y;
        uint256 w;
        BN254.G1 expected;
    }

    uint256 private constant HEAD_BYTES = 96;
    uint256 private constant EPOCH_BYTES = 4;

    function size(uint256 threshold) internal pure returns (uint256) {
        return HEAD_BYTES + EPOCH_BYTES + 64 * threshold;
    }

    function read(bytes calldata answer) internal pure returns (bytes32 queryId, uint256 y, uint256 w, uint256 epoch) {
        assembly ("memory-safe") {
            queryId := calldataload(answer.offset)
            y := calldataload(add(answer.offset, 0x20))
            w := calldataload(add(answer.offset, 0x40))
            epoch := shr(224, calldataload(add(answer.offset, 0x60)))
        }
        BN254.requireScalar(y);
        BN254.requireScalar(w);
    }

    /// @return epoch || S_0 ... S_{t-1}, whose hash storage keeps
    function epochAndSumsOf(bytes calldata answer) internal pure returns (bytes calldata) {
        return answer[HEAD_BYTES:];
    }

    function begin(bytes32 ledgerId, uint256 seat, bytes calldata answers, bool several)
        internal
        pure
        returns (Check memory check)
    {
        check.seat = seat;
        check.topBit = Pedersen.topBitOf(seat);
        // A single answer needs no weight.
        if (several) check.seed = keccak256(abi.encodePacked(ledgerId, seat, answers));
    }

    /// @notice Adds an answer's equation to the sum.
    function add(Check memory check, bytes calldata answer, uint256 y, uint256 w) internal view {
        BN254.G1 memory share = Pedersen.atSeat(answer[HEAD_BYTES + EPOCH_BYTES:], check.seat, check.topBit);
        if (check.count == 0) {
            (check.y, check.w, check.expected) = (y, w, share);
        } else {
            uint256 weight = uint128(uint256(keccak256(abi.encode(check.seed, check.count))));
            check.y = addmod(check.y, mulmod(y, weight, BN254.R), BN254.R);
            check.w = addmod(check.w, mulmod(w, weight, BN254.R), BN254.R);
            share = BN254.multiply(share.x, share.y, weight);
            BN254.add(check.expected, share.x, share.y);
        }
        unchecked {
            ++check.count;
        }
    }

    /// @return whether all answers that were added are right
    function holds(Check memory check) internal view returns (bool) {
        return Pedersen.opens(check.y, check.w, check.expected);
    }
}
