// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFees} from "./IFees.sol";
import {IMIStore} from "./IMIStore.sol";

/// @title Fees: taken with a query, earned by answers, refunded, and withdrawn by those to whom they are owed
abstract contract Fees is IMIStore {
    struct Fee {
        uint128 share;
        uint64 payUntil;
        uint8 left;
    }

    /// @dev Seconds after which the last of a fee can be taken back, so that none is locked for ever.
    uint256 private constant LONGEST_OFFER = 365 days;

    /// @inheritdoc IFees
    mapping(address account => uint256) public owed;
    /// @inheritdoc IFees
    mapping(address server => uint128) public minimumFee;
    /// @inheritdoc IFees
    mapping(bytes32 queryId => Fee) public feeOf;

    /// @inheritdoc IFees
    function withdraw(address payable to) external {
        uint256 amount = owed[msg.sender];
        if (amount == 0) revert NothingOwed(msg.sender);
        if (to == address(0)) revert WithdrawalFailed(to);
        owed[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        (bool taken,) = to.call{value: amount}("");
        if (!taken) revert WithdrawalFailed(to);
    }

    /// @inheritdoc IFees
    function stateMinimumFee(uint128 fee) external {
        minimumFee[msg.sender] = fee;
        emit MinimumFeeStated(msg.sender, fee);
    }

    /// @dev Takes the call's value as the fee of a new query.
    function _takeFee(bytes32 queryId, bytes32 ledgerId, uint8 threshold, uint64 payUntil) internal {
        if (msg.value == 0) {
            if (payUntil != 0) revert InvalidPayUntil(payUntil, block.timestamp);
            return;
        }
        if (payUntil < block.timestamp || payUntil > block.timestamp + LONGEST_OFFER) {
            revert InvalidPayUntil(payUntil, block.timestamp);
        }
        if (msg.value % threshold != 0) revert UnevenFee(msg.value, threshold);
        uint256 share = msg.value / threshold;
        uint256 most = type(uint128).max;
        if (share > most) revert FeeTooLarge(msg.value, most * threshold);
        feeOf[queryId] = Fee({share: uint128(share), payUntil: payUntil, left: threshold});
        emit FeeOffered(queryId, ledgerId, uint128(share), payUntil);
    }

    /// @return share that the caller earns with an accepted answer, for the contract to add to what it owes them
    function _earn(bytes32 queryId, bytes32 ledgerId) internal returns (uint128 share) {
        Fee memory fee = feeOf[queryId];
        if (fee.left == 0) return 0;
        feeOf[queryId].left = fee.left - 1;
        emit FeeEarned(queryId, ledgerId, msg.sender, fee.share);
        return fee.share;
    }

    /// @dev Owes what is left of a query's fee to its insurer.
    function _giveBack(bytes32 queryId, bytes32 ledgerId, address insurer) internal {
        Fee memory fee = feeOf[queryId];
        uint256 amount = uint256(fee.share) * fee.left;
        feeOf[queryId].left = 0;
        owed[insurer] += amount;
        emit FeeRefunded(queryId, ledgerId, insurer, amount);
    }
}
