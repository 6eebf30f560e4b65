// Receipts (docs/protocol.md, "Receipts"): what a hospital gives to a patient so that they can check each of their records, and
// that none is missing, with no help from anyone. Holds amounts, openings and the viewing key: as private as the bills.
import { equalBytes, fromHex, type Hex, toHex } from '../../bytes.ts';
import type { Engine } from '../../engine/engine.ts';
import { EncodingError } from '../../errors.ts';
import { formatAmount, parseAmount } from '../amounts.ts';
import { encodeLanes, MAX_TOTAL } from '../lanes.ts';
import { isUnder } from '../merkle.ts';
import { leafOf } from '../record.ts';
import { type SeriesPlace, saltOf, seriesId, tagOf } from '../series.ts';

/** The terms of a ledger, whose hash its id is. Addresses and salt are 0x-hex. */
export interface ReceiptTerms {
  hospital: Hex;
  threshold: number;
  servers: Hex[];
  lanes: string[];
  scale: number;
  currency: string;
  minRecords: number;
  categories: string[];
  /** 32 bytes. */
  salt: Hex;
}

/** One record of a patient: what it says, and what proves it. */
export interface Receipt {
  recordId: number;
  /** Batch number in the ledger. */
  batch: number;
  /** One of the ledger's. */
  category: string;
  /** Place in its series, from 1. */
  position: number;
  /** Exact decimals, one for each lane of the ledger, written as formatAmount does. */
  amounts: string[];
  /** Of a carry record: id of the record before it in its series, which was void. It carries that total on, so its amounts are 0. */
  carries?: number;
  /** Of a correction (correction.ts): id of the record that it corrects, by the hospital's word. Stands before it in its series. */
  corrects?: number;
  /** b(0), 32 bytes: with the series' total it opens the first commitment. */
  blinding: Hex;
  /** 16 bytes. */
  salt: Hex;
  /** 8 bytes. */
  key: Hex;
  /** t compressed points. */
  commitments: Hex[];
  /** Merkle path of the record's leaf in its batch. */
  path: Hex[];
  /** Free text of the source (date, description, …); not on chain. */
  metadata?: Record<string, string>;
}

/** A patient's receipts in one ledger, as their hospital gives them. As private as the records. */
export interface Receipts {
  chainId: bigint;
  /** 20 bytes. */
  contract: Hex;
  /** 32 bytes. */
  ledgerId: Hex;
  terms: ReceiptTerms;
  /** The patient's account, 20 bytes. */
  patient: Hex;
  /** 32 bytes. SECRET. */
  viewingKey: Hex;
  records: Receipt[];
}

/** What storage holds of a batch. */
export interface StoredRoot {
  root: Uint8Array;
  firstRecordId: number;
  count: number;
}

/** Why a receipt is not valid. */
export type ReceiptFault =
  | 'a category that the ledger does not have'
  | 'another record of this file has the same place in its series'
  | 'the records before it in its series are not in this file'
  | 'the salt is not that of the viewing key'
  | 'a carry record has no amounts but 0'
  | 'it does not carry on the record before it in its series'
  | 'it does not correct a record before it in its series'
  | 'unknown batch'
  | 'record not in the batch'
  | 'amounts do not open the commitment'
  | 'not under the root';

/** Whether a receipt is valid. */
export interface ReceiptVerdict {
  recordId: number;
  /** null: the receipt is valid. */
  fault: ReceiptFault | null;
}

/** A receipt with what follows from it and those before it in its series. */
interface Read {
  receipt: Receipt;
  place: SeriesPlace;
  seriesId: Uint8Array;
  tag: Uint8Array;
  total: bigint[];
  fault: ReceiptFault | null;
}

/**
 * Verdict on each receipt, in the file's order, against the batches that the contract stores (null where it stores none).
 * Throws an EncodingError for a receipt that cannot be read.
 */
export function verifyReceipts(
  engine: Engine,
  receipts: Receipts,
  batch: (index: number) => StoredRoot | null,
): ReceiptVerdict[] {
  const read = readSeries(receipts);
  const messages = new Uint8Array(32 * read.length);
  const blindings = new Uint8Array(32 * read.length);
  read.forEach(({ receipt, total }, k) => {
    messages.set(encodeLanes(total), 32 * k);
    blindings.set(fromHex(receipt.blinding, 'blinding', 32), 32 * k);
  });
  const opened = engine.commit(messages, blindings);
  const faults = new Map(
    read.map((one, k) => [
      one.receipt,
      one.fault ?? faultOnChain(one, opened.subarray(32 * k, 32 * k + 32), batch(one.receipt.batch)),
    ]),
  );
  return receipts.records.map((receipt) => ({ recordId: receipt.recordId, fault: faults.get(receipt)! }));
}

/** Series by series, positions ascending. */
function readSeries(receipts: Receipts): Read[] {
  const { scale, lanes, categories } = receipts.terms;
  const key = fromHex(receipts.viewingKey, 'viewing key', 32);
  const byCategory = new Map<string, Receipt[]>();
  for (const receipt of receipts.records) {
    byCategory.set(receipt.category, [...(byCategory.get(receipt.category) ?? []), receipt]);
  }
  return [...byCategory].flatMap(([category, own]) => {
    const place = placeOf(receipts, category);
    const series = seriesId(key, place);
    let total = lanes.map(() => 0n);
    let last: Last = { position: 0 };
    const before = new Set<number>();
    return own
      .toSorted((a, b) => a.position - b.position)
      .map((receipt): Read => {
        const { position } = receipt;
        const amounts = amountsOf(receipt, lanes.length, scale);
        const derivedSalt = saltOf(key, place.ledgerId, series, position);
        const fault =
          faultInFile(receipt, last, categories, derivedSalt) ??
          faultOfCarry(receipt, last, amounts) ??
          faultOfCorrection(receipt, before);
        before.add(receipt.recordId);
        // A gap leaves the total unknown for all that follows it.
        if (position === last.position + 1) {
          total = total.map((lane, l) => lane + amounts[l]!);
          last = receipt;
        }
        checkTotal(receipt, total);
        const salt = fromHex(receipt.salt, 'salt', 16);
        return { receipt, place, seriesId: series, tag: tagOf(place.account, series, position, salt), total, fault };
      });
  });
}

/** Where a category of the file's records stands. */
export function placeOf(receipts: Receipts, category: string): SeriesPlace {
  return {
    ledgerId: fromHex(receipts.ledgerId, 'ledger id', 32),
    account: fromHex(receipts.patient, 'patient', 20),
    category,
  };
}

/** The last receipt of a series so far that follows the one before it without a gap; position 0 before the first. */
type Last = Pick<Receipt, 'position'> & Partial<Pick<Receipt, 'recordId'>>;

function faultInFile(
  { category, position, salt }: Receipt,
  last: Last,
  categories: readonly string[],
  derivedSalt: Uint8Array,
): ReceiptFault | null {
  if (!categories.includes(category)) return 'a category that the ledger does not have';
  if (position <= last.position) return 'another record of this file has the same place in its series';
  if (position > last.position + 1) return 'the records before it in its series are not in this file';
  return salt.toLowerCase() === toHex(derivedSalt) ? null : 'the salt is not that of the viewing key';
}

function faultOfCarry({ carries }: Receipt, last: Last, amounts: readonly bigint[]): ReceiptFault | null {
  if (carries === undefined) return null;
  if (carries !== last.recordId) return 'it does not carry on the record before it in its series';
  return amounts.every((amount) => amount === 0n) ? null : 'a carry record has no amounts but 0';
}

/** `before`: ids of the records before it in its series. */
function faultOfCorrection({ corrects }: Receipt, before: ReadonlySet<number>): ReceiptFault | null {
  if (corrects === undefined || before.has(corrects)) return null;
  return 'it does not correct a record before it in its series';
}

function faultOnChain({ receipt, tag }: Read, opened: Uint8Array, stored: StoredRoot | null): ReceiptFault | null {
  if (!stored) return 'unknown batch';
  const place = receipt.recordId - stored.firstRecordId;
  if (place < 0 || place >= stored.count) return 'record not in the batch';
  const commitments = fromHex(`0x${receipt.commitments.map((point) => point.slice(2)).join('')}`, 'commitments');
  if (!equalBytes(commitments.subarray(0, 32), opened)) return 'amounts do not open the commitment';
  const leaf = leafOf(receipt.recordId, tag, fromHex(receipt.key, 'key', 8), commitments);
  const path = receipt.path.map((node) => fromHex(node, 'path', 32));
  return isUnder(stored.root, leaf, path) ? null : 'not under the root';
}

/** Minor units, one for each lane. Throws an EncodingError for texts that formatAmount would not write. */
export function amountsOf(receipt: Receipt, lanes: number, scale: number): bigint[] {
  const { recordId, amounts } = receipt;
  if (amounts.length !== lanes) {
    throw new EncodingError(`receipt of record ${recordId}`, `has ${amounts.length} amounts for ${lanes} lanes`);
  }
  return amounts.map((text) => amountOf(recordId, text, scale));
}

/** One amount has one text: a person and a program may read "(12.00)" or "12.00-" in different ways. */
function amountOf(recordId: number, text: string, scale: number): bigint {
  const what = `receipt of record ${recordId}`;
  let amount: bigint;
  try {
    amount = parseAmount(text, { scale });
  } catch (error) {
    throw new EncodingError(what, (error as Error).message);
  }
  if (formatAmount(amount, scale) === text) return amount;
  throw new EncodingError(
    what,
    `amount is not written plainly: digits, with ${scale} decimals, and a minus before them`,
  );
}

function checkTotal({ recordId }: Receipt, total: readonly bigint[]): void {
  if (total.every((lane) => lane <= MAX_TOTAL && lane >= -MAX_TOTAL)) return;
  throw new EncodingError(
    `receipt of record ${recordId}`,
    'takes the total of its series beyond ±(2^61 − 1) minor units',
  );
}
