// The chain as the journal of an ingest: what a ledger already holds, which of it came from this input, and up to which row.
// Nothing is kept on disk.
import { createHash } from 'node:crypto';
import { toHex } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import type { LedgerBatch, LedgerView } from '../ledger/view.ts';
import type { BatchContents } from '../records/batch.ts';
import { KEY_BYTES, TAG_BYTES } from '../records/record.ts';
import { SeenRecords } from '../records/seen.ts';
import { rowReached } from '../records/source.ts';
import type { Dealer } from './dealer.ts';

/** A batch of this input that is on chain already. */
export interface DoneBatch {
  index: number;
  count: number;
  /** Row number of its last record. */
  row: number;
  /** Digest of its records: see digestOf. */
  digest: Uint8Array;
}

export interface Journal {
  /** Batches of this input, in order. */
  done: DoneBatch[];
  /** Records of other inputs, by key. */
  seen: SeenRecords;
  nextBatch: number;
}

/** Reads a ledger for an ingest. `name`: of the input, 24 bytes; `rows`: about how many. Opens the batches of other inputs. */
export async function readJournal(dealer: Dealer, name: Uint8Array, rows: number): Promise<Journal> {
  const journal: Journal = { done: [], seen: new SeenRecords(rows), nextBatch: 0 };
  for await (const batch of dealer.ledger.batches()) {
    const row = rowReached(batch.event.source, name);
    if (row === null) remember(journal.seen, dealer, batch);
    else {
      const { index, records } = batch.event;
      journal.done.push({ index, count: batch.columns.count, row, digest: digestOf(records) });
    }
    journal.nextBatch = batch.event.index + 1;
  }
  return journal;
}

/** What is kept of a batch until it is dealt again: SHA-256 of its bytes, so that the chain is read once. */
export function digestOf(records: Uint8Array): Uint8Array {
  return createHash('sha256').update(records).digest();
}

/**
 * Checks, before the first batch is sent, that the contract will take `index` as the next one. It refuses a batch, at the
 * price of its bytes, if the ledger is not active, if the node that was read lags behind, or if another process has
 * appended since. Throws LEDGER_NOT_ACTIVE, LEDGER_MOVED.
 */
export async function checkPlace(ledger: LedgerView, index: number): Promise<void> {
  const { ledgerId } = ledger;
  const { joined, seats, nextBatch } = await ledger.state();
  if (joined < seats) {
    const message = `ledger ${ledgerId} is not active: ${joined} of its ${seats} servers have joined; nothing was sent`;
    throw new MIStoreError('LEDGER_NOT_ACTIVE', message, { ledgerId, joined, seats });
  }
  if (nextBatch !== index) {
    const message = `ledger ${ledgerId} has ${nextBatch} batches, and had ${index} when it was read: the node lagged, or another ingest is running; nothing was sent. Start again`;
    throw new MIStoreError('LEDGER_MOVED', message, { ledgerId, read: index, batches: nextBatch });
  }
}

function remember(seen: SeenRecords, dealer: Dealer, batch: LedgerBatch): void {
  const { messages } = dealer.open(batch);
  const { tags, keys, count } = batch.columns;
  for (let k = 0; k < count; k++) {
    const tag = tags.subarray(TAG_BYTES * k, TAG_BYTES * (k + 1));
    const recordId = batch.event.firstRecordId + k;
    seen.add(keys.subarray(KEY_BYTES * k, KEY_BYTES * (k + 1)), tag, messages.subarray(32 * k, 32 * k + 32), {
      recordId,
    });
  }
  messages.fill(0);
}

/** Place of the first record in which a batch on chain differs from the contents of the input. */
export function firstDifference(dealer: Dealer, batch: LedgerBatch, contents: BatchContents): number {
  const { messages } = dealer.open(batch);
  const { tags, keys, count } = batch.columns;
  const row = (bytes: Uint8Array, size: number, k: number) => toHex(bytes.subarray(size * k, size * (k + 1)));
  for (let k = 0; k < count; k++) {
    const same =
      row(tags, TAG_BYTES, k) === row(contents.tags, TAG_BYTES, k) &&
      row(keys, KEY_BYTES, k) === row(contents.keys, KEY_BYTES, k) &&
      row(messages, 32, k) === row(contents.messages, 32, k);
    if (!same) return k;
  }
  return count;
}
