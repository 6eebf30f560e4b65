// A made-up node: blocks that a test names, and one answer to every question about the state as of each block. It keeps what
// it was asked.
import type { Hex } from '../../../src/bytes.ts';
import { quantity } from '../../../src/chain/rpc.ts';
import { type Answer, type Endpoint, startEndpoint } from './proxy.ts';

export interface MadeUpNode extends Endpoint {
  /** Number of its newest block. */
  head: number;
  /** Seconds from one block to the next. */
  blockTime: number;
  /** Which of several chains it is on: blocks of different forks have different hashes. */
  fork: number;
  chainId: bigint;
  /** What it answers to a question about the state as of a block of a number. */
  state: (number: number, method: string) => Answer;
  /** The calls of a method so far, their parameters. */
  asked(method: string): unknown[][];
  /** The URL with a key in it. */
  keyed: string;
}

export const hashOf = (number: number, fork = 0): Hex =>
  `0x${(1_000_000 * fork + number).toString(16).padStart(64, '0')}`;

export async function startNodeMadeUp(options: Partial<MadeUpNode> = {}): Promise<MadeUpNode> {
  const endpoint = await startEndpoint(({ method, params }) => answer(node, method, params));
  const node: MadeUpNode = Object.assign(endpoint, {
    head: 10,
    blockTime: 12,
    fork: 0,
    chainId: 1n,
    state: (number: number) => ({ result: `0x${number.toString(16).padStart(4, '0')}` }),
    asked: (method: string) => endpoint.calls.filter((call) => call.method === method).map(({ params }) => params),
    keyed: `${endpoint.url.replace('//', '//user:secret-password@')}/v3/secret-key?token=secret-token`,
    ...options,
  });
  return node;
}

function answer(node: MadeUpNode, method: string, params: unknown[]): Answer {
  if (method === 'eth_chainId') return { result: quantity(node.chainId) };
  const block = (number: number): Answer => ({
    result: {
      number: quantity(number),
      hash: hashOf(number, node.fork),
      timestamp: quantity(1_700_000_000 + node.blockTime * number),
      baseFeePerGas: '0x1',
    },
  });
  if (method === 'eth_getBlockByNumber') {
    const number = params[0] === 'latest' || params[0] === 'finalized' ? node.head : Number(params[0]);
    return number > node.head ? { result: null } : block(number);
  }
  const at = params.at(-1) as string | { blockHash: Hex };
  if (typeof at === 'string') return node.state(at === 'latest' ? node.head : Number(at), method);
  const number = Number(BigInt(at.blockHash) % 1_000_000n);
  if (at.blockHash !== hashOf(number, node.fork) || number > node.head) {
    return { error: { code: -32000, message: 'header not found' } };
  }
  return node.state(number, method);
}
