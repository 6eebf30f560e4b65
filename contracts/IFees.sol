// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Fees of queries, in wei of the chain's own currency
/// @notice A fee is paid with openQuery and shared equally by the first t accepted answers. What is left of it, the insurer
/// gets back. Whatever the contract holds, it owes: its balance is the sum of all `owed` and of share * left of all
/// queries, plus what somebody has forced on it.
interface IFees {
    /// @dev A fee is a whole number of shares.
    error UnevenFee(uint256 value, uint256 threshold);
    error FeeTooLarge(uint256 value, uint256 maximum);
    /// @dev Where there is a fee, payUntil is from now on up to 365 days later; where there is none, it is 0.
    error InvalidPayUntil(uint256 payUntil, uint256 timestamp);
    error NothingToRefund(bytes32 queryId);
    error RefundTooEarly(bytes32 queryId, uint256 payUntil, uint256 timestamp);
    error NothingOwed(address account);
    error WithdrawalFailed(address to);

    /// @param share of each of the first t answers; @param payUntil see openQuery
    event FeeOffered(bytes32 indexed queryId, bytes32 indexed ledgerId, uint128 share, uint64 payUntil);
    event FeeEarned(bytes32 indexed queryId, bytes32 indexed ledgerId, address indexed server, uint128 share);
    event FeeRefunded(bytes32 indexed queryId, bytes32 indexed ledgerId, address indexed insurer, uint256 amount);
    event Withdrawn(address indexed account, address to, uint256 amount);
    event MinimumFeeStated(address indexed server, uint128 fee);

    /// @notice Sends all that is owed to the caller.
    function withdraw(address payable to) external;

    /// @notice States the least share for which the caller answers a query. A statement only: nothing here depends on it.
    function stateMinimumFee(uint128 fee) external;

    /// @return what the account has earned or got back, and not withdrawn
    function owed(address account) external view returns (uint256);
    function minimumFee(address server) external view returns (uint128);
    /// @return share of each answer, 0 for a query without fee
    /// @return payUntil last second in which no refund can be taken
    /// @return left shares that can still be earned or refunded
    function feeOf(bytes32 queryId) external view returns (uint128 share, uint64 payUntil, uint8 left);
}
