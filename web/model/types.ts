// What the model tells the page and takes from it: data only, no DOM, no sentences. Amounts are exact decimal text, addresses
// and hashes 0x-hex, times Unix seconds, wei and gas bigint. Faults are MIStoreErrors: the page translates their codes.
import type { Hex } from '../../src/bytes.ts';
import type { RecordComplaints } from '../../src/ledger/complaints.ts';
import type { QueryPhase } from '../../src/parties/query-report.ts';
import type { ConsentEdge, SignedConsent } from '../../src/records/consent-file.ts';
import type { Choice } from '../../src/records/receipts/choose.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';

export type { Choice };

/** One amount for each lane of the ledger, in its order: exact decimal text, "-12.50". */
export type Amounts = readonly string[];

/** The contract that everything is about. */
export interface ContractPlace {
  chainId: bigint;
  /** 20 bytes. */
  contract: Hex;
}

// ---------------------------------------------------------------- the chain

/** The pinned deployment: what a network file (mistore.json) says. */
export interface Pinned extends ContractPlace {
  /** keccak256 of the contract's code, 32 bytes; not compared if not given. */
  codeHash?: Hex;
}

/** Where to look: an endpoint, an archive file, or both. With an archive alone there is no network. */
export interface ChainSource {
  /** HTTP endpoint of an Ethereum node. */
  endpoint?: string;
  /** `name`: the file's, for messages. */
  archive?: { blob: Blob; name: string };
  /** The contract that must be there. Not needed with an archive, which names its own; compared then. */
  place?: ContractPlace | Pinned;
}

/** By whose word roots and states are believed. */
export type Word = { kind: 'hosts'; hosts: string[] } | { kind: 'archive'; file: string };

/** A share of the work done, for a progress bar; `total` is null where it is not known. */
export interface Progress {
  stage: 'connecting' | 'archive' | 'batches' | 'complaints' | 'events' | 'times' | 'gas';
  done: number;
  total: number | null;
}

export type OnProgress = (progress: Progress) => void;

export interface Cancelable {
  onProgress?: OnProgress;
  /** Ends the work with its reason (an AbortError). */
  signal?: AbortSignal;
}

// ---------------------------------------------------------------- bills

/** The keys of what can be wrong with a receipt. */
export type FaultKey =
  | 'unknown-category'
  | 'same-place'
  | 'gap-before'
  | 'wrong-salt'
  | 'carry-with-amounts'
  | 'carry-of-another'
  | 'unknown-batch'
  | 'not-in-batch'
  | 'wrong-amounts'
  | 'not-under-root';

export type BillState =
  /** Nothing has been checked yet. */
  | { kind: 'unchecked' }
  | { kind: 'valid' }
  | { kind: 'fault'; fault: FaultKey }
  /** Valid, and no sum can begin or end at it; `next`: the record at which one can end in its place, null if there is none. */
  | { kind: 'void'; isForGood: boolean; next: number | null }
  /** Valid, and servers complain about it. */
  | { kind: 'complained'; seats: number[] };

/** One record of the receipts file. */
export interface Bill {
  recordId: number;
  /** ISO day or time as the source had it; null if the file states none. */
  date: string | null;
  /** The description in the metadata, or all other metadata in one text; '' if there is none. */
  text: string;
  metadata: Readonly<Record<string, string>>;
  /** '' where the ledger has one category without a name. */
  category: string;
  /** Place in the patient's series of the category, from 1. */
  position: number;
  amounts: Amounts;
  /** Sum of the category up to and including this bill; null behind a gap, where it is not known. */
  categoryTotal: Amounts | null;
  /** Sum of all bills up to this one in the list's order. */
  runningTotal: Amounts;
  /** Of a record without amounts that carries the total of a void record on: that record's id. */
  carries: number | null;
  batch: number;
  state: BillState;
  /** What stands against it, and seats whose shares are public; null if nothing. */
  complaints: RecordComplaints | null;
}

/** A receipts file as it is, before any check. */
export interface OpenedReceipts {
  receipts: Receipts;
  place: ContractPlace;
  ledgerId: Hex;
  patient: Hex;
  hospital: Hex;
  threshold: number;
  servers: Hex[];
  lanes: string[];
  scale: number;
  currency: string;
  categories: string[];
  minRecords: number;
  /** By date, then by record id; those without a date where their id puts them. */
  bills: Bill[];
  /** Sum of all bills. */
  total: Amounts;
}

/** Records of the patient that are on chain and not in the file. */
export interface MissingRecords {
  category: string;
  /** How many are known to be missing: those found at the following positions one after the other. */
  count: number;
  /** Position of the first of them, and their ids. */
  position: number;
  recordIds: number[];
}

export interface CheckedReceipts extends OpenedReceipts {
  word: Word;
  valid: number;
  faulty: number;
  /** Those that are void or complained about count as valid too. */
  void: number;
  complained: number;
  missing: MissingRecords[];
  /** Number of all missing records. */
  missingCount: number;
}

/** What proves one bill: for the page's "show proof". */
export interface BillProof {
  batch: number;
  recordId: number;
  /** Place of the record in its batch, from 0, and how many records that has. */
  place: number;
  batchRecords: number;
  /** As the chain or archive has it, 32 bytes. */
  root: Hex;
  leaf: Hex;
  /** From the leaf up to the root, 32 bytes each. */
  path: Hex[];
  /** t compressed points, 32 bytes each. */
  commitments: Hex[];
  tag: Hex;
  key: Hex;
  salt: Hex;
  /** Opens commitments[0] together with the category's total, 32 bytes. */
  blinding: Hex;
  block: number;
  /** Null with an archive alone, which holds no times. */
  time: number | null;
  transaction: Hex;
}

// ---------------------------------------------------------------- consents

export interface ConsentRequest {
  /** Who may ask, 20 bytes. */
  insurer: Hex;
  recordIds: readonly number[];
  /** The query can be opened up to and including this time. */
  deadline: bigint;
}

/** What a consent for these records would say and show. */
export interface ConsentPreview {
  records: number;
  /** The sum that the insurer learns. */
  sum: Amounts;
  edges: Pick<ConsentEdge, 'sign' | 'recordId' | 'batch' | 'position'>[];
  /** Ids of the records that the query shows to belong to this account, ascending. */
  visibleRecords: number[];
  /** Approximate gas of the query, which the insurer pays. */
  gas: number;
  /** Why such a consent cannot be used; empty if it can. */
  obstacles: ConsentObstacle[];
}

export type ConsentObstacle =
  | { kind: 'no-records' }
  | { kind: 'too-few-records'; records: number; minRecords: number }
  | { kind: 'invalid-receipt'; recordId: number }
  /** A run cannot begin or end there. */
  | { kind: 'void-edge'; recordId: number; next: number | null }
  /** The record before the first chosen one has no receipt in this file. */
  | { kind: 'no-receipt-before'; recordId: number };

/** A signed consent: in hand, or read from its file. */
export interface OpenedConsent {
  signed: SignedConsent;
  place: ContractPlace;
  queryId: Hex;
  insurer: Hex;
  patient: Hex;
  ledgerId: Hex;
  deadline: bigint;
  records: number;
  /** The file's content, and a name for it. */
  text: string;
  fileName: string;
}

/** signed: not used yet. open: in use, edges are missing. used: the query is sealed. */
export type ConsentStatus = 'signed' | 'expired' | 'open' | 'used' | 'revoked' | 'cancelled';

export interface ConsentState {
  status: ConsentStatus;
  /** Whether the patient's account or contract wallet has signed it; null where that cannot be asked (an archive alone). */
  isSigned: boolean | null;
  answeredSeats: number[];
  canBeRevoked: boolean;
  word: Word;
}

export interface RevocationCost {
  gas: bigint;
  /** Wei a gas, most and now. */
  maxFeePerGas: bigint;
  baseFee: bigint;
  /** Wei: what it takes about, and at most. */
  about: bigint;
  most: bigint;
  /** Wei that the sending account has. */
  balance: bigint;
}

export interface Revocation {
  queryId: Hex;
  transaction: Hex;
  block: number;
  /** Wei. */
  fee: bigint;
}

/** A keystore file's text and its password. */
export interface KeystoreSecret {
  text: string;
  /** For messages. */
  name: string;
  password: string;
}

/** An injected wallet, EIP-1193. */
export interface Wallet {
  request(call: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

// ---------------------------------------------------------------- sums

export type SumCheck =
  | {
      isRight: true;
      queryId: Hex;
      ledgerId: Hex;
      hospital: Hex;
      insurer: Hex;
      patient: Hex;
      lanes: string[];
      currency: string;
      scale: number;
      sums: Amounts;
      /** By the hospital's positions. */
      records: number;
      word: Word;
    }
  /** `why`: the library's English sentence. */
  | { isRight: false; why: string; word: Word };

// ---------------------------------------------------------------- ledger view

/** A moment on chain; `time` is null with an archive alone, which holds none. */
export interface Moment {
  block: number;
  time: number | null;
}

export interface BatchPoint extends Moment {
  index: number;
  transaction: Hex;
  firstRecordId: number;
  records: number;
  /** Of its records. */
  bytes: number;
  /** Null where the receipt of its transaction is not to be had. */
  cost: Cost | null;
}

export interface Cost {
  gas: bigint;
  /** Wei a gas. */
  price: bigint;
  /** Wei in all. */
  fee: bigint;
}

export interface SeatReport {
  seat: number;
  server: Hex;
  /** Whether the server has joined the present epoch, and has said that it wishes to give up its seat. */
  hasJoined: boolean;
  hasResigned: boolean;
}

export interface AnswerPoint extends Moment {
  seat: number;
  server: Hex;
  /** From the block that sealed the query; null with an archive alone. */
  seconds: number | null;
}

export interface QueryPoint {
  queryId: Hex;
  insurer: Hex;
  patient: Hex;
  phase: QueryPhase;
  opened: Moment;
  sealed: Moment | null;
  edges: number;
  /** That its runs cover, by their positions; null while edges are missing. */
  records: number | null;
  deadline: bigint;
  threshold: number;
  /** In the chain's order. */
  answers: AnswerPoint[];
  /** Wei; null for a query without a fee. */
  fee: { offered: bigint; earned: bigint; left: bigint; payUntil: number } | null;
}

export interface LedgerSummary {
  ledgerId: Hex;
  hospital: Hex;
  threshold: number;
  seats: SeatReport[];
  lanes: string[];
  scale: number;
  currency: string;
  minRecords: number;
  categories: string[];
  epoch: number;
  /** All seats have joined the present epoch. */
  isActive: boolean;
  records: number;
  opened: Moment;
  batches: BatchPoint[];
  queries: QueryPoint[];
  /** Ids of the records that are void now. */
  voids: number[];
  complaints: RecordComplaints[];
}

/** What a server has done in all ledgers. Queries count from when they were sealed, while the seat was the server's. */
export interface ServerReport {
  server: Hex;
  seats: { ledgerId: Hex; seat: number }[];
  asked: number;
  answered: number;
  /** From seal to answer; null where nothing was answered or times are not known. */
  medianSeconds: number | null;
  /** Complaints that it has filed, and those of them that stand. */
  complaintsFiled: number;
  complaintsStanding: number;
  /** Complaints of its that the hospital answered by making its share public: it was given the right share. */
  complaintsJustified: number;
  /** Least share that it says it answers for, wei; null with an archive alone. */
  minimumFee: bigint | null;
  /** Wei that its answers have earned. */
  earned: bigint;
}

export interface LedgerReport {
  place: ContractPlace;
  word: Word;
  /** Everything up to this block is in the report. */
  readTo: Moment;
  ledgers: LedgerSummary[];
  servers: ServerReport[];
  /** `gas` (in all) and `fee` (wei) are those of `costedBatches`, whose receipts were read. */
  totals: {
    batches: number;
    records: number;
    queries: number;
    answers: number;
    costedBatches: number;
    gas: bigint;
    fee: bigint;
  };
}

// ---------------------------------------------------------------- the model

/** Opened connection to an endpoint, an archive, or both; opaque to the page but for this. */
export interface Chain {
  readonly place: ContractPlace;
  readonly word: Word;
  /** Whether there is an endpoint: without one nothing can be sent, and there are no times. */
  readonly hasNetwork: boolean;
  /** Of the archive, if there is one: its ledger, and the block up to which it has everything. */
  readonly archive: { name: string; ledgerId: Hex; block: number } | null;
}

/** Every function of web/model/index.ts. */
export interface Model {
  /** Throws EncodingError. */
  openReceipts(text: string): OpenedReceipts;
  /**
   * Connects; an archive is read once. Throws ConnectionError, WrongChainError, NoContractError, WrongCodeError, ArchiveError,
   * and NO_SOURCE, NO_CONTRACT_NAMED where neither `place` nor an archive names a contract.
   */
  connect(source: ChainSource, options?: Cancelable): Promise<Chain>;
  /** Throws WRONG_DEPLOYMENT, WRONG_TERMS, INCONSISTENT_BATCH, ArchiveError, IncompleteLogsError. */
  checkBills(opened: OpenedReceipts, chain: Chain, options?: Cancelable): Promise<CheckedReceipts>;
  billProof(opened: OpenedReceipts, chain: Chain, recordId: number): Promise<BillProof>;
  /** Record ids, ascending; carry records go along. Throws NO_DATE, ArgumentError, NOT_YOUR_RECORD. */
  chooseBills(opened: OpenedReceipts, choice: Choice): number[];
  previewConsent(opened: OpenedReceipts | CheckedReceipts, recordIds: readonly number[]): ConsentPreview;
  /** Throws KeystoreError, NOT_YOUR_RECEIPTS, and what can never be used: NO_RECORDS, TOO_FEW_RECORDS, INVALID_RECEIPT, VOID_EDGE, NOT_YOUR_RECORD, DEADLINE_PASSED, INVALID_INSURER. */
  signWithKeystore(checked: CheckedReceipts, request: ConsentRequest, secret: KeystoreSecret): Promise<OpenedConsent>;
  /** Asks the wallet for accounts, the chain and the signature. Throws also WALLET_REFUSED, WALLET_CHAIN, WALLET_FAILED, WRONG_ACCOUNT, INVALID_SIGNATURE. */
  signWithWallet(
    checked: CheckedReceipts,
    request: ConsentRequest,
    wallet: Wallet,
    chain: Chain,
  ): Promise<OpenedConsent>;
  /** Reads a consent file. Throws EncodingError. */
  openConsent(text: string): OpenedConsent;
  consentState(consent: OpenedConsent, chain: Chain): Promise<ConsentState>;
  /** What sending it from an account would cost: the patient's own, if not given. Needs a network. */
  revocationCost(consent: OpenedConsent, chain: Chain, account?: Hex): Promise<RevocationCost>;
  revokeWithKeystore(consent: OpenedConsent, chain: Chain, secret: KeystoreSecret): Promise<Revocation>;
  /** The wallet signs the revocation and sends the transaction. */
  revokeWithWallet(consent: OpenedConsent, chain: Chain, wallet: Wallet): Promise<Revocation>;
  /** Throws EncodingError for a file that is no proof, WRONG_DEPLOYMENT. */
  checkSumProof(text: string, chain: Chain): Promise<SumCheck>;
  ledgerReport(chain: Chain, options?: Cancelable): Promise<LedgerReport>;
  /** Frees the archive. */
  close(chain: Chain): Promise<void>;
}
