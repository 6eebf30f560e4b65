// The bytes of a record (docs/protocol.md, "Batch", and docs/protocol.md, "Query"): on the wire, as a hospital writes it in a
// batch; queried, as an insurer shows it to the contract; and as its leaf in the batch's Merkle tree.
//
//   on the wire   tag (20) ‖ key (8) ‖ C_0 … C_{t−1} compressed (32 each) ‖ corrections (32 each)
//   queried       uint64 id ‖ key (8) ‖ C_0 … C_{t−1} uncompressed (64 each)
//   leaf          keccak256(uint64 id ‖ tag (20) ‖ key (8) ‖ C_0 … C_{t−1} compressed)
import { concat, uint64 } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { POINT_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { type Committee, commitmentBytes, correctionBytes } from '../vss/dealing.ts';

export const TAG_BYTES = 20;
export const KEY_BYTES = 8;
const HEAD_BYTES = TAG_BYTES + KEY_BYTES;
const ID_BYTES = 8;

/** Bytes of one record on the wire: 28 + 32(2n − t + 1). */
export const recordBytes = (committee: Committee): number =>
  HEAD_BYTES + commitmentBytes(committee) + correctionBytes(committee);

/** Bytes of one queried record: 16 + 64 t. */
export const queriedRecordBytes = ({ threshold }: Committee): number => ID_BYTES + KEY_BYTES + POINT_BYTES * threshold;

/** The records of a batch in columns; row k of each belongs to record k. */
export interface Columns {
  count: number;
  /** B × 20 bytes. */
  tags: Uint8Array;
  /** B × 8 bytes. */
  keys: Uint8Array;
  /** B × t compressed points. */
  commitments: Uint8Array;
  /** B × (2n − 2t + 1) scalars. */
  corrections: Uint8Array;
}

/** B records on the wire. Throws an ArgumentError for a column of another length. */
export function encodeRecords(committee: Committee, columns: Columns): Uint8Array {
  const out = new Uint8Array(columns.count * recordBytes(committee));
  eachField(committee, columns, out, (field, record) => record.set(field));
  return out;
}

/** The columns of one record or more. Throws an EncodingError for bytes that are no whole number of them. */
export function decodeRecords(committee: Committee, records: Uint8Array): Columns {
  const size = recordBytes(committee);
  if (records.length === 0 || records.length % size !== 0) {
    throw new EncodingError('batch', `is ${records.length} bytes; it must be a positive multiple of ${size}`);
  }
  const count = records.length / size;
  const columns: Columns = {
    count,
    tags: new Uint8Array(TAG_BYTES * count),
    keys: new Uint8Array(KEY_BYTES * count),
    commitments: new Uint8Array(commitmentBytes(committee) * count),
    corrections: new Uint8Array(correctionBytes(committee) * count),
  };
  eachField(committee, columns, records, (field, record) => field.set(record));
  return columns;
}

/** Calls `move` with each field of the columns and its place in the records on the wire. */
function eachField(
  committee: Committee,
  columns: Columns,
  records: Uint8Array,
  move: (field: Uint8Array, record: Uint8Array) => void,
): void {
  const fields: [string, Uint8Array, number][] = [
    ['tags', columns.tags, TAG_BYTES],
    ['keys', columns.keys, KEY_BYTES],
    ['commitments', columns.commitments, commitmentBytes(committee)],
    ['corrections', columns.corrections, correctionBytes(committee)],
  ];
  let at = 0;
  for (const [name, column, size] of fields) {
    if (column.length !== size * columns.count) throw new ArgumentError(name, column, `${size * columns.count} bytes`);
    for (let k = 0, from = at; k < columns.count; k++, from += recordBytes(committee)) {
      move(column.subarray(k * size, (k + 1) * size), records.subarray(from, from + size));
    }
    at += size;
  }
}

/**
 * Queried records, one after the other. `records`: id and key (8 bytes) of each; `points`: their commitments, t points
 * each, uncompressed.
 */
export function encodeQueriedRecords(
  { threshold }: Committee,
  records: readonly { recordId: number; key: Uint8Array }[],
  points: Uint8Array,
): Uint8Array {
  const size = POINT_BYTES * threshold;
  if (points.length !== size * records.length) {
    throw new ArgumentError('points', points, `${size * records.length} bytes`);
  }
  return concat(
    ...records.flatMap(({ recordId, key }, k) => [uint64(recordId), key, points.subarray(size * k, size * (k + 1))]),
  );
}

/** Leaf of one record, 32 bytes. */
export function leaf(
  recordId: number,
  tag: Uint8Array,
  key: Uint8Array,
  commitments: readonly Uint8Array[],
): Uint8Array {
  return keccak256(uint64(recordId), tag, key, ...commitments);
}

/** Leaves of records on the wire, the first of which has the id `firstRecordId`: B × 32 bytes. */
export function leaves(engine: Engine, committee: Committee, records: Uint8Array, firstRecordId: number): Uint8Array {
  const size = recordBytes(committee);
  const hashed = HEAD_BYTES + commitmentBytes(committee);
  const count = records.length / size;
  checkInteger('first record id', firstRecordId, 0, Number.MAX_SAFE_INTEGER - count);
  const messages = new Uint8Array((ID_BYTES + hashed) * count);
  const view = new DataView(messages.buffer);
  for (let k = 0, at = 0; k < count; k++, at += ID_BYTES + hashed) {
    view.setBigUint64(at, BigInt(firstRecordId + k));
    messages.set(records.subarray(k * size, k * size + hashed), at + ID_BYTES);
  }
  return engine.hashEach(messages, ID_BYTES + hashed);
}
