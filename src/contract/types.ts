// The contract's structs and events. Addresses are 20 bytes, hashes 32 bytes; no ethers types. Two structs are elsewhere:
// Consent, in 0x-hex as wallets expect it, in query/consent.ts, and Batch, as StoredBatch, in records/receipt.ts.
import type { Place } from '../chain/types.ts';
import type { Consent } from '../query/consent.ts';

export interface LedgerState {
  /** The only account that may append batches, 20 bytes. */
  hospital: Uint8Array;
  threshold: number;
  seats: number;
  /** Servers that have joined; batches can be appended once joined = seats. */
  joined: number;
  dealing: number;
  lanes: number;
  /** A query over fewer records is refused. */
  minRecords: number;
  /** Number of batches, and of the next one. */
  nextBatch: number;
  /** Number of records, and id of the next one. */
  nextRecordId: number;
}

export interface LedgerTerms {
  threshold: number;
  /** Seat i is servers[i − 1]; 20 bytes each, all registered. */
  servers: readonly Uint8Array[];
  dealing: number;
  /** Names of 1 to 4 lanes, each of at most 64 bytes. In an event, a name that is not UTF-8 is 0x-hex of its bytes. */
  lanes: readonly string[];
  /** Decimals of the currency, 0..255. */
  scale: number;
  /** At most 64 bytes; in an event, as the lane names. */
  currency: string;
  minRecords: number;
}

export interface BatchCall {
  ledgerId: bigint;
  /** Must be the ledger's next batch number. */
  index: number;
  /** 16 bytes. */
  nonce: Uint8Array;
  /** 32 bytes. */
  source: Uint8Array;
  records: Uint8Array;
}

/** The queried records of one batch, ascending by id. */
export interface QueryPart {
  batch: number;
  /** For each record: uint64 id ‖ key (8 bytes) ‖ t uncompressed commitments. */
  records: Uint8Array;
  /** Nodes of the multiproof, 32 bytes each. */
  proof: readonly Uint8Array[];
  /** Flag i is bit (i mod 8), from the least significant, of byte i / 8. */
  flags: Uint8Array;
}

/** How far an unfinished query has got. */
export interface QueryProgress {
  /** Hash of the record ids so far; see recordsHash() in query/consent.ts. */
  recordsHash: Uint8Array;
  count: number;
  lastRecordId: number;
  /** t uncompressed points. */
  sums: Uint8Array;
}

export interface AnswerCall {
  queryId: Uint8Array;
  ledgerId: bigint;
  /** 32-byte scalars. */
  y: Uint8Array;
  w: Uint8Array;
  /** t uncompressed points A_j, as in QuerySealed. */
  sums: Uint8Array;
  /** n uncompressed points Z_i, as in QuerySealed. */
  masks: Uint8Array;
}

export type QueryStatus = 'none' | 'revoked' | 'open' | 'sealed';

export interface QueryState {
  status: QueryStatus;
  /** Seats whose answer was accepted, ascending. */
  answeredSeats: number[];
}

/** The contract's events, name → arguments. */
export interface EventArguments {
  Registered: { account: Uint8Array; kemKey: Uint8Array };
  ChannelOpened: { from: Uint8Array; to: Uint8Array; ciphertext: Uint8Array };
  LedgerOpened: LedgerTerms & { ledgerId: bigint; hospital: Uint8Array };
  ServerJoined: { ledgerId: bigint; seat: number; server: Uint8Array };
  LedgerActivated: { ledgerId: bigint };
  BatchAppended: BatchCall & { firstRecordId: number; count: number; root: Uint8Array };
  ConsentRevoked: { queryId: Uint8Array; patient: Uint8Array };
  QueryOpened: { queryId: Uint8Array; ledgerId: bigint; insurer: Uint8Array; consent: Consent };
  QueryExtended: { queryId: Uint8Array; recordIds: number[]; progress: QueryProgress };
  QuerySealed: {
    queryId: Uint8Array;
    ledgerId: bigint;
    insurer: Uint8Array;
    count: number;
    sums: Uint8Array;
    masks: Uint8Array;
  };
  AnswerAccepted: { queryId: Uint8Array; seat: number; y: Uint8Array; w: Uint8Array };
}

export type EventName = keyof EventArguments;

/** One event: its name, its arguments and its place on chain. Distinguished by `event`. */
export type ContractEvent<N extends EventName = EventName> = {
  [K in N]: { event: K } & EventArguments[K] & Place;
}[N];
