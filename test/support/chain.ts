// An embedded chain with the contract deployed, and funded accounts on it, for tests. One node for each test file.
import { utf8 } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { type EmbeddedNode, fund, type NodeOptions, startNode } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender, type SenderOptions } from '../../src/chain/sending/sender.ts';
import type { Sender } from '../../src/chain/types.ts';
import { deploy, MIStoreContract } from '../../src/contract/client.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { keccak256 } from '../../src/keccak.ts';
import { openSite, type SiteOptions } from '../../src/ledger/open-site.ts';
import type { Site } from '../../src/ledger/site.ts';

export const ETHER = 10n ** 18n;

/** A private key for each name, the same in every run. */
export const keyOf = (name: string): Uint8Array => keccak256(utf8(`MIStore test account ${name}`));

/** The seed of whoever has this name, the same in every run. */
export const seedOf = (name: string): Uint8Array => keccak256(utf8(`MIStore test seed ${name}`));

/** How sites send: they look at the chain every 20 ms, and send again what is not mined after half a second. */
const SENDING: Partial<SenderOptions> = { pollInterval: 20, rebroadcastAfter: 500 };

export interface TestChain {
  node: EmbeddedNode;
  rpc: Rpc;
  /** Address of the deployed contract. */
  address: Uint8Array;
  /** That of every site. */
  engine: Engine;
  /** A sender for the account of that name, funded. */
  sender(name: string, options?: Partial<SenderOptions>): Promise<Sender>;
  /** The contract, written to by the account of that name. */
  contract(name: string): Promise<MIStoreContract>;
  /** The contract as the account of this seed sees it, funded: new objects each time. `rpc`: another way to the chain. */
  site(seed: Uint8Array, options?: Partial<SiteOptions>): Promise<Site>;
  /** The contract for reading only. */
  reader(options?: Partial<SiteOptions>): Promise<Site>;
  /** Timestamp of the latest block plus so many seconds (an hour, if not given). */
  deadline(seconds?: number): Promise<bigint>;
  mine(blocks?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startChain(options: NodeOptions = {}): Promise<TestChain> {
  const node = await startNode(options);
  const rpc = new Rpc(node.url);
  const engine = await createEngine();
  const senders: Sender[] = [];
  const sender = async (name: string, more: Partial<SenderOptions> = {}) => {
    const privateKey = keyOf(name);
    await fund(node.url, accountOf(privateKey), 1000n * ETHER);
    const created = await createSender({ rpc, privateKey, ...more });
    senders.push(created);
    return created;
  };
  const { address } = await deploy(await sender('deployer'));
  const reader = (more: Partial<SiteOptions> = {}) => openSite({ rpc: node.url, contract: address, engine, ...more });
  return {
    node,
    rpc,
    address,
    engine,
    sender,
    contract: async (name) => MIStoreContract.connect({ rpc, address, sender: await sender(name) }),
    site: async (seed, { sending, ...more } = {}) => {
      const account = accountKey(seed);
      await fund(node.url, accountOf(account), 1000n * ETHER);
      return reader({ ...more, account, sending: { ...SENDING, ...sending } });
    },
    reader,
    deadline: async (seconds = 3600) => {
      const block = await rpc.call<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
      return BigInt(block.timestamp) + BigInt(seconds);
    },
    mine: async (blocks = 1) => void (await rpc.call('anvil_mine', [`0x${blocks.toString(16)}`])),
    stop: async () => {
      for (const one of senders) one.close();
      await node.stop();
    },
  };
}
