// eth_getLogs over any range of blocks, from any provider. Providers limit the blocks and results of one call in
// different ways and refuse with different codes and words: so a range that is refused or fails is asked for again in
// halves, and ranges grow again while they are answered. Logs come in the chain's order.
import type { Hex } from '../bytes.ts';
import { EncodingError } from '../errors.ts';
import { ConnectionError, IncompleteLogsError, RpcError } from './errors.ts';
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
  try {
    const answers = await Promise.all(
      filters.map((topics) => rpc.call<unknown>('eth_getLogs', [{ address, topics, ...blocks }], retries)),
    );
    return ordered(answers.flatMap((answer) => decodeLogs(answer, address, from, to)));
  } catch (error) {
    if (error instanceof RpcError && error.rpcCode === PRUNED) {
      const message = `the node has pruned the logs of blocks ${from} to ${to}; an archive node or file is needed`;
      throw new IncompleteLogsError(message, { from, to });
    }
    if (from < to && (error instanceof RpcError || error instanceof ConnectionError)) return null;
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

function decodeLogs(answer: unknown, address: Hex, from: number, to: number): RawLog[] {
  if (!Array.isArray(answer)) throw new EncodingError('eth_getLogs', 'the answer is not a list');
  return answer.map((log) => {
    const decoded = decodeLog(log);
    if (decoded.address !== address || decoded.blockNumber < from || decoded.blockNumber > to) {
      throw new EncodingError('eth_getLogs', 'the answer holds a log that was not asked for', {
        block: decoded.blockNumber,
      });
    }
    return decoded;
  });
}

/** Checks and reads a log of JSON-RPC. */
export function decodeLog(log: unknown): RawLog {
  const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex } = (log ?? {}) as Record<
    string,
    unknown
  >;
  const texts = [address, data, blockNumber, blockHash, transactionHash, logIndex];
  if (!Array.isArray(topics) || !texts.every((text) => typeof text === 'string' && text.startsWith('0x'))) {
    throw new EncodingError('log', 'a field is missing or not hex');
  }
  return {
    address: (address as string).toLowerCase() as Hex,
    topics: topics as Hex[],
    data: data as Hex,
    blockNumber: Number(blockNumber),
    blockHash: blockHash as Hex,
    transactionHash: transactionHash as Hex,
    logIndex: Number(logIndex),
  };
}
