// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IComplaints} from "./IComplaints.sol";
import {IFees} from "./IFees.sol";
import {IMIStoreErrors} from "./IMIStoreErrors.sol";

/// @title MIStore: shared, committed spending records and consented sums of them
/// @notice Points are BN254 G1. "Uncompressed": 64 bytes x || y, infinity all zero (EIP-196). "Compressed": 32 bytes,
/// x with bit 255 = y mod 2, infinity all zero. Scalars are below the group order r. Seats are 1..n. Signatures are
/// EIP-712, domain name "MIStore", version "2".
interface IMIStore is IMIStoreErrors, IComplaints, IFees {
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

    /// @dev None: not used yet. Revoked: by the patient. Open: edges still to come. Sealed: can be answered. Cancelled: by
    /// the insurer, before it was sealed.
    enum QueryStatus {
        None,
        Revoked,
        Open,
        Sealed,
        Cancelled
    }

    // ---------------------------------------------------------------- events

    /// @param signature EIP-712 Key(bytes kemKey) by the account; not checked here, readers do
    event Registered(address indexed account, bytes kemKey, bytes signature);
    /// @param signature EIP-712 Channel(address to,bytes ciphertext) by `from`; not checked here, readers do
    event ChannelOpened(address indexed from, address indexed to, bytes ciphertext, bytes signature);

    event LedgerOpened(bytes32 indexed ledgerId, address indexed hospital, Terms terms, bytes32 salt);
    /// @notice From `epoch` on, which begins now, the seat is `to`'s. `from` still answers queries of the epochs before.
    event SeatChanged(bytes32 indexed ledgerId, uint8 indexed seat, uint32 indexed epoch, address from, address to);
    /// @notice The holder of the seat wishes to give it up, which is for the hospital to do.
    event ServerResigned(bytes32 indexed ledgerId, uint8 indexed seat, address indexed server);
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
    event QueryCancelled(bytes32 indexed queryId, bytes32 indexed ledgerId, address indexed insurer);
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

    /// @notice Gives a seat to another server and begins the ledger's next epoch, which all servers join anew; so the new
    /// one accepts. Only the hospital. The server must be registered, and have had no seat in this ledger.
    /// @param epoch the current one plus 1; @param digest of its keys, see EpochBegun
    function changeSeat(bytes32 ledgerId, uint32 epoch, uint8 seat, address server, bytes32 digest) external;

    /// @notice States that the caller, who holds a seat, wishes to give it up. They hold it until the hospital changes it.
    function resign(bytes32 ledgerId) external;

    /// @notice Publishes keys of an epoch that has begun, see KeysDealt. Only the hospital. Opaque here.
    function dealKeys(bytes32 ledgerId, uint32 epoch, uint8 seat, uint16 part, bytes calldata ciphertext) external;

    /// @notice Called by the present holder of each seat in each epoch, once its keys fit the digest.
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

    // ---------------------------------------------------------------- query

    /// @notice Opens the query that `consent` allows, with its first (often all) edges. Seals it when they are complete,
    /// that is, when their hash reaches consent.runsHash at the end of a call. A query whose edges leave that path can
    /// never be sealed, nor its consent be used again. Only the insurer.
    /// @param signature the patient's, over the consent
    /// @param masks Z_0 ... Z_{t-1}, uncompressed, then 64 bytes for each seat above t, opaque here
    /// @param edges per edge 41 bytes: sign (1: 1 added, 0 subtracted) || batch (4) || recordId (8) || series id (8) ||
    /// position (4) || salt (16)
    /// @param proofs per edge: key (8) || depth (1) || t uncompressed commitments || depth siblings from the leaf upwards
    /// @param epoch the ledger's, for whose committee the masks are
    /// @param payUntil last second in which no refund can be taken of what is paid with the call, see IFees; 0 if nothing is
    function openQuery(
        Consent calldata consent,
        bytes calldata signature,
        bytes calldata masks,
        bytes calldata edges,
        bytes calldata proofs,
        uint32 epoch,
        uint64 payUntil
    ) external payable returns (bytes32 queryId);

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

    /// @notice Ends a query that is not sealed, for good, and returns its fee. The consent cannot be used again. Only the
    /// insurer, also after the deadline.
    function cancelQuery(Consent calldata consent) external;

    /// @notice Returns what is left of a query's fee to its insurer's `owed`, after payUntil or where the patient has revoked
    /// the consent. Anyone may call. Later answers earn nothing.
    function refund(Consent calldata consent) external;

    /// @notice Answers of the caller's seat to sealed queries of one ledger, all or none of them. Each is right iff
    /// y G + w H = sum_j seat^j S_j. The caller must have held the seat in the query's epoch.
    /// @param answers per answer 100 + 64 t bytes: queryId (32) || y (32) || w (32) || uint32 epoch || t uncompressed
    /// points S_j; epoch: the ledger's when the query was opened
    function answer(bytes32 ledgerId, bytes calldata answers) external;

    // ---------------------------------------------------------------- views

    function kemKeyHash(address account) external view returns (bytes32);
    /// @return keccak256 of the ciphertext; 0 if there is no channel
    function channelOpened(address from, address to) external view returns (bytes32);
    function getLedger(bytes32 ledgerId) external view returns (Ledger memory);
    /// @return present holders of the seats 1, 2, ..., n
    function getServers(bytes32 ledgerId) external view returns (address[] memory);
    /// @return seat 0 if the account never had one
    /// @return joinedEpoch the last epoch that it joined, 0 if none
    /// @return fromEpoch first epoch in which the seat is its own
    /// @return untilEpoch first epoch after that in which it is another's, 0 if it still is its own
    function seatOf(bytes32 ledgerId, address account)
        external
        view
        returns (uint8 seat, uint32 joinedEpoch, uint32 fromEpoch, uint32 untilEpoch);
    /// @return digest of an epoch's keys, 0 if it has not begun
    function digestOf(bytes32 ledgerId, uint32 epoch) external view returns (bytes32);
    function getBatch(bytes32 ledgerId, uint32 index) external view returns (Batch memory);
    /// @return status and @return answered bit i = seat i has answered
    function queryState(bytes32 queryId) external view returns (QueryStatus status, uint256 answered);
}
