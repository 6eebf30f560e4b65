// An endpoint and its witnesses: what is read from the chain's state is asked of all of them as of one block, by its hash
// (EIP-1898), and believed only where all say the same. Logs, fees, nonces and receipts are the endpoint's alone: events are
// checked against signatures, hashes and the state, and the rest costs only money or time.
import type { Hex } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { ReplyError, RpcError } from './errors.ts';
import { BlockNaming, TRIES, type WaitOptions } from './named-block.ts';
import type { Read, Reply } from './reply.ts';
import { Rpc, type RpcOptions } from './rpc.ts';
import type { Block } from './state.ts';
import type { BlockTag } from './types.ts';
import { WitnessDisagreementError } from './witness-errors.ts';

/** Milliseconds for which a block that was named for a tag serves further questions. */
const FRESH = 1000;

/** What an endpoint answered to a question: a result, or that the call reverts. Else why there is no answer. */
type Outcome<T> = { value: T; said: string } | { reverted: RpcError; said: string } | { fault: unknown };

const unread = <T>({ value }: Reply): T => value as T;

/** An endpoint whose errors say that it is a witness. */
class Witness extends Rpc {
  override async call<T = unknown>(method: string, params: readonly unknown[] = [], read = unread<T>): Promise<T> {
    try {
      return await super.call(method, params, read);
    } catch (error) {
      if (error instanceof RpcError) {
        const { method, rpcCode, rpcMessage, data, retryAfter } = error;
        throw new RpcError(method, rpcCode, `${rpcMessage}, says witness ${this.host}`, data, retryAfter);
      }
      if (error instanceof ReplyError) error.message = `witness ${this.host}: ${error.message}`;
      throw error;
    }
  }
}

/** A connection to an endpoint, with witnesses if any are given. Throws as the constructors do. */
export function connect(url: string, witnesses: readonly string[] = [], options: RpcOptions & WaitOptions = {}): Rpc {
  return witnesses.length === 0 ? new Rpc(url, options) : new WitnessedRpc(url, witnesses, options);
}

class WitnessedRpc extends Rpc {
  override readonly witnesses: readonly string[];
  /** The endpoint, then its witnesses. */
  readonly #all: readonly Rpc[];
  readonly #naming: BlockNaming;
  readonly #named = new Map<BlockTag, { block: Promise<Block>; at: number }>();

  /** `witnesses`: URLs of other hosts than `url`'s, each of another. Throws ArgumentError, ConnectionError. */
  constructor(url: string, witnesses: readonly string[], options: RpcOptions & WaitOptions) {
    super(url, options);
    const main = new Rpc(url, options);
    const others = witnesses.map((one) => new Witness(one, options));
    this.#all = [main, ...others];
    this.#naming = new BlockNaming(main, others, options);
    this.witnesses = others.map(({ host }) => host);
    const hosts = [main.host, ...this.witnesses];
    const twice = hosts.find((host, k) => hosts.indexOf(host) < k);
    if (twice !== undefined) {
      throw new ArgumentError('witness', twice, 'another host than those of the endpoint and of the other witnesses');
    }
  }

  /** By the endpoint alone. What it shows may be newer than the blocks named so far, so they serve no longer. */
  override async call<T = unknown>(
    method: string,
    params: readonly unknown[] = [],
    read = unread<T>,
    retries?: number,
  ): Promise<T> {
    try {
      return await super.call(method, params, read, retries);
    } finally {
      this.#named.clear();
    }
  }

  /**
   * Throws WitnessDisagreementError where not all say the same, WitnessLagsError, or the error of one that gives no answer,
   * naming it. Where a block is gone or unknown after all, another one is named, a few times.
   */
  override async agreed<T extends Hex | bigint>(
    method: string,
    params: readonly unknown[],
    read: Read<T>,
    tag?: BlockTag,
  ): Promise<T> {
    if (tag === undefined) return this.#agree(method, method, params, read);
    for (let attempt = 1; ; attempt++) {
      const { number, hash } = await this.#name(tag);
      try {
        const what = `${method} at block ${number} (${hash})`;
        return await this.#agree(what, method, [...params, { blockHash: hash }], read);
      } catch (error) {
        const isRefusal = error instanceof RpcError && error.revertData === null;
        if (!isRefusal || attempt === TRIES) throw error;
        this.#named.delete(tag);
        await this.#naming.pauseAfter(attempt, number);
      }
    }
  }

  async #agree<T extends Hex | bigint>(
    what: string,
    method: string,
    params: readonly unknown[],
    read: Read<T>,
  ): Promise<T> {
    const outcomes = await Promise.all(this.#all.map((rpc) => outcomeOf(rpc, method, params, read)));
    const statements = outcomes.flatMap((outcome, k) =>
      'said' in outcome ? [{ host: this.#all[k]!.host, said: outcome.said }] : [],
    );
    if (new Set(statements.map(({ said }) => said)).size > 1) throw new WitnessDisagreementError(what, statements);
    for (const outcome of outcomes) if ('fault' in outcome) throw outcome.fault;
    const [answer] = outcomes as Exclude<Outcome<T>, { fault: unknown }>[];
    if ('reverted' in answer!) throw answer.reverted;
    return answer!.value;
  }

  #name(tag: BlockTag): Promise<Block> {
    const known = this.#named.get(tag);
    if (known !== undefined && Date.now() - known.at < FRESH) return known.block;
    const block = this.#naming.name(tag);
    block.catch(() => this.#named.delete(tag));
    this.#named.set(tag, { block, at: Date.now() });
    return block;
  }
}

async function outcomeOf<T extends Hex | bigint>(
  rpc: Rpc,
  method: string,
  params: readonly unknown[],
  read: Read<T>,
): Promise<Outcome<T>> {
  try {
    const value = await rpc.call(method, params, read);
    return { value, said: String(value) };
  } catch (error) {
    const data = error instanceof RpcError ? error.revertData : null;
    return data === null ? { fault: error } : { reverted: error as RpcError, said: `reverts with ${data}` };
  }
}
