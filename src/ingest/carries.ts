// Carry records (docs/protocol.md, "Carry records"): where the last record of a series is void, nobody could query the series'
// total any more. The next batch that rows fill then holds a record of amount 0 too, which carries the total on. To find a void
// record's series takes its patient's id.
import type { Site } from '../ledger/site.ts';
import { encodeLanes } from '../records/lanes.ts';
import type { RecordKeys } from '../records/record.ts';
import type { BatchBuilder } from './batch-builder.ts';
import type { Dealer } from './dealer.ts';
import type { OwnRecords } from './journal.ts';
import type { RecordTable } from './record-table.ts';
import type { PlaceInSeries, SeriesBook } from './series-book.ts';

/** What an ingest did about the void records that it found when it began, by their ids. */
export interface CarrySummary {
  /** Those whose series' totals its batches carry on. */
  carried: number[];
  /** Those that end a series which no batch of it carries on: none was made, or it was full. */
  waiting: number[];
  /** Those of patients whom this ingest does not know: they may end a series. */
  unknown: number[];
}

export class Carries {
  readonly #site: Site;
  readonly #dealer: Dealer;
  readonly #series: SeriesBook;
  readonly #keys: RecordKeys;
  /** Void records that have been found in no patient's series. */
  readonly #unknown: Set<number>;
  readonly #met = new Set<string>();
  readonly #carried: number[] = [];
  #waiting: PlaceInSeries[] = [];

  /** `voids`: ids of the records that are void; each is its number in the table of `series`. */
  constructor(site: Site, dealer: Dealer, series: SeriesBook, keys: RecordKeys, voids: Iterable<number>) {
    this.#site = site;
    this.#dealer = dealer;
    this.#series = series;
    this.#keys = keys;
    this.#unknown = new Set(voids);
  }

  /** Number of records that the next batch may have to hold. */
  get expected(): number {
    return this.#waiting.length;
  }

  get summary(): CarrySummary {
    const ends = this.#waiting.filter((place) => this.#series.isLast(place));
    return {
      carried: [...this.#carried],
      waiting: ends.map(({ record }) => record).sort((a, b) => a - b),
      unknown: [...this.#unknown].sort((a, b) => a - b),
    };
  }

  /** Looks for void records in the series of a patient, once. To be called before a row of theirs is stored. */
  meet(patient: string): void {
    if (this.#unknown.size === 0 || this.#met.has(patient)) return;
    this.#met.add(patient);
    const { categories } = this.#dealer.ledger.terms;
    for (const place of this.#series.placesOf(patient, categories, this.#unknown)) {
      this.#unknown.delete(place.record);
      if (this.#series.isLast(place)) this.#waiting.push(place);
    }
  }

  /** Adds what must be carried on to a batch of rows, as far as it has room. What is void no more is left as it is. */
  async fill(batch: BatchBuilder): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const place of waiting) {
      if (batch.isFull) this.#waiting.push(place);
      else if (this.#series.isLast(place) && (await this.#isVoid(place.record))) this.#add(batch, place);
    }
  }

  #add(batch: BatchBuilder, place: PlaceInSeries): void {
    const key = this.#keys.key({ carries: place.record });
    const { tag, total } = this.#series.carry(place, key);
    batch.addCarry({ tag, key, message: encodeLanes(total) });
    this.#carried.push(place.record);
  }

  /** By the contract's word: its events are some time old, and a complaint may have been withdrawn since. */
  async #isVoid(recordId: number): Promise<boolean> {
    const { contract } = this.#site;
    return (await contract.complaintsOf(this.#dealer.ledger.ledgerId, recordId)).isVoid;
  }
}

/**
 * Meets those of an input's own records that are carry records, which no row meets: known by their keys, of any record before
 * them, whether it is void now or not.
 */
export function meetCarries(own: OwnRecords, table: RecordTable, keys: RecordKeys): void {
  for (let carried = 0; carried < table.size && own.unmet > 0; carried++) {
    const record = table.findKey(keys.key({ carries: carried }));
    if (record > carried && own.has(record)) own.meet(record);
  }
}
