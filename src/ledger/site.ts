// What a party works with: the contract on its chain, the source of its events, and the engine. Keeps nothing on disk.
import { equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import type { MIStoreContract } from '../contract/client.ts';
import type { EventSource } from '../contract/events.ts';
import type { ContractStorage } from '../contract/views.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import type { VssPool } from '../vss/pool.ts';

/** Enough for whoever only looks at ledgers, with an archive in place of the chain too. */
export interface ReadingSite {
  readonly engine: Engine;
  readonly contract: ContractStorage;
  readonly events: EventSource;
}

/** Connected to the contract: enough for whoever deals and checks no batches, such as a patient in a browser. */
export interface ConnectedSite extends ReadingSite {
  readonly contract: MIStoreContract;
}

export interface Site extends ConnectedSite {
  /** Deals and checks whole batches. Its threads, if any, have engines of their own. */
  readonly pool: VssPool;
}

export const deploymentOf = ({ contract }: ReadingSite): Deployment => ({
  chainId: contract.chainId,
  contract: contract.address,
});

/** Throws WRONG_DEPLOYMENT where a file is for another contract (20 bytes) or chain. `what`: "the consent is". */
export function checkSameDeployment(site: ReadingSite, what: string, given: { chainId: bigint; contract: Hex }): void {
  const { chainId, contract } = deploymentOf(site);
  if (given.chainId === chainId && equalBytes(fromHex(given.contract), contract)) return;
  const message = `${what} for contract ${given.contract} on chain ${given.chainId}, not for ${toHex(contract)} on chain ${chainId}`;
  throw new MIStoreError('WRONG_DEPLOYMENT', message);
}

/** Hosts by whose word roots and other state are believed: the endpoint's, then those of all witnesses, which agree with it. */
export const vouchingHosts = ({ contract: { rpc } }: ConnectedSite): string[] => [rpc.host, ...rpc.witnesses];
