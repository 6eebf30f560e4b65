// Checks an archive against the contract's storage, which outlives the logs: every batch's root from its records, every
// count, the terms, the servers, the keys, the queries. Stops at the first thing that is wrong. What storage does not
// vouch for is named in docs/archive.md: corrections, nonces, sources, ciphertexts, and masks that nobody has answered.
import { equalBytes, toHex } from '../bytes.ts';
import { RpcError } from '../chain/errors.ts';
import { quantity } from '../chain/rpc.ts';
import { hasBlock } from '../chain/state.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { ContractError } from '../contract/errors.ts';
import type { BatchState, ContractEvent, LedgerState } from '../contract/types.ts';
import type { BlockTag } from '../contract/views.ts';
import type { Engine } from '../engine/engine.ts';
import { keccak256 } from '../keccak.ts';
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
  /** The archive claims to have all events up to this block. */
  block: number;
  bytes: number;
  events: number;
  /** Found right so far. */
  batches: number;
  records: number;
  queries: number;
  /** Whether the node still knew the state of `block`, so that it is sure that nothing up to there lacks. */
  whole: boolean;
  /** Batches that the ledger has now beyond the archive's. */
  behind: number;
  /** The first thing that is wrong, and what it is about; null: the archive is right. */
  fault: { about: string; what: string } | null;
}

/** Lookups under way ahead of the event that is being checked. */
const AHEAD = 16;

/** Ends a check at the first fault. */
class Wrong extends Error {
  readonly about: string;

  constructor(about: string, what: string) {
    super(what);
    this.about = about;
  }
}

function wrong(about: string, what: string): never {
  throw new Wrong(about, what);
}

/** Throws ArchiveError for a file that is damaged, cut short, or of another contract. */
export async function verifyArchive(options: ArchiveVerifyOptions): Promise<ArchiveVerdict> {
  const reader = await ArchiveReader.open(options.file, { contract: options.contract });
  const check = new Check(reader, options);
  try {
    await check.run();
    return check.verdict;
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { ...check.verdict, fault: { about: error.about, what: error.message } };
  } finally {
    await reader.close();
  }
}

class Check {
  readonly verdict: ArchiveVerdict;
  readonly #reader: ArchiveReader;
  readonly #options: ArchiveVerifyOptions;
  #state!: LedgerState;
  #servers!: Uint8Array[];
  /** As of which block the contract is asked. */
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
    for (const { block, blockHash } of this.#reader.checkpoints) {
      if (await hasBlock(this.#options.contract.rpc, block, blockHash)) continue;
      wrong(
        `block ${block}`,
        `the chain has none with hash ${blockHash}: was it reorganised? Export the archive again`,
      );
    }
    const { nextBatch } = await this.#readState();
    const checks: Promise<() => void>[] = [];
    for await (const event of this.#reader.readAll()) {
      const check = this.#lookUp(event);
      check.catch(() => undefined); // Thrown below, when its turn comes.
      checks.push(check);
      if (checks.length >= AHEAD) (await checks.shift()!)();
    }
    for (const check of checks) (await check)();
    this.verdict.behind = nextBatch - this.verdict.batches;
    right(this.#ledger.missing(this.verdict.whole), `ledger ${this.#reader.ledgerId}`);
    await this.#checkQueries();
  }

  /** The ledger as of the archive's last block, or as of now where the node does not know that any more. Returns now's. */
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

  /** Asks the contract about an event; what is returned compares, in the order of the events, and throws Wrong. */
  async #lookUp(event: ContractEvent): Promise<() => void> {
    const { contract } = this.#options;
    switch (event.event) {
      case 'Registered': {
        const same = equalBytes(await contract.kemKeyHash(event.account), keccak256(event.kemKey));
        const fault = same ? null : 'it is not the one that the contract has the hash of';
        return () => right(fault ?? this.#ledger.add(event), `key of ${toHex(event.account)}`);
      }
      case 'ChannelOpened': {
        const fault = (await contract.channelOpened(event.from, event.to)) ? null : 'the contract knows of none';
        return () => right(fault ?? this.#ledger.add(event), channelText(event.from, event.to));
      }
      case 'ConsentRevoked': {
        const { status } = await contract.queryState(event.queryId);
        const fault = status === 'revoked' ? null : `it is not revoked but ${status}`;
        return () => right(fault, `query ${toHex(event.queryId)}`);
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
          right(this.#ledger.add(event), `ledger ${this.#reader.ledgerId}`);
          if ('queryId' in event) right(this.#queries.add(event), `query ${toHex(event.queryId)}`);
        };
    }
  }

  #checkBatch(event: ContractEvent<'BatchAppended'>, stored: BatchState | null): void {
    right(this.#ledger.append(event, stored), `batch ${event.index}`);
    const { batches, records } = this.#ledger;
    Object.assign(this.verdict, { batches, records });
    this.#options.onProgress?.({ records, total: this.#state.nextRecordId });
  }

  async #checkQueries(): Promise<void> {
    for (const index of this.#queries.batches(this.#ledger.firstIds)) {
      const fault = this.#queries.find(await this.#reader.batch(index));
      if (fault !== null) wrong(`query ${fault.queryId}`, fault.what);
    }
    for (const query of this.#queries) {
      const state = await this.#options.contract.queryState(query.id, this.#asOf);
      right(query.verdict(state, this.verdict.whole), `query ${toHex(query.id)}`);
      this.verdict.queries++;
    }
    if (this.verdict.whole) for (const insurer of this.#queries.insurers) await this.#checkChannels(insurer);
  }

  /** Without its channels the servers cannot answer an insurer. */
  async #checkChannels(insurer: Uint8Array): Promise<void> {
    for (const server of this.#servers) {
      if (this.#ledger.hasChannel(insurer, server)) continue;
      const opened = await this.#options.contract.channelOpened(insurer, server, this.#asOf);
      if (opened) wrong(channelText(insurer, server), 'it is missing');
    }
  }
}

/** Goes on if there is no fault. */
function right(fault: string | null, about: string): void {
  if (fault !== null) wrong(about, fault);
}

const channelText = (from: Uint8Array, to: Uint8Array): string => `channel of ${toHex(from)} to ${toHex(to)}`;
