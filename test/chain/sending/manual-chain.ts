// Senders on a chain that mines only when told, and what that chain then holds: the oracle of the sender's tests.
import { afterAll, afterEach, beforeAll } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { toHex, utf8 } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { type EmbeddedNode, fund, startNode } from '../../../src/chain/embedded-node.ts';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import { createSender, type SenderOptions } from '../../../src/chain/sending/sender.ts';
import { readNonce } from '../../../src/chain/state.ts';
import type { Sender, TransactionRequest } from '../../../src/chain/types.ts';
import { ETHER, keyOf } from '../../support/chain.ts';

export const GWEI = 10n ** 9n;

/** A transaction as the node shows it. */
export interface NodeTransaction {
  from: string;
  nonce: string;
  input: string;
  maxFeePerGas: string;
  maxPriorityFeePerGas: string;
  gas: string;
}

export interface ManualChain {
  readonly node: EmbeddedNode;
  readonly rpc: Rpc;
  /** A funded key that no other test of the file uses. */
  freshKey(wei?: bigint): Promise<Uint8Array>;
  /** A sender, closed at the end of the test. */
  open(options?: Partial<SenderOptions>): Promise<Sender>;
  mine(blocks?: number): Promise<void>;
  /** A block after each pause, in ms, until the work has ended; none is mined after that. */
  mineWhile<T>(work: Promise<T>, pause?: number): Promise<T>;
  /** The same until nothing is unsettled. */
  mineUntilIdle(sender: Sender): Promise<void>;
  /** Mines a block with this base fee, wei a gas. */
  setBaseFee(wei: bigint): Promise<void>;
  /** What the chain executed of an account: its calldata as text, by block and place. */
  executed(sender: Sender): Promise<string[]>;
  /** What the node's pool holds of an account, by nonce. */
  pooled(sender: Sender): Promise<NodeTransaction[]>;
  /** The account's nonce on chain. */
  nonceOf(sender: Sender): Promise<number>;
}

export const target = accountOf(keyOf('target'));
/** A transaction to it whose calldata is this text. */
export const note = (text: string | number): TransactionRequest => ({ to: target, data: utf8(`${text}`) });

/** One node for the test file that calls this at its top. */
export function manualChain(): ManualChain {
  let node: EmbeddedNode;
  let rpc: Rpc;
  let senders: Sender[] = [];
  let accounts = 0;
  beforeAll(async () => {
    node = await startNode({ manualMining: true });
    rpc = new Rpc(node.url);
  });
  afterAll(() => node?.stop());
  afterEach(() => {
    for (const sender of senders) sender.close();
    senders = [];
  });
  const mine = async (blocks = 1) => void (await rpc.call('anvil_mine', [quantity(blocks)]));
  const mineWhile = async <T>(work: Promise<T>, pause = 100) => {
    let isOver = false;
    const miner = (async () => {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (isOver) return;
        await mine();
      }
    })();
    try {
      return await work;
    } finally {
      isOver = true;
      await miner;
    }
  };
  const freshKey = async (wei = 1000n * ETHER) => {
    const key = keyOf(`sender ${++accounts}`);
    await fund(node.url, accountOf(key), wei);
    return key;
  };
  return {
    get node() {
      return node;
    },
    get rpc() {
      return rpc;
    },
    freshKey,
    mine,
    open: async (options = {}) => {
      const privateKey = options.privateKey ?? (await freshKey());
      const sender = await createSender({ rpc, pollInterval: 20, ...options, privateKey });
      senders.push(sender);
      return sender;
    },
    mineWhile,
    mineUntilIdle: (sender) => mineWhile(sender.idle()),
    setBaseFee: async (wei) => {
      await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(wei)]);
      await mine();
    },
    executed: (sender) => readExecuted(rpc, sender),
    pooled: async ({ address }) => {
      const { pending } = await rpc.call<{ pending: Record<string, Record<string, NodeTransaction>> }>(
        'txpool_content',
      );
      return Object.values(pending[addressText(address)] ?? pending[toHex(address)] ?? {});
    },
    nonceOf: ({ address }) => readNonce(rpc, address),
  };
}

async function readExecuted(rpc: Rpc, { address }: Sender): Promise<string[]> {
  const texts: string[] = [];
  const head = Number(await rpc.call('eth_blockNumber'));
  for (let block = 0; block <= head; block++) {
    const full = await rpc.call<{ transactions: NodeTransaction[] }>('eth_getBlockByNumber', [quantity(block), true]);
    for (const { from, input } of full.transactions) {
      if (from === toHex(address)) texts.push(Buffer.from(input.slice(2), 'hex').toString());
    }
  }
  return texts;
}
