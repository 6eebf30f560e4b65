// An embedded chain with the contract deployed, and funded accounts on it, for tests. One node for each test file.
import { utf8 } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { type EmbeddedNode, fund, type NodeOptions, startNode } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender, type SenderOptions } from '../../src/chain/sending/sender.ts';
import type { Sender } from '../../src/chain/types.ts';
import { deploy, MIStoreContract } from '../../src/contract/client.ts';
import { keccak256 } from '../../src/keccak.ts';

export const ETHER = 10n ** 18n;

/** A private key for each name, the same in every run. */
export function keyOf(name: string): Uint8Array {
  return keccak256(utf8(`MIStore test account ${name}`));
}

export interface TestChain {
  node: EmbeddedNode;
  rpc: Rpc;
  /** Address of the deployed contract. */
  address: Uint8Array;
  /** A sender for the account of that name, funded. */
  sender(name: string, options?: Partial<SenderOptions>): Promise<Sender>;
  /** The contract, written to by the account of that name. */
  contract(name: string): Promise<MIStoreContract>;
  mine(blocks?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startChain(options: NodeOptions = {}): Promise<TestChain> {
  const node = await startNode(options);
  const rpc = new Rpc(node.url);
  const senders: Sender[] = [];
  const sender = async (name: string, more: Partial<SenderOptions> = {}) => {
    const privateKey = keyOf(name);
    await fund(node.url, accountOf(privateKey), 1000n * ETHER);
    const created = await createSender({ rpc, privateKey, ...more });
    senders.push(created);
    return created;
  };
  const { address } = await deploy(await sender('deployer'));
  return {
    node,
    rpc,
    address,
    sender,
    contract: async (name) => MIStoreContract.connect({ rpc, address, sender: await sender(name) }),
    mine: async (blocks = 1) => void (await rpc.call('anvil_mine', [`0x${blocks.toString(16)}`])),
    stop: async () => {
      for (const one of senders) one.close();
      await node.stop();
    },
  };
}
