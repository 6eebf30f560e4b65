// The network file, mistore.json: one deployment of the contract as all its users agree on it, where it is reached, and
// names for accounts and ledgers. Nothing in it is secret but access keys in endpoints' URLs, which errors do not quote.
// network.schema.json describes it for editors.
import { addressText, parseAddress } from '../address.ts';
import { fromHex, toHex } from '../bytes.ts';
import { ArgumentError, EncodingError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { nearest } from '../nearest.ts';
import { isName, NAME_RULE } from './names.ts';

export const NETWORK_FILE = 'mistore.json';

/** What an endpoint must show before it is believed. */
export interface PinnedContract {
  chainId: bigint;
  /** 20 bytes. */
  contract: Uint8Array;
  /** keccak256 of the contract's code, 32 bytes. */
  codeHash: Uint8Array;
}

/** What a network file says. */
export interface Network {
  /** Not in a file that has only names yet. */
  pinned?: PinnedContract;
  /** For commands that are given none. */
  endpoint?: string;
  witnesses?: readonly string[];
  /** Name → address, 20 bytes. No two names have the same address. */
  names: ReadonlyMap<string, Uint8Array>;
  /** Name → ledger id, 32 bytes. No two names have the same id. */
  ledgers: ReadonlyMap<string, Uint8Array>;
  /** The schema that the file names for editors. */
  schema?: string;
}

/** A network file, and where it was found. */
export interface FoundNetwork {
  path: string;
  network: Network;
}

const FIELDS = ['$schema', 'chainId', 'contract', 'codeHash', 'endpoint', 'witnesses', 'names', 'ledgers'];

export function formatNetwork({ schema, pinned, endpoint, witnesses, names, ledgers }: Network): string {
  const texts = (known: ReadonlyMap<string, Uint8Array>, text: (bytes: Uint8Array) => string) =>
    Object.fromEntries([...known].map(([name, bytes]) => [name, text(bytes)]));
  const file = {
    ...(schema !== undefined && { $schema: schema }),
    ...(pinned && {
      chainId: pinned.chainId.toString(),
      contract: addressText(pinned.contract),
      codeHash: toHex(pinned.codeHash),
    }),
    ...(endpoint !== undefined && { endpoint }),
    ...(witnesses !== undefined && { witnesses }),
    ...(names.size > 0 && { names: texts(names, addressText) }),
    ...(ledgers.size > 0 && { ledgers: texts(ledgers, toHex) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Throws an EncodingError, which names field and value, for text that is no network file. A field that is not known is
 * refused: a mistyped "witnesses" would otherwise leave nobody asked. `origin` names the file.
 */
export function parseNetwork(text: string, origin: string): Network {
  const file = objectOf(parseJson(text, origin), origin, 'it');
  for (const field of Object.keys(file)) if (!FIELDS.includes(field)) refuse(origin, unknownField(field));
  const { $schema: schema, endpoint, witnesses } = file;
  if (schema !== undefined && typeof schema !== 'string') refuse(origin, '$schema must be a text');
  if (endpoint !== undefined && typeof endpoint !== 'string') refuse(origin, 'endpoint must be a URL');
  const areUrls = Array.isArray(witnesses) && witnesses.every((url) => typeof url === 'string');
  if (witnesses !== undefined && !areUrls) refuse(origin, 'witnesses must be a list of URLs');
  const pinned = pinnedIn(file, origin);
  return {
    ...(schema !== undefined && { schema: schema as string }),
    ...(pinned && { pinned }),
    ...(endpoint !== undefined && { endpoint: endpoint as string }),
    ...(witnesses !== undefined && { witnesses: witnesses as string[] }),
    names: namesIn(file, 'names', origin, ADDRESS),
    ledgers: namesIn(file, 'ledgers', origin, HASH),
  };
}

/** Chain id, contract and code hash: all of them or none. */
function pinnedIn(file: Record<string, unknown>, origin: string): PinnedContract | undefined {
  const given = ['chainId', 'contract', 'codeHash'].filter((field) => file[field] !== undefined);
  if (given.length === 0) return undefined;
  if (given.length < 3)
    refuse(origin, `chainId, contract and codeHash go together; it has only ${given.join(' and ')}`);
  const { chainId, contract, codeHash } = file;
  if (typeof chainId !== 'string' || !/^[1-9]\d{0,77}$/.test(chainId)) {
    refuse(origin, wrongValue('chainId', chainId, 'a decimal number in quotes'));
  }
  return {
    chainId: BigInt(chainId as string),
    contract: ADDRESS('contract', contract, origin),
    codeHash: HASH('codeHash', codeHash, origin),
  };
}

type ReadBytes = (field: string, value: unknown, origin: string) => Uint8Array;

const ADDRESS: ReadBytes = (field, value, origin) => {
  if (typeof value !== 'string') refuse(origin, wrongValue(field, value, 'an address: 0x and 40 hex digits'));
  try {
    return parseAddress(value as string, field);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error; // Hashing may have no room: see keccak.ts.
    return refuse(origin, error.message);
  }
};

const HASH: ReadBytes = (field, value, origin) => {
  const isHash = typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value);
  return isHash ? fromHex(value.toLowerCase()) : refuse(origin, wrongValue(field, value, '0x and 64 hex digits'));
};

/** Name → bytes. A name has one meaning, and so does what it stands for: two names for it would be shown as either. */
function namesIn(file: Record<string, unknown>, field: string, origin: string, read: ReadBytes) {
  const known = new Map<string, Uint8Array>();
  const byText = new Map<string, string>();
  if (file[field] === undefined) return known;
  for (const [name, value] of Object.entries(objectOf(file[field], origin, field))) {
    if (!isName(name)) refuse(origin, `${JSON.stringify(name)} in ${field} is not a name: it must be ${NAME_RULE}`);
    const bytes = read(`${field}.${name}`, value, origin);
    const other = byText.get(toHex(bytes));
    if (other !== undefined) refuse(origin, `${field}.${other} and ${field}.${name} are the same; give it one name`);
    byText.set(toHex(bytes), name);
    known.set(name, bytes);
  }
  return known;
}

function objectOf(value: unknown, origin: string, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return refuse(origin, `${what} must be an object`);
}

function unknownField(field: string): string {
  const near = nearest(field, FIELDS);
  return `${JSON.stringify(field)} is not a field of a network file${near === undefined ? '' : `; did you mean ${near}?`}`;
}

const wrongValue = (field: string, value: unknown, allowed: string) =>
  value === undefined
    ? `${field} is missing`
    : `${field} is ${JSON.stringify(value).slice(0, 80)}; it must be ${allowed}`;

function refuse(origin: string, message: string): never {
  throw new EncodingError(origin, message);
}
