// A receipts file as bills, what a check has found of each, and the proof of one.
import type { Hex } from '../../../src/bytes.ts';
import type { RecordComplaints } from '../../../src/ledger/complaints.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import type { ContractPlace, Word } from './chain.ts';

/** One amount for each lane of the ledger, in its order: exact decimal text, "-12.50". */
export type Amounts = readonly string[];

/** The keys of what can be wrong with a receipt. */
export type FaultKey =
  | 'unknown-category'
  | 'same-place'
  | 'gap-before'
  | 'wrong-salt'
  | 'carry-with-amounts'
  | 'carry-of-another'
  | 'correction-of-another'
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
  /** Of a correction: id of the record that it corrects. */
  corrects: number | null;
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
