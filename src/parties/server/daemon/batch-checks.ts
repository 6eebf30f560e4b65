// Checks each batch of the ledgers that a daemon serves once, from the events of settled blocks: those of all ledgers that are
// checked up to the same block are read together. What has been checked is remembered by its root; after a restart or a
// reorganisation the last root is compared with storage, which suffices since each batch names the root before it.
import { equalBytes, toHex } from '../../../bytes.ts';
import { quantity } from '../../../chain/rpc.ts';
import type { BlockTag } from '../../../chain/types.ts';
import { ContractError } from '../../../contract/errors.ts';
import type { ContractEvent } from '../../../contract/types.ts';
import type { BlockPoint } from '../state/chain-cursor.ts';
import { type BatchProgress, type FollowedLedger, ROOTS } from '../state/followed-ledger.ts';
import type { DaemonParts } from './daemon-parts.ts';
import { inShort } from './joining.ts';
import { asFault } from './trouble.ts';

type BatchEvent = ContractEvent<'BatchAppended'>;

export class BatchChecks {
  readonly #parts: DaemonParts;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
  }

  /** Checks what is new up to the settled block, until the time `until` (ms). Whether all of it has been. */
  async check(ledgers: readonly FollowedLedger[], settled: BlockPoint, until: number): Promise<boolean> {
    const groups = new Map<number, FollowedLedger[]>();
    for (const ledger of ledgers) {
      if (!ledger.troubles.check.isOver) continue;
      const from = await this.#orFailure(ledger, () => this.#begin(ledger, settled));
      if (from === undefined) continue;
      if (from > settled.number) await this.#caughtUp(ledger);
      else groups.set(from, [...(groups.get(from) ?? []), ledger]);
    }
    for (const [from, group] of groups) {
      if (!(await this.#checkGroup(from, group, settled, until))) return false;
    }
    return true;
  }

  /** First block to read for a ledger. */
  async #begin({ ledgerId, batches }: FollowedLedger, settled: BlockPoint): Promise<number> {
    const block = quantity(settled.number);
    if (!batches.isConfirmed) await this.#confirm(ledgerId, batches, block);
    if (batches.from === undefined) {
      const { nextBatch } = await this.#parts.site.contract.getLedger(ledgerId, block);
      batches.stored = nextBatch;
      const isNew = batches.next < nextBatch;
      const { events } = this.#parts.site;
      batches.from = isNew ? (await events.readBatch(ledgerId, batches.next)).blockNumber : settled.number + 1;
    }
    return batches.from;
  }

  /** Goes back to the last batch whose root storage has; to the first one where it has none of those remembered. */
  async #confirm(ledgerId: Uint8Array, batches: BatchProgress, block: BlockTag): Promise<void> {
    while (batches.next > 0) {
      const root = batches.roots.at(-1);
      if (root === undefined) batches.next = 0;
      else if (await this.#isStored(ledgerId, batches.next - 1, root, block)) break;
      else {
        batches.roots.pop();
        batches.next--;
      }
      batches.from = undefined;
    }
    batches.isConfirmed = true;
  }

  async #isStored(ledgerId: Uint8Array, index: number, root: Uint8Array, block: BlockTag): Promise<boolean> {
    try {
      return equalBytes((await this.#parts.site.contract.getBatch(ledgerId, index, block)).root, root);
    } catch (error) {
      if (error instanceof ContractError) return false; // no such batch, or no such ledger
      throw error;
    }
  }

  async #checkGroup(from: number, group: FollowedLedger[], settled: BlockPoint, until: number): Promise<boolean> {
    const open = new Map(group.map((ledger) => [ledger.name, ledger]));
    const ledgerId = group.map((ledger) => ledger.ledgerId);
    const range = { fromBlock: from, toBlock: settled.number };
    const touched = new Set<FollowedLedger>();
    for await (const event of this.#parts.site.events.read('BatchAppended', { ledgerId }, range)) {
      const ledger = open.get(toHex(event.ledgerId));
      if (ledger === undefined) continue;
      if (this.#parts.isStopping() || Date.now() > until) {
        for (const { batches } of open.values()) batches.from = event.blockNumber;
        return false;
      }
      ledger.batches.from = event.blockNumber;
      touched.add(ledger);
      if ((await this.#orFailure(ledger, () => this.#take(ledger, event, settled))) === undefined)
        open.delete(ledger.name);
    }
    for (const ledger of open.values()) {
      const isDoubtful = touched.has(ledger) || ledger.batches.next < ledger.batches.stored;
      if (isDoubtful && !(await this.#orFailure(ledger, () => this.#takeWithheld(ledger, settled)))) continue;
      ledger.batches.from = settled.number + 1;
      await this.#caughtUp(ledger);
    }
    return true;
  }

  /** Checks batches that storage has after the last one told. */
  async #takeWithheld(ledger: FollowedLedger, settled: BlockPoint): Promise<true> {
    const { contract, events } = this.#parts.site;
    const { nextBatch } = await contract.getLedger(ledger.ledgerId, quantity(settled.number));
    while (ledger.batches.next < nextBatch) {
      await this.#checkOne(ledger, await events.readBatch(ledger.ledgerId, ledger.batches.next), settled);
    }
    return true;
  }

  /** Checks a batch that an event tells, and before it those that the source of events has left out. */
  async #take(ledger: FollowedLedger, event: BatchEvent, settled: BlockPoint): Promise<true> {
    const { batches, ledgerId } = ledger;
    while (batches.next < event.index) {
      await this.#checkOne(ledger, await this.#parts.site.events.readBatch(ledgerId, batches.next), settled);
    }
    if (event.index === batches.next) await this.#checkOne(ledger, event, settled);
    return true;
  }

  async #checkOne(ledger: FollowedLedger, event: BatchEvent, settled: BlockPoint): Promise<void> {
    const { batches, name, wrong } = ledger;
    const { batch, records, bad, root } = await this.#parts.server.checkBatch(event, quantity(settled.number));
    batches.next = batch + 1;
    batches.roots.push(root);
    if (batches.roots.length > ROOTS) batches.roots.shift();
    for (const recordId of bad) wrong.set(recordId, batch);
    const { catchingUp } = ledger;
    if (catchingUp) {
      catchingUp.records += records;
      catchingUp.bad += bad.length;
    }
    this.#parts.report({ kind: 'checked', ledgerId: name, batch, records, bad, isOld: catchingUp !== null });
  }

  /** All batches are checked; the first time that is reported. */
  async #caughtUp(ledger: FollowedLedger): Promise<void> {
    ledger.troubles.check.end();
    const { ledgerId, name, batches, place, catchingUp } = ledger;
    if (catchingUp === null || place === null) return;
    ledger.catchingUp = null;
    const view = await this.#parts.server.ledger(ledgerId);
    const { epoch } = view.currentEpoch;
    const where = { kind: 'serving', ledgerId: name, terms: inShort(view), seat: place.seat, epoch } as const;
    this.#parts.report({ ...where, batches: batches.next, ...catchingUp });
  }

  /** What `work` gives; undefined where it failed, which is noted. */
  async #orFailure<T>(ledger: FollowedLedger, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#parts.fail(ledger, 'check', asFault(error));
      return undefined;
    }
  }
}
