// A batch as it stands on chain: records on the wire (tag ‖ key ‖ commitments ‖ corrections), the synthetic nonce,
// the source word and the leaves under the Merkle root (docs/protocol.md, "Batch").
import { createHmac, hash } from 'node:crypto';
import { concat, uint8, uint64, uint256, utf8 } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { keccak256 } from '../keccak.ts';
import { type Committee, commitmentBytes, correctionBytes } from '../vss/dealing.ts';
import { NONCE_BYTES } from '../vss/pads.ts';

export const TAG_BYTES = 20;
export const KEY_BYTES = 8;
export const SOURCE_BYTES = 32;
const HEAD_BYTES = TAG_BYTES + KEY_BYTES;

/** Most bytes of records in one batch: a transaction is at most 128 KiB, of which its envelope and ABI head take < 512. */
export const MAX_RECORDS_BYTES = 128 * 1024 - 512;

/** Bytes of one record: 28 + 32(2n − t + 1). */
export const recordBytes = (committee: Committee): number =>
  HEAD_BYTES + commitmentBytes(committee) + correctionBytes(committee);

/** Records that fill a batch. */
export const batchCapacity = (committee: Committee): number => Math.floor(MAX_RECORDS_BYTES / recordBytes(committee));

/** A batch in columns; row k of each belongs to record k. */
export interface Columns {
  count: number;
  /** B × 20 bytes. */
  tags: Uint8Array;
  /** B × 8 bytes. */
  keys: Uint8Array;
  /** B × t compressed points. */
  commitments: Uint8Array;
  corrections: Uint8Array;
}

export function encodeRecords(committee: Committee, columns: Columns): Uint8Array {
  const out = new Uint8Array(columns.count * recordBytes(committee));
  eachField(committee, columns, out, (field, record) => record.set(field));
  return out;
}

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

/** What one record's leaf is the hash of: uint64 recordId ‖ tag ‖ key ‖ C_0 … C_{t−1} compressed. */
export function leaf(
  recordId: number,
  tag: Uint8Array,
  key: Uint8Array,
  commitments: readonly Uint8Array[],
): Uint8Array {
  return keccak256(uint64(recordId), tag, key, ...commitments);
}

/** The leaves of a batch whose first record has number `firstRecordId`: B × 32 bytes. */
export function leaves(engine: Engine, committee: Committee, records: Uint8Array, firstRecordId: number): Uint8Array {
  const size = recordBytes(committee);
  const hashed = HEAD_BYTES + commitmentBytes(committee);
  const count = records.length / size;
  checkInteger('first record id', firstRecordId, 0, Number.MAX_SAFE_INTEGER - count);
  const messages = new Uint8Array((8 + hashed) * count);
  const view = new DataView(messages.buffer);
  for (let k = 0, at = 0; k < count; k++, at += 8 + hashed) {
    view.setBigUint64(at, BigInt(firstRecordId + k));
    messages.set(records.subarray(k * size, k * size + hashed), at + 8);
  }
  return engine.hashEach(messages, 8 + hashed);
}

export interface BatchContents {
  ledgerId: bigint;
  threshold: number;
  /** Accounts of the seats 1, 2, …, 20 bytes each. */
  servers: readonly Uint8Array[];
  index: number;
  /** 32 bytes: see source(). */
  source: Uint8Array;
  /** B × 20 bytes, B × 8 bytes, B × 32-byte scalars. */
  tags: Uint8Array;
  keys: Uint8Array;
  messages: Uint8Array;
}

/**
 * Synthetic nonce: HMAC-SHA256(dealing key; deployment, place, committee and contents), 16 bytes. The same contents give
 * the same batch, so a retry is idempotent; different contents never share a keystream, nor do the same contents dealt to
 * two committees: after a reorganisation, or by a node's lie, a ledger's number can be that of another one, and of two
 * thresholds on the same pads the smaller would hold for both. All lengths are fixed by the two counts.
 */
export function batchNonce(
  dealingKey: Uint8Array,
  { chainId, contract }: Deployment,
  contents: BatchContents,
): Uint8Array {
  const { ledgerId, threshold, servers, index, source, tags, keys, messages } = contents;
  const count = tags.length / TAG_BYTES;
  const mac = createHmac('sha256', dealingKey).update(
    concat(
      utf8('MIStore/v1/nonce'),
      uint256(chainId),
      contract,
      uint256(ledgerId),
      uint64(index),
      uint8(threshold),
      uint8(servers.length),
      ...servers,
      source,
      uint64(count),
    ),
  );
  return new Uint8Array(mac.update(tags).update(keys).update(messages).digest().subarray(0, NONCE_BYTES));
}

/** How a record is named in its source: by its own id, or by source (24 bytes) and row where it has none. */
export type RecordName = { id: string } | { source: Uint8Array; row: number };

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * Keys of records: HMAC-SHA256(dealing key; the record's name), truncated to 8 bytes. They let the hospital find a record
 * again and notice a duplicate, and are noise to others. HMAC by its definition, H(key ⊕ opad ‖ H(key ⊕ ipad ‖ name)),
 * with one-shot hashes over buffers that stay: a third of what an object for each record costs.
 */
export class RecordKeys {
  /** key ⊕ ipad ‖ label and name of the record at hand. */
  #inner: Buffer;
  /** key ⊕ opad ‖ inner hash. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  /** `dealingKey`: 32 bytes. */
  constructor(dealingKey: Uint8Array) {
    if (dealingKey.length !== 32) throw new ArgumentError('dealing key', '(not shown)', '32 bytes');
    this.#inner = Buffer.alloc(512);
    for (let i = 0; i < BLOCK_BYTES; i++) {
      this.#inner[i] = (dealingKey[i] ?? 0) ^ 0x36;
      this.#outer[i] = (dealingKey[i] ?? 0) ^ 0x5c;
    }
  }

  /** 8 bytes. */
  key(record: RecordName): Uint8Array {
    const label = 'id' in record ? 'MIStore/v1/key/id' : 'MIStore/v1/key/row';
    // UTF-8 takes at most three bytes for a unit of UTF-16.
    this.#makeRoom(label.length + ('id' in record ? 3 * record.id.length : record.source.length + 8));
    let end = BLOCK_BYTES + this.#inner.write(label, BLOCK_BYTES, 'latin1');
    if ('id' in record) {
      end += this.#inner.write(record.id, end, 'utf8');
    } else {
      checkInteger('row', record.row, 0, Number.MAX_SAFE_INTEGER);
      this.#inner.set(record.source, end);
      end = this.#inner.writeBigUInt64BE(BigInt(record.row), end + record.source.length);
    }
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
    const digest = hash('sha256', this.#outer, 'binary');
    return Uint8Array.from({ length: KEY_BYTES }, (_, i) => digest.charCodeAt(i));
  }

  #makeRoom(name: number): void {
    if (BLOCK_BYTES + name > this.#inner.length) this.#inner = Buffer.concat([this.#inner], 2 * (BLOCK_BYTES + name));
  }
}

/** Key of one record; RecordKeys is for many. */
export const recordKey = (dealingKey: Uint8Array, record: RecordName): Uint8Array =>
  new RecordKeys(dealingKey).key(record);
