// The data that the chain side takes and gives: the contract's structs, its events, transactions and receipts.
// Addresses are 20 bytes, hashes 32 bytes, except where they only name a block or a transaction (0x-hex). No ethers
// types. Consent, whose fields are 0x-hex as wallets expect them, is query/consent.ts's.
import type { Hex } from '../bytes.ts';
import type { Consent } from '../query/consent.ts';

export interface LedgerState {
  /** The only writer, 20 bytes. */
  hospital: Uint8Array;
  threshold: number;
  seats: number;
  /** Servers that have joined; records can be appended when joined = seats. */
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

export interface BatchState {
  /** Merkle root, 32 bytes. */
  root: Uint8Array;
  firstRecordId: number;
  count: number;
}

export interface LedgerTerms {
  threshold: number;
  /** Seat i is servers[i − 1]; 20 bytes each, all registered. */
  servers: readonly Uint8Array[];
  dealing: number;
  /** 1 to 4 lane names. */
  lanes: readonly string[];
  /** Decimals of the currency, 0..255. */
  scale: number;
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

/** Queried records of one batch, ascending. */
export interface QueryPart {
  batch: number;
  /** Per record: uint64 id ‖ key (8 bytes) ‖ t uncompressed commitments. */
  records: Uint8Array;
  /** Multiproof, 32 bytes each. */
  proof: readonly Uint8Array[];
  /** Flag i is bit (i mod 8), from the least significant, of byte i / 8. */
  flags: Uint8Array;
}

/** Where an unfinished query stands. */
export interface QueryProgress {
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

/** Where on chain an event stands. */
export interface Place {
  blockNumber: number;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
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

/** One event: its name, its arguments and its place. Distinguished by `event`. */
export type ContractEvent<N extends EventName = EventName> = {
  [K in N]: { event: K } & EventArguments[K] & Place;
}[N];

/** What a log of JSON-RPC tells, undecoded. */
export interface RawLog extends Place {
  address: Hex;
  topics: Hex[];
  data: Hex;
}

export interface TransactionRequest {
  /** 20 bytes; null creates a contract. */
  to: Uint8Array | null;
  data: Uint8Array;
  /** Wei; 0 if not given. */
  value?: bigint;
  /** Gas limit. If neither this nor `execution` is given the node estimates it, and so finds a revert beforehand. */
  gas?: bigint;
  /**
   * Throws NonceTakenError where another transaction has taken the nonce meanwhile, instead of going to the next one:
   * that other one may be the same request, sent by an earlier run that was interrupted.
   */
  inPlace?: boolean;
  /** Most gas that the execution takes beside the price of the calldata, to which the sender adds that. */
  execution?: bigint;
}

export interface Receipt {
  transactionHash: Hex;
  blockNumber: number;
  blockHash: Hex;
  /** The contract that the transaction created, 20 bytes. */
  contractAddress: Uint8Array | null;
  gasUsed: bigint;
  /** Wei for each gas. */
  gasPrice: bigint;
  logs: RawLog[];
}

export interface Submission {
  nonce: number;
  /** Resolves when the transaction is settled (see SenderOptions.confirmations), rejects if it reverted or cannot be. */
  settled: Promise<Receipt>;
}

export interface SenderStats {
  /** Broadcast and not settled. */
  inFlight: number;
  settled: number;
  replaced: number;
  rebroadcast: number;
  /** Transactions that a reorganisation took out of the chain again. */
  reorganised: number;
  gasUsed: bigint;
  /** Wei paid by settled transactions. */
  fees: bigint;
}

/** Sends the transactions of one account, in order (sender.ts). */
export interface Sender {
  readonly address: Uint8Array;
  readonly chainId: bigint;
  /** Waits for room in the window, signs and broadcasts; resolves when a node has taken it. */
  submit(request: TransactionRequest): Promise<Submission>;
  /** submit, then settled. */
  send(request: TransactionRequest): Promise<Receipt>;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
  stats(): SenderStats;
  /** Stops following; what is in flight is rejected, though nodes may still execute it. */
  close(): void;
}
