// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Complaints} from "./Complaints.sol";
import {Fees} from "./Fees.sol";
import {IMIStore} from "./IMIStore.sol";
import {Answers} from "./libraries/Answers.sol";
import {BatchTree} from "./libraries/BatchTree.sol";
import {BN254} from "./libraries/BN254.sol";
import {Consents} from "./libraries/Consents.sol";
import {Edges} from "./libraries/Edges.sol";
import {Queries} from "./libraries/Queries.sol";
import {Runs} from "./libraries/Runs.sol";
import {Seats} from "./libraries/Seats.sol";

/// @title MIStore
/// @dev This file: consents, queries, answers. What comes before them is inherited. No owner, no upgrade. The only funds are
/// the fees of queries, see IFees; ether that comes without one is refused.
contract MIStore is Complaints, Fees, EIP712 {
    /// @dev See Queries.
    mapping(bytes32 queryId => uint256) private _queries;
    /// @dev Bit i: seat Queries.SEATS_IN_WORD + 1 + i has answered.
    mapping(bytes32 queryId => uint256) private _answeredByHighSeats;

    constructor() EIP712("MIStore", "2") {}

    /// @inheritdoc IMIStore
    function openQuery(
        Consent calldata consent,
        bytes calldata signature,
        bytes calldata masks,
        bytes calldata edges,
        bytes calldata proofs,
        uint32 epoch,
        uint64 payUntil
    ) external payable returns (bytes32 queryId) {
        LedgerStorage storage ledger = _ledger(consent.ledgerId);
        _requireUsable(consent);
        if (epoch != ledger.epoch) revert WrongEpoch(consent.ledgerId, epoch, ledger.epoch);
        queryId = _queryId(consent);
        _requireNot(queryId, _queries[queryId], QueryStatus.Open);
        _requireSignature(consent.patient, queryId, signature);
        if (masks.length != 64 * uint256(ledger.seats)) {
            revert LengthMismatch("masks", masks.length, 64 * uint256(ledger.seats));
        }

        Progress memory progress;
        progress.epoch = epoch;
        progress.sums = masks[:64 * uint256(ledger.threshold)];
        bool isSealed = _extend(ledger, queryId, msg.value == 0 ? 0 : Queries.PAID, consent, progress, edges, proofs);
        emit QueryOpened(
            queryId,
            consent.ledgerId,
            msg.sender,
            consent.patient,
            consent.runsHash,
            consent.deadline,
            consent.salt,
            progress.epoch,
            isSealed,
            signature,
            masks,
            edges
        );
        _takeFee(queryId, consent.ledgerId, ledger.threshold, payUntil);
    }

    /// @inheritdoc IMIStore
    function continueQuery(
        Consent calldata consent,
        Progress calldata progress,
        bytes calldata edges,
        bytes calldata proofs
    ) external {
        _requireUsable(consent);
        bytes32 queryId = _queryId(consent);
        uint256 word = _queries[queryId];
        if (Queries.statusOf(word) != QueryStatus.Open) revert QueryNotOpen(queryId);
        Progress memory resumed = progress;
        uint256 paid = word & Queries.PAID;
        if (word != (Queries.openWord(resumed) | paid)) revert WrongProgress(queryId);

        bool isSealed = _extend(_ledger(consent.ledgerId), queryId, paid, consent, resumed, edges, proofs);
        emit QueryContinued(queryId, consent.ledgerId, msg.sender, isSealed, edges);
    }

    /// @inheritdoc IMIStore
    function revokeConsent(Consent calldata consent, bytes calldata signature) external {
        bytes32 queryId = _queryId(consent);
        _requireNot(queryId, _queries[queryId], QueryStatus.Sealed);
        _requireSignature(consent.patient, _hashTypedDataV4(Consents.revocationHash(queryId)), signature);

        _queries[queryId] = Queries.REVOKED;
        emit ConsentRevoked(queryId, consent.patient);
    }

    /// @inheritdoc IMIStore
    function cancelQuery(Consent calldata consent) external {
        _requireInsurer(consent);
        bytes32 queryId = _queryId(consent);
        uint256 word = _queries[queryId];
        if (Queries.statusOf(word) != QueryStatus.Open) revert QueryNotOpen(queryId);

        _queries[queryId] = Queries.CANCELLED;
        emit QueryCancelled(queryId, consent.ledgerId, msg.sender);
        if (word & Queries.PAID != 0) _giveBack(queryId, consent.ledgerId, msg.sender);
    }

    /// @inheritdoc IMIStore
    function refund(Consent calldata consent) external {
        bytes32 queryId = _queryId(consent);
        Fee memory fee = feeOf[queryId];
        if (fee.left == 0) revert NothingToRefund(queryId);
        if (block.timestamp <= fee.payUntil && _queries[queryId] != Queries.REVOKED) {
            revert RefundTooEarly(queryId, fee.payUntil, block.timestamp);
        }
        _giveBack(queryId, consent.ledgerId, consent.insurer);
    }

    /// @inheritdoc IMIStore
    function answer(bytes32 ledgerId, bytes calldata answers) external {
        Seats.Member memory member = _member(_ledgers[ledgerId], ledgerId);
        uint256 size = Answers.size(member.threshold);
        if (answers.length % size != 0) revert LengthMismatch("answers", answers.length, size);
        Answers.Check memory check = Answers.begin(ledgerId, member.seat, answers, answers.length > size);
        uint256 earned = 0;
        for (uint256 offset = 0; offset < answers.length; offset += size) {
            bytes calldata given = answers[offset:offset + size];
            (bytes32 queryId, uint256 y, uint256 w, uint256 epoch) = Answers.read(given);
            bool isPaid = _noteAnswer(queryId, ledgerId, Answers.epochAndSumsOf(given), member.seat);
            if (!Seats.heldIn(member, epoch)) revert NotTheHolder(ledgerId, epoch, msg.sender);
            Answers.add(check, given, y, w);
            emit AnswerAccepted(queryId, ledgerId, member.seat, y, w);
            if (isPaid) earned += _earn(queryId, ledgerId);
        }
        if (!Answers.holds(check)) revert WrongAnswers(ledgerId, member.seat, check.count);
        if (earned != 0) owed[msg.sender] += earned;
    }

    /// @inheritdoc IMIStore
    function queryState(bytes32 queryId) external view returns (QueryStatus status, uint256 answered) {
        uint256 word = _queries[queryId];
        status = Queries.statusOf(word);
        if (status == QueryStatus.Sealed) {
            uint256 high = _answeredByHighSeats[queryId];
            answered = Queries.answeredIn(word) | high << (Queries.SEATS_IN_WORD + 1);
        }
    }

    /// @dev Adds the edges to the query, and seals it if they complete it. `paid`: PAID, or 0 where there is no fee.
    function _extend(
        LedgerStorage storage ledger,
        bytes32 queryId,
        uint256 paid,
        Consent calldata consent,
        Progress memory progress,
        bytes calldata edges,
        bytes calldata proofs
    ) private returns (bool isSealed) {
        Edges.requireWhole(edges);
        _addEdges(ledger, consent, progress, edges, proofs);
        isSealed = progress.chain == consent.runsHash;
        if (isSealed) {
            Runs.requireClosed(progress);
            if (progress.count < ledger.minRecords) revert TooFewRecords(progress.count, ledger.minRecords);
        }
        uint256 word = isSealed ? Queries.sealedWord(consent.ledgerId, progress) : Queries.openWord(progress);
        _queries[queryId] = word | paid;
    }

    /// @dev Adds edges to `progress`, and proves that their records are in the ledger and the patient's.
    function _addEdges(
        LedgerStorage storage ledger,
        Consent calldata consent,
        Progress memory progress,
        bytes calldata edges,
        bytes calldata proofs
    ) private view {
        (uint256 threshold, bool hasVoids) = (ledger.threshold, ledger.hasVoids);
        while (edges.length > 0) {
            uint256 size = Edges.proofSize(proofs, threshold);
            bytes32 leaf = Edges.leafOf(edges, proofs, consent.patient, threshold);
            (uint256 sign, uint256 batch, uint256 recordId, uint64 series, uint32 position) = Edges.read(edges);
            if (hasVoids && _isVoid(ledger, recordId)) revert RecordIsVoid(consent.ledgerId, recordId);
            Runs.step(progress, sign, series, position, recordId, leaf);
            BN254.addEach(progress.sums, Edges.commitmentsOf(proofs, threshold), sign == 0);
            bytes32 root = _root(ledger, consent.ledgerId, batch);
            if (BatchTree.rootFrom(leaf, Edges.pathOf(proofs, threshold, size)) != root) {
                revert InvalidProof(consent.ledgerId, recordId);
            }
            (edges, proofs) = (Edges.next(edges), proofs[size:]);
        }
        if (proofs.length != 0) revert LengthMismatch("proofs", proofs.length, 0);
    }

    /// @dev Notes that a seat has answered.
    function _noteAnswer(bytes32 queryId, bytes32 ledgerId, bytes calldata epochAndSums, uint256 seat)
        private
        returns (bool isPaid)
    {
        uint256 word = _queries[queryId];
        if (word & Queries.SEALED == 0) revert QueryNotSealed(queryId);
        if (!Queries.isSealedOf(word, ledgerId, epochAndSums)) revert WrongPreimage(queryId);
        if (seat <= Queries.SEATS_IN_WORD) {
            if (word >> seat & 1 != 0) revert AlreadyAnswered(queryId, seat);
            _queries[queryId] = word | 1 << seat;
        } else {
            uint256 bit = 1 << (seat - Queries.SEATS_IN_WORD - 1);
            if (_answeredByHighSeats[queryId] & bit != 0) revert AlreadyAnswered(queryId, seat);
            _answeredByHighSeats[queryId] |= bit;
        }
        return word & Queries.PAID != 0;
    }

    function _queryId(Consent calldata consent) private view returns (bytes32) {
        return _hashTypedDataV4(Consents.hash(consent));
    }

    function _requireInsurer(Consent calldata consent) private view {
        if (msg.sender != consent.insurer) revert NotTheInsurer(msg.sender, consent.insurer);
    }

    function _requireUsable(Consent calldata consent) private view {
        _requireInsurer(consent);
        if (block.timestamp > consent.deadline) revert ConsentExpired(consent.deadline, block.timestamp);
    }

    /// @dev Requires that the consent's query is not revoked and has not come as far as `status`.
    function _requireNot(bytes32 queryId, uint256 word, QueryStatus status) private pure {
        QueryStatus actual = Queries.statusOf(word);
        if (actual == QueryStatus.Revoked) revert ConsentIsRevoked(queryId);
        if (actual >= status) revert ConsentUsed(queryId);
    }

    /// @dev A plain account's signature first, which is the usual and the cheap case; contract wallets by EIP-1271.
    function _requireSignature(address signer, bytes32 digest, bytes calldata signature) private view {
        (address recovered, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (fault == ECDSA.RecoverError.NoError && recovered == signer) return;
        if (SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) return;
        revert InvalidSignature(signer);
    }
}
