// Checks an archive against the contract's storage, which stays when logs are pruned, and against itself: every batch's root
// from all that its event tells, every count, the terms by the ledger's id, epochs, keys, complaints, queries. Stops at the
// first fault. docs/archive.md lists what cannot be checked this way.

import { toHex } from '../bytes.ts';
import { RpcError } from '../chain/errors.ts';
import { quantity } from '../chain/rpc.ts';
import { hasBlock } from '../chain/state.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { ContractError } from '../contract/errors.ts';
import type { LedgerState } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import { type Fault, FaultFound } from './checks/fault.ts';
import { ArchivedHistory, type Check } from './checks/history.ts';
import {
  checkChannels,
  checkComplaints,
  checkQuery,
  checkRecords,
  checkSeats,
  type StoredState,
} from './checks/later-checks.ts';
import { ArchiveReader } from './reader.ts';

/** What is verified, and against which contract. */
export interface ArchiveVerifyOptions {
  contract: MIStoreContract;
  engine: Engine;
  file: string;
  /** Called with the number of records checked so far, and of all. */
  onProgress?: (progress: { records: number; total: number }) => void;
}

/** What a verification has found. Lengths are numbers of things; the ledger id has 32 bytes. */
export interface ArchiveVerdict {
  ledgerId: Uint8Array;
  /** The archive says that it has all events up to this block. */
  block: number;
  bytes: number;
  events: number;
  /** Checked without a fault. */
  batches: number;
  records: number;
  queries: number;
  /**
   * Keys, channels and consents that bear no signature by their account's own key: a contract wallet's consents, and what
   * roles pass over, from the chain too.
   */
  unsigned: number;
  /** Whether the node still had the state of `block`, so that it is certain that nothing up to there is missing. */
  whole: boolean;
  /** Batches that were added to the ledger after the archive's last. */
  behind: number;
  /** The first thing that is wrong; null if the archive is right. */
  fault: Fault | null;
}

/** Events whose look-ups at the node may run at once. */
const LOOKUPS = 16;

/** Throws ArchiveError if the file is damaged, cut short, or the archive of another contract. */
export async function verifyArchive(options: ArchiveVerifyOptions): Promise<ArchiveVerdict> {
  const reader = await ArchiveReader.open(options.file, { contract: options.contract });
  const verification = new Verification(reader, options);
  try {
    await verification.run();
    return verification.verdict;
  } catch (error) {
    if (!(error instanceof FaultFound)) throw error;
    return { ...verification.verdict, fault: error.fault };
  } finally {
    await reader.close();
  }
}

class Verification {
  readonly verdict: ArchiveVerdict;
  readonly #reader: ArchiveReader;
  readonly #options: ArchiveVerifyOptions;

  constructor(reader: ArchiveReader, options: ArchiveVerifyOptions) {
    this.#reader = reader;
    this.#options = options;
    const { ledgerId, block, bytes, events } = reader;
    const found = { batches: 0, records: 0, queries: 0, unsigned: 0 };
    this.verdict = { ledgerId, block, bytes, events, ...found, whole: false, behind: 0, fault: null };
  }

  async run(): Promise<void> {
    const { contract, engine } = this.#options;
    const { ledgerId, block } = this.#reader;
    await this.#checkBlocks();
    const { now, then } = await this.#readState();
    const whole = then !== null;
    const state = then ?? now;
    this.verdict.whole = whole;
    const history = new ArchivedHistory(contract, engine, ledgerId, state);
    await this.#checkEvents(history, state);
    this.verdict.behind = now.nextBatch - this.verdict.batches;
    history.checkMissing(state, whole);

    const stored: StoredState = { contract, asOf: whole ? quantity(block) : 'latest', whole };
    await checkSeats(history, stored);
    await checkRecords(history, this.#reader);
    await checkComplaints(history, stored);
    for (const query of history.queries) {
      await checkQuery(query, stored);
      this.verdict.queries++;
      if (!query.isSigned) this.verdict.unsigned++;
    }
    if (whole) await checkChannels(history, stored);
  }

  async #checkBlocks(): Promise<void> {
    for (const { block, blockHash } of this.#reader.checkpoints) {
      if (await hasBlock(this.#options.contract.rpc, block, blockHash)) continue;
      const what = `the chain has none with hash ${blockHash}: was it reorganised? Export the archive again`;
      throw new FaultFound({ about: `block ${block}`, what });
    }
  }

  /** The ledger's state as of now, and as of the archive's last block: null if the node does not have that any more. */
  async #readState(): Promise<{ now: LedgerState; then: LedgerState | null }> {
    const { contract } = this.#options;
    const { ledgerId, block } = this.#reader;
    const now = await contract.getLedger(ledgerId).catch((error) => {
      if (!(error instanceof ContractError)) throw error;
      throw new FaultFound({ about: `ledger ${toHex(ledgerId)}`, what: 'the contract has no such ledger' });
    });
    const then = await contract.getLedger(ledgerId, quantity(block)).catch((error) => {
      if (error instanceof RpcError) return null;
      throw error;
    });
    return { now, then };
  }

  /** Checks the events one after the other, while the contract is already asked about the next ones. */
  async #checkEvents(history: ArchivedHistory, { nextRecordId }: LedgerState): Promise<void> {
    const run = (check: Check) => {
      check();
      const { batches, records } = history.ledger;
      this.verdict.unsigned = history.identities.unsigned;
      if (batches === this.verdict.batches) return;
      Object.assign(this.verdict, { batches, records });
      this.#options.onProgress?.({ records, total: nextRecordId });
    };
    const checks: Promise<Check>[] = [];
    for await (const event of this.#reader.readAll()) {
      const check = history.add(event);
      check.catch(() => undefined); // Thrown below, when its turn comes.
      checks.push(check);
      if (checks.length >= LOOKUPS) run(await checks.shift()!);
    }
    for (const check of checks) run(await check);
  }
}
