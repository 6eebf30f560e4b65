// The data that the contract takes and gives: its structs and its events. Addresses are 20 bytes, hashes 32 bytes. No
// ethers types. Consent, whose fields are 0x-hex as wallets expect them, is query/consent.ts's.
import type { Place } from '../chain/types.ts';
import type { Consent } from '../query/consent.ts';

/** What a ledger is; its id is their hash: see ledger-id.ts. */
export interface LedgerTerms {
  threshold: number;
  /** Seat i is servers[i − 1]; 20 bytes each, all registered. */
  servers: readonly Uint8Array[];
  /** 1 to 4 lane names. */
  lanes: readonly string[];
  /** Decimals of the currency, 0..255. */
  scale: number;
  currency: string;
  /** A query over fewer records is refused. */
  minRecords: number;
  /** 1 to 255 names; one empty name where all records of a patient are one series. */
  categories: readonly string[];
}

/** What the contract stores of a ledger. */
export interface LedgerState {
  /** The only writer, 20 bytes. */
  hospital: Uint8Array;
  threshold: number;
  seats: number;
  /** Current set of subset keys, from 1. */
  epoch: number;
  /** Servers that have joined the current epoch; records can be appended when joined = seats. */
  joined: number;
  minRecords: number;
  /** Whether there may be void records. */
  hasVoids: boolean;
  /** Number of batches, and of the next one. */
  nextBatch: number;
  /** Number of records, and id of the next one. */
  nextRecordId: number;
  /** Committee hash of the current epoch. */
  committee: Uint8Array;
  /** Digest of the current epoch's keys. */
  digest: Uint8Array;
}

/** What the contract stores of a batch. */
export interface StoredBatch {
  /** Merkle root, 32 bytes. */
  root: Uint8Array;
  firstRecordId: number;
  count: number;
}

/** A part of what is dealt to a seat. */
export interface KeysCall {
  ledgerId: Uint8Array;
  epoch: number;
  /** 0 for the list of hashes. */
  seat: number;
  part: number;
  ciphertext: Uint8Array;
}

/** An epoch of a ledger that a server joins. */
export interface JoinCall {
  ledgerId: Uint8Array;
  epoch: number;
  /** Of the epoch's keys, 32 bytes. */
  digest: Uint8Array;
}

/** A seat that changes hands. */
export interface SeatCall extends JoinCall {
  seat: number;
  /** The new holder, 20 bytes. */
  server: Uint8Array;
}

/** A batch as the hospital appends it; byte layouts are in docs/protocol.md, "Batch". */
export interface BatchCall {
  ledgerId: Uint8Array;
  /** Root of the batch before; the ledger's id for the first. */
  previous: Uint8Array;
  epoch: number;
  /** 16 bytes. */
  nonce: Uint8Array;
  /** 32 bytes. */
  source: Uint8Array;
  /** See records/record.ts. */
  records: Uint8Array;
}

/** A server's complaint that its share of a record does not open the commitments. */
export interface ComplaintCall {
  ledgerId: Uint8Array;
  /** Number of the batch that holds the record, and its root. */
  batch: number;
  root: Uint8Array;
  recordId: number;
}

/** The share of a complaining seat that its hospital makes public. */
export interface JustifyCall extends Omit<ComplaintCall, 'root'> {
  seat: number;
  /** The seat's share and blinding of the record, 32-byte scalars. */
  share: Uint8Array;
  blinding: Uint8Array;
  /** tag (20) ‖ key (8) ‖ t uncompressed commitments. */
  record: Uint8Array;
  /** Merkle path, 32 bytes a node, one after the other. */
  path: Uint8Array;
}

/** Proof that a commitment of a record is no point of the curve. */
export interface RefuteCall extends Omit<ComplaintCall, 'root'> {
  /** Number j of the commitment C_j. */
  position: number;
  /** A square root of −(x³ + 3) mod p for the x of C_j, 32 bytes. */
  witness: Uint8Array;
  /** tag (20) ‖ key (8) ‖ t compressed commitments. */
  record: Uint8Array;
  /** Merkle path, 32 bytes a node, one after the other. */
  path: Uint8Array;
}

/** What stands against a record. */
export interface Complaints {
  /** Seats whose complaints stand, ascending. */
  standing: number[];
  /** Seats whose shares have been made public, ascending. */
  justified: number[];
  isVoid: boolean;
}

/** What openQuery takes; byte layouts are query-bytes.ts's. */
export interface QueryCall {
  consent: Consent;
  signature: Uint8Array;
  masks: Uint8Array;
  edges: Uint8Array;
  proofs: Uint8Array;
  /** The ledger's, for whose committee the masks are. */
  epoch: number;
  /** None if not given. */
  offer?: FeeOffer;
}

/** What an insurer pays for a query. */
export interface FeeOffer {
  /** Wei for the first t answers together; a multiple of t. */
  fee: bigint;
  /** Unix time in seconds: up to and including it, no refund can be taken. At most 365 days ahead. */
  payUntil: number;
}

/** The fee of a query, as the contract stores it; all 0 for one without. */
export interface QueryFee {
  /** Wei of each of the first t answers. */
  share: bigint;
  payUntil: number;
  /** Shares that have been neither earned nor refunded. */
  left: number;
}

/** An account's seat in a ledger; all 0 for one that never had any. */
export interface SeatState {
  seat: number;
  /** The last epoch that it has joined, 0 if none. */
  joinedEpoch: number;
  /** First epoch in which it holds the seat. */
  fromEpoch: number;
  /** First epoch after that in which another does, 0 if it still holds it. */
  untilEpoch: number;
}

/** Where an unfinished query stands: the hash of it is in storage. */
export interface QueryProgress {
  epoch: number;
  /** runsHash so far. */
  chain: Uint8Array;
  /** Records covered so far. */
  count: number;
  /** Series id of the last edge, 8 bytes. */
  series: Uint8Array;
  /** Position of the last edge. */
  position: number;
  /** Whether the last edge began a run. */
  open: boolean;
  /** t uncompressed points S_j so far, from Z_j on. */
  sums: Uint8Array;
}

/** A server's answer to a query. */
export interface AnswerCall {
  queryId: Uint8Array;
  /** 32-byte scalars. */
  y: Uint8Array;
  w: Uint8Array;
  /** The ledger's when the query was opened. */
  epoch: number;
  /** t uncompressed points S_j. */
  sums: Uint8Array;
}

/** none: nobody opened it; open: edges are still to come; sealed: complete, so that servers can answer. */
export type QueryStatus = 'none' | 'revoked' | 'open' | 'sealed' | 'cancelled';

/** Where a query stands. */
export interface QueryState {
  status: QueryStatus;
  /** Seats whose answer was accepted, ascending. */
  answeredSeats: number[];
}

/** The contract's events, name → arguments. */
export interface EventArguments {
  Registered: { account: Uint8Array; kemKey: Uint8Array; signature: Uint8Array };
  ChannelOpened: { from: Uint8Array; to: Uint8Array; ciphertext: Uint8Array; signature: Uint8Array };
  LedgerOpened: { ledgerId: Uint8Array; hospital: Uint8Array; terms: LedgerTerms; salt: Uint8Array };
  SeatChanged: { ledgerId: Uint8Array; seat: number; epoch: number; from: Uint8Array; to: Uint8Array };
  ServerResigned: { ledgerId: Uint8Array; seat: number; server: Uint8Array };
  EpochBegun: { ledgerId: Uint8Array; epoch: number; committee: Uint8Array; digest: Uint8Array };
  KeysDealt: KeysCall;
  ServerJoined: { ledgerId: Uint8Array; seat: number; server: Uint8Array; epoch: number };
  EpochActivated: { ledgerId: Uint8Array; epoch: number };
  BatchAppended: Omit<BatchCall, 'previous'> & {
    index: number;
    firstRecordId: number;
    count: number;
    root: Uint8Array;
  };
  QueryOpened: {
    queryId: Uint8Array;
    ledgerId: Uint8Array;
    insurer: Uint8Array;
    patient: Uint8Array;
    runsHash: Uint8Array;
    deadline: bigint;
    salt: Uint8Array;
    epoch: number;
    isSealed: boolean;
    signature: Uint8Array;
    masks: Uint8Array;
    edges: Uint8Array;
  };
  QueryContinued: {
    queryId: Uint8Array;
    ledgerId: Uint8Array;
    insurer: Uint8Array;
    isSealed: boolean;
    edges: Uint8Array;
  };
  ComplaintFiled: { ledgerId: Uint8Array; recordId: number; seat: number; batch: number };
  ComplaintWithdrawn: { ledgerId: Uint8Array; recordId: number; seat: number };
  /** The seat's share and its blinding: 32-byte scalars, public from here on. */
  ComplaintJustified: { ledgerId: Uint8Array; recordId: number; seat: number; share: Uint8Array; blinding: Uint8Array };
  /** `position`: number of the commitment that is no point, from 0. */
  RecordVoided: { ledgerId: Uint8Array; recordId: number; position: number };
  ConsentRevoked: { queryId: Uint8Array; patient: Uint8Array };
  QueryCancelled: { queryId: Uint8Array; ledgerId: Uint8Array; insurer: Uint8Array };
  /** Of a query that has a fee, with its QueryOpened. `share`: wei of each of the first t answers. */
  FeeOffered: { queryId: Uint8Array; ledgerId: Uint8Array; share: bigint; payUntil: number };
  FeeEarned: { queryId: Uint8Array; ledgerId: Uint8Array; server: Uint8Array; share: bigint };
  FeeRefunded: { queryId: Uint8Array; ledgerId: Uint8Array; insurer: Uint8Array; amount: bigint };
  Withdrawn: { account: Uint8Array; to: Uint8Array; amount: bigint };
  MinimumFeeStated: { server: Uint8Array; fee: bigint };
  AnswerAccepted: { queryId: Uint8Array; ledgerId: Uint8Array; seat: number; y: Uint8Array; w: Uint8Array };
}

/** The events of the contract, by their names. */
export type EventName = keyof EventArguments;

/** One event: its name, its arguments and its place. Distinguished by `event`. */
export type ContractEvent<N extends EventName = EventName> = {
  [K in N]: { event: K } & EventArguments[K] & Place;
}[N];
