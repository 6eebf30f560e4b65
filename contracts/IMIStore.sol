// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMIStoreErrors} from "./IMIStoreErrors.sol";

/// @title MIStore: shared, committed spending records and consented sums of them
/// @notice Points are BN254 G1. "Uncompressed": 64 bytes x || y, infinity all zero (EIP-196). "Compressed": 32 bytes,
/// x with bit 255 = y mod 2, infinity all zero. Scalars are below the group order r. Seats are 1..n. Signatures are
/// EIP-712, domain name "MIStore", version "2".
interface IMIStore is IMIStoreErrors {
    // ---------------------------------------------------------------- types

    /// @notice What a ledger is. Its id is keccak256(abi.encode(chainId, contract, hospital, threshold, servers, lanes,
    /// scale, currency, minRecords, categories, salt)).
    /// @param threshold t; @param servers seat i is servers[i - 1], 1 <= t <= n <= 255
    /// @param lanes 1 to 4 names; @param scale decimals of the currency; @param minRecords least records of a query
    /// @param categories 1 to 255 names; a single series for each patient has the one empty name
    struct Terms {
        uint8 threshold;
        address[] servers;
        string[] lanes;
        uint8 scale;
        string currency;
        uint32 minRecords;
        string[] categories;
    }

    /// @param hospital only writer; @param threshold t; @param seats n
    /// @param epoch current set of subset keys, from 1; @param joined servers that have joined it; batches are taken when
    /// joined == seats
    /// @param hasVoids whether there may be void records
    /// @param committee the current epoch's committee hash; @param digest of its keys
    struct Ledger {
        address hospital;
        uint8 threshold;
        uint8 seats;
        uint8 joined;
        uint32 epoch;
        uint32 minRecords;
        bool hasVoids;
        uint32 nextBatch;
        uint64 nextRecordId;
        bytes32 committee;
        bytes32 digest;
    }

    struct Batch {
        bytes32 root;
        uint64 firstRecordId;
        uint32 count;
    }

    /// @notice A patient's leave for one insurer to learn the sum of exactly these runs, once. EIP-712 typed data; its
    /// digest is the query's id.
    /// @param runsHash h of the edges in order, from h = 0: h = keccak256(h || uint8 sign || leaf)
    /// @param deadline last second in which edges can be added
    struct Consent {
        address insurer;
        bytes32 ledgerId;
        address patient;
        bytes32 runsHash;
        uint256 deadline;
        bytes32 salt;
    }

    /// @notice Where an unfinished query stands; its hash is in storage, the caller supplies it again.
    /// @param epoch the ledger's when the query was opened
    /// @param chain runsHash so far; @param count records covered so far; @param series, @param position, @param open of
    /// the last edge: its series id and position, and whether it began a run
    /// @param sums t uncompressed points S_j, from Z_j on
    struct Progress {
        uint32 epoch;
        bytes32 chain;
        uint256 count;
        uint64 series;
        uint32 position;
        bool open;
        bytes sums;
    }

    /// @dev None: not used yet. Revoked: by the patient. Open: edges still to come. Sealed: can be answered.
    enum QueryStatus {
        None,
        Revoked,
        Open,
        Sealed
    }

    // ---------------------------------------------------------------- events

    /// @param signature EIP-712 Key(bytes kemKey) by the account; not checked here, readers do
    event Registered(address indexed account, bytes kemKey, bytes signature);
    /// @param signature EIP-712 Channel(address to,bytes ciphertext) by `from`; not checked here, readers do
    event ChannelOpened(address indexed from, address indexed to, bytes ciphertext, bytes signature);

    event LedgerOpened(bytes32 indexed ledgerId, address indexed hospital, Terms terms, bytes32 salt);
    /// @notice A new set of subset keys. The first epoch, 1, begins with the ledger.
    /// @param committee committee hash; @param digest SHA-256 of the list of SHA-256(k_A)
    event EpochBegun(bytes32 indexed ledgerId, uint32 indexed epoch, bytes32 committee, bytes32 digest);
    /// @notice A part of a seat's subset keys, encrypted to it; with seat 0, of the list of SHA-256(k_A), in clear.
    event KeysDealt(bytes32 indexed ledgerId, uint32 indexed epoch, uint8 indexed seat, uint16 part, bytes ciphertext);
    event ServerJoined(bytes32 indexed ledgerId, uint8 indexed seat, address indexed server, uint32 epoch);
    /// @notice All seats have joined the epoch: it takes batches.
    event EpochActivated(bytes32 indexed ledgerId, uint32 indexed epoch);

    /// @param records as given to appendBatch
    event BatchAppended(
        bytes32 indexed ledgerId,
        uint32 indexed index,
        uint32 epoch,
        uint64 firstRecordId,
        uint32 count,
        bytes32 root,
        bytes16 nonce,
        bytes32 source,
        bytes records
    );
    event ComplaintFiled(bytes32 indexed ledgerId, uint64 indexed recordId, uint8 indexed seat, uint32 batch);
    event ComplaintWithdrawn(bytes32 indexed ledgerId, uint64 indexed recordId, uint8 indexed seat);
    /// @param share, @param blinding the seat's (s, b) of the record
    event ComplaintJustified(
        bytes32 indexed ledgerId, uint64 indexed recordId, uint8 indexed seat, uint256 share, uint256 blinding
    );
    /// @notice Void for good. @param position number j of a commitment C_j that is no point
    event RecordVoided(bytes32 indexed ledgerId, uint64 indexed recordId, uint8 position);
    /// @param isSealed whether the edges are all of the consent's; else QueryContinued brings others
    /// @param signature, @param masks, @param edges as given to openQuery
    event QueryOpened(
        bytes32 indexed queryId,
        bytes32 indexed ledgerId,
        address indexed insurer,
        address patient,
        bytes32 runsHash,
        uint256 deadline,
        bytes32 salt,
        uint32 epoch,
        bool isSealed,
        bytes signature,
        bytes masks,
        bytes edges
    );
    event QueryContinued(
        bytes32 indexed queryId, bytes32 indexed ledgerId, address indexed insurer, bool isSealed, bytes edges
    );
    event ConsentRevoked(bytes32 indexed queryId, address indexed patient);
    event AnswerAccepted(bytes32 indexed queryId, bytes32 indexed ledgerId, uint8 indexed seat, uint256 y, uint256 w);

    // ---------------------------------------------------------------- identity

    /// @notice Publishes the caller's X-Wing public key (1216 bytes), once.
    /// @param signature 65 bytes, see Registered
    function register(bytes calldata kemKey, bytes calldata signature) external;

    /// @notice Publishes an X-Wing ciphertext (1120 bytes) for a registered account, once per ordered pair.
    /// @param signature 65 bytes, see ChannelOpened
    function openChannel(address to, bytes calldata ciphertext, bytes calldata signature) external;

    // ---------------------------------------------------------------- ledger

    /// @notice Opens a ledger of the caller (the hospital), once, and its first epoch. All servers must be registered.
    /// @param digest of the epoch's keys, see EpochBegun
    function openLedger(Terms calldata terms, bytes32 salt, bytes32 digest) external returns (bytes32 ledgerId);

    /// @notice Begins the ledger's next epoch, with the same servers and new keys. Only the hospital.
    /// @param epoch the current one plus 1
    function beginEpoch(bytes32 ledgerId, uint32 epoch, bytes32 digest) external;

    /// @notice Publishes keys of an epoch that has begun, see KeysDealt. Only the hospital. Opaque here.
    function dealKeys(bytes32 ledgerId, uint32 epoch, uint8 seat, uint16 part, bytes calldata ciphertext) external;

    /// @notice Called by each named server in each epoch, once its keys fit the digest.
    function join(bytes32 ledgerId, uint32 epoch, bytes32 digest) external;

    // ---------------------------------------------------------------- batch

    /// @notice Appends the next batch. Only the hospital, only in an epoch that all seats have joined. The Merkle root is
    /// computed here: record leaves keccak256(uint64 recordId || tag || key || C_0 ... C_{t-1}), and a last leaf
    /// keccak256(uint64 index || uint64 epoch || nonce || source || delta_0 ... delta_{B-1}).
    /// @param previous root of the batch before, the ledger id for the first one
    /// @param source 32 bytes that name the input; opaque here
    /// @param records per record 28 + 32 (t + 1) bytes: tag (20) || key (8) || t compressed commitments || delta (scalar);
    /// tags strictly ascending
    function appendBatch(
        bytes32 ledgerId,
        bytes32 previous,
        uint32 epoch,
        bytes16 nonce,
        bytes32 source,
        bytes calldata records
    ) external;

    // ---------------------------------------------------------------- complaints

    /// @notice Complains, as a seat, that its share does not open the record's commitments. The record is void while
    /// complaints of more than n - t seats stand: no run begins or ends there any more.
    /// @param batch, @param root in which the record is
    function complain(bytes32 ledgerId, uint32 batch, bytes32 root, uint64 recordId) external;

    /// @notice Withdraws the standing complaint of the caller's seat.
    function withdrawComplaint(bytes32 ledgerId, uint64 recordId) external;

    /// @notice Ends a seat's complaint for good by making its share public: share G + blinding H = sum_j seat^j C_j. Only
    /// the hospital, and at most t - 1 seats of a record.
    /// @param record tag (20) || key (8) || t uncompressed commitments; @param path siblings from its leaf upwards
    function justify(
        bytes32 ledgerId,
        uint32 batch,
        uint64 recordId,
        uint8 seat,
        uint256 share,
        uint256 blinding,
        bytes calldata record,
        bytes calldata path
    ) external;

    /// @notice Voids a record for good, by anyone: a commitment is no point, for witness^2 = -(x^3 + 3) mod p.
    /// @param position number j of that commitment; @param record tag (20) || key (8) || t compressed commitments
    /// @param path siblings from its leaf upwards
    function refutePoint(
        bytes32 ledgerId,
        uint32 batch,
        uint64 recordId,
        uint8 position,
        uint256 witness,
        bytes calldata record,
        bytes calldata path
    ) external;

    // ---------------------------------------------------------------- query

    /// @notice Opens the query that `consent` allows, with its first (often all) edges. Seals it when they are complete,
    /// that is, when their hash reaches consent.runsHash at the end of a call. A query whose edges leave that path can
    /// never be sealed, nor its consent be used again. Only the insurer.
    /// @param signature the patient's, over the consent
    /// @param masks Z_0 ... Z_{t-1}, uncompressed, then 64 bytes for each seat above t, opaque here
    /// @param edges per edge 41 bytes: sign (1: 1 added, 0 subtracted) || batch (4) || recordId (8) || series id (8) ||
    /// position (4) || salt (16)
    /// @param proofs per edge: key (8) || depth (1) || t uncompressed commitments || depth siblings from the leaf upwards
    function openQuery(
        Consent calldata consent,
        bytes calldata signature,
        bytes calldata masks,
        bytes calldata edges,
        bytes calldata proofs
    ) external returns (bytes32 queryId);

    /// @notice Adds edges to an open query, until the consent's deadline. Seals it when they are complete.
    function continueQuery(
        Consent calldata consent,
        Progress calldata progress,
        bytes calldata edges,
        bytes calldata proofs
    ) external;

    /// @notice Withdraws a consent whose query is not sealed. `signature` is the patient's over Revocation(bytes32 queryId),
    /// so anyone can submit it for a patient without funds. The consent itself is given, not only its digest: otherwise
    /// anyone could revoke the consent of another under their own name.
    function revokeConsent(Consent calldata consent, bytes calldata signature) external;

    /// @notice Answers of the caller's seat to sealed queries of one ledger, all or none of them. Each is right iff
    /// y G + w H = sum_j seat^j S_j.
    /// @param answers per answer 100 + 64 t bytes: queryId (32) || y (32) || w (32) || uint32 epoch || t uncompressed
    /// points S_j; epoch: the ledger's when the query was opened
    function answer(bytes32 ledgerId, bytes calldata answers) external;

    // ---------------------------------------------------------------- views

    function kemKeyHash(address account) external view returns (bytes32);
    /// @return keccak256 of the ciphertext; 0 if there is no channel
    function channelOpened(address from, address to) external view returns (bytes32);
    function getLedger(bytes32 ledgerId) external view returns (Ledger memory);
    function getServers(bytes32 ledgerId) external view returns (address[] memory);
    /// @return seat 0 if the account is not a member; @return joinedEpoch the last epoch that it joined, 0 if none
    function seatOf(bytes32 ledgerId, address account) external view returns (uint8 seat, uint32 joinedEpoch);
    /// @return digest of an epoch's keys, 0 if it has not begun
    function digestOf(bytes32 ledgerId, uint32 epoch) external view returns (bytes32);
    function getBatch(bytes32 ledgerId, uint32 index) external view returns (Batch memory);
    /// @return standing bit i = the complaint of seat i stands; @return justified bit i = its share is public
    function complaintsOf(bytes32 ledgerId, uint64 recordId)
        external
        view
        returns (uint256 standing, uint256 justified, bool isVoid);
    /// @return status and @return answered bit i = seat i has answered
    function queryState(bytes32 queryId) external view returns (QueryStatus status, uint256 answered);
}
