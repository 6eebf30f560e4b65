// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {QueryFixture} from "./QueryFixture.sol";
import {vm} from "./Vm.sol";

/// @title A ledger at (2, 4) whose seats change hands
abstract contract SeatFixture is QueryFixture {
    /// @dev Of the seats 1, 2, ..., now.
    address[] internal holders;

    function setUp() public virtual {
        activeLedger(2, 4, 1);
        append(8);
        holders = servers(n);
    }

    function newcomer(uint256 number) internal pure returns (address) {
        return vm.addr(5000 + number);
    }

    function digestOf(uint256 epoch) internal pure returns (bytes32) {
        return keccak256(abi.encode("digest", epoch));
    }

    /// @dev Registers a newcomer and gives them the seat; nobody joins.
    function change(uint256 seat, address to) internal {
        register(to);
        uint32 epoch = store.getLedger(ledgerId).epoch + 1;
        vm.prank(hospital);
        store.changeSeat(ledgerId, epoch, uint8(seat), to, digestOf(epoch));
        holders[seat - 1] = to;
    }

    /// @dev As change(); then all join.
    function changeAndJoin(uint256 seat, address to) internal {
        change(seat, to);
        openChannel(hospital, to);
        uint32 epoch = store.getLedger(ledgerId).epoch;
        for (uint256 k = 0; k < n; ++k) {
            vm.prank(holders[k]);
            store.join(ledgerId, epoch, digestOf(epoch));
        }
    }

    function joinedEpochOf(address account) internal view returns (uint32 epoch) {
        (, epoch,,) = store.seatOf(ledgerId, account);
    }

    function firstEpochOf(address account) internal view returns (uint32 epoch) {
        (,, epoch,) = store.seatOf(ledgerId, account);
    }
}
