// Which records a ledger holds already: record key → digest of tag and message, and where the record came first. For the
// whole ledger in flat memory (slots of 20 bytes, open addressing, at most three quarters full). A digest of 8 bytes tells
// a repeated record from one that has changed. Nothing is ever removed, and neither names nor amounts are held.
import { hash } from 'node:crypto';
import { ArgumentError, checkInteger } from '../errors.ts';
import { KEY_BYTES, TAG_BYTES } from './record.ts';

/** Where a record came first: on a line of this input, or in the ledger, from another input. */
export type Place = { readonly line: number } | { readonly recordId: number };

export type Sighting = { readonly kind: 'new' } | { readonly kind: 'same' | 'different'; readonly first: Place };

const FIRST_CAPACITY = 1024;
/** Largest share of the slots that is used. */
const FULL = 3 / 4;
/** Words of a slot: two of key, two of digest. The last word of a used slot is odd. */
const WORDS = 4;
const NEW: Sighting = { kind: 'new' };

export class SeenRecords {
  #slots: Int32Array;
  /** Of each slot's record: twice its line, or twice its record id and one. */
  #places: Uint32Array;
  #size = 0;
  readonly #content = Buffer.alloc(TAG_BYTES + 32);
  readonly #entry = Buffer.alloc(16);

  /** `room`: number of records expected. There can be more: then the table is copied into a larger one. */
  constructor(room = 0) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(FIRST_CAPACITY, room / FULL)));
    this.#slots = new Int32Array(WORDS * capacity);
    this.#places = new Uint32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Remembers the record, and where it came, if it is new. `key`: 8 bytes; `tag`: 20; `message`: 32; `place` below 2^31. */
  add(key: Uint8Array, tag: Uint8Array, message: Uint8Array, place: Place): Sighting {
    checkLength('key', key, KEY_BYTES);
    checkLength('tag', tag, TAG_BYTES);
    checkLength('message', message, 32);
    this.#content.set(tag);
    this.#content.set(message, TAG_BYTES);
    const entry = this.#entry;
    entry.set(key);
    entry.write(hash('sha256', this.#content, 'binary'), KEY_BYTES, 'latin1');
    const [keyHigh, keyLow] = [entry.readInt32BE(0), entry.readInt32BE(4)];
    const [digestHigh, digestLow] = [entry.readInt32BE(8), entry.readInt32BE(12) | 1];

    const at = find(this.#slots, keyHigh, keyLow);
    if (this.#slots[at + 3] !== 0) {
      const same = this.#slots[at + 2] === digestHigh && this.#slots[at + 3] === digestLow;
      return { kind: same ? 'same' : 'different', first: decodePlace(this.#places[at / WORDS]!) };
    }
    this.#places[at / WORDS] = encodePlace(place);
    this.#slots[at] = keyHigh;
    this.#slots[at + 1] = keyLow;
    this.#slots[at + 2] = digestHigh;
    this.#slots[at + 3] = digestLow;
    this.#size++;
    if (WORDS * this.#size > FULL * this.#slots.length) this.#grow();
    return NEW;
  }

  #grow(): void {
    const [old, oldPlaces] = [this.#slots, this.#places];
    this.#slots = new Int32Array(2 * old.length);
    this.#places = new Uint32Array(2 * oldPlaces.length);
    for (let from = 0; from < old.length; from += WORDS) {
      if (old[from + 3] === 0) continue;
      const to = find(this.#slots, old[from]!, old[from + 1]!);
      this.#slots.set(old.subarray(from, from + WORDS), to);
      this.#places[to / WORDS] = oldPlaces[from / WORDS]!;
    }
  }
}

function encodePlace(place: Place): number {
  const isLine = 'line' in place;
  const value = isLine ? place.line : place.recordId;
  checkInteger(isLine ? 'line' : 'record id', value, 0, 2 ** 31 - 1);
  return 2 * value + (isLine ? 0 : 1);
}

function decodePlace(word: number): Place {
  const value = Math.floor(word / 2);
  return word % 2 === 0 ? { line: value } : { recordId: value };
}

function checkLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new ArgumentError(what, bytes, `${length} bytes`);
}

/** Where the key's slot begins, or the empty slot it should go to. Keys are HMAC outputs, so their low bits are uniform. */
function find(slots: Int32Array, keyHigh: number, keyLow: number): number {
  const last = slots.length - WORDS;
  for (let at = (WORDS * keyLow) & last; ; at = (at + WORDS) & last) {
    if (slots[at + 3] === 0 || (slots[at] === keyHigh && slots[at + 1] === keyLow)) return at;
  }
}
