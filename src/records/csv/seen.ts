// Which record ids a run has met, and with what content: 24 bytes a record (a truncated SHA-256 of each) in one table
// that doubles as it fills, so that a million ids take about 50 MB. Forgets nothing and stores no id itself.
import { hash } from 'node:crypto';

export type SeenVerdict = 'new' | 'same' | 'different';

const WORDS = 6;
const KEY_WORDS = 4;
const FIRST_CAPACITY = 2 ** 12;
const MAX_LOAD = 0.75;

export class SeenRecords {
  /** Slots of 4 words of id and 2 of content; the last word of a used slot is odd. */
  #table = new Uint32Array(WORDS * FIRST_CAPACITY);
  #size = 0;
  readonly #entry = new Uint32Array(WORDS);

  get size(): number {
    return this.#size;
  }

  /** Notes the record if its id is new, and says how it stands to an earlier one of the same id. */
  see(id: string, content: string): SeenVerdict {
    const entry = this.#entry;
    words(id, entry, 0, KEY_WORDS);
    words(content, entry, KEY_WORDS, WORDS);
    entry[WORDS - 1]! |= 1;
    const slot = find(this.#table, entry);
    if (this.#table[slot + WORDS - 1] !== 0) {
      const same = this.#table[slot + 4] === entry[4] && this.#table[slot + 5] === entry[5];
      return same ? 'same' : 'different';
    }
    this.#table.set(entry, slot);
    this.#size++;
    if (this.#size * WORDS > this.#table.length * MAX_LOAD) this.#grow();
    return 'new';
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(2 * old.length);
    for (let slot = 0; slot < old.length; slot += WORDS) {
      if (old[slot + WORDS - 1] === 0) continue;
      const entry = old.subarray(slot, slot + WORDS);
      this.#table.set(entry, find(this.#table, entry));
    }
  }
}

/** The slot of the entry's id, or the free one where it belongs (linear probing; the capacity is a power of two). */
function find(table: Uint32Array, entry: Uint32Array): number {
  const capacity = table.length / WORDS;
  for (let i = entry[0]! & (capacity - 1); ; i = (i + 1) & (capacity - 1)) {
    const slot = WORDS * i;
    if (table[slot + WORDS - 1] === 0) return slot;
    if (
      table[slot] === entry[0] &&
      table[slot + 1] === entry[1] &&
      table[slot + 2] === entry[2] &&
      table[slot + 3] === entry[3]
    ) {
      return slot;
    }
  }
}

/** The first words of SHA-256 of the text into `out[from..to)`. */
function words(text: string, out: Uint32Array, from: number, to: number): void {
  const digest = hash('sha256', text, 'binary');
  for (let i = from, at = 0; i < to; i++, at += 4) {
    const byte = (k: number) => digest.charCodeAt(at + k);
    out[i] = (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
  }
}
