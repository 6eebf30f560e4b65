// What the page's host says about the network, in network.json beside the page: `mistore web` writes it from the network file; on
// other hosts it is an empty object, or what they have put there. Read strictly: a host's mistake must not look like an answer.
import type { Hex } from '../../src/bytes.ts';
import { MIStoreError } from '../../src/errors.ts';
import type { Pinned } from '../model/types.ts';

export interface HostSettings {
  /** The contract that the network file pins. */
  place?: Pinned;
  endpoint?: string;
  /** The browser may not talk to any other endpoint: the host's policy says so. */
  isFixed: boolean;
  /** There is no endpoint: the archive alone is used. */
  isOffline: boolean;
  /** Accounts' names, and their addresses (20 bytes). */
  names: Readonly<Record<string, Hex>>;
  /** Name of the archive that the host offers as `archive`. */
  archive?: string;
}

export const NO_SETTINGS: HostSettings = { isFixed: false, isOffline: false, names: {} };

/** Reads network.json of this page's host. Throws HOST_SETTINGS where it is there and cannot be used. */
export async function readHostSettings(): Promise<HostSettings> {
  let text: string;
  try {
    const reply = await fetch('network.json', { cache: 'no-store' });
    if (!reply.ok) return NO_SETTINGS;
    text = await reply.text();
  } catch {
    return NO_SETTINGS;
  }
  return parseHostSettings(text);
}

export function parseHostSettings(text: string): HostSettings {
  const wrong = (field: string): never => {
    throw new MIStoreError('HOST_SETTINGS', `network.json of this page's host: ${field} is not as it must be`, {
      field,
    });
  };
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return wrong('the file');
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return wrong('the file');
  const string = (name: string): string | undefined => {
    const value = file[name];
    if (value === undefined || typeof value === 'string') return value;
    return wrong(name);
  };
  const place = placeOf(file, wrong);
  const endpoint = string('endpoint');
  const archive = string('archive');
  return {
    ...(place && { place }),
    ...(endpoint && { endpoint }),
    ...(archive && { archive }),
    isFixed: file.fixed === true,
    isOffline: file.offline === true,
    names: namesOf(file.names ?? {}, wrong),
  };
}

function placeOf(file: Record<string, unknown>, wrong: (field: string) => never): Pinned | undefined {
  const { chainId, contract, codeHash } = file;
  if (chainId === undefined && contract === undefined) return undefined;
  if (typeof chainId !== 'string' || !/^[1-9]\d{0,77}$/.test(chainId)) return wrong('chainId');
  if (!isHex(contract, 20)) return wrong('contract');
  if (codeHash !== undefined && !isHex(codeHash, 32)) return wrong('codeHash');
  return { chainId: BigInt(chainId), contract, ...(codeHash && { codeHash }) };
}

function namesOf(names: unknown, wrong: (field: string) => never): Record<string, Hex> {
  if (typeof names !== 'object' || names === null) return wrong('names');
  const entries = Object.entries(names).map(([name, address]): [string, Hex] =>
    isHex(address, 20) ? [name, address.toLowerCase() as Hex] : wrong('names'),
  );
  return Object.fromEntries(entries);
}

const isHex = (value: unknown, bytes: number): value is Hex =>
  typeof value === 'string' && value.length === 2 + 2 * bytes && /^0x[0-9a-fA-F]*$/.test(value);
