// The batches of an ingest on their way to the contract, in order: each names the root of the one before it, so several can be
// in flight. Keeps count of what was sent, and of what a dry run would have sent.
import { randomBytes } from 'node:crypto';
import { type Plan, Planner, type PlannerOptions } from '../chain/costs/planner.ts';
import { feeOf } from '../chain/receipts.ts';
import type { TransactionReceipt } from '../chain/types.ts';
import type { Site } from '../ledger/site.ts';
import type { LedgerView } from '../ledger/view.ts';
import { batchLeaves } from '../records/batch.ts';
import { BatchTree } from '../records/merkle.ts';
import { CORRECTION_BYTES, KEY_BYTES, recordBytes, TAG_BYTES } from '../records/record.ts';
import type { NamedBatch } from './dealer.ts';
import { checkPlace, type Journal } from './journal.ts';

/** A batch that is dealt. */
export interface DealtBatch {
  place: NamedBatch;
  source: Uint8Array;
  /** Records that are of rows; the others are carry records. */
  rows: number;
  /** All records. */
  count: number;
  records: Uint8Array;
}

export interface SendSummary {
  /** Records of rows sent now. */
  sent: number;
  /** Records of rows, batches and bytes that were not sent, because it is a dry run. */
  unsent: { records: number; batches: number; bytes: number };
  /** Transactions of the batches sent now, without their logs, which hold the batches. */
  transactions: Omit<TransactionReceipt, 'logs'>[];
}

/** Caps on fees, wei a gas. */
export type FeeCapOptions = Pick<PlannerOptions, 'maxFeePerGas' | 'maxTipPerGas'>;

export class BatchSender {
  readonly summary: SendSummary = {
    sent: 0,
    unsent: { records: 0, batches: 0, bytes: 0 },
    transactions: [],
  };
  gasUsed = 0n;
  /** Wei for gas and data. */
  fees = 0n;
  readonly #site: Site;
  readonly #ledger: LedgerView;
  /** Of a dry run. */
  readonly #planner: Planner | undefined;
  readonly #onSettled: () => void;
  readonly #firstIndex: number;
  /** Place of the next batch. */
  #previousRoot: Uint8Array;
  #firstRecordId: number;

  /** `next`: where the first batch goes. */
  constructor(
    site: Site,
    ledger: LedgerView,
    { index, previousRoot, firstRecordId }: Journal['next'],
    { dryRun = false, caps = {} }: { dryRun?: boolean; caps?: FeeCapOptions },
    onSettled: () => void,
  ) {
    this.#site = site;
    this.#ledger = ledger;
    const { rpc, chainId } = site.contract;
    if (dryRun) this.#planner = new Planner({ rpc, chainId, address: ledger.hospital, ...caps });
    this.#onSettled = onSettled;
    this.#firstIndex = index;
    this.#previousRoot = previousRoot;
    this.#firstRecordId = firstRecordId;
  }

  /** What the batches of a dry run would take; null where there are none. */
  async plan(): Promise<Plan | null> {
    return this.#planner && this.summary.unsent.batches > 0 ? this.#planner.plan() : null;
  }

  /** Resolves when the batch is on its way, to what follows it until it is settled. */
  async send({ place, source, rows, count, records }: DealtBatch): Promise<(() => Promise<void>) | undefined> {
    const { index, epoch, nonce } = place;
    const { ledgerId, committee } = this.#ledger;
    const previous = this.#previousRoot;
    const event = { index, epoch, nonce, source, records, firstRecordId: this.#firstRecordId };
    const { engine, contract } = this.#site;
    this.#previousRoot = new BatchTree(engine, batchLeaves(engine, committee.threshold, event)).root;
    this.#firstRecordId += count;
    if (this.#planner) {
      const { unsent } = this.summary;
      unsent.records += rows;
      unsent.batches++;
      unsent.bytes += records.length;
      const asLarge = { ledgerId, previous, epoch, nonce, source, records: standInFor(count, committee.threshold) };
      await contract.as(this.#planner).submitBatch(asLarge);
      return;
    }
    if (index === this.#firstIndex) await checkPlace(this.#ledger, index);
    const { settled } = await contract.submitBatch({ ledgerId, previous, epoch, nonce, source, records });
    return async () => this.#confirmed(await settled, rows);
  }

  #confirmed({ logs: _, ...receipt }: TransactionReceipt, rows: number): void {
    this.summary.transactions.push(receipt);
    this.summary.sent += rows;
    this.gasUsed += receipt.gasUsed;
    this.fees += feeOf(receipt);
    this.#onSettled();
  }
}

/**
 * A batch that nobody dealt, in place of one whose cost is asked for: no endpoint gets a batch that is not sent. As long, taken by the
 * contract alike (ascending tags, canonical words), and random otherwise, so that it costs the same.
 */
function standInFor(count: number, threshold: number): Uint8Array {
  const each = recordBytes(threshold);
  const records = new Uint8Array(randomBytes(each * count));
  const view = new DataView(records.buffer);
  for (let k = 0; k < count; k++) {
    view.setUint32(each * k, Math.floor(((k + 1) * 2 ** 32) / (count + 1)));
    // The words of commitments and corrections stay below the orders of field and group, 0x30…
    for (let at = each * k + TAG_BYTES + KEY_BYTES; at < each * (k + 1); at += CORRECTION_BYTES) {
      records[at] = 1 + (records[at]! & 0x1f);
    }
  }
  return records;
}
