// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStoreErrors} from "../IMIStoreErrors.sol";

/// @title The seats of a ledger and who holds them
/// @dev Present holders form a list from the last seat to the first, so that one word for each account answers "which seat
/// has it, and in which epochs?" and "who are the servers?".
library Seats {
    /// @dev One word. The ledger's threshold stands here too, so that an answer reads this word only.
    /// previous: holder of the seat below, 0 for seat 1 and for a former holder.
    /// joinedEpoch: the last one that it joined. fromEpoch, untilEpoch: it holds the seat from the one up to before the other;
    /// untilEpoch 0: still.
    struct Member {
        address previous;
        uint8 seat;
        uint8 threshold;
        uint24 joinedEpoch;
        uint24 fromEpoch;
        uint24 untilEpoch;
    }

    uint256 internal constant MAX_EPOCH = type(uint24).max;

    /// @return whether the account held, or holds, its seat in an epoch
    function heldIn(Member memory member, uint256 epoch) internal pure returns (bool) {
        return member.fromEpoch <= epoch && (member.untilEpoch == 0 || epoch < member.untilEpoch);
    }

    /// @notice Makes an account the holder of a seat; it must have had none in this ledger.
    function give(mapping(address => Member) storage members, address server, Member memory member) internal {
        if (members[server].seat != 0) revert IMIStoreErrors.DuplicateServer(server);
        members[server] = member;
    }

    /// @notice Puts an account in the place of a seat's holder, from `epoch` on.
    /// @param last holder of the last seat; @param seat exists
    /// @return from former holder; @return newLast holder of the last seat then
    function replace(mapping(address => Member) storage members, address last, uint8 seat, address server, uint24 epoch)
        internal
        returns (address from, address newLast)
    {
        address above = address(0);
        from = last;
        while (members[from].seat != seat) {
            (above, from) = (from, members[from].previous);
        }
        Member memory former = members[from];
        give(members, server, Member(former.previous, seat, former.threshold, 0, epoch, 0));
        (former.previous, former.untilEpoch) = (address(0), epoch);
        members[from] = former;
        if (above == address(0)) return (from, server);
        members[above].previous = server;
        return (from, last);
    }

    /// @param last holder of the last seat; @param count of seats
    /// @return servers holders of the seats 1, 2, ...
    function list(mapping(address => Member) storage members, address last, uint256 count)
        internal
        view
        returns (address[] memory servers)
    {
        servers = new address[](count);
        for (address server = last; count > 0; server = members[server].previous) {
            servers[--count] = server;
        }
    }
}
