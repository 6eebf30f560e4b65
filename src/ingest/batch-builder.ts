// A batch being filled, row by row, with carry records among them; its contents come in the order of their tags, so that
// neighbours in the file are not neighbours on chain.
import type { BatchContents } from '../records/batch.ts';
import { inOrder, KEY_BYTES, orderByTag, TAG_BYTES } from '../records/record.ts';

/** 20, 8 and 32 bytes. The message is SECRET. */
export interface NewRecord {
  tag: Uint8Array;
  key: Uint8Array;
  message: Uint8Array;
}

export class BatchBuilder {
  readonly #tags: Uint8Array;
  readonly #keys: Uint8Array;
  readonly #messages: Uint8Array;
  readonly #capacity: number;
  readonly #patients = new Set<string>();
  #count = 0;
  #rows = 0;
  #lastRow = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#tags = new Uint8Array(TAG_BYTES * capacity);
    this.#keys = new Uint8Array(KEY_BYTES * capacity);
    this.#messages = new Uint8Array(32 * capacity);
  }

  /** Records. */
  get count(): number {
    return this.#count;
  }

  /** Records that are of rows. */
  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#count === this.#capacity;
  }

  /** Number of the last row; rows ascend. */
  get lastRow(): number {
    return this.#lastRow;
  }

  /** Number of different patients of rows. A batch of one patient's records only shows that they belong together. */
  get patients(): number {
    return this.#patients.size;
  }

  /** The record of a row. */
  add(record: NewRecord, row: number, patient: string): void {
    this.addCarry(record);
    this.#patients.add(patient);
    this.#lastRow = row;
    this.#rows++;
  }

  /** A carry record, which is no row's. */
  addCarry(record: NewRecord): void {
    this.#tags.set(record.tag, TAG_BYTES * this.#count);
    this.#keys.set(record.key, KEY_BYTES * this.#count);
    this.#messages.set(record.message, 32 * this.#count);
    this.#count++;
  }

  /** The records, by tag. SECRET: the messages. */
  contents(): Omit<BatchContents, 'source'> {
    const tags = this.#tags.subarray(0, TAG_BYTES * this.#count);
    const order = orderByTag(tags);
    return {
      tags: inOrder(tags, TAG_BYTES, order),
      keys: inOrder(this.#keys, KEY_BYTES, order),
      messages: inOrder(this.#messages, 32, order),
    };
  }
}
