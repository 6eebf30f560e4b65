// Receipts: what a hospital gives to a patient, so that they can check each of their records against the chain without help
// from anyone (docs/protocol.md, "Receipt"). One JSON file for one patient and ledger. It holds amounts and openings, so it
// is as private as the bill itself.
import { equalBytes, fromHex, type Hex } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { EncodingError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { formatAmount, MAX_SCALE, parseAmount } from './amounts.ts';
import { encodeLanes } from './lanes.ts';
import { verifyProof } from './merkle.ts';
import { KEY_BYTES, leaf, TAG_BYTES } from './record.ts';
import type { AmountTerms } from './terms.ts';

export const RECEIPTS_FORMAT = 'mistore-receipts/1';

export interface Receipt {
  recordId: number;
  /** Batch number in the ledger. */
  batch: number;
  key: Hex;
  /** Exact decimals, one for each lane of the ledger, written as formatAmount does. */
  amounts: string[];
  /** b_k(0), 32 bytes: opens the first commitment together with the amounts. */
  blinding: Hex;
  /** t compressed points. */
  commitments: Hex[];
  /** Merkle proof of the record's leaf in its batch. */
  proof: Hex[];
  /** Free text of the source (date, description, …); not on chain. */
  metadata?: Record<string, string>;
}

export interface Receipts extends AmountTerms {
  format: typeof RECEIPTS_FORMAT;
  chainId: string;
  contract: Hex;
  ledgerId: string;
  /** The patient's tag: the account under which their records are stored. */
  patient: Hex;
  records: Receipt[];
}

/** What the contract stores of a batch. The records themselves are in the log of BatchAppended. */
export interface StoredBatch {
  /** Merkle root, 32 bytes. */
  root: Uint8Array;
  firstRecordId: number;
  count: number;
}

export type ReceiptFault =
  | 'unknown batch'
  | 'record not in the batch'
  | 'amounts do not open the commitment'
  | 'not under the root';
export interface ReceiptVerdict {
  recordId: number;
  /** null: the receipt is valid. */
  fault: ReceiptFault | null;
}

/**
 * Verdict on each receipt, against the batches that the contract stores (null for one that it does not have). Throws an
 * EncodingError for a receipt that cannot be read.
 */
export function verifyReceipts(
  engine: Engine,
  receipts: Receipts,
  batch: (index: number) => StoredBatch | null,
): ReceiptVerdict[] {
  const { records, scale, lanes } = receipts;
  const tag = fromHex(receipts.patient, 'patient', TAG_BYTES);
  const messages = new Uint8Array(32 * records.length);
  const blindings = new Uint8Array(32 * records.length);
  records.forEach((record, k) => {
    if (record.amounts.length !== lanes.length) {
      throw new EncodingError(
        `receipt of record ${record.recordId}`,
        `has ${record.amounts.length} amounts for ${lanes.length} lanes`,
      );
    }
    messages.set(encodeLanes(record.amounts.map((text) => amountOf(record, text, scale))), 32 * k);
    blindings.set(fromHex(record.blinding, 'blinding', 32), 32 * k);
  });
  const opened = engine.commit(messages, blindings);
  return records.map((record, k) => ({
    recordId: record.recordId,
    fault: fault(record, tag, opened.subarray(32 * k, 32 * k + 32), batch(record.batch)),
  }));
}

/** Each amount has exactly one accepted text: a person and a program might read "(12.00)" or "12.00-" differently. */
function amountOf({ recordId }: Receipt, text: string, scale: number): bigint {
  const what = `receipt of record ${recordId}`;
  let amount: bigint;
  try {
    amount = parseAmount(text, { scale });
  } catch (error) {
    throw new EncodingError(what, (error as Error).message);
  }
  if (formatAmount(amount, scale) !== text) {
    throw new EncodingError(
      what,
      `amount is not written plainly: digits, with ${scale} decimals, and a minus before them`,
    );
  }
  return amount;
}

function fault(record: Receipt, tag: Uint8Array, opened: Uint8Array, stored: StoredBatch | null): ReceiptFault | null {
  if (!stored) return 'unknown batch';
  const place = record.recordId - stored.firstRecordId;
  if (place < 0 || place >= stored.count) return 'record not in the batch';
  const commitments = record.commitments.map((point) => fromHex(point, 'commitment', 32));
  if (!commitments[0] || !equalBytes(commitments[0], opened)) return 'amounts do not open the commitment';
  const hashed = leaf(record.recordId, tag, fromHex(record.key, 'key', KEY_BYTES), commitments);
  const proof = record.proof.map((node) => fromHex(node, 'proof node', 32));
  return verifyProof(stored.root, hashed, proof) ? null : 'not under the root';
}

/** Reads a receipts file. Throws an EncodingError that says what is wrong. */
export function parseReceipts(json: string): Receipts {
  const file = parseJson(json, 'receipts');
  if (!isObject(file)) fail('the file', 'a JSON object');
  if (file.format !== RECEIPTS_FORMAT) fail('format', `"${RECEIPTS_FORMAT}"`);
  checkFields(file, '', FILE_FIELDS);
  const ids = new Set<unknown>();
  (file.records as unknown[]).forEach((receipt, k) => {
    const path = `records[${k}]`;
    if (!isObject(receipt)) fail(path, 'an object');
    checkFields(receipt, `${path}.`, RECEIPT_FIELDS);
    if (ids.has(receipt.recordId)) fail(`${path}.recordId`, 'of a record that has no receipt yet in this file');
    ids.add(receipt.recordId);
  });
  return file as unknown as Receipts;
}

type Predicate = (value: unknown) => boolean;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Predicate = (value) => typeof value === 'string';
const texts: Predicate = (value) => Array.isArray(value) && value.every(text);
const decimal: Predicate = (value) => typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value);
const natural: Predicate = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const hexOf =
  (bytes: number): Predicate =>
  (value) =>
    typeof value === 'string' && value.length === 2 + 2 * bytes && /^0x[0-9a-fA-F]*$/.test(value);
const hexes: Predicate = (value) => Array.isArray(value) && value.every(hexOf(32));

const FILE_FIELDS: Record<string, Predicate> = {
  format: text,
  chainId: decimal,
  ledgerId: decimal,
  contract: hexOf(20),
  patient: hexOf(20),
  lanes: texts,
  scale: (value) => natural(value) && (value as number) <= MAX_SCALE,
  currency: text,
  records: Array.isArray,
};
const RECEIPT_FIELDS: Record<string, Predicate> = {
  recordId: natural,
  batch: natural,
  key: hexOf(8),
  amounts: texts,
  blinding: hexOf(32),
  commitments: hexes,
  proof: hexes,
  metadata: (value) => value === undefined || (isObject(value) && Object.values(value).every(text)),
};

/** Throws unless the object has these fields, and no other ones. */
function checkFields(object: Record<string, unknown>, path: string, fields: Record<string, Predicate>): void {
  for (const [name, isRight] of Object.entries(fields)) {
    if (!isRight(object[name])) fail(path + name, 'present and well formed');
  }
  for (const name of Object.keys(object)) if (!Object.hasOwn(fields, name)) fail(path + name, 'absent (unknown field)');
}

function fail(path: string, expected: string): never {
  throw new EncodingError('receipts', `${path} must be ${expected}`);
}
