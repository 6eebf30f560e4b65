// Which records a ledger holds already: record key → digest of tag and message, for the whole ledger in flat memory
// (16 bytes a record, open addressing). A digest of 8 bytes tells a repeated record from one that has changed.
import { keccak256 } from '../keccak.ts';

export type Sighting = 'new' | 'same' | 'different';

export class SeenRecords {
  #capacity = 1024;
  #size = 0;
  /** Slot s: key at 2s, digest at 2s + 1; a digest of 0 marks an empty slot. */
  #slots = new BigUint64Array(2 * this.#capacity);

  get size(): number {
    return this.#size;
  }

  /** Remembers the record if it is new. `key`: 8 bytes; `tag`: 20; `message`: 32. */
  add(key: Uint8Array, tag: Uint8Array, message: Uint8Array): Sighting {
    if (2 * this.#size >= this.#capacity) this.#grow();
    const digest = read64(keccak256(tag, message)) | 1n;
    const slot = this.#find(read64(key));
    const known = this.#slots[slot + 1];
    if (known !== 0n) return known === digest ? 'same' : 'different';
    this.#slots[slot] = read64(key);
    this.#slots[slot + 1] = digest;
    this.#size++;
    return 'new';
  }

  /** Position of the key's slot, or of the empty one where it belongs. Keys are HMAC outputs: their low bits are uniform. */
  #find(key: bigint): number {
    let slot = Number(BigInt.asUintN(32, key)) & (this.#capacity - 1);
    while (this.#slots[2 * slot + 1] !== 0n && this.#slots[2 * slot] !== key) slot = (slot + 1) & (this.#capacity - 1);
    return 2 * slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new BigUint64Array(2 * this.#capacity);
    for (let s = 0; s < old.length; s += 2) {
      if (old[s + 1] === 0n) continue;
      const slot = this.#find(old[s]!);
      this.#slots[slot] = old[s]!;
      this.#slots[slot + 1] = old[s + 1]!;
    }
  }
}

const read64 = (bytes: Uint8Array): bigint => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
