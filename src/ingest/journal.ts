// The chain as the journal of an ingest: what a ledger holds, which of it came from this input, and how far that input got.
// Nothing is kept on disk. The input has changed where, up to the row that its last batch names, a record of it is met by
// no row, or a row is new. Carry records are no row's: see carries.ts.
import { MIStoreError } from '../errors.ts';
import type { LedgerView } from '../ledger/view.ts';
import { decodeLanes } from '../records/lanes.ts';
import { KEY_BYTES, TAG_BYTES } from '../records/record.ts';
import { rowReached } from '../records/source.ts';
import { type Dealer, NO_NONCE } from './dealer.ts';
import { RecordTable } from './record-table.ts';

export interface Journal {
  /** Every record of the ledger. */
  table: RecordTable;
  /** Those that came from this input. */
  own: OwnRecords;
  /** Row of this input that its last batch names; 0 if there is none. */
  reached: number;
  /** Where the next batch goes. */
  next: { index: number; firstRecordId: number; previousNonce: Uint8Array; previousRoot: Uint8Array };
}

/** The records of one input: which there are, and which have been met by a row. A bit each. */
export class OwnRecords {
  /** [first record, one after the last] of each batch, ascending. */
  readonly #ranges: [number, number][] = [];
  #met = new Uint8Array(0);
  #unmet = 0;

  addBatch(first: number, count: number): void {
    this.#ranges.push([first, first + count]);
    this.#unmet += count;
    const bytes = Math.ceil((first + count) / 8);
    if (bytes > this.#met.length) {
      const larger = new Uint8Array(2 * bytes);
      larger.set(this.#met);
      this.#met = larger;
    }
  }

  has(record: number): boolean {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]![1] <= record) low = middle + 1;
      else high = middle;
    }
    return low < this.#ranges.length && this.#ranges[low]![0] <= record;
  }

  /** Whether this is the first row that meets the record. */
  meet(record: number): boolean {
    const bit = 1 << (record & 7);
    if (this.#met[record >> 3]! & bit) return false;
    this.#met[record >> 3]! |= bit;
    this.#unmet--;
    return true;
  }

  /** How many records no row has met. */
  get unmet(): number {
    return this.#unmet;
  }

  /** The first record that no row has met; null if there is none. */
  firstUnmet(): number | null {
    if (this.#unmet === 0) return null;
    for (const [first, end] of this.#ranges) {
      for (let record = first; record < end; record++) {
        if ((this.#met[record >> 3]! & (1 << (record & 7))) === 0) return record;
      }
    }
    return null;
  }
}

/** Line of the input that met or made each record, 4 bytes a record, so that a repeat of it can say what it repeats. */
export class RecordLines {
  #lines: Uint32Array;

  constructor(room: number) {
    this.#lines = new Uint32Array(room);
  }

  /** 0 for none. */
  get(record: number): number {
    return this.#lines[record] ?? 0;
  }

  set(record: number, line: number): void {
    if (record >= this.#lines.length) {
      const larger = new Uint32Array(Math.ceil(1.5 * record) + 1024);
      larger.set(this.#lines);
      this.#lines = larger;
    }
    this.#lines[record] = line;
  }
}

/** Reads and opens a ledger for the ingest of the input called `name` (24 bytes), of some `rows`. */
export async function readJournal(
  dealer: Dealer,
  name: Uint8Array,
  rows: number,
  onProgress?: (records: number) => void,
): Promise<Journal> {
  const { ledger } = dealer;
  const { lanes } = ledger.terms;
  const { nextRecordId } = await ledger.state();
  const table = new RecordTable(lanes.length, nextRecordId + rows);
  const own = new OwnRecords();
  const next: Journal['next'] = {
    index: 0,
    firstRecordId: 0,
    previousNonce: NO_NONCE,
    previousRoot: ledger.ledgerId,
  };
  let reached = 0;
  for await (const batch of ledger.batches()) {
    const openings = await dealer.open(batch, next.previousNonce);
    const { tags, keys, count } = batch.columns;
    const row = rowReached(batch.event.source, name);
    if (row !== null) {
      own.addBatch(table.size, count);
      reached = row;
    }
    for (let k = 0; k < count; k++) {
      const total = decodeLanes(openings.subarray(64 * k, 64 * k + 32), lanes.length);
      table.add(
        keys.subarray(KEY_BYTES * k, KEY_BYTES * (k + 1)),
        tags.subarray(TAG_BYTES * k, TAG_BYTES * (k + 1)),
        total,
      );
    }
    openings.fill(0);
    next.index++;
    next.firstRecordId += count;
    next.previousNonce = batch.event.nonce;
    next.previousRoot = batch.event.root;
    onProgress?.(table.size);
  }
  return { table, own, reached, next };
}

/** The input is not the one that the ledger stored records from, by a row or by a record of it. */
export function sourceChanged(row: number | null, recordId: number | null, why: string): MIStoreError {
  const what = row === null ? `record ${recordId}, which this ledger stored from this input,` : `row ${row}`;
  const message = `${what} ${why}; nothing was sent. If the file is another one, give it another source name`;
  return new MIStoreError('SOURCE_CHANGED', message, { row, recordId });
}

/**
 * Whether batch `index` can be the next one, asked before the first is sent: the contract would refuse it, for the price
 * of its bytes, where the ledger is not active, where the node that was read lags behind, and where another process has
 * appended since. Throws LEDGER_NOT_ACTIVE, LEDGER_MOVED.
 */
export async function checkPlace(ledger: LedgerView, index: number): Promise<void> {
  const { joined, seats, nextBatch } = await ledger.state();
  if (joined < seats) {
    const message = `the ledger is not active: ${joined} of its ${seats} servers have joined its current epoch; nothing was sent`;
    throw new MIStoreError('LEDGER_NOT_ACTIVE', message, { joined, seats });
  }
  if (nextBatch !== index) {
    const message = `the ledger has ${nextBatch} batches, and had ${index} when it was read: the node lagged, or another ingest is running; nothing was sent. Start again`;
    throw new MIStoreError('LEDGER_MOVED', message, { read: index, batches: nextBatch });
  }
}
