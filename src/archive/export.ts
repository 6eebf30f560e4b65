// Writes the events of one ledger to an archive, or adds to an archive what is new on chain. Memory stays flat. Batches and
// joined servers are counted against the contract's state; verify.ts checks whether everything else is there and true.
import { type Hex, toHex } from '../bytes.ts';
import { IncompleteLogsError } from '../chain/errors.ts';
import { type LogRange, readLogs, type Topics } from '../chain/logs.ts';
import { quantity } from '../chain/rpc.ts';
import { hasBlock, readHead } from '../chain/state.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { EventReader } from '../contract/events.ts';
import { archiveFilters } from './contents.ts';
import { ArchiveDraft } from './draft.ts';
import { ArchiveError } from './format.ts';

/** What to export, and where to. */
export interface ArchiveExportOptions {
  contract: MIStoreContract;
  /** 32 bytes. */
  ledgerId: Uint8Array;
  /** Path of the archive. Written in one step at the end; an archive of the ledger that exists is extended. */
  file: string;
  /** Last block to read: the newest (if not given), or the last one that no reorganisation can undo. */
  head?: 'latest' | 'finalized';
  /** `total`: the number of records that the ledger has. */
  onProgress?: (progress: { records: number; total: number; bytes: number }) => void;
}

/** What an export has written. */
export interface ArchiveExport {
  /** The archive has all events up to this block. */
  block: number;
  blockHash: Hex;
  batches: number;
  records: number;
  events: number;
  bytes: number;
  /** Events added by this export. */
  added: number;
  /** Events removed because a reorganisation had taken them out of the chain. */
  cut: number;
}

/** Blocks. A batch takes up to 260,000 characters of JSON, so the first ranges must be small. */
const FIRST_RANGE = 32;
/** Bytes from one checkpoint to the next: what an interruption or a reorganisation costs at most. */
const CHECKPOINT_INTERVAL = 8_000_000;
/** Most blocks in one request, for each attempt: a node that leaves out logs is asked for fewer at once. */
const MAX_BLOCKS = [Number.POSITIVE_INFINITY, 64, 8, 1];
/** Reorganisations during one export after which it ends with an error. */
const MAX_REORGANISATIONS = 8;

/** Throws a ContractError, UnknownLedger; ArchiveError if the file exists and is not an archive of the ledger, IncompleteLogsError if the node withholds logs. */
export async function exportArchive(options: ArchiveExportOptions): Promise<ArchiveExport> {
  const { contract, ledgerId, file } = options;
  const { address, chainId } = contract;
  const filters = archiveFilters(ledgerId);
  await contract.getLedger(ledgerId); // or else nothing is written
  const draft = await ArchiveDraft.open(file, { chainId, contract: address, ledgerId });
  try {
    const had = draft.contents.tally.events;
    const kept = await bringUpToDate(draft, filters, options);
    await draft.publish();
    const { batches, records, events } = draft.contents.tally;
    const { block, blockHash } = draft.last!;
    return { block, blockHash, batches, records, events, bytes: draft.bytes, added: events - kept, cut: had - kept };
  } catch (error) {
    await draft.close();
    throw error;
  }
}

/**
 * Adds events until the draft has all of them up to a block of the chain. Returns how many of the events that it had before
 * are still in it.
 */
async function bringUpToDate(draft: ArchiveDraft, filters: Topics[], options: ArchiveExportOptions): Promise<number> {
  const { contract, ledgerId, file, head: tag = 'latest' } = options;
  const { rpc, address } = contract;
  let kept = draft.contents.tally.events;
  const rewind = async () => {
    await draft.rewind(({ block, blockHash }) => hasBlock(rpc, block, blockHash));
    kept = Math.min(kept, draft.contents.tally.events);
  };
  await rewind();
  const fromBlock = draft.last ? 0 : await new EventReader({ rpc, address }).deploymentBlock();
  for (let [narrowings, reorganisations] = [0, 0]; ; await rewind()) {
    const head = await readHead(rpc, tag);
    if (draft.last && draft.last.block >= head.number) return kept;
    const range = { address: toHex(address), filters, fromBlock, toBlock: head.number };
    const missing = await appendLogs(draft, range, MAX_BLOCKS[narrowings]!, options);
    if (!(await hasBlock(rpc, head.number, head.hash))) {
      if (++reorganisations < MAX_REORGANISATIONS) continue;
      throw new ArchiveError(file, `is not finished: the chain was reorganised ${reorganisations} times meanwhile`);
    }
    if (missing === null) {
      await draft.checkpoint(head.number, head.hash);
      return kept;
    }
    if (++narrowings < MAX_BLOCKS.length) continue;
    const message = `the node has no log of ${missing} of ledger ${toHex(ledgerId)} in blocks ${fromBlock} to ${head.number}`;
    throw new IncompleteLogsError(message, { ledgerId: toHex(ledgerId), fromBlock, toBlock: head.number });
  }
}

/** Appends the logs of the range that the draft does not have. Returns what is missing then, in words; null if nothing. */
async function appendLogs(
  draft: ArchiveDraft,
  range: LogRange,
  maxBlocks: number,
  { contract, ledgerId, onProgress }: ArchiveExportOptions,
): Promise<string | null> {
  const state = await contract.getLedger(ledgerId, quantity(range.toBlock));
  let previous: { number: number; hash: Hex } | undefined;
  for (let from = draft.last ? draft.last.block + 1 : range.fromBlock; from <= range.toBlock; from += maxBlocks) {
    const toBlock = Math.min(from + maxBlocks - 1, range.toBlock);
    for await (const log of readLogs(contract.rpc, { ...range, fromBlock: from, toBlock, firstRange: FIRST_RANGE })) {
      const batch = draft.contents.missingBefore(log.topics);
      if (batch !== null) return `batch ${batch}`;
      if (previous && previous.number < log.blockNumber && draft.bytesSinceCheckpoint > CHECKPOINT_INTERVAL) {
        await draft.checkpoint(previous.number, previous.hash);
      }
      await draft.append(log);
      previous = { number: log.blockNumber, hash: log.blockHash };
      onProgress?.({ records: draft.contents.tally.records, total: state.nextRecordId, bytes: draft.bytes });
    }
  }
  return draft.contents.missing(state);
}
