// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStore} from "../../IMIStore.sol";

/// @title A contract that is an insurer and, when it is paid, does something else first
contract Taker {
    IMIStore private immutable _store;
    bytes private _call;
    bool private _refuses;
    bool public succeeded;
    bytes public reason;

    constructor(IMIStore store) {
        _store = store;
    }

    /// @dev What it calls when it is paid; what it answers does not matter.
    function onPayment(bytes calldata call_) external {
        _call = call_;
    }

    function refuse() external {
        _refuses = true;
    }

    function execute(uint256 value, bytes calldata call_) external returns (bytes memory result) {
        bool ok;
        (ok, result) = address(_store).call{value: value}(call_);
        if (ok) return result;
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }

    receive() external payable {
        require(!_refuses, "refused");
        if (_call.length == 0) return;
        bytes memory call_ = _call;
        delete _call;
        (succeeded, reason) = address(_store).call(call_);
    }
}
