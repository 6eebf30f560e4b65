// Ingest: rows of an input become records of a ledger, each exactly once. The chain is the journal: batches of this input
// that are on chain are dealt again and compared, and only the rest is sent. So an ingest that was interrupted is resumed
// by the same command, and an input that has grown is continued.
import { equalBytes } from '../bytes.ts';
import type { TransactionReceipt } from '../chain/types.ts';
import type { TransactionOutcome } from '../contract/outcome.ts';
import type { BatchCall } from '../contract/types.ts';
import { ArgumentError, MIStoreError } from '../errors.ts';
import type { Tags } from '../identity/tags.ts';
import type { Site } from '../ledger/site.ts';
import { batchCapacity } from '../records/batch.ts';
import type { Place } from '../records/seen.ts';
import { encodeSource } from '../records/source.ts';
import { BatchBuilder } from './batch-builder.ts';
import type { Dealer } from './dealer.ts';
import { checkPlace, type DoneBatch, digestOf, firstDifference, type Journal, readJournal } from './journal.ts';
import { Pipeline } from './pipeline.ts';
import { type IngestRow, Recorder } from './recorder.ts';

export type { IngestRow } from './recorder.ts';

export interface IngestProgress {
  rows: number;
  /** Records in settled batches. */
  confirmed: number;
  /** Batches that have been sent and are not settled yet. */
  pendingBatches: number;
  gasUsed: bigint;
  /** Wei. */
  fees: bigint;
}

export interface IngestSummary {
  /** Records sent now. */
  sent: number;
  /** What a dry run did not send. `bytes`: of the records. */
  unsent: { records: number; batches: number; bytes: number };
  /** Records that were on chain from an earlier run of this input, and have not changed since. */
  alreadyStored: number;
  /** Receipts of the transactions sent now, without their logs, which hold the batches. */
  transactions: Omit<TransactionReceipt, 'logs'>[];
}

export interface IngestOptions<R extends IngestRow> {
  /** Name of the input, 24 bytes: see records/source.ts. */
  source: Uint8Array;
  tags: Tags;
  /** About how many rows there are, if known: memory for them is allocated at once. */
  expectedRows?: number;
  /** Do everything but send. */
  dryRun?: boolean;
  /** Each row ends in one of these: stored (on its way, or on chain already) … */
  onStored?: (row: R) => void;
  /** … known with the same content, from the place named … */
  onRepeated?: (row: R, first: Place) => void | Promise<void>;
  /** … or known with another content, and not stored. An error that one of these throws ends the run before the next batch. */
  onConflict: (row: R, first: Place) => void | Promise<void>;
  /** Called before a batch is sent; an error that it throws ends the run there. */
  beforeBatch?: () => void;
  onProgress?: (progress: IngestProgress) => void;
}

/**
 * Stores the rows in the dealer's ledger. Throws SOURCE_CHANGED if the chain holds other records of this input,
 * LEDGER_NOT_ACTIVE, and LEDGER_MOVED if batches have been appended since the ledger was read.
 */
export async function ingest<R extends IngestRow>(
  site: Site,
  dealer: Dealer,
  rows: AsyncIterable<R> | Iterable<R>,
  options: IngestOptions<R>,
): Promise<IngestSummary> {
  const run = new IngestRun(
    site,
    dealer,
    await readJournal(dealer, options.source, options.expectedRows ?? 0),
    options,
  );
  try {
    for await (const row of rows) await run.take(row);
    return await run.finish();
  } finally {
    await run.settle();
  }
}

class IngestRun<R extends IngestRow> {
  readonly #site: Site;
  readonly #dealer: Dealer;
  readonly #recorder: Recorder;
  readonly #options: IngestOptions<R>;
  readonly #done: DoneBatch[];
  readonly #capacity: number;
  readonly #dealing: Pipeline<BatchCall>;
  readonly #summary: IngestSummary = {
    sent: 0,
    unsent: { records: 0, batches: 0, bytes: 0 },
    alreadyStored: 0,
    transactions: [],
  };
  #building: BatchBuilder;
  /** Number of the first batch that is not on chain, and of the next one. */
  readonly #firstIndex: number;
  #nextIndex: number;
  #rows = 0;
  #gasUsed = 0n;
  #fees = 0n;

  constructor(site: Site, dealer: Dealer, journal: Journal, options: IngestOptions<R>) {
    this.#site = site;
    this.#dealer = dealer;
    this.#recorder = new Recorder(dealer.dealingKey, options.source, options.tags, journal.seen);
    this.#options = options;
    this.#done = [...journal.done];
    this.#firstIndex = this.#nextIndex = journal.nextBatch;
    this.#capacity = batchCapacity(dealer.ledger.committee);
    this.#building = new BatchBuilder(this.#capacity);
    this.#dealing = new Pipeline(site.pool.width + 1);
  }

  async take(row: R): Promise<void> {
    this.#rows++;
    const { onStored, onRepeated, onConflict } = this.#options;
    const expected = this.#done[0];
    if (expected && (row.row > expected.row || this.#building.count === expected.count))
      await this.#unexpected(expected);
    const lanes = this.#dealer.ledger.opening.lanes.length;
    if (row.amounts.length !== lanes) {
      throw new ArgumentError(`amounts of row ${row.row}`, row.amounts, `one for each lane of the ledger, ${lanes}`);
    }
    const { tag, key, message, sighting } = this.#recorder.record(row);
    if (sighting.kind === 'same') return onRepeated?.(row, sighting.first);
    if (sighting.kind === 'different') return onConflict(row, sighting.first);
    this.#building.add(tag, key, message, row.row);
    onStored?.(row);
    if (expected ? row.row === expected.row : this.#building.count === this.#capacity) await this.#close();
  }

  async finish(): Promise<IngestSummary> {
    if (this.#done[0]) await this.#unexpected(this.#done[0]);
    if (this.#building.count > 0) await this.#close();
    await this.#dealing.drain();
    return this.#summary;
  }

  /** Waits until no batch is being dealt, sent or settled, whether that succeeds or fails. */
  settle(): Promise<void> {
    return this.#dealing.settle();
  }

  /** Passes the batch on: batches are dealt on the pool's threads, several at a time, and sent or compared in order. */
  async #close(): Promise<void> {
    if (!this.#done[0]) this.#options.beforeBatch?.();
    const built = this.#building;
    this.#building = new BatchBuilder(this.#capacity);
    const expected = this.#done.shift();
    const index = expected ? expected.index : this.#nextIndex++;
    const source = encodeSource(this.#options.source, built.rows.at(-1)!);
    const dealt = this.#dealer.deal({ index, source, ...built.contents });
    await this.#dealing.push(dealt, (call) =>
      expected ? this.#compare(call, expected, built) : this.#send(call, built.count),
    );
    this.#report();
  }

  /** The batch dealt again must be the one on chain, byte for byte. */
  async #compare(call: BatchCall, expected: DoneBatch, built: BatchBuilder): Promise<undefined> {
    if (!equalBytes(digestOf(call.records), expected.digest)) await this.#changed(expected, built);
    this.#summary.alreadyStored += built.count;
    this.#report();
  }

  /** Resolves when the batch is sent, to what then waits for it to be settled. */
  async #send(call: BatchCall, count: number): Promise<(() => Promise<void>) | undefined> {
    if (this.#options.dryRun) {
      const { unsent } = this.#summary;
      unsent.records += count;
      unsent.batches++;
      unsent.bytes += call.records.length;
      return;
    }
    if (call.index === this.#firstIndex) await checkPlace(this.#dealer.ledger, call.index);
    const { settled } = await this.#site.contract.submitBatch(call);
    return async () => this.#confirmed(await settled, count);
  }

  #confirmed({ receipt: { logs: _, ...receipt } }: TransactionOutcome, count: number): void {
    this.#summary.transactions.push(receipt);
    this.#summary.sent += count;
    this.#gasUsed += receipt.gasUsed;
    this.#fees += receipt.gasUsed * receipt.gasPrice;
    this.#report();
  }

  /** Ends the run at a batch on chain that the rows do not give. If an earlier batch differs, its error comes first. */
  async #unexpected(expected: DoneBatch): Promise<never> {
    await this.#dealing.drain();
    return this.#changed(expected, this.#building);
  }

  /** Ends the run, because the input has changed since its records were stored. */
  async #changed(expected: DoneBatch, built: BatchBuilder): Promise<never> {
    const batch = await this.#dealer.ledger.batch(expected.index);
    const place = firstDifference(this.#dealer, batch, built.contents);
    const row = built.rows[place];
    const where = row === undefined ? `what follows row ${built.rows.at(-1) ?? 0}` : `row ${row}`;
    const recordId = batch.event.firstRecordId + place;
    const message = `${where} is not what this ledger stored from this input (record ${recordId}, batch ${expected.index}); nothing was sent. If the file is another one, give it another source name`;
    throw new MIStoreError('SOURCE_CHANGED', message, { row: row ?? null, recordId, batch: expected.index });
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
