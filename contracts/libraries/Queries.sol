// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";

/// @title The one word that storage keeps of a query
/// @dev Bits 255..64: start of a hash of where it stands; bit 63: it has a fee, see Fees; bit i = 1..62: seat i has answered;
/// bit 0: sealed. 0: not used; REVOKED: by the patient; CANCELLED: by the insurer. A hash of 192 bits holds as well as the
/// curve: no two states with one hash are found with less than 2^96 work.
library Queries {
    uint256 internal constant SEALED = 1;
    uint256 internal constant REVOKED = 2;
    uint256 internal constant CANCELLED = 4;
    /// @dev Queries without it never touch the storage of fees.
    uint256 internal constant PAID = 1 << 63;
    /// @dev Answers of higher seats stand in a word of their own.
    uint256 internal constant SEATS_IN_WORD = 62;

    uint256 private constant HASH_MASK = ~uint256(type(uint64).max);

    /// @return word of an unfinished query without a fee. Its sums begin at the masks, so these stay what they were at the opening.
    function openWord(IMIStore.Progress memory progress) internal pure returns (uint256 word) {
        return uint256(keccak256(abi.encode(progress))) & HASH_MASK;
    }

    /// @return word of a sealed query without a fee that nobody has answered
    function sealedWord(bytes32 ledgerId, IMIStore.Progress memory progress) internal pure returns (uint256 word) {
        bytes32 hash = keccak256(bytes.concat(ledgerId, bytes4(progress.epoch), progress.sums));
        return (uint256(hash) & HASH_MASK) | SEALED;
    }

    /// @return whether a sealed query's word is of this ledger, epoch and sums
    /// @param epochAndSums uint32 epoch || t uncompressed points S_j
    function isSealedOf(uint256 word, bytes32 ledgerId, bytes calldata epochAndSums) internal pure returns (bool) {
        return (word ^ uint256(keccak256(bytes.concat(ledgerId, epochAndSums)))) & HASH_MASK == 0;
    }

    /// @return seats of a sealed query's word that have answered, bit i = seat i
    function answeredIn(uint256 word) internal pure returns (uint256 seats) {
        return word & (PAID - 1) & ~SEALED;
    }

    function statusOf(uint256 word) internal pure returns (IMIStore.QueryStatus) {
        if (word == 0) return IMIStore.QueryStatus.None;
        if (word == REVOKED) return IMIStore.QueryStatus.Revoked;
        if (word == CANCELLED) return IMIStore.QueryStatus.Cancelled;
        return word & SEALED == 0 ? IMIStore.QueryStatus.Open : IMIStore.QueryStatus.Sealed;
    }
}
