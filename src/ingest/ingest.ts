// Ingest: rows of an input become records of a ledger, each exactly once. The chain is the journal: what is there of this
// input is met by its rows again, and only what is missing is sent. So the same command can be given again after any
// interruption, and an input that has grown is continued.

import type { Plan } from '../chain/costs/planner.ts';
import { ArgumentError } from '../errors.ts';
import type { PatientAccounts } from '../identity/accounts.ts';
import { LedgerComplaints } from '../ledger/complaints.ts';
import type { Site } from '../ledger/site.ts';
import { batchCapacity } from '../records/batch.ts';
import { encodeLanes } from '../records/lanes.ts';
import { type FirstPlace, RecordKeys, recordName } from '../records/record.ts';
import { encodeSource } from '../records/source.ts';
import { BatchBuilder } from './batch-builder.ts';
import { BatchSender, type DealtBatch, type FeeCapOptions, type SendSummary } from './batch-sender.ts';
import { Carries, type CarrySummary, meetCarries } from './carries.ts';
import type { Dealer } from './dealer.ts';
import { type Journal, RecordLines, readJournal, sourceChanged } from './journal.ts';
import { FEW_PATIENTS } from './limits.ts';
import { Pipeline } from './pipeline.ts';
import { SeriesBook, TotalRangeError } from './series-book.ts';

/** What ingest needs of a row. */
export interface IngestRow {
  /** Number of the row in its input, from 1; ascending. */
  row: number;
  /** Line of the input on which the row begins, from 1, for people; the row's number if there is none. */
  line?: number;
  patient: string;
  /** One of the ledger's. */
  category: string;
  /** Minor units, one for each lane of the ledger. */
  amounts: readonly bigint[];
  /** The record's id in its source; rows without one are known by input and row number. */
  id: string | undefined;
}

/** How far an ingest has come. */
export interface IngestProgress {
  rows: number;
  /** Records in batches that are settled on chain. */
  confirmed: number;
  pendingBatches: number;
  gasUsed: bigint;
  /** Wei for gas and data. */
  fees: bigint;
}

/** What an ingest has sent, or a dry run would have. */
export interface IngestSummary extends SendSummary {
  /** What the batches of a dry run would take; null where there are none. */
  plan: Plan | null;
  /** Records that were on chain from an earlier run of this input, and are as they should be. */
  alreadyStored: number;
  /** Batches made now with records of fewer than FEW_PATIENTS patients. */
  batchesOfFewPatients: number;
  /** What became of void records. */
  voids: CarrySummary;
}

/** How rows become records, and what is called as they do. */
export interface IngestOptions<R extends IngestRow> {
  /** Name of the input, 24 bytes: see records/source.ts. */
  source: Uint8Array;
  accounts: PatientAccounts;
  /** Ids of further patients, of whom this input may have no row: their series too are carried on from a void record. */
  patients?: Iterable<string>;
  /** About how many rows there are, if that is known: memory for them is set aside at once. */
  expectedRows?: number;
  /** Do everything but send. */
  dryRun?: boolean;
  /** Caps of the fees that a dry run reckons with. */
  caps?: FeeCapOptions;
  /** Each row ends in one of these: stored (on its way, or on chain already) … */
  onStored?: (row: R) => void;
  /** … known with the same content, from the place named … */
  onRepeated?: (row: R, first: FirstPlace) => void | Promise<void>;
  /** … known with another content, and not stored … */
  onConflict: (row: R, first: FirstPlace) => void | Promise<void>;
  /** … or refused, because its series' total would leave the range. An error that one of these throws ends the run before the next batch. */
  onOutOfRange: (row: R, error: TotalRangeError) => void | Promise<void>;
  /** Called before a batch is sent; an error that it throws ends the run there. */
  beforeBatch?: () => void;
  /** Records of the ledger read and opened so far, before the first row is. */
  onReading?: (records: number) => void;
  /** Called as rows are read and batches are settled. */
  onProgress?: (progress: IngestProgress) => void;
}

/**
 * Stores the rows in the dealer's ledger. Throws SOURCE_CHANGED where the chain holds other records of this input,
 * NOT_OF_THIS_SEED, LEDGER_NOT_ACTIVE, and LEDGER_MOVED where the ledger is no longer as it was read.
 */
export async function ingest<R extends IngestRow>(
  site: Site,
  dealer: Dealer,
  rows: AsyncIterable<R> | Iterable<R>,
  options: IngestOptions<R>,
): Promise<IngestSummary> {
  const expected = Math.ceil(options.expectedRows ?? 0);
  const journal = await readJournal(dealer, options.source, expected, options.onReading);
  const { voids } = await LedgerComplaints.readVoids(site, dealer.ledger);
  const run = new Run(site, dealer, journal, voids, options);
  try {
    for await (const row of rows) await run.take(row);
    return await run.finish();
  } finally {
    await run.settle();
  }
}

class Run<R extends IngestRow> {
  readonly #dealer: Dealer;
  readonly #journal: Journal;
  readonly #options: Omit<IngestOptions<R>, 'accounts' | 'patients'>;
  readonly #keys: RecordKeys;
  readonly #series: SeriesBook;
  readonly #lines: RecordLines;
  readonly #carries: Carries;
  readonly #capacity: number;
  readonly #dealing: Pipeline<DealtBatch>;
  readonly #sender: BatchSender;
  #alreadyStored = 0;
  #batchesOfFewPatients = 0;
  #open: BatchBuilder;
  /** Place of the next batch to be dealt. */
  #nextIndex: number;
  #previousNonce: Uint8Array;
  /** Whether what the chain holds of this input is known to be as it should. */
  #resumed: boolean;
  #rows = 0;

  /** `voids`: ids of the ledger's void records. */
  constructor(
    site: Site,
    dealer: Dealer,
    journal: Journal,
    voids: readonly number[],
    { accounts, patients = [], ...options }: IngestOptions<R>,
  ) {
    const { terms, ledgerId, committee } = dealer.ledger;
    this.#dealer = dealer;
    this.#journal = journal;
    this.#options = options;
    this.#keys = new RecordKeys(dealer.dealingKey, ledgerId);
    this.#series = new SeriesBook(terms.lanes.length, {
      dealingKey: dealer.dealingKey,
      ledgerId,
      accountsOf: (patient) => accounts.accounts(patient),
      table: journal.table,
    });
    this.#lines = new RecordLines(journal.table.size + Math.ceil(options.expectedRows ?? 0));
    const known = voids.filter((record) => record < journal.table.size);
    this.#carries = new Carries(site, dealer, this.#series, this.#keys, known);
    for (const patient of [...accounts.given, ...patients]) this.#carries.meet(patient);
    this.#capacity = batchCapacity(committee.threshold);
    this.#open = new BatchBuilder(this.#capacity);
    this.#dealing = new Pipeline(site.pool.width + 1);
    this.#sender = new BatchSender(site, dealer.ledger, journal.next, options, () => this.#report());
    this.#nextIndex = journal.next.index;
    this.#previousNonce = journal.next.previousNonce;
    this.#resumed = journal.reached === 0;
  }

  async take(row: R): Promise<void> {
    this.#rows++;
    const { lanes } = this.#dealer.ledger.terms;
    if (row.amounts.length !== lanes.length) {
      const allowed = `one for each lane of the ledger, ${lanes.length}`;
      throw new ArgumentError(`amounts of row ${row.row}`, row.amounts, allowed);
    }
    if (!this.#resumed && row.row > this.#journal.reached) this.#checkMet();
    this.#carries.meet(row.patient);
    const key = this.#keys.key(recordName(row, this.#options.source));
    const record = this.#journal.table.findKey(key);
    if (record >= 0) return this.#known(row, record);
    try {
      if (this.#resumed) return await this.#append(row, key);
      this.#series.checkRange(row.patient, row.category, row.amounts); // it may have been refused before
    } catch (error) {
      if (error instanceof TotalRangeError) return this.#options.onOutOfRange(row, error);
      throw error;
    }
    throw sourceChanged(row.row, null, 'is new: the ledger has no record of it');
  }

  async finish(): Promise<IngestSummary> {
    if (!this.#resumed) this.#checkMet();
    if (this.#open.count > 0) await this.#close();
    await this.#dealing.drain();
    return {
      ...this.#sender.summary,
      plan: await this.#sender.plan(),
      alreadyStored: this.#alreadyStored,
      batchesOfFewPatients: this.#batchesOfFewPatients,
      voids: this.#carries.summary,
    };
  }

  /** Waits until nothing is under way any more, whatever came of it, and reports how far the run came. */
  async settle(): Promise<void> {
    await this.#dealing.settle();
    this.#report();
  }

  /** A row whose key the ledger has: stored by this input, a repeat, or in conflict with what is stored. */
  async #known(row: R, record: number): Promise<void> {
    const { onStored, onRepeated, onConflict } = this.#options;
    const stored = this.#series.amountsOf(record, row.patient, row.category);
    const same = stored?.every((amount, lane) => amount === row.amounts[lane]) === true;
    const { own } = this.#journal;
    if (same && own.has(record) && own.meet(record)) {
      this.#alreadyStored++;
      this.#lines.set(record, row.line ?? row.row);
      onStored?.(row);
      if (this.#rows % this.#capacity === 0) this.#report();
      return;
    }
    const line = this.#lines.get(record);
    const first = line === 0 ? { recordId: record } : { line };
    await (same ? onRepeated?.(row, first) : onConflict(row, first));
  }

  async #append(row: R, key: Uint8Array): Promise<void> {
    const record = this.#journal.table.size;
    const { tag, total } = this.#series.append(row.patient, row.category, row.amounts, key);
    this.#lines.set(record, row.line ?? row.row);
    this.#open.add({ tag, key, message: encodeLanes(total) }, row.row, row.patient);
    this.#options.onStored?.(row);
    if (this.#isFull) await this.#close();
  }

  /** With the carry records that are to be expected. Rows fill half of a batch at least, so that none is one of carry records. */
  get #isFull(): boolean {
    const carries = Math.min(this.#carries.expected, Math.floor(this.#capacity / 2));
    return this.#open.count + carries >= this.#capacity;
  }

  /** Every record of this input must have been met when its rows are through that it is known to have reached. */
  #checkMet(): void {
    meetCarries(this.#journal.own, this.#journal.table, this.#keys);
    const record = this.#journal.own.firstUnmet();
    if (record !== null) throw sourceChanged(null, record, 'is met by no row of it, or by one that is not the same');
    this.#resumed = true;
  }

  /** Hands the full batch on: dealt on the pool's threads, several at a time; sent in order. */
  async #close(): Promise<void> {
    this.#options.beforeBatch?.();
    const open = this.#open;
    this.#open = new BatchBuilder(this.#capacity);
    if (open.patients < FEW_PATIENTS) this.#batchesOfFewPatients++;
    await this.#carries.fill(open);
    const source = encodeSource(this.#options.source, open.lastRow);
    const contents = { source, ...open.contents() };
    const place = this.#dealer.name(this.#nextIndex++, this.#previousNonce, contents);
    this.#previousNonce = place.nonce;
    const dealt = async (): Promise<DealtBatch> => {
      const records = await this.#dealer.deal(place, contents);
      contents.messages.fill(0);
      return { place, source, rows: open.rows, count: open.count, records };
    };
    await this.#dealing.push(dealt(), (batch) => this.#sender.send(batch));
    this.#report();
  }

  #report(): void {
    this.#options.onProgress?.({
      rows: this.#rows,
      confirmed: this.#sender.summary.sent + this.#alreadyStored,
      pendingBatches: this.#dealing.following,
      gasUsed: this.#sender.gasUsed,
      fees: this.#sender.fees,
    });
  }
}
