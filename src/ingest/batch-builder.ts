// A batch that is being filled: its columns, and the row of the input that each record came from.
import type { BatchContents } from '../records/batch.ts';
import { KEY_BYTES, TAG_BYTES } from '../records/record.ts';

export class BatchBuilder {
  readonly #tags: Uint8Array;
  readonly #keys: Uint8Array;
  readonly #messages: Uint8Array;
  /** Number of each record's row in the input. */
  readonly rows: number[] = [];

  constructor(capacity: number) {
    this.#tags = new Uint8Array(TAG_BYTES * capacity);
    this.#keys = new Uint8Array(KEY_BYTES * capacity);
    this.#messages = new Uint8Array(32 * capacity);
  }

  get count(): number {
    return this.rows.length;
  }

  get contents(): BatchContents {
    return {
      tags: this.#tags.subarray(0, TAG_BYTES * this.count),
      keys: this.#keys.subarray(0, KEY_BYTES * this.count),
      messages: this.#messages.subarray(0, 32 * this.count),
    };
  }

  add(tag: Uint8Array, key: Uint8Array, message: Uint8Array, row: number): void {
    this.#tags.set(tag, TAG_BYTES * this.count);
    this.#keys.set(key, KEY_BYTES * this.count);
    this.#messages.set(message, 32 * this.count);
    this.rows.push(row);
  }
}
