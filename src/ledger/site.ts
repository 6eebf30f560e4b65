// Where a party works: the contract on its chain, the source of its events and the engine. Nothing in it lasts.

import { ArchiveReader } from '../archive/reader.ts';
import type { IncompleteLogsError } from '../chain/errors.ts';
import { Rpc } from '../chain/rpc.ts';
import { createSender, type SenderOptions } from '../chain/sending/sender.ts';
import { MIStoreContract } from '../contract/client.ts';
import { EventReader, type EventSource } from '../contract/events.ts';
import type { Engine } from '../engine/engine.ts';
import type { Deployment } from '../identity/channel.ts';
import { VssPool } from '../vss/pool.ts';

export interface Site {
  readonly engine: Engine;
  /** For whole batches; its threads, if any, have engines of their own. */
  readonly pool: VssPool;
  readonly contract: MIStoreContract;
  readonly events: EventSource;
}

export interface SiteOptions {
  /** HTTP endpoint of an Ethereum node. */
  rpc: string;
  /** Address of the contract, 20 bytes. */
  contract: Uint8Array;
  engine: Engine;
  /** Archive file of the ledger that events are read from; the node is asked for later ones only. */
  archive?: string;
  /** Told once if the node has pruned those too: see ArchiveOptions. */
  onPruned?: (error: IncompleteLogsError) => void;
  /** Worker threads for dealing and checking batches; 0 (none) if not given. They end with the process. */
  threads?: number;
  /** Private key of the account that writes; without it the site is for reading. */
  account?: Uint8Array;
  /** How that account sends: window, fee cap, confirmations. */
  sending?: Omit<SenderOptions, 'rpc' | 'privateKey'>;
}

/** Connects to the contract. Throws ConnectionError, WrongChainError, NoContractError, or ArchiveError. */
export async function openSite({
  rpc: url,
  contract: address,
  engine,
  threads,
  account,
  sending,
  archive,
  onPruned,
}: SiteOptions): Promise<Site> {
  const rpc = new Rpc(url);
  const sender = account && (await createSender({ ...sending, rpc, privateKey: account }));
  const contract = await MIStoreContract.connect({ rpc, address, ...(sender && { sender }) });
  const events =
    archive === undefined
      ? new EventReader({ rpc, address })
      : await ArchiveReader.open(archive, { contract, ...(onPruned && { onPruned }) });
  return { engine, pool: new VssPool(engine, threads), contract, events };
}

export const deploymentOf = ({ contract }: Site): Deployment => ({
  chainId: contract.chainId,
  contract: contract.address,
});
