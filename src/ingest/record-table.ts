// The records of a ledger in compact tables: found by key or by tag, each with the total of its series. For the whole
// ledger in flat memory: 16 bytes of key and tag, 10 of hash slots and, for two lanes of usual size, about 10 of totals a
// record. Key and tag are known by 8 bytes each, which are pseudo-random: two of a million agree with probability 2^-25.
import { ArgumentError, checkInteger } from '../errors.ts';
import { TotalsStore } from './totals-store.ts';

/** Share of the slots that is used at most. */
const FULL = 0.8;
const FIRST_ROOM = 1024;

export class RecordTable {
  #keys: Fingerprints;
  #tags: Fingerprints;
  readonly #totals: TotalsStore;
  #size = 0;

  /** `lanes` of the ledger; `room`: records that are expected. There can be more, for the price of moving all. */
  constructor(lanes: number, room = 0) {
    checkInteger('room', room, 0, 2 ** 31);
    this.#totals = new TotalsStore(lanes);
    this.#keys = new Fingerprints(Math.max(FIRST_ROOM, room));
    this.#tags = new Fingerprints(Math.max(FIRST_ROOM, room));
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a record, whose number is the table's size before. `key`: 8 bytes; `tag`: 20; `total`: minor units, one a lane. */
  add(key: Uint8Array, tag: Uint8Array, total: readonly bigint[]): number {
    checkLength('key', key, 8);
    checkLength('tag', tag, 20);
    this.#totals.add(total);
    this.#keys.add(key);
    this.#tags.add(tag);
    return this.#size++;
  }

  /** Number of the first record with this key (8 bytes), or −1. */
  findKey(key: Uint8Array): number {
    checkLength('key', key, 8);
    return this.#keys.find(key);
  }

  /** Number of the record with this tag (20 bytes), or −1. */
  findTag(tag: Uint8Array): number {
    checkLength('tag', tag, 20);
    return this.#tags.find(tag);
  }

  /** Total of a record, minor units, one a lane. */
  total(record: number): bigint[] {
    return this.#totals.get(record);
  }
}

function checkLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new ArgumentError(what, bytes, `${length} bytes`);
}

/** The first 8 bytes of pseudo-random byte strings, numbered in the order in which they are added; found by their bytes. */
class Fingerprints {
  /** Two words each. */
  #words: Uint32Array;
  /** Number + 1, or 0 for a free slot; open addressing. */
  #slots: Uint32Array;
  #size = 0;

  constructor(room: number) {
    this.#words = new Uint32Array(2 * room);
    this.#slots = new Uint32Array(Math.ceil(room / FULL) + 1);
  }

  add(bytes: Uint8Array): void {
    if (2 * this.#size === this.#words.length) this.#grow();
    const high = word(bytes, 0);
    const low = word(bytes, 4);
    this.#words[2 * this.#size] = high;
    this.#words[2 * this.#size + 1] = low;
    const slot = this.#slot(high, low);
    // The first of several with the same bytes stays found.
    if (this.#slots[slot] === 0) this.#slots[slot] = this.#size + 1;
    this.#size++;
  }

  find(bytes: Uint8Array): number {
    return this.#slots[this.#slot(word(bytes, 0), word(bytes, 4))]! - 1;
  }

  /** Where these bytes are, or the free slot where they belong. */
  #slot(high: number, low: number): number {
    const slots = this.#slots;
    const words = this.#words;
    let at = Math.floor((low / 2 ** 32) * slots.length);
    for (;;) {
      const number = slots[at]!;
      if (number === 0 || (words[2 * number - 2] === high && words[2 * number - 1] === low)) return at;
      at = at + 1 === slots.length ? 0 : at + 1;
    }
  }

  #grow(): void {
    const room = Math.ceil(1.5 * this.#size);
    const words = new Uint32Array(2 * room);
    words.set(this.#words);
    this.#words = words;
    this.#slots = new Uint32Array(Math.ceil(room / FULL) + 1);
    for (let number = 0; number < this.#size; number++) {
      const slot = this.#slot(words[2 * number]!, words[2 * number + 1]!);
      if (this.#slots[slot] === 0) this.#slots[slot] = number + 1;
    }
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
