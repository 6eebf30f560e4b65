// What a daemon keeps on disk so that it is ready soon after a restart: up to which block it has read, which batches it has
// checked, which queries are open. Losing it costs time only, and nothing in it is believed: the last root of each ledger is
// compared with storage, and an answer rests on what the chain says then. It holds no secrets.
import { rename } from 'node:fs/promises';
import { fromHex, type Hex, toHex, utf8 } from '../../../bytes.ts';
import { MIStoreError } from '../../../errors.ts';
import { withOutputFile } from '../../../files/output-file.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { keccak256 } from '../../../keccak.ts';
import type { BlockPoint } from './chain-cursor.ts';
import type { StoredQuery } from './query-book.ts';

/** What a cache is of. */
export interface CacheOwner {
  chainId: string;
  contract: Hex;
  account: Hex;
  /** The one ledger that is served, or all. */
  ledger: Hex | 'all';
}

export interface StoredLedger {
  ledger: Hex;
  block: number;
  hasQueries: boolean;
  /** Number of the first batch that is not checked, and the first block whose batches have not been read. */
  next: number;
  from: number | null;
  /** Of the last checked batches. */
  roots: Hex[];
  wrong: [recordId: number, batch: number][];
  complained: [recordId: number, batch: number][];
}

export interface StoredState {
  points: BlockPoint[];
  ledgers: StoredLedger[];
  queries: StoredQuery[];
}

const FORMAT = 'mistore-server-cache/1';

/**
 * The state in a cache file; null where there is no file. Throws OTHER_CACHE for one of another chain, contract, account or choice of
 * ledgers. One that is damaged is renamed, and told to `onDamaged`; null then too.
 */
export async function readCache(
  file: string,
  owner: CacheOwner,
  onDamaged: (movedTo: string, why: string) => void,
): Promise<StoredState | null> {
  const text = await readTextFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    if (error instanceof MIStoreError) return error.message; // no text: damaged
    throw new MIStoreError('CACHE', `${file}: the cache cannot be read: ${error.message}`, { file }, { cause: error });
  });
  if (text === null) return null;
  const read = parse(text);
  if (typeof read === 'string') {
    const movedTo = `${file}.damaged`;
    await rename(file, movedTo);
    onDamaged(movedTo, read);
    return null;
  }
  for (const name of ['chainId', 'contract', 'account', 'ledger'] as const) {
    if (read.owner[name] === owner[name]) continue;
    const message = `${file}: the cache is of ${NAMES[name]} ${read.owner[name]}, not of ${owner[name]}: name another place for it, or remove it`;
    throw new MIStoreError('OTHER_CACHE', message, { file, [name]: read.owner[name], expected: owner[name] });
  }
  return read.state;
}

/** Replaces the file in one step. Throws OutputFileError. */
export async function writeCache(file: string, owner: CacheOwner, state: StoredState): Promise<void> {
  const content = JSON.stringify({ format: FORMAT, owner, state });
  await withOutputFile(file, { replace: true }, (out) => out.write(`${content}\n${checksum(content)}\n`));
}

const NAMES = { chainId: 'chain', contract: 'contract', account: 'account', ledger: 'ledger' };

const checksum = (content: string): Hex => toHex(keccak256(utf8(content)));

/** What the text holds, or what is wrong with it. */
function parse(text: string): { owner: CacheOwner; state: StoredState } | string {
  const [content = '', sum] = text.split('\n');
  if (sum !== checksum(content)) return 'its checksum is wrong';
  try {
    const { format, owner, state } = JSON.parse(content);
    if (format !== FORMAT) return `its format is ${format}; this program reads ${FORMAT}`;
    return { owner, state };
  } catch {
    return 'it is not JSON';
  }
}

/** 32 bytes. */
export const rootOf = (text: Hex): Uint8Array => fromHex(text, 'root of a cached batch', 32);
