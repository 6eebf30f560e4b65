// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IMIStore} from "./IMIStore.sol";
import {Ledgers} from "./Ledgers.sol";
import {BatchTree} from "./libraries/BatchTree.sol";
import {BN254} from "./libraries/BN254.sol";
import {Consents} from "./libraries/Consents.sol";
import {Queries} from "./libraries/Queries.sol";
import {Records} from "./libraries/Records.sol";

/// @title MIStore
/// @dev This file: consents, queries, answers. Ledgers and identities are inherited. No owner, no upgrade, no funds.
contract MIStore is Ledgers, EIP712 {
    /// @param state 0, Queries.REVOKED, or a hash of where the query stands
    /// @param answered bit i: seat i has answered; bit 0: sealed, which also spares servers the price of a new word
    struct Query {
        bytes32 state;
        uint256 answered;
    }

    uint256 private constant SEALED = 1;

    mapping(bytes32 queryId => Query) private _queries;

    constructor() EIP712("MIStore", "1") {}

    /// @inheritdoc IMIStore
    function revokeConsent(Consent calldata consent, bytes calldata signature) external {
        bytes32 queryId = queryIdOf(consent);
        _requireUnused(queryId);
        _requireSignature(consent.patient, _hashTypedDataV4(Consents.revocationHash(queryId)), signature);

        _queries[queryId].state = Queries.REVOKED;
        emit ConsentRevoked(queryId, consent.patient);
    }

    /// @inheritdoc IMIStore
    function query(
        Consent calldata consent,
        bytes calldata signature,
        bytes calldata masks,
        BatchRecords[] calldata parts
    ) external returns (bytes32 queryId) {
        LedgerStorage storage ledger = _ledger(consent.ledgerId);
        _requireInsurer(consent.insurer);
        if (block.timestamp > consent.deadline) revert ConsentExpired(consent.deadline, block.timestamp);
        queryId = queryIdOf(consent);
        _requireUnused(queryId);
        _requireSignature(consent.patient, queryId, signature);
        Queries.requireMasks(masks, ledger.seats);

        emit QueryOpened(queryId, consent.ledgerId, msg.sender, consent);
        _extend(queryId, consent, masks, Queries.begin(ledger.threshold), parts);
    }

    /// @inheritdoc IMIStore
    function continueQuery(
        Consent calldata consent,
        bytes calldata masks,
        Progress calldata progress,
        BatchRecords[] calldata parts
    ) external {
        _requireInsurer(consent.insurer);
        bytes32 queryId = queryIdOf(consent);
        if (_status(queryId) != QueryStatus.Open) revert QueryNotOpen(queryId);
        Progress memory resumed = progress;
        if (_queries[queryId].state != Queries.openState(resumed, masks)) revert WrongProgress(queryId);

        _extend(queryId, consent, masks, resumed, parts);
    }

    /// @inheritdoc IMIStore
    function answer(Answer[] calldata answers) external {
        for (uint256 i = 0; i < answers.length; ++i) {
            _accept(answers[i]);
        }
    }

    /// @inheritdoc IMIStore
    function queryIdOf(Consent calldata consent) public view returns (bytes32) {
        return _hashTypedDataV4(Consents.hash(consent));
    }

    /// @inheritdoc IMIStore
    function queryState(bytes32 queryId) external view returns (QueryStatus status, uint256 answered) {
        return (_status(queryId), _queries[queryId].answered);
    }

    /// @dev Adds the parts to the query, and seals it if they complete it.
    function _extend(
        bytes32 queryId,
        Consent calldata consent,
        bytes calldata masks,
        Progress memory progress,
        BatchRecords[] calldata parts
    ) private {
        uint64[] memory recordIds = _addParts(consent, progress, parts);
        emit QueryExtended(queryId, recordIds, progress);
        Query storage stored = _queries[queryId];
        if (progress.recordsHash != consent.recordsHash) {
            stored.state = Queries.openState(progress, masks);
            return;
        }
        uint256 minimum = _ledger(consent.ledgerId).minRecords;
        if (progress.count < minimum) revert TooFewRecords(progress.count, minimum);
        stored.state = Queries.sealedState(consent.ledgerId, progress.sums, masks);
        stored.answered = SEALED;
        emit QuerySealed(queryId, consent.ledgerId, msg.sender, progress.count, progress.sums, masks);
    }

    /// @dev Adds the parts to `progress` and proves that their records are in the ledger and the patient's.
    function _addParts(Consent calldata consent, Progress memory progress, BatchRecords[] calldata parts)
        private
        view
        returns (uint64[] memory recordIds)
    {
        recordIds = Records.queriedIds(parts, progress.sums.length / 64);
        for (uint256 i = 0; i < parts.length; ++i) {
            BatchRecords calldata part = parts[i];
            bytes32[] memory leaves = Queries.add(progress, part.records, consent.patient);
            bytes32 root = _root(consent.ledgerId, part.batch);
            if (!BatchTree.contains(root, leaves, part.proof, part.flags)) {
                revert InvalidProof(consent.ledgerId, part.batch);
            }
        }
    }

    function _accept(Answer calldata given) private {
        bytes32 queryId = given.queryId;
        uint8 seat = _seat(given.ledgerId, msg.sender);
        Query storage stored = _queries[queryId];
        uint256 answered = stored.answered;
        if (answered & SEALED == 0) revert QueryNotSealed(queryId);
        if (stored.state != Queries.sealedState(given.ledgerId, given.sums, given.masks)) {
            revert WrongPreimage(queryId);
        }
        if (answered & (1 << seat) != 0) revert AlreadyAnswered(queryId, seat);
        if (given.y >= BN254.R) revert NonCanonicalScalar(given.y);
        if (given.w >= BN254.R) revert NonCanonicalScalar(given.w);
        if (!Queries.isAnswer(given, seat)) revert WrongAnswer(queryId, seat);

        stored.answered = answered | (1 << seat);
        emit AnswerAccepted(queryId, seat, given.y, given.w);
    }

    function _status(bytes32 queryId) private view returns (QueryStatus) {
        Query storage stored = _queries[queryId];
        if (stored.state == 0) return QueryStatus.None;
        if (stored.state == Queries.REVOKED) return QueryStatus.Revoked;
        return stored.answered & SEALED == 0 ? QueryStatus.Open : QueryStatus.Sealed;
    }

    function _requireUnused(bytes32 queryId) private view {
        bytes32 state = _queries[queryId].state;
        if (state == Queries.REVOKED) revert ConsentIsRevoked(queryId);
        if (state != 0) revert ConsentUsed(queryId);
    }

    function _requireInsurer(address insurer) private view {
        if (msg.sender != insurer) revert NotTheInsurer(msg.sender, insurer);
    }

    function _requireSignature(address signer, bytes32 digest, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) revert InvalidSignature(signer);
    }
}
