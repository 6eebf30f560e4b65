// Faults of an endpoint in front of a real node, beside those of proxy.ts: answers that are out of date, logs left out,
// rate limits in the words of several providers. Each counts how often it struck, so that a test can see that it did.
import type { Hex } from '../../../src/bytes.ts';
import { quantity, type Rpc } from '../../../src/chain/rpc.ts';
import { type Answer, type Call, type Endpoint, randomFrom } from './proxy.ts';

export interface CountedFault {
  answer: Endpoint['answer'];
  /** Calls that met the fault. */
  struck: number;
}

/** How providers say that they are asked too often; the first three come with HTTP status 200. */
const RATE_LIMITS: readonly Answer[] = [
  { error: { code: -32005, message: 'daily request count exceeded, request rate limited' } },
  { error: { code: -32005, message: 'limit exceeded' } },
  { error: { code: 429, message: 'Your app has exceeded its compute units per second capacity' } },
  httpError(429, { code: -32005, message: 'project ID request rate exceeded' }),
  httpError(429, { code: -32029, message: 'usage limit' }),
  { status: 429, text: 'Too Many Requests' },
  { status: 503, text: '' },
];

function httpError(status: number, error: { code: number; message: string }): Answer {
  return { status, text: JSON.stringify({ jsonrpc: '2.0', id: 1, error }) };
}

/** Refuses one call in `every` for its rate. */
export function rateLimited(seed: number, every: number): CountedFault {
  const random = randomFrom(seed);
  const fault: CountedFault = {
    struck: 0,
    answer: (_, forward) => {
      if (random() * every >= 1) return forward();
      return RATE_LIMITS[fault.struck++ % RATE_LIMITS.length]!;
    },
  };
  return fault;
}

/**
 * Leaves logs out of every other list that is asked for by the same topics, the first time included: the last log, or
 * all but the first.
 */
export function forgetful(): CountedFault {
  const asked = new Map<string, number>();
  const fault: CountedFault = {
    struck: 0,
    answer: async (call, forward) => {
      const answer = await forward();
      const logs = call.method === 'eth_getLogs' ? (answer as { result?: unknown[] }).result : undefined;
      if (logs === undefined || logs.length === 0) return answer;
      const topics = JSON.stringify(call.params[0].topics);
      const times = (asked.get(topics) ?? 0) + 1;
      asked.set(topics, times);
      if (times % 2 === 0) return answer;
      return { result: fault.struck++ % 2 === 0 || logs.length === 1 ? logs.slice(0, -1) : logs.slice(0, 1) };
    },
  };
  return fault;
}

/**
 * Two nodes behind one address: one call in `every` is answered by one that is `blocks` behind and knows nothing later.
 * Transactions reach both.
 */
export function lagging(seed: number, every: number, blocks: number, rpc: Rpc): CountedFault {
  const random = randomFrom(seed);
  const fault: CountedFault = {
    struck: 0,
    answer: async (call, forward) => {
      if (random() * every >= 1) return forward();
      const head = Math.max(0, Number(await rpc.call<Hex>('eth_blockNumber')) - blocks);
      const old = await asOf(head, call, (params) => rpc.call(call.method, params));
      if (old === undefined) return forward();
      fault.struck++;
      return { result: old };
    },
  };
  return fault;
}

/** What a node whose last block is `head` would answer; undefined where that makes no difference. */
async function asOf(
  head: number,
  { method, params }: Call,
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own
  ask: (params: unknown[]) => Promise<any>,
): Promise<unknown> {
  const block = quantity(head);
  switch (method) {
    case 'eth_blockNumber':
      return block;
    case 'eth_getBlockByNumber':
      if (params[0] === 'latest') return ask([block, params[1]]);
      return Number(params[0]) > head ? null : undefined;
    case 'eth_getTransactionCount':
    case 'eth_getBalance':
    case 'eth_getCode':
    case 'eth_call':
      return ask([params[0], block]);
    case 'eth_getTransactionReceipt': {
      const receipt = await ask(params);
      return receipt !== null && Number(receipt.blockNumber) > head ? null : receipt;
    }
    case 'eth_getLogs': {
      const { fromBlock, toBlock } = params[0];
      if (Number(toBlock) <= head) return undefined;
      return Number(fromBlock) > head ? [] : ask([{ ...params[0], toBlock: block }]);
    }
    default:
      return undefined;
  }
}

/** A node that stands still at block `head` until it is sent a call that wakes it, which it answers as it should. */
export function stuck(head: number, wakes: (call: Call) => boolean, rpc: Rpc): CountedFault {
  let awake = false;
  const fault: CountedFault = {
    struck: 0,
    answer: async (call, forward) => {
      awake ||= wakes(call);
      const old = awake ? undefined : await asOf(head, call, (params) => rpc.call(call.method, params));
      if (old === undefined) return forward();
      fault.struck++;
      return { result: old };
    },
  };
  return fault;
}
