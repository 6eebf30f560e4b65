// The deployment that a command works with (docs/protocol.md, "Who is believed"): chain id, contract and code hash come from the
// network file, mistore.json, which is looked for from the working folder upwards, and never from an endpoint. On the
// embedded chain, which holds nothing of value, the contract's address alone is enough.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAddress } from '../address.ts';
import { fromHex, toHex } from '../bytes.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { readTextFile } from '../files/text-file.ts';
import type { ChainFlags } from './options.ts';

export const NETWORK_FILE = 'mistore.json';
export const EMBEDDED_RPC = 'http://127.0.0.1:8545';
const EMBEDDED_CHAIN = 31337n;

/** What a network file says. */
export interface Network {
  chainId: bigint;
  /** 20 bytes. */
  contract: Uint8Array;
  /** keccak256 of the contract's code, 32 bytes. */
  codeHash: Uint8Array;
  /** For commands that are given none. */
  endpoint?: string;
  witnesses?: string[];
}

/** For openSite. */
export interface ChosenDeployment {
  rpc: string;
  witnesses: string[];
  contract: Uint8Array;
  chainId: bigint;
  codeHash?: Uint8Array;
}

export function formatNetwork({ chainId, contract, codeHash, ...endpoints }: Network): string {
  const file = { chainId: chainId.toString(), contract: toHex(contract), codeHash: toHex(codeHash), ...endpoints };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Throws an EncodingError for text that is no network file. `origin` names it. */
export function parseNetwork(text: string, origin: string): Network {
  const file = parseJson(text, origin) as Record<string, unknown> | null;
  const wrong = (field: string, expected: string): never => {
    throw new EncodingError(origin, `${field} must be ${expected}`);
  };
  const { chainId, contract, codeHash, endpoint, witnesses } =
    typeof file === 'object' && file !== null ? file : wrong('it', 'an object');
  if (typeof chainId !== 'string' || !/^[1-9]\d{0,77}$/.test(chainId)) wrong('chainId', 'a decimal number in quotes');
  if (typeof codeHash !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(codeHash)) wrong('codeHash', '0x-hex of 32 bytes');
  if (endpoint !== undefined && typeof endpoint !== 'string') wrong('endpoint', 'a URL');
  const isList = Array.isArray(witnesses) && witnesses.every((url) => typeof url === 'string');
  if (witnesses !== undefined && !isList) wrong('witnesses', 'a list of URLs');
  return {
    chainId: BigInt(chainId as string),
    contract: parseAddress(String(contract), 'contract'),
    codeHash: fromHex((codeHash as string).toLowerCase()),
    ...(endpoint !== undefined && { endpoint: endpoint as string }),
    ...(witnesses !== undefined && { witnesses: witnesses as string[] }),
  };
}

/** The deployment that the options, the environment and the network file name. Throws NO_DEPLOYMENT, WRONG_DEPLOYMENT. */
export async function deploymentFor({ rpc, witness, contract, network: named }: ChainFlags): Promise<ChosenDeployment> {
  const path = named || findUpwards(process.cwd());
  const file = path === undefined ? undefined : parseNetwork(await readTextFile(path), path);
  const endpoints = { rpc: rpc ?? file?.endpoint ?? EMBEDDED_RPC, witnesses: witness ?? file?.witnesses ?? [] };
  if (file !== undefined && (contract === undefined || toHex(contract) === toHex(file.contract))) {
    return { ...endpoints, contract: file.contract, chainId: file.chainId, codeHash: file.codeHash };
  }
  if (named) {
    const message = `--contract ${toHex(contract!)} is not the contract of ${named}: give one of the two`;
    throw new MIStoreError('WRONG_DEPLOYMENT', message);
  }
  if (contract !== undefined) return { ...endpoints, contract, chainId: EMBEDDED_CHAIN };
  const message = `say which contract: a network file (${NETWORK_FILE} here or above, or --network FILE; 'mistore deploy' writes one), or on the embedded chain --contract or MISTORE_CONTRACT`;
  throw new MIStoreError('NO_DEPLOYMENT', message);
}

/** The network file in this folder or the nearest one above it. */
function findUpwards(folder: string): string | undefined {
  const path = join(folder, NETWORK_FILE);
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return above === folder ? undefined : findUpwards(above);
}
