// A development network that runs: an embedded chain with kept state, the contract, a hospital's ledger, and its servers as
// daemons in this process. Stopped and started again it is the same network. On loopback only; its keys protect nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setBlockTime, startNode } from '../chain/embedded-node.ts';
import { Rpc } from '../chain/rpc.ts';
import { hasCode } from '../chain/state.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import type { PinnedContract } from '../network/network-file.ts';
import type { DaemonEvent } from '../parties/server/daemon/daemon-events.ts';
import { type DevAccounts, openAccounts } from './accounts.ts';
import { contractOf, setUpContract } from './contract.ts';
import { placeBefore, writeNetworkFile, writeSample } from './files.ts';
import { DevParties } from './parties.ts';
import { type DevPlan, openPlan } from './plan.ts';
import { StateKeeper } from './state-keeper.ts';

export interface DevOptions {
  /** Made if it does not exist. */
  folder: string;
  /** What a new network is made of; what an existing one must have, if given. */
  plan: Partial<DevPlan>;
  /** On 127.0.0.1; where the network ran before, at first 8545, if not given. */
  port?: number;
  /** Seconds from block to block, once the network is set up; a block for each transaction if not given. */
  blockTime?: number;
  engine: Engine;
  /** The chain cannot be saved for now; called once until it can. */
  onUnsaved: (error: MIStoreError) => void;
}

export interface DevNetwork {
  plan: DevPlan;
  accounts: DevAccounts;
  url: string;
  contract: PinnedContract;
  /** 32 bytes. */
  ledgerId: Uint8Array;
  /** Whether the folder had the network already. */
  isResumed: boolean;
  /** Starts the servers; `onEvent` is called with a server's name and what it reports. */
  run(onEvent: (server: string, event: DaemonEvent) => void): void;
  /** Ends the servers, writes the chain's state and ends the chain. */
  stop(): Promise<void>;
}

const STATE_FILE = 'chain.json';
const DEFAULT_PORT = 8545;

/** Starts the chain, and makes what is missing. Throws ALREADY_RUNNING, NodeError (a port in use, a state that cannot be read), and what openPlan() and openAccounts() throw. */
export async function startDevNetwork(options: DevOptions): Promise<DevNetwork> {
  const { folder, engine } = options;
  const plan = await openPlan(folder, options.plan);
  const state = join(folder, STATE_FILE);
  const isResumed = existsSync(state);
  const accounts = await openAccounts(folder, plan.servers, isResumed);
  const before = await placeBefore(folder);
  if (before !== undefined) await checkNotRunning(folder, before.url, accounts);
  const port = options.port ?? before?.port ?? DEFAULT_PORT;
  const chain = await startNode({ port, state }).catch((error) => {
    throw withAdvice(error, folder, state);
  });
  const { url } = chain;
  try {
    const contract = await setUpContract(url, accounts);
    const parties = await DevParties.open({ url, contract, engine }, accounts);
    const ledgerId = await parties.setUpLedger(plan);
    const keeper = new StateKeeper(url, state, options.onUnsaved);
    await keeper.start();
    if (options.blockTime !== undefined) await setBlockTime(url, options.blockTime);
    await writeNetworkFile(folder, { url, contract, accounts, ledgerId });
    await writeSample(folder, plan.preset);
    const stop = async () => {
      await parties.stop();
      await keeper.stop();
      await chain.stop();
    };
    return { plan, accounts, url, contract, ledgerId, isResumed, run: (onEvent) => parties.run(onEvent), stop };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

/** Of a node that does not start because of its state. */
function withAdvice(error: Error, folder: string, state: string): Error {
  if (!/--state .*failed to parse/.test(error.message)) return error;
  const message = `${state} cannot be read, and the chain is lost with it: remove the folder ${folder} to begin anew`;
  return new MIStoreError('NO_STATE', message, { state }, { cause: error });
}

/** The contract of an operator with a random seed stands on one chain only. */
async function checkNotRunning(folder: string, url: string, accounts: DevAccounts): Promise<void> {
  const isRunning = await hasCode(new Rpc(url, { retries: 0, timeout: 2000 }), contractOf(accounts)).catch(() => false);
  if (!isRunning) return;
  throw new MIStoreError('ALREADY_RUNNING', `the network in ${folder} is running already, at ${url}`, { folder, url });
}
