// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../IMIStore.sol";
import {IMIStoreErrors} from "../IMIStoreErrors.sol";
import {QueryFixture} from "./support/QueryFixture.sol";
import {vm} from "./support/Vm.sol";

/// @title Answers of a committee whose seats do not fit one word
contract HighSeatsTest is QueryFixture {
    /// @dev Seats around the end of the first word and of the second, each once.
    function testEachSeatOnce() external {
        activeLedger(2, 255, 1);
        append(4);
        bytes32 id = query(run(0, 2));
        uint8[7] memory seats = [61, 62, 63, 64, 1, 254, 255];
        uint256 expected = 0;
        for (uint256 k = 0; k < seats.length; ++k) {
            send(seats[k], answerOf(seats[k], id, run(0, 2)));
            expected |= 1 << seats[k];
            (IMIStore.QueryStatus status, uint256 answered) = store.queryState(id);
            vm.assertTrue(status == IMIStore.QueryStatus.Sealed, "still sealed");
            vm.assertEq(answered, expected, "answered");
        }
        for (uint256 k = 0; k < seats.length; ++k) {
            bytes memory answer = answerOf(seats[k], id, run(0, 2));
            vm.expectRevert(abi.encodeWithSelector(IMIStoreErrors.AlreadyAnswered.selector, id, seats[k]));
            send(seats[k], answer);
        }
    }
}
