// Ingest: rows of an input become records of a ledger, each exactly once. The chain is the journal: what is there of this
// input is met by its rows again, and only what is missing is sent. So the same command can be given again after any
// interruption, and an input that has grown is continued.

import type { TransactionReceipt } from '../chain/types.ts';
import type { BatchCall } from '../contract/types.ts';
import { ArgumentError, MIStoreError } from '../errors.ts';
import type { PatientAccounts } from '../identity/accounts.ts';
import type { Site } from '../ledger/site.ts';
import { batchCapacity, batchLeaves } from '../records/batch.ts';
import { encodeLanes } from '../records/lanes.ts';
import { BatchTree } from '../records/merkle.ts';
import { type FirstPlace, RecordKeys, recordName } from '../records/record.ts';
import { encodeSource } from '../records/source.ts';
import { BatchBuilder } from './batch-builder.ts';
import type { Dealer, NamedBatch } from './dealer.ts';
import { checkPlace, type Journal, readJournal } from './journal.ts';
import { FEW_PATIENTS } from './limits.ts';
import { Pipeline } from './pipeline.ts';
import { RecordLines } from './record-lines.ts';
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

export interface IngestProgress {
  rows: number;
  /** Records in batches that are settled on chain. */
  confirmed: number;
  pendingBatches: number;
  gasUsed: bigint;
  /** Wei. */
  fees: bigint;
}

export interface IngestSummary {
  /** Records sent now. */
  sent: number;
  /** Records and batches that were not sent, because it is a dry run. */
  unsent: { records: number; batches: number; bytes: number };
  /** Records that were on chain from an earlier run of this input, and are as they should be. */
  alreadyStored: number;
  /** Batches made now with records of fewer than FEW_PATIENTS patients. */
  batchesOfFewPatients: number;
  /** Transactions of the batches sent now, without their logs, which hold the batches. */
  transactions: Omit<TransactionReceipt, 'logs'>[];
}

export interface IngestOptions<R extends IngestRow> {
  /** Name of the input, 24 bytes: see records/source.ts. */
  source: Uint8Array;
  accounts: PatientAccounts;
  /** About how many rows there are, if that is known: memory for them is set aside at once. */
  expectedRows?: number;
  /** Do everything but send. */
  dryRun?: boolean;
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
  const run = new Run(site, dealer, journal, options);
  try {
    for await (const row of rows) await run.take(row);
    return await run.finish();
  } finally {
    await run.settle();
  }
}

/** A batch that is dealt, or being dealt. */
interface DealtBatch {
  place: NamedBatch;
  source: Uint8Array;
  count: number;
  records: Uint8Array;
}

class Run<R extends IngestRow> {
  readonly #site: Site;
  readonly #dealer: Dealer;
  readonly #journal: Journal;
  readonly #options: IngestOptions<R>;
  readonly #keys: RecordKeys;
  readonly #series: SeriesBook;
  readonly #lines: RecordLines;
  readonly #capacity: number;
  readonly #dealing: Pipeline<DealtBatch>;
  readonly #summary: IngestSummary = {
    sent: 0,
    unsent: { records: 0, batches: 0, bytes: 0 },
    alreadyStored: 0,
    batchesOfFewPatients: 0,
    transactions: [],
  };
  #open: BatchBuilder;
  /** Place of the next batch to be dealt. */
  #nextIndex: number;
  #previousNonce: Uint8Array;
  /** Place of the next batch to be sent. */
  #previousRoot: Uint8Array;
  #firstRecordId: number;
  /** Whether what the chain holds of this input is known to be as it should. */
  #resumed: boolean;
  #rows = 0;
  #gasUsed = 0n;
  #fees = 0n;

  constructor(site: Site, dealer: Dealer, journal: Journal, options: IngestOptions<R>) {
    const { terms, ledgerId, committee } = dealer.ledger;
    this.#site = site;
    this.#dealer = dealer;
    this.#journal = journal;
    this.#options = options;
    this.#keys = new RecordKeys(dealer.dealingKey, ledgerId);
    this.#series = new SeriesBook(terms.lanes.length, {
      dealingKey: dealer.dealingKey,
      ledgerId,
      accountsOf: (patient) => options.accounts.accounts(patient),
      table: journal.table,
    });
    this.#lines = new RecordLines(journal.table.size + Math.ceil(options.expectedRows ?? 0));
    this.#capacity = batchCapacity(committee.threshold);
    this.#open = new BatchBuilder(this.#capacity);
    this.#dealing = new Pipeline(site.pool.width + 1);
    const { index, firstRecordId, previousNonce, previousRoot } = journal.next;
    this.#nextIndex = index;
    this.#previousNonce = previousNonce;
    this.#previousRoot = previousRoot;
    this.#firstRecordId = firstRecordId;
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
    return this.#summary;
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
      this.#summary.alreadyStored++;
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
    if (this.#open.isFull) await this.#close();
  }

  /** Every record of this input must have been met when its rows are through that it is known to have reached. */
  #checkMet(): void {
    const record = this.#journal.own.firstUnmet();
    if (record !== null) throw sourceChanged(null, record, 'is met by no row of it, or by one that is not the same');
    this.#resumed = true;
  }

  /** Hands the full batch on: dealt on the pool's threads, several at a time; sent in order. */
  async #close(): Promise<void> {
    this.#options.beforeBatch?.();
    const open = this.#open;
    this.#open = new BatchBuilder(this.#capacity);
    if (open.patients < FEW_PATIENTS) this.#summary.batchesOfFewPatients++;
    const source = encodeSource(this.#options.source, open.lastRow);
    const contents = { source, ...open.contents() };
    const place = this.#dealer.name(this.#nextIndex++, this.#previousNonce, contents);
    this.#previousNonce = place.nonce;
    const dealt = async (): Promise<DealtBatch> => {
      const records = await this.#dealer.deal(place, contents);
      contents.messages.fill(0);
      return { place, source, count: open.count, records };
    };
    await this.#dealing.push(dealt(), (batch) => this.#send(batch));
    this.#report();
  }

  /** Resolves when the batch is on its way, to what follows it until it is settled. */
  async #send({ place, source, count, records }: DealtBatch): Promise<(() => Promise<void>) | undefined> {
    const { index, epoch, nonce } = place;
    const { ledgerId, committee } = this.#dealer.ledger;
    const call: BatchCall = { ledgerId, previous: this.#previousRoot, epoch, nonce, source, records };
    const event = { index, epoch, nonce, source, records, firstRecordId: this.#firstRecordId };
    const { engine, contract } = this.#site;
    this.#previousRoot = new BatchTree(engine, batchLeaves(engine, committee.threshold, event)).root;
    this.#firstRecordId += count;
    if (this.#options.dryRun) {
      const { unsent } = this.#summary;
      unsent.records += count;
      unsent.batches++;
      unsent.bytes += records.length;
      return;
    }
    if (index === this.#journal.next.index) await checkPlace(this.#dealer.ledger, index);
    const { settled } = await contract.submitBatch(call);
    return async () => this.#confirmed(await settled, count);
  }

  #confirmed({ logs: _, ...receipt }: TransactionReceipt, count: number): void {
    this.#summary.transactions.push(receipt);
    this.#summary.sent += count;
    this.#gasUsed += receipt.gasUsed;
    this.#fees += receipt.gasUsed * receipt.gasPrice;
    this.#report();
  }

  #report(): void {
    this.#options.onProgress?.({
      rows: this.#rows,
      confirmed: this.#summary.sent + this.#summary.alreadyStored,
      pendingBatches: this.#dealing.following,
      gasUsed: this.#gasUsed,
      fees: this.#fees,
    });
  }
}

function sourceChanged(row: number | null, recordId: number | null, why: string): MIStoreError {
  const what = row === null ? `record ${recordId}, which this ledger stored from this input,` : `row ${row}`;
  const message = `${what} ${why}; nothing was sent. If the file is another one, give it another source name`;
  return new MIStoreError('SOURCE_CHANGED', message, { row, recordId });
}
