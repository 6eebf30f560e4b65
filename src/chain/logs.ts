// eth_getLogs over any range of blocks, from any provider. Providers limit the blocks and results of one call in
// different ways and refuse with different codes and words: so a range that is refused or fails is asked for again in
// halves, and ranges grow again while they are answered. Logs come in the chain's order.
import type { Hex } from '../bytes.ts';
import { ConnectionError, IncompleteLogsError, ReplyError, RpcError } from './errors.ts';
import type { Reply } from './reply.ts';
import { quantity, type Rpc } from './rpc.ts';
import type { RawLog } from './types.ts';

/** Topics at positions 0..3; null = any, a list = any of these. */
export type Topics = readonly (Hex | readonly Hex[] | null)[];

export interface LogRange {
  address: Hex;
  /** Logs that match any of these. */
  filters: readonly Topics[];
  fromBlock: number;
  /** Inclusive. */
  toBlock: number;
  /** Blocks of the first range tried. */
  firstRange?: number;
}

const FIRST_RANGE = 100_000;
/** Ranges shrink or grow towards answers of this many characters, so that memory stays flat. */
const WANTED = 8_000_000;
const PRUNED = 4444;
/** Successes in a row after which a range of a size that was refused is tried again. */
const FORGIVE = 16;
const MAX_TOPICS = 4;
/** A byte of a log costs 8 gas: more than a transaction's 16,777,216 gas, or a larger block's, can write. */
const MAX_DATA_BYTES = 2 ** 24;

export async function* readLogs(rpc: Rpc, range: LogRange): AsyncGenerator<RawLog> {
  let size = range.firstRange ?? FIRST_RANGE;
  let limit = Number.POSITIVE_INFINITY;
  let successes = 0;
  for (let from = range.fromBlock; from <= range.toBlock; ) {
    const to = Math.min(from + size - 1, range.toBlock);
    const logs = await tryRange(rpc, range, from, to);
    if (logs === null) {
      limit = size = Math.floor((to - from + 1) / 2);
      successes = 0;
      continue;
    }
    yield* logs;
    from = to + 1;
    if (++successes % FORGIVE === 0) limit *= 2;
    const characters = logs.reduce((sum, { data }) => sum + data.length + 600, 1);
    size = Math.max(1, Math.floor(Math.min(size * Math.min(2, WANTED / characters), limit)));
  }
}

/** The logs of one range; null if it should be tried in smaller parts. */
async function tryRange(rpc: Rpc, { address, filters }: LogRange, from: number, to: number): Promise<RawLog[] | null> {
  const blocks = { fromBlock: quantity(from), toBlock: quantity(to) };
  // A large range is not asked for many times: a node that cannot serve it often just does not answer.
  const retries = from === to ? undefined : 1;
  const read = (reply: Reply) => readAsked(reply, address, from, to);
  try {
    const calls = filters.map((topics) => rpc.call('eth_getLogs', [{ address, topics, ...blocks }], read, retries));
    return ordered((await Promise.all(calls)).flat());
  } catch (error) {
    if (error instanceof RpcError && error.rpcCode === PRUNED) {
      const message = `the node has pruned the logs of blocks ${from} to ${to}; an archive node or file is needed`;
      throw new IncompleteLogsError(message, { from, to });
    }
    if (from < to && (error instanceof RpcError || error instanceof ConnectionError) && !error.limitsRate) return null;
    throw error;
  }
}

/** By block and place in it, each log once even if two filters found it. */
function ordered(logs: RawLog[]): RawLog[] {
  logs.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  return logs.filter((log, i) => {
    const previous = logs[i - 1];
    return previous === undefined || previous.blockNumber !== log.blockNumber || previous.logIndex !== log.logIndex;
  });
}

/** The logs of a reply, which must be of the contract and the blocks asked for, without those of blocks that are gone. */
function readAsked(reply: Reply, address: Hex, from: number, to: number): RawLog[] {
  // Some providers answer null for no logs. What must be there is checked against the contract's storage.
  return reply
    .or([], (logs) =>
      logs.list((entry): RawLog[] => {
        if (entry.get('removed').value === true) return [];
        const log = readLog(entry);
        if (log.address === address && log.blockNumber >= from && log.blockNumber <= to) return [log];
        const allowed = `a log of ${address} in blocks ${from} to ${to}, which were asked for`;
        throw new ReplyError(entry.method, entry.path, `${log.address} in block ${log.blockNumber}`, allowed);
      }),
    )
    .flat();
}

/** A log of JSON-RPC. */
export function readLog(reply: Reply): RawLog {
  return {
    address: reply.get('address').data(20),
    topics: reply.get('topics').list((topic) => topic.hash(), MAX_TOPICS),
    data: reply.get('data').data(MAX_DATA_BYTES),
    blockNumber: reply.get('blockNumber').number(),
    blockHash: reply.get('blockHash').hash(),
    transactionHash: reply.get('transactionHash').hash(),
    logIndex: reply.get('logIndex').number(),
  };
}
