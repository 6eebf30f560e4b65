// The key of a record: the hospital finds a record by it, and notices one that is stored already. To others it is noise.
import { hash } from 'node:crypto';
import { checkWellFormed } from '../bytes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { KEY_BYTES } from './record.ts';

/** What names a record in its source: its own id, or input (24 bytes) and row where it has none. */
export type RecordName = { id: string } | { source: Uint8Array; row: number };

/** The name of a row's record; `source`: name of the input, 24 bytes. */
export const recordName = ({ id, row }: { id: string | undefined; row: number }, source: Uint8Array): RecordName =>
  id === undefined ? { source, row } : { id };

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * Keys of records: HMAC-SHA256(dealing key; the record's name), truncated to 8 bytes. HMAC is computed by its definition,
 * H(key ⊕ opad ‖ H(key ⊕ ipad ‖ name)), with one-shot hashes over buffers that are reused: that takes a third of the time
 * of an HMAC object for each record.
 */
export class RecordKeys {
  /** key ⊕ ipad ‖ label and name of the current record. */
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
      checkWellFormed(record.id, 'record id');
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

/** Key of one record; for many, use RecordKeys. */
export const recordKey = (dealingKey: Uint8Array, record: RecordName): Uint8Array =>
  new RecordKeys(dealingKey).key(record);
