// A record's bytes (docs/protocol.md, "Batch"): on the wire (tag ‖ key ‖ commitments ‖ correction) and as the preimage of its
// leaf; and the key by which the hospital knows it again.
import { uint64 } from '../bytes.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';
import { KeyedHash } from '../identity/keyed-hash.ts';
import { keccak256 } from '../keccak.ts';
import { TAG_BYTES } from './series.ts';

export { TAG_BYTES };
export const KEY_BYTES = 8;
export const CORRECTION_BYTES = 32;
const HEAD_BYTES = TAG_BYTES + KEY_BYTES;

/** Where a record came first: on a line of this input, or in the ledger, from another input. */
export type FirstPlace = { readonly line: number } | { readonly recordId: number };

/** Bytes of a record's commitments: t compressed points. */
export const commitmentBytes = (threshold: number): number => 32 * threshold;

/** Bytes of one record on the wire: 28 + 32 (t + 1), whatever the number of seats. */
export const recordBytes = (threshold: number): number => HEAD_BYTES + commitmentBytes(threshold) + CORRECTION_BYTES;

/** Records in columns; row k of each belongs to record k. */
export interface Columns {
  count: number;
  /** B × 20 bytes, strictly ascending in a batch. */
  tags: Uint8Array;
  /** B × 8 bytes. */
  keys: Uint8Array;
  /** B × t compressed points. */
  commitments: Uint8Array;
  /** B × 32 bytes: the correction δ of each. */
  corrections: Uint8Array;
}

export function encodeRecords(threshold: number, columns: Columns): Uint8Array {
  const out = new Uint8Array(columns.count * recordBytes(threshold));
  eachField(threshold, columns, out, (field, record) => record.set(field));
  return out;
}

/** Throws an EncodingError for bytes that are not a positive number of records. */
export function decodeRecords(threshold: number, records: Uint8Array): Columns {
  const count = recordCount(threshold, records);
  const columns: Columns = {
    count,
    tags: new Uint8Array(TAG_BYTES * count),
    keys: new Uint8Array(KEY_BYTES * count),
    commitments: new Uint8Array(commitmentBytes(threshold) * count),
    corrections: new Uint8Array(CORRECTION_BYTES * count),
  };
  eachField(threshold, columns, records, (field, record) => field.set(record));
  return columns;
}

/** One record of a batch, in place: views of the batch's bytes. */
export interface RecordFields {
  /** 20 bytes. */
  tag: Uint8Array;
  /** 8 bytes. */
  key: Uint8Array;
  /** t compressed points. */
  commitments: Uint8Array;
  /** 32 bytes. */
  correction: Uint8Array;
}

/** Record k of a batch's bytes; 0 ≤ k < recordCount(). */
export function recordAt(threshold: number, records: Uint8Array, k: number): RecordFields {
  const size = recordBytes(threshold);
  checkInteger('record', k, 0, records.length / size - 1);
  const record = records.subarray(size * k, size * (k + 1));
  return {
    tag: record.subarray(0, TAG_BYTES),
    key: record.subarray(TAG_BYTES, HEAD_BYTES),
    commitments: record.subarray(HEAD_BYTES, size - CORRECTION_BYTES),
    correction: record.subarray(size - CORRECTION_BYTES),
  };
}

/** B × 32 bytes: the correction of each record. Throws as decodeRecords does. */
export function correctionsOf(threshold: number, records: Uint8Array): Uint8Array {
  const size = recordBytes(threshold);
  const count = recordCount(threshold, records);
  const out = new Uint8Array(CORRECTION_BYTES * count);
  for (let k = 0; k < count; k++)
    out.set(records.subarray(size * (k + 1) - CORRECTION_BYTES, size * (k + 1)), CORRECTION_BYTES * k);
  return out;
}

/** Tags and keys, B × 20 and B × 8 bytes. Throws as decodeRecords does. */
export function headsOf(threshold: number, records: Uint8Array): [tags: Uint8Array, keys: Uint8Array] {
  const size = recordBytes(threshold);
  const count = recordCount(threshold, records);
  const column = (from: number, width: number) => {
    const out = new Uint8Array(width * count);
    // Byte by byte: a view of each field would take longer than its few bytes.
    for (let k = 0, at = from, to = 0; k < count; k++, at += size) {
      for (let i = 0; i < width; i++) out[to++] = records[at + i]!;
    }
    return out;
  };
  return [column(0, TAG_BYTES), column(TAG_BYTES, KEY_BYTES)];
}

/** Number of records in a batch's bytes. Throws as decodeRecords does. */
export function recordCount(threshold: number, records: Uint8Array): number {
  const size = recordBytes(threshold);
  if (records.length > 0 && records.length % size === 0) return records.length / size;
  throw new EncodingError('batch', `is ${records.length} bytes; it must be a positive multiple of ${size}`);
}

/** Calls `move` with each field of the columns and its place in the records on the wire. */
function eachField(
  threshold: number,
  columns: Columns,
  records: Uint8Array,
  move: (field: Uint8Array, record: Uint8Array) => void,
): void {
  const fields: [string, Uint8Array, number][] = [
    ['tags', columns.tags, TAG_BYTES],
    ['keys', columns.keys, KEY_BYTES],
    ['commitments', columns.commitments, commitmentBytes(threshold)],
    ['corrections', columns.corrections, CORRECTION_BYTES],
  ];
  let at = 0;
  for (const [name, column, size] of fields) {
    if (column.length !== size * columns.count) throw new ArgumentError(name, column, `${size * columns.count} bytes`);
    for (let k = 0, from = at; k < columns.count; k++, from += recordBytes(threshold)) {
      move(column.subarray(k * size, (k + 1) * size), records.subarray(from, from + size));
    }
    at += size;
  }
}

/** uint64 recordId ‖ tag ‖ key ‖ C_0 … C_{t−1}: what a record's leaf is the keccak256 of, for all of a batch. */
export function leafPreimages(threshold: number, records: Uint8Array, firstRecordId: number): Uint8Array {
  const size = recordBytes(threshold);
  const hashed = size - CORRECTION_BYTES;
  const count = records.length / size;
  checkInteger('first record id', firstRecordId, 0, Number.MAX_SAFE_INTEGER - count);
  const out = new Uint8Array((8 + hashed) * count);
  const view = new DataView(out.buffer);
  for (let k = 0, at = 0; k < count; k++, at += 8 + hashed) {
    view.setBigUint64(at, BigInt(firstRecordId + k));
    out.set(records.subarray(k * size, k * size + hashed), at + 8);
  }
  return out;
}

/** Bytes of a record's leaf preimage. */
export const leafPreimageBytes = (threshold: number): number => 8 + HEAD_BYTES + commitmentBytes(threshold);

/** The leaf of one record. `commitments`: t compressed points. */
export function leafOf(recordId: number, tag: Uint8Array, key: Uint8Array, commitments: Uint8Array): Uint8Array {
  return keccak256(uint64(recordId), tag, key, commitments);
}

/**
 * How a record is named: by its id in the source, or by source (24 bytes) and row where it has none. A carry record, which no
 * row has, is named by the void record whose total it carries on.
 */
export type RecordName = { id: string } | { source: Uint8Array; row: number } | { carries: number };

/** Name of a row's record: its id, or the input (24 bytes) and its row number if it has none. */
export const recordName = ({ id, row }: { id: string | undefined; row: number }, source: Uint8Array): RecordName =>
  id === undefined ? { source, row } : { id };

/**
 * Keys of records: HMAC-SHA256(dealing key; label ‖ ledger id ‖ the record's name), truncated to 8 bytes. They let the hospital
 * find a record again and notice a duplicate, and are noise to others, from one ledger to the next too.
 */
export class RecordKeys {
  readonly #mac: KeyedHash;
  readonly #ledgerId: Uint8Array;

  /** 32 bytes each. */
  constructor(dealingKey: Uint8Array, ledgerId: Uint8Array) {
    if (ledgerId.length !== 32) throw new ArgumentError('ledger id', ledgerId, '32 bytes');
    this.#mac = new KeyedHash().key(dealingKey);
    this.#ledgerId = ledgerId;
  }

  /** 8 bytes. */
  key(record: RecordName): Uint8Array {
    const named = (label: string) => this.#mac.start(`MIStore/v2/key/${label}`).bytes(this.#ledgerId);
    if ('id' in record) return named('id').text(record.id).digest(KEY_BYTES);
    if ('carries' in record) {
      checkInteger('record id', record.carries, 0, Number.MAX_SAFE_INTEGER);
      return named('carry').uint64(record.carries).digest(KEY_BYTES);
    }
    checkInteger('row', record.row, 0, Number.MAX_SAFE_INTEGER);
    return named('row').bytes(record.source).uint64(record.row).digest(KEY_BYTES);
  }
}

/** Row numbers in the order in which records stand in a batch: by their tags (20 bytes each), ascending. */
export function orderByTag(tags: Uint8Array): Uint32Array {
  const bytes = Buffer.from(tags.buffer, tags.byteOffset, tags.length);
  const at = (k: number) => TAG_BYTES * k;
  const compare = (a: number, b: number) => bytes.compare(bytes, at(b), at(b + 1), at(a), at(a + 1));
  // Six bytes are a number that is exact, and nearly always decide.
  const first = Float64Array.from({ length: tags.length / TAG_BYTES }, (_, k) => bytes.readUIntBE(at(k), 6));
  return Uint32Array.from(first.keys()).sort((a, b) => first[a]! - first[b]! || compare(a, b));
}

/** `size` bytes of each row, in this order. */
export function inOrder(rows: Uint8Array, size: number, order: Uint32Array): Uint8Array {
  const out = new Uint8Array(size * order.length);
  order.forEach((row, k) => {
    out.set(rows.subarray(size * row, size * (row + 1)), size * k);
  });
  return out;
}
