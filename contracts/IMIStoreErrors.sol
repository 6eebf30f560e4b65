// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What the contract refuses, with the offending values
/// @notice Those of records, runs, terms and the like stand in their libraries, those of fees in IFees.
interface IMIStoreErrors {
    /// @param expected bytes; for lists of items, of one item: there must be a whole number of them
    error LengthMismatch(string what, uint256 actual, uint256 expected);
    error AlreadyRegistered(address account);
    error NotRegistered(address account);
    error ChannelExists(address from, address to);
    error ChannelMissing(address from, address to);
    /// @dev The account is named twice, or has or had a seat in the ledger.
    error DuplicateServer(address server);
    error LedgerExists(bytes32 ledgerId);
    error UnknownLedger(bytes32 ledgerId);
    error NotTheHospital(bytes32 ledgerId, address account);
    error NotAMember(bytes32 ledgerId, address account);
    /// @dev The account has no seat in this epoch, though it had one before or has one after.
    error NotTheHolder(bytes32 ledgerId, uint256 epoch, address account);
    error InvalidSeat(bytes32 ledgerId, uint256 seat);
    error TooManyEpochs(bytes32 ledgerId, uint256 maximum);
    error WrongEpoch(bytes32 ledgerId, uint256 epoch, uint256 expected);
    error WrongDigest(bytes32 ledgerId, bytes32 digest, bytes32 expected);
    error AlreadyJoined(bytes32 ledgerId, address server);
    error EpochNotJoined(bytes32 ledgerId, uint256 joined, uint256 seats);
    /// @dev The ledger's history is another one than that for which the batch was made.
    error WrongHistory(bytes32 ledgerId, bytes32 previous, bytes32 expected);
    error UnknownBatch(bytes32 ledgerId, uint256 index);
    error WrongRoot(bytes32 ledgerId, uint256 index, bytes32 root, bytes32 expected);
    error RecordNotInBatch(bytes32 ledgerId, uint256 index, uint256 recordId);
    error AlreadyComplained(bytes32 ledgerId, uint256 recordId, uint256 seat);
    error AlreadyJustified(bytes32 ledgerId, uint256 recordId, uint256 seat);
    error NoComplaint(bytes32 ledgerId, uint256 recordId, uint256 seat);
    error TooManyJustified(bytes32 ledgerId, uint256 recordId, uint256 maximum);
    error WrongShare(bytes32 ledgerId, uint256 recordId, uint256 seat);
    error PointNotRefuted(bytes32 ledgerId, uint256 recordId, uint256 position);
    error RecordIsVoid(bytes32 ledgerId, uint256 recordId);
    error NotTheInsurer(address account, address insurer);
    error ConsentExpired(uint256 deadline, uint256 time);
    error ConsentUsed(bytes32 queryId);
    error ConsentIsRevoked(bytes32 queryId);
    error InvalidSignature(address signer);
    /// @dev The record is not in the batch; or, in a query, not the consenting patient's at this place of this series.
    error InvalidProof(bytes32 ledgerId, uint256 recordId);
    error TooFewRecords(uint256 count, uint256 minimum);
    error QueryNotOpen(bytes32 queryId);
    error QueryNotSealed(bytes32 queryId);
    /// @dev Progress is not that in which the query's last transaction left it.
    error WrongProgress(bytes32 queryId);
    /// @dev Ledger, epoch or sums are not the sealed query's.
    error WrongPreimage(bytes32 queryId);
    error AlreadyAnswered(bytes32 queryId, uint256 seat);
    /// @dev One of the answers is wrong, or several.
    error WrongAnswers(bytes32 ledgerId, uint256 seat, uint256 count);
}
