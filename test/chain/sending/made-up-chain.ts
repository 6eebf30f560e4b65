// A made-up chain on a clock that the test turns (vi.useFakeTimers), and a follower of transactions on it: what is asked
// can be counted, and hours pass at once.
import { vi } from 'vitest';
import type { Hex } from '../../../src/bytes.ts';
import { type Read, Reply } from '../../../src/chain/reply.ts';
import { quantity, type Rpc } from '../../../src/chain/rpc.ts';
import { Budget } from '../../../src/chain/sending/budget.ts';
import { FeePolicy, GWEI } from '../../../src/chain/sending/fees.ts';
import { Follower } from '../../../src/chain/sending/follower.ts';
import type { FollowOptions } from '../../../src/chain/sending/pending.ts';
import type { TransactionReceipt } from '../../../src/chain/types.ts';
import type { Wait } from '../../../src/chain/waiting/wait.ts';

/** The clock's first time, and that of block 0. */
export const START = Date.UTC(2026, 0, 1);
export const BLOCK_HASH: Hex = `0x${'b'.repeat(64)}`;

/** A block each `blockTime` ms, of which number 2 has all transactions; finality comes 64 blocks later. */
export class MadeUpChain {
  /** Methods of all calls so far. */
  readonly calls: string[] = [];
  /** Throws in place of an answer. */
  fault: (method: string) => void = () => undefined;
  /** First block that has transactions. */
  includes = 2;
  /** Of each block, wei a gas. */
  baseFee = 7n;
  /** What was waited for, as reported. */
  readonly waits: Wait[] = [];
  readonly #blockTime: number;

  constructor(blockTime: number) {
    this.#blockTime = blockTime;
  }

  get rpc(): Rpc {
    const call = async (method: string, params: unknown[], read: Read<unknown> = ({ value }) => value) => {
      this.calls.push(method);
      this.fault(method);
      return read(new Reply(method, this.#answer(method, params)));
    };
    return { call, onWait: (wait: Wait) => this.waits.push(wait) } as unknown as Rpc;
  }

  get #height(): number {
    return Math.floor((Date.now() - START) / this.#blockTime);
  }

  #answer(method: string, params: unknown[]): unknown {
    switch (method) {
      case 'eth_getBlockByNumber':
        if (params[0] === 'latest') return this.#block(this.#height);
        return this.#block(params[0] === 'finalized' ? Math.max(0, this.#height - 64) : Number(params[0]));
      case 'eth_getTransactionCount':
        return this.#height >= this.includes ? '0x100' : '0x0';
      case 'eth_getTransactionReceipt': {
        const place = { transactionHash: params[0], blockNumber: quantity(this.includes), blockHash: BLOCK_HASH };
        return { ...place, logs: [], gasUsed: '0x5208', status: '0x1' };
      }
      case 'eth_maxPriorityFeePerGas':
        return '0x1';
      default:
        return BLOCK_HASH;
    }
  }

  #block(number: number): object {
    const timestamp = Math.floor((START + number * this.#blockTime) / 1000);
    return {
      number: quantity(number),
      hash: BLOCK_HASH,
      timestamp: quantity(timestamp),
      baseFeePerGas: quantity(this.baseFee),
    };
  }
}

const OPTIONS: FollowOptions = {
  confirmations: 1,
  pollInterval: undefined,
  rebroadcastAfter: 30_000,
  replaceAfter: 600_000,
  patience: 900_000,
};

/** Follows `count` transactions until all are settled or given up. */
export async function follow(
  chain: MadeUpChain,
  options: Partial<FollowOptions>,
  count = 1,
): Promise<{ ends: PromiseSettledResult<TransactionReceipt>[]; seconds: number; calls: number }> {
  const { rpc } = chain;
  const budget = new Budget(undefined);
  const policy = new FeePolicy(rpc, { fee: 100n * GWEI, tip: GWEI });
  const follower = new Follower(rpc, new Uint8Array(20), policy, budget, { ...OPTIONS, ...options });
  const fees = { maxFeePerGas: 2n * GWEI, maxPriorityFeePerGas: GWEI };
  const signed = (nonce: number) => ({ hash: `0x${`${nonce}`.padStart(64, '0')}` as Hex, raw: new Uint8Array(10) });
  const followed = Array.from({ length: count }, (_, nonce) => {
    const of = { nonce, gas: 21_000n, value: 0n, fees, versions: [signed(nonce)], share: budget.share() };
    return follower.follow({ ...of, sign: () => signed(nonce), cost: () => 0n });
  });
  let ends: PromiseSettledResult<TransactionReceipt>[] | undefined;
  void Promise.allSettled(followed).then((all) => {
    ends = all;
  });
  while (ends === undefined && Date.now() < START + 7_200_000) await vi.advanceTimersByTimeAsync(250);
  if (ends === undefined) throw new Error(`no end of ${count} transactions after two hours`);
  return { ends, seconds: (Date.now() - START) / 1000, calls: chain.calls.length };
}
