// The ledger view: what the report says of ledgers, batches, queries and servers.
import type { Hex } from '../../../src/bytes.ts';
import type { RecordComplaints } from '../../../src/ledger/complaints.ts';
import type { QueryPhase } from '../../../src/parties/query-report.ts';
import type { ContractPlace, Word } from './chain.ts';

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
