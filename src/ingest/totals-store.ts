// Totals of many records in little memory: each lane as a variable-length integer (zigzag, 7 bits a byte, least significant
// first), one record after the other, with an index of every sixteenth. Records are added in order and read at random.
import { ArgumentError, checkInteger } from '../errors.ts';

const CHUNK = 1 << 16;
/** A total of up to 62 bits and its sign take at most this many bytes. */
const MOST_BYTES = 9;
const MOST = 2n ** 62n;
const STRIDE = 16;

export class TotalsStore {
  readonly #lanes: number;
  /** Bytes in chunks, so that growing moves nothing; no record crosses from one to the next. */
  readonly #chunks: Uint8Array[] = [];
  /** Where every sixteenth record begins: chunk · CHUNK + offset. */
  readonly #starts: number[] = [];
  #end = 0;
  #size = 0;

  constructor(lanes: number) {
    checkInteger('lanes', lanes, 1, 4);
    this.#lanes = lanes;
  }

  get size(): number {
    return this.#size;
  }

  /** Minor units, one a lane, each within ±(2^62 − 1). */
  add(total: readonly bigint[]): void {
    if (total.length !== this.#lanes) throw new ArgumentError('total', total, `one for each of ${this.#lanes} lanes`);
    if (total.some((lane) => lane >= MOST || lane <= -MOST)) {
      throw new ArgumentError('total of a lane', '(not shown)', 'within ±(2^62 − 1)');
    }
    // Every group of sixteen lies in one chunk, so that a reader can walk through it.
    if (this.#size % STRIDE === 0) {
      const room = this.#chunks.length * CHUNK - this.#end;
      if (room < STRIDE * MOST_BYTES * this.#lanes) {
        this.#end = this.#chunks.length * CHUNK;
        this.#chunks.push(new Uint8Array(CHUNK));
      }
      this.#starts.push(this.#end);
    }
    for (const lane of total) this.#write(lane);
    this.#size++;
  }

  get(record: number): bigint[] {
    checkInteger('record', record, 0, this.#size - 1);
    let at = this.#starts[Math.floor(record / STRIDE)]!;
    const chunk = this.#chunks[Math.floor(at / CHUNK)]!;
    at %= CHUNK;
    for (let skip = (record % STRIDE) * this.#lanes; skip > 0; at++) if (chunk[at]! < 0x80) skip--;
    return Array.from({ length: this.#lanes }, () => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n, at++) {
        value |= BigInt(chunk[at]! & 0x7f) << shift;
        if (chunk[at]! < 0x80) break;
      }
      at++;
      return value & 1n ? -(value >> 1n) - 1n : value >> 1n;
    });
  }

  #write(lane: bigint): void {
    let rest = lane < 0n ? -2n * lane - 1n : 2n * lane;
    const chunk = this.#chunks.at(-1)!;
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      chunk[this.#end++ % CHUNK] = rest === 0n ? low : low | 0x80;
      if (rest === 0n) return;
    }
  }
}
