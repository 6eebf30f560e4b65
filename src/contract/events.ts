// The contract's events, typed, in the chain's order: all that a party needs can be rebuilt from them. Reads what a node
// serves up to its newest (or last finalized) block. Whether a batch is missing is checked; for other events it cannot be.
import { checkAddress } from '../address.ts';
import { concat, type Hex, toHex, uint256 } from '../bytes.ts';
import { IncompleteLogsError, RpcError } from '../chain/errors.ts';
import { readLogs, type Topics } from '../chain/logs.ts';
import { pause, quantity, Rpc } from '../chain/rpc.ts';
import { hasCode, readHead } from '../chain/state.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { decodeEvent, indexedArguments, topicOf } from './abi.ts';
import type { ContractEvent, EventArguments, EventName } from './types.ts';
import { ContractViews } from './views.ts';

/** The indexed arguments of each event, by which it can be selected. */
interface Indexed {
  Registered: 'account';
  ChannelOpened: 'from' | 'to';
  LedgerOpened: 'ledgerId' | 'hospital';
  SeatChanged: 'ledgerId' | 'seat' | 'epoch';
  ServerResigned: 'ledgerId' | 'seat' | 'server';
  EpochBegun: 'ledgerId' | 'epoch';
  KeysDealt: 'ledgerId' | 'epoch' | 'seat';
  ServerJoined: 'ledgerId' | 'seat' | 'server';
  EpochActivated: 'ledgerId' | 'epoch';
  BatchAppended: 'ledgerId' | 'index';
  ComplaintFiled: 'ledgerId' | 'recordId' | 'seat';
  ComplaintWithdrawn: 'ledgerId' | 'recordId' | 'seat';
  ComplaintJustified: 'ledgerId' | 'recordId' | 'seat';
  RecordVoided: 'ledgerId' | 'recordId';
  ConsentRevoked: 'queryId' | 'patient';
  QueryOpened: 'queryId' | 'ledgerId' | 'insurer';
  QueryContinued: 'queryId' | 'ledgerId' | 'insurer';
  QueryCancelled: 'queryId' | 'ledgerId' | 'insurer';
  FeeOffered: 'queryId' | 'ledgerId';
  FeeEarned: 'queryId' | 'ledgerId' | 'server';
  FeeRefunded: 'queryId' | 'ledgerId' | 'insurer';
  Withdrawn: 'account';
  MinimumFeeStated: 'server';
  AnswerAccepted: 'queryId' | 'ledgerId' | 'seat';
}

/**
 * Values that the events must have; of a list, any one, and it must not be empty. With several kinds of event, only arguments
 * that all of them index.
 */
export type Where<N extends EventName> = {
  [A in Indexed[N] & keyof EventArguments[N]]?: EventArguments[N][A] | readonly EventArguments[N][A][];
};

/** From which block to which, both included. */
export interface BlockRange {
  /** First block; the one of the contract's deployment if not given. */
  fromBlock?: number;
  /** Last block, inclusive; the node's head if not given. */
  toBlock?: number;
}

/** Where a party reads the contract's events: the chain (EventReader) or the archive of a ledger (ArchiveReader). */
export interface EventSource {
  /** Events of one kind, or of several merged, with the values in `where`, in the chain's order; of all blocks if not given. */
  read<N extends EventName>(
    names: N | readonly N[],
    where?: Where<N>,
    range?: BlockRange,
  ): AsyncIterable<ContractEvent<N>>;
  /** The batches of a ledger from number `from` on, in order, without gaps, up to the last that the contract has. */
  readBatches(ledgerId: Uint8Array, from?: number): AsyncIterable<ContractEvent<'BatchAppended'>>;
  /** One batch of a ledger, without reading others; it must exist. */
  readBatch(ledgerId: Uint8Array, index: number): Promise<ContractEvent<'BatchAppended'>>;
}

/** Whose events are read, and from which node. */
export interface EventReaderOptions {
  rpc: string | Rpc;
  /** The contract, 20 bytes. */
  address: Uint8Array;
  /** Block of the contract's deployment; searched for if not given. */
  deploymentBlock?: number;
  /** Last block to read. 'finalized' is never reorganised, but some 15 minutes old on mainnet. */
  head?: 'latest' | 'finalized';
}

/** Blocks. The log of a batch takes up to 260,000 characters, so the first ranges must be small. */
const FIRST_BATCH_RANGE = 32;
/** Milliseconds before a node is asked again for a log that it should have. */
const RETRY_PAUSE = 250;

export class EventReader implements EventSource {
  readonly #rpc: Rpc;
  readonly #address: Uint8Array;
  readonly #head: 'latest' | 'finalized';
  readonly #views: ContractViews;
  #deployment: Promise<number> | undefined;

  constructor({ rpc, address, deploymentBlock, head = 'latest' }: EventReaderOptions) {
    this.#rpc = typeof rpc === 'string' ? new Rpc(rpc) : rpc;
    this.#address = checkAddress('address', address);
    this.#head = head;
    this.#views = new ContractViews(this.#rpc, this.#address);
    if (deploymentBlock !== undefined) this.#deployment = Promise.resolve(deploymentBlock);
  }

  /** As EventSource.read. Throws IncompleteLogsError where the node has pruned logs. */
  async *read<N extends EventName>(
    names: N | readonly N[],
    where: Where<N> = {},
    range: BlockRange = {},
  ): AsyncGenerator<ContractEvent<N>> {
    const kinds: readonly N[] = Array.isArray(names) ? names : [names as N];
    const filters = merged(kinds.map((name) => topicsOf(name, where)));
    const firstRange = kinds.some((name) => name === 'BatchAppended') ? FIRST_BATCH_RANGE : undefined;
    for await (const event of this.#events(filters, range, firstRange)) yield event as unknown as ContractEvent<N>;
  }

  /** Every event of the contract. */
  readAll(range: BlockRange = {}): AsyncGenerator<ContractEvent> {
    return this.#events([[]], range, FIRST_BATCH_RANGE);
  }

  /**
   * As EventSource.readBatches. Throws IncompleteLogsError if the node withholds a batch. `fromBlock`: a block at or before
   * the first of them, if known.
   */
  async *readBatches(
    ledgerId: Uint8Array,
    from = 0,
    fromBlock?: number,
  ): AsyncGenerator<ContractEvent<'BatchAppended'>> {
    checkInteger('from', from, 0, Number.MAX_SAFE_INTEGER);
    const { nextBatch } = await this.#views.getLedger(ledgerId, this.#head);
    if (from >= nextBatch) return;
    let block = (await this.#findBatch(ledgerId, from, fromBlock ?? (await this.deploymentBlock()))).blockNumber;
    let next = from;
    for await (const event of this.read('BatchAppended', { ledgerId } as Where<'BatchAppended'>, {
      fromBlock: block,
    })) {
      for (; next < Math.min(event.index, nextBatch); next++) yield await this.#findBatch(ledgerId, next, block);
      if (next === nextBatch) return;
      if (event.index !== next) continue;
      yield event;
      block = event.blockNumber;
      next++;
    }
    for (; next < nextBatch; next++) yield await this.#findBatch(ledgerId, next, block);
  }

  /**
   * As EventSource.readBatch. Throws IncompleteLogsError if the node withholds it. `fromBlock`: a block at or before it, if
   * known.
   */
  async readBatch(ledgerId: Uint8Array, index: number, fromBlock?: number): Promise<ContractEvent<'BatchAppended'>> {
    return this.#findBatch(ledgerId, index, fromBlock ?? (await this.deploymentBlock()));
  }

  /** Block in which the contract was created, by binary search; 0 if the node does not keep old states. */
  deploymentBlock(): Promise<number> {
    this.#deployment ??= this.#searchDeployment().catch((error) => {
      this.#deployment = undefined; // The next call searches again.
      throw error;
    });
    return this.#deployment;
  }

  /** Number of the last block that is read. */
  async headBlock(): Promise<number> {
    return (await readHead(this.#rpc, this.#head)).number;
  }

  async *#events(
    filters: readonly Topics[],
    { fromBlock, toBlock }: BlockRange,
    firstRange?: number,
  ): AsyncGenerator<ContractEvent> {
    const range = {
      address: toHex(this.#address),
      filters,
      fromBlock: fromBlock ?? (await this.deploymentBlock()),
      toBlock: toBlock ?? (await this.headBlock()),
    };
    for await (const log of readLogs(this.#rpc, firstRange === undefined ? range : { ...range, firstRange })) {
      const event = decodeEvent(log);
      if (event !== null) yield event;
    }
  }

  /** One batch by its number. A node that does not give it is asked again, over smaller ranges. */
  async #findBatch(ledgerId: Uint8Array, index: number, fromBlock: number): Promise<ContractEvent<'BatchAppended'>> {
    const filter = topicsOf('BatchAppended', { ledgerId, index });
    let toBlock = fromBlock;
    for (const parts of [1, 16, 256]) {
      toBlock = await this.headBlock();
      const firstRange = Math.ceil((toBlock - fromBlock + 1) / parts);
      for await (const event of this.#events([filter], { fromBlock, toBlock }, firstRange)) {
        return event as ContractEvent<'BatchAppended'>;
      }
      await pause(RETRY_PAUSE);
    }
    const message = `the node has no log of batch ${index} of ledger ${toHex(ledgerId)} in blocks ${fromBlock} to ${toBlock}`;
    throw new IncompleteLogsError(message, { ledgerId: toHex(ledgerId), batch: index, fromBlock, toBlock });
  }

  async #searchDeployment(): Promise<number> {
    let [without, having] = [-1, await this.headBlock()];
    while (having - without > 1) {
      const middle = Math.floor((without + having) / 2);
      const found = await this.#hadCode(middle);
      if (found === null) return 0;
      if (found) having = middle;
      else without = middle;
    }
    return having;
  }

  /** Null if the node does not have that state. */
  async #hadCode(block: number): Promise<boolean | null> {
    try {
      return await hasCode(this.#rpc, this.#address, quantity(block));
    } catch (error) {
      if (error instanceof RpcError) return null;
      throw error;
    }
  }
}

/**
 * Filter for the logs of one kind of event. Throws ArgumentError for an argument that the event does not index, or a value
 * that does not have its type.
 */
export function topicsOf(name: EventName, where: Readonly<Record<string, unknown>>): Topics {
  const indexed = indexedArguments(name);
  const names = indexed.map((argument) => argument.name);
  for (const argument of Object.keys(where)) {
    if (!names.includes(argument)) {
      throw new ArgumentError(`event argument ${argument} of ${name}`, where[argument], `one of ${names.join(', ')}`);
    }
  }
  return [topicOf(name), ...indexed.map((argument) => topicsFor(argument, where[argument.name]))];
}

/** The filters with those that differ in the kind of event alone made one: each filter is a call. */
function merged(filters: readonly Topics[]): Topics[] {
  const byRest = new Map<string, { kinds: Hex[]; rest: Topics }>();
  for (const [kind, ...rest] of filters) {
    const last = rest.findLastIndex((topic) => topic !== null);
    const wanted = rest.slice(0, last + 1);
    const key = JSON.stringify(wanted);
    byRest.set(key, { kinds: [...(byRest.get(key)?.kinds ?? []), kind as Hex], rest: wanted });
  }
  return [...byRest.values()].map(({ kinds, rest }) => [kinds.length === 1 ? kinds[0]! : kinds, ...rest]);
}

/** Of a list of values a list of topics. */
const topicsFor = (argument: { name: string; type: string }, value: unknown): Hex | Hex[] | null =>
  Array.isArray(value) ? value.map((one) => topicFor(argument, one)!) : topicFor(argument, value);

/** A value as a 32-byte topic, padded on the left with zeros; null, which matches any, if there is none. */
function topicFor({ name, type }: { name: string; type: string }, value: unknown): Hex | null {
  if (value === undefined) return null;
  const length = { address: 20, bytes32: 32 }[type];
  if (length !== undefined) {
    if (!(value instanceof Uint8Array) || value.length !== length)
      throw new ArgumentError(name, value, `${length} bytes`);
    return toHex(concat(new Uint8Array(32 - length), value));
  }
  if (typeof value !== 'bigint') checkInteger(name, value, 0, Number.MAX_SAFE_INTEGER);
  return toHex(uint256(value));
}
