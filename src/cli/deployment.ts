// The deployment that a command works with (docs/protocol.md, "Who is believed"): chain id, contract and code hash come from the
// network file, mistore.json, which is looked for from the working folder upwards, and never from an endpoint. On the
// embedded chain, which holds nothing of value, the contract's address alone is enough.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { toHex } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import { readTextFile } from '../files/text-file.ts';
import { type FoundNetwork, NETWORK_FILE, type Network, parseNetwork } from '../network/network-file.ts';
import type { ChainFlags } from './options.ts';

export const EMBEDDED_RPC = 'http://127.0.0.1:8545';
const EMBEDDED_CHAIN = 31337n;

/** For openSite. */
export interface ChosenDeployment {
  rpc: string;
  witnesses: readonly string[];
  contract: Uint8Array;
  chainId: bigint;
  codeHash?: Uint8Array;
}

/** By path: several parts of a command need the file, which may be a pipe. */
const found = new Map<string, Promise<Network>>();

/** The network file that the options or the environment name, else the one here or above; undefined if there is none. */
export async function findNetwork({ network: named }: Pick<ChainFlags, 'network'>): Promise<FoundNetwork | undefined> {
  const path = named || networkPath();
  if (path === undefined) return undefined;
  if (!found.has(path))
    found.set(
      path,
      readTextFile(path).then((text) => parseNetwork(text, path)),
    );
  return { path, network: await found.get(path)! };
}

/** The network file in the working folder or the nearest one above it, seen from there. */
export function networkPath(): string | undefined {
  const path = findUpwards(process.cwd());
  return path === undefined ? undefined : relative(process.cwd(), path);
}

function findUpwards(folder: string): string | undefined {
  const path = join(folder, NETWORK_FILE);
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return above === folder ? undefined : findUpwards(above);
}

/** Where the chain is reached: by the options or the environment, else the network file, else the embedded chain. */
export async function endpointsFor(options: ChainFlags): Promise<Pick<ChosenDeployment, 'rpc' | 'witnesses'>> {
  const file = (await findNetwork(options))?.network;
  return {
    rpc: options.rpc ?? file?.endpoint ?? EMBEDDED_RPC,
    witnesses: options.witness ?? file?.witnesses ?? [],
  };
}

/** The deployment that the options, the environment and the network file name. Throws NO_DEPLOYMENT, WRONG_DEPLOYMENT. */
export async function deploymentFor(options: ChainFlags): Promise<ChosenDeployment> {
  const { contract, network: named } = options;
  const file = await findNetwork(options);
  const pinned = file?.network.pinned;
  const endpoints = await endpointsFor(options);
  if (pinned !== undefined && (contract === undefined || toHex(contract) === toHex(pinned.contract))) {
    return { ...endpoints, ...pinned };
  }
  if (named && pinned !== undefined) {
    const message = `--contract ${toHex(contract!)} is not the contract of ${named}: give one of the two`;
    throw new MIStoreError('WRONG_DEPLOYMENT', message);
  }
  if (contract !== undefined) return { ...endpoints, contract, chainId: EMBEDDED_CHAIN };
  const where =
    file === undefined
      ? `a network file (${NETWORK_FILE} here or above, or --network FILE; 'mistore deploy' or 'mistore init' writes one)`
      : `${file.path} names none yet ('mistore deploy' or 'mistore init' adds one)`;
  const message = `say which contract: ${where}, or on the embedded chain --contract or MISTORE_CONTRACT`;
  throw new MIStoreError('NO_DEPLOYMENT', message);
}
