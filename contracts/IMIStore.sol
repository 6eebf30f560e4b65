// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title MIStore: shared, committed spending records and consented sums of them
/// @notice Points are BN254 G1. "Uncompressed": 64 bytes x || y, infinity all zero (EIP-196). "Compressed": 32 bytes,
/// x with bit 255 = y mod 2, infinity all zero. Scalars are below the group order r. Seats are 1..n.
interface IMIStore {
    // ---------------------------------------------------------------- types

    /// @param hospital only writer; @param threshold t, @param seats n: 1 <= t <= n <= 255
    /// @param joined servers that have joined; records can be appended when joined == seats
    /// @param dealing how the bytes after a record's commitments are to be read; 1 = polynomials with pads
    struct Ledger {
        address hospital;
        uint8 threshold;
        uint8 seats;
        uint8 joined;
        uint8 dealing;
        uint8 lanes;
        uint32 minRecords;
        uint64 nextBatch;
        uint64 nextRecordId;
    }

    struct Batch {
        bytes32 root;
        uint64 firstRecordId;
        uint32 count;
    }

    /// @notice A patient's leave for one insurer to learn the sum of exactly these records, once. EIP-712 typed data.
    /// @param patient the records' tag; @param recordsHash h_m with h_0 = 0, h_{k+1} = keccak256(h_k || uint64 id_k),
    /// ids strictly ascending; @param deadline last second in which the query may be opened
    struct Consent {
        address insurer;
        uint256 ledgerId;
        address patient;
        bytes32 recordsHash;
        uint256 deadline;
        bytes32 salt;
    }

    /// @notice Queried records of one batch, ascending.
    /// @param records per record: uint64 id || key (8 bytes) || t uncompressed commitments: 16 + 64 t bytes
    /// @param proof @param flags multiproof of their leaves, in that order (OpenZeppelin MerkleProof);
    /// flag i is bit (i mod 8), from the least significant, of byte i / 8
    struct BatchRecords {
        uint64 batch;
        bytes records;
        bytes32[] proof;
        bytes flags;
    }

    /// @notice Where an unfinished query stands; its hash is in storage, the caller supplies it again.
    /// @param recordsHash chain hash so far; @param sums t uncompressed points
    struct Progress {
        bytes32 recordsHash;
        uint64 count;
        uint64 lastRecordId;
        bytes sums;
    }

    /// @param y masked value sum, @param w masked blinding sum of the caller's seat
    /// @param sums t uncompressed points A_j, @param masks n uncompressed points Z_i, as in QuerySealed
    struct Answer {
        bytes32 queryId;
        uint256 ledgerId;
        uint256 y;
        uint256 w;
        bytes sums;
        bytes masks;
    }

    /// @dev None: not used yet. Revoked: by the patient. Open: records still to come. Sealed: can be answered.
    enum QueryStatus {
        None,
        Revoked,
        Open,
        Sealed
    }

    // ---------------------------------------------------------------- events

    event Registered(address indexed account, bytes kemKey);
    event ChannelOpened(address indexed from, address indexed to, bytes ciphertext);
    event LedgerOpened(
        uint256 indexed ledgerId,
        address indexed hospital,
        uint8 threshold,
        uint8 dealing,
        uint32 minRecords,
        address[] servers,
        string[] lanes,
        uint8 scale,
        string currency
    );
    event ServerJoined(uint256 indexed ledgerId, uint8 indexed seat, address indexed server);
    event LedgerActivated(uint256 indexed ledgerId);
    event BatchAppended(
        uint256 indexed ledgerId,
        uint64 indexed index,
        uint64 firstRecordId,
        uint32 count,
        bytes32 root,
        bytes16 nonce,
        bytes32 source,
        bytes records
    );
    event ConsentRevoked(bytes32 indexed queryId, address indexed patient);
    event QueryOpened(bytes32 indexed queryId, uint256 indexed ledgerId, address indexed insurer, Consent consent);
    event QueryExtended(bytes32 indexed queryId, uint64[] recordIds, Progress progress);
    event QuerySealed(
        bytes32 indexed queryId,
        uint256 indexed ledgerId,
        address indexed insurer,
        uint64 count,
        bytes sums,
        bytes masks
    );
    event AnswerAccepted(bytes32 indexed queryId, uint8 indexed seat, uint256 y, uint256 w);

    // ---------------------------------------------------------------- errors

    /// @param expected bytes; for records, of one record: there must be a whole number of them
    error LengthMismatch(string what, uint256 actual, uint256 expected);
    error AlreadyRegistered(address account);
    error NotRegistered(address account);
    error ChannelExists(address from, address to);
    error ChannelMissing(address from, address to);
    error InvalidThreshold(uint256 threshold, uint256 seats);
    error InvalidLanes(uint256 lanes);
    /// @param what "lane" or "currency"; @param length bytes
    error NameTooLong(string what, uint256 length, uint256 maximum);
    error InvalidMinRecords(uint256 minRecords);
    error UnsupportedDealing(uint8 dealing);
    error DuplicateServer(address server);
    error UnknownLedger(uint256 ledgerId);
    error NotAMember(uint256 ledgerId, address account);
    error AlreadyJoined(uint256 ledgerId, address server);
    error NotTheHospital(uint256 ledgerId, address account);
    error LedgerNotActive(uint256 ledgerId, uint256 joined, uint256 seats);
    error WrongBatchIndex(uint256 ledgerId, uint256 index, uint256 expected);
    /// @dev A batch, or a part of a query, without records.
    error EmptyBatch();
    /// @param position number j of the commitment C_j within its record
    error NonCanonicalPoint(uint256 recordId, uint256 position);
    error NonCanonicalScalar(uint256 value);
    /// @dev A queried commitment or a mask is not a point, or has a coordinate that is not below p.
    error PointNotOnCurve();
    error NotTheInsurer(address account, address insurer);
    error ConsentExpired(uint256 deadline, uint256 time);
    error ConsentUsed(bytes32 queryId);
    error ConsentIsRevoked(bytes32 queryId);
    error InvalidSignature(address signer);
    error RecordsNotAscending(uint256 recordId, uint256 previous);
    error TooManyRecords(uint256 count, uint256 maximum);
    error TooFewRecords(uint256 count, uint256 minimum);
    error UnknownBatch(uint256 ledgerId, uint256 index);
    /// @dev Some record is not in the batch, or is not the consenting patient's, or the proof is malformed.
    error InvalidProof(uint256 ledgerId, uint256 index);
    error QueryNotOpen(bytes32 queryId);
    error QueryNotSealed(bytes32 queryId);
    /// @dev Progress or masks are not those of the query's last transaction.
    error WrongProgress(bytes32 queryId);
    /// @dev Ledger, sums or masks are not those of QuerySealed.
    error WrongPreimage(bytes32 queryId);
    error AlreadyAnswered(bytes32 queryId, uint256 seat);
    error WrongAnswer(bytes32 queryId, uint256 seat);

    // ---------------------------------------------------------------- identity

    /// @notice Publishes the caller's X-Wing public key (1216 bytes), once.
    function register(bytes calldata kemKey) external;

    /// @notice Publishes an X-Wing ciphertext (1120 bytes) for a registered account, once per ordered pair.
    function openChannel(address to, bytes calldata ciphertext) external;

    // ---------------------------------------------------------------- ledger

    /// @notice Opens a ledger of the caller (the hospital). Seat i is servers[i - 1]; all must be registered.
    /// @param lanes 1 to 4 lane names; @param scale decimals of the currency. Each lane name and the currency: at most 64
    /// bytes, which servers read of every ledger. @return ledgerId counted from 1
    function openLedger(
        uint8 threshold,
        address[] calldata servers,
        uint8 dealing,
        string[] calldata lanes,
        uint8 scale,
        string calldata currency,
        uint32 minRecords
    ) external returns (uint256 ledgerId);

    /// @notice Called by each named server, once the hospital has opened its channel to it.
    function join(uint256 ledgerId) external;

    /// @notice Appends batch number `index` (the next one). The Merkle root is computed here from `records`.
    /// @param source 32 bytes that name the input; opaque here
    /// @param records per record 28 + 32 (2n - t + 1) bytes: tag (20) || key (8) || t compressed commitments || corrections
    function appendBatch(uint256 ledgerId, uint64 index, bytes16 nonce, bytes32 source, bytes calldata records) external;

    // ---------------------------------------------------------------- query

    /// @notice Withdraws a consent that has not been used. `signature` is the patient's over Revocation(bytes32 queryId),
    /// so anyone can submit it for a patient without funds. The consent itself is given, not only its digest: otherwise
    /// anyone could revoke the consent of another under their own name.
    function revokeConsent(Consent calldata consent, bytes calldata signature) external;

    /// @notice Opens the query that `consent` allows, with its first (often all) records. Seals it when they are complete,
    /// that is, when the hash of the ids reaches consent.recordsHash at the end of a call. A query whose ids leave that
    /// path can never be sealed, nor its consent be used again.
    /// @param masks n uncompressed points Z_i
    function query(
        Consent calldata consent,
        bytes calldata signature,
        bytes calldata masks,
        BatchRecords[] calldata parts
    ) external returns (bytes32 queryId);

    /// @notice Adds records to an open query; `progress` and `masks` as they stand. Seals it when they are complete.
    function continueQuery(
        Consent calldata consent,
        bytes calldata masks,
        Progress calldata progress,
        BatchRecords[] calldata parts
    ) external;

    /// @notice Answers of the caller's seats, each checked: y G + w H = sum_j seat^j A_j + Z_seat.
    function answer(Answer[] calldata answers) external;

    // ---------------------------------------------------------------- views

    function kemKeyHash(address account) external view returns (bytes32);
    function channelOpened(address from, address to) external view returns (bool);
    function ledgerCount() external view returns (uint256);
    function getLedger(uint256 ledgerId) external view returns (Ledger memory);
    function getServers(uint256 ledgerId) external view returns (address[] memory);
    /// @return seat 0 if the account is not a member
    function seatOf(uint256 ledgerId, address account) external view returns (uint8 seat, bool joined);
    function getBatch(uint256 ledgerId, uint64 index) external view returns (Batch memory);
    /// @notice EIP-712 digest of the consent; it is the query's id.
    function queryIdOf(Consent calldata consent) external view returns (bytes32);
    /// @return status and @return answered bit i = seat i has answered (bit 0 = sealed)
    function queryState(bytes32 queryId) external view returns (QueryStatus status, uint256 answered);
}
