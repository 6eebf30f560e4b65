// Checks an archive against the contract's storage, which stays when logs are pruned: every batch's root from its records,
// every count, the terms, the servers, the keys, the queries. Stops at the first fault. docs/archive.md lists what cannot be
// checked this way: corrections, nonces, sources, ciphertexts, and the masks of seats that have not answered.
import { equalBytes, toHex } from '../bytes.ts';
import { RpcError } from '../chain/errors.ts';
import { quantity } from '../chain/rpc.ts';
import { type BlockTag, hasBlock } from '../chain/state.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { ContractError } from '../contract/errors.ts';
import type { ContractEvent, LedgerState } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import { keccak256 } from '../keccak.ts';
import type { StoredBatch } from '../records/receipt.ts';
import { ArchivedLedger } from './ledger.ts';
import { ArchivedQueries } from './queries.ts';
import { ArchiveReader } from './reader.ts';

export interface ArchiveVerifyOptions {
  contract: MIStoreContract;
  engine: Engine;
  file: string;
  onProgress?: (progress: { records: number; total: number }) => void;
}

export interface ArchiveVerdict {
  ledgerId: bigint;
  /** The archive says that it has all events up to this block. */
  block: number;
  bytes: number;
  events: number;
  /** Checked without a fault. */
  batches: number;
  records: number;
  queries: number;
  /** Whether the node still had the state of `block`, so that it is certain that nothing up to there is missing. */
  whole: boolean;
  /** Batches that were added to the ledger after the archive's last. */
  behind: number;
  /** The first thing that is wrong and what it concerns, in words; null if the archive is right. */
  fault: { about: string; what: string } | null;
}

/** Events whose look-ups at the node may run at once. */
const LOOKUPS = 16;

/** Ends the verification at the first fault. */
class FaultFound extends Error {
  readonly about: string;

  constructor(about: string, what: string) {
    super(what);
    this.about = about;
  }
}

/** Throws ArchiveError if the file is damaged, cut short, or the archive of another contract. */
export async function verifyArchive(options: ArchiveVerifyOptions): Promise<ArchiveVerdict> {
  const reader = await ArchiveReader.open(options.file, { contract: options.contract });
  const verification = new Verification(reader, options);
  try {
    await verification.run();
    return verification.verdict;
  } catch (error) {
    if (!(error instanceof FaultFound)) throw error;
    return { ...verification.verdict, fault: { about: error.about, what: error.message } };
  } finally {
    await reader.close();
  }
}

class Verification {
  readonly verdict: ArchiveVerdict;
  readonly #reader: ArchiveReader;
  readonly #options: ArchiveVerifyOptions;
  #state!: LedgerState;
  #servers!: Uint8Array[];
  /** The block whose state the contract is asked for. */
  #asOf: BlockTag = 'latest';
  #ledger!: ArchivedLedger;
  #queries!: ArchivedQueries;

  constructor(reader: ArchiveReader, options: ArchiveVerifyOptions) {
    this.#reader = reader;
    this.#options = options;
    const { ledgerId, block, bytes, events } = reader;
    const found = { batches: 0, records: 0, queries: 0 };
    this.verdict = { ledgerId, block, bytes, events, ...found, whole: false, behind: 0, fault: null };
  }

  async run(): Promise<void> {
    await this.#checkBlocks();
    const { nextBatch } = await this.#readState();
    await this.#checkEvents();
    this.verdict.behind = nextBatch - this.verdict.batches;
    expectNone(this.#ledger.missing(this.verdict.whole), `ledger ${this.#reader.ledgerId}`);
    await this.#checkQueries();
    if (this.verdict.whole) for (const insurer of this.#queries.insurers) await this.#checkChannels(insurer);
  }

  async #checkBlocks(): Promise<void> {
    for (const { block, blockHash } of this.#reader.checkpoints) {
      if (await hasBlock(this.#options.contract.rpc, block, blockHash)) continue;
      const what = `the chain has none with hash ${blockHash}: was it reorganised? Export the archive again`;
      throw new FaultFound(`block ${block}`, what);
    }
  }

  /**
   * Reads the ledger's state as of the archive's last block, or as of now if the node does not have that state any more.
   * Returns the state as of now.
   */
  async #readState(): Promise<LedgerState> {
    const { contract, engine } = this.#options;
    const { ledgerId, block } = this.#reader;
    const now = await contract.getLedger(ledgerId);
    this.#servers = await contract.getServers(ledgerId);
    this.#state = await contract.getLedger(ledgerId, quantity(block)).catch((error) => {
      if (error instanceof RpcError) return now;
      throw error;
    });
    this.verdict.whole = this.#state !== now;
    if (this.verdict.whole) this.#asOf = quantity(block);
    this.#ledger = new ArchivedLedger(engine, ledgerId, this.#state, this.#servers);
    this.#queries = new ArchivedQueries(engine, { chainId: contract.chainId, contract: contract.address }, this.#state);
    return now;
  }

  /** Checks the events one after the other, while the contract is already asked about the next ones. */
  async #checkEvents(): Promise<void> {
    const checks: Promise<() => void>[] = [];
    for await (const event of this.#reader.readAll()) {
      const check = this.#lookUp(event);
      check.catch(() => undefined); // Thrown below, when its turn comes.
      checks.push(check);
      if (checks.length >= LOOKUPS) (await checks.shift()!)();
    }
    for (const check of checks) (await check)();
  }

  /** Asks the contract about an event. Returns the check, which throws FaultFound; checks must run in the events' order. */
  async #lookUp(event: ContractEvent): Promise<() => void> {
    const { contract } = this.#options;
    switch (event.event) {
      case 'Registered': {
        const same = equalBytes(await contract.kemKeyHash(event.account), keccak256(event.kemKey));
        const fault = same ? null : 'the contract has the hash of another key';
        return () => expectNone(fault ?? this.#ledger.add(event), `key of ${toHex(event.account)}`);
      }
      case 'ChannelOpened': {
        const fault = (await contract.channelOpened(event.from, event.to)) ? null : 'the contract has no such channel';
        return () => expectNone(fault ?? this.#ledger.add(event), channelText(event.from, event.to));
      }
      case 'ConsentRevoked': {
        const { status } = await contract.queryState(event.queryId);
        const fault = status === 'revoked' ? null : `it is not revoked; its status is ${status}`;
        return () => expectNone(fault, `query ${toHex(event.queryId)}`);
      }
      case 'BatchAppended': {
        const stored = await contract.getBatch(this.#reader.ledgerId, event.index).catch((error) => {
          if (error instanceof ContractError) return null;
          throw error;
        });
        return () => this.#checkBatch(event, stored);
      }
      default:
        return () => {
          expectNone(this.#ledger.add(event), `ledger ${this.#reader.ledgerId}`);
          if ('queryId' in event) expectNone(this.#queries.add(event), `query ${toHex(event.queryId)}`);
        };
    }
  }

  #checkBatch(event: ContractEvent<'BatchAppended'>, stored: StoredBatch | null): void {
    expectNone(this.#ledger.append(event, stored), `batch ${event.index}`);
    const { batches, records } = this.#ledger;
    Object.assign(this.verdict, { batches, records });
    this.#options.onProgress?.({ records, total: this.#state.nextRecordId });
  }

  async #checkQueries(): Promise<void> {
    for (const index of this.#queries.batches(this.#ledger.firstIds)) {
      const fault = this.#queries.addRecords(await this.#reader.batch(index));
      if (fault !== null) throw new FaultFound(`query ${fault.queryId}`, fault.what);
    }
    for (const query of this.#queries) {
      const state = await this.#options.contract.queryState(query.id, this.#asOf);
      expectNone(query.verdict(state, this.verdict.whole), `query ${toHex(query.id)}`);
      this.verdict.queries++;
    }
  }

  /** Servers cannot answer an insurer whose channels to them are missing. */
  async #checkChannels(insurer: Uint8Array): Promise<void> {
    for (const server of this.#servers) {
      if (this.#ledger.hasChannel(insurer, server)) continue;
      const opened = await this.#options.contract.channelOpened(insurer, server, this.#asOf);
      if (opened) throw new FaultFound(channelText(insurer, server), 'it is missing');
    }
  }
}

/** Throws FaultFound if there is a fault. */
function expectNone(fault: string | null, about: string): void {
  if (fault !== null) throw new FaultFound(about, fault);
}

const channelText = (from: Uint8Array, to: Uint8Array): string => `channel of ${toHex(from)} to ${toHex(to)}`;
