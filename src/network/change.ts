// Changes of a network file on the disk: what the file has is never lost, also where two programs change it at once.
import { chmod, open, realpath, rm, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { equalBytes } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import { checkOutput, withOutputFile } from '../files/output-file.ts';
import { readTextFile } from '../files/text-file.ts';
import type { NamedKind } from './names.ts';
import { formatNetwork, type Network, parseNetwork } from './network-file.ts';

const EMPTY: Network = { names: new Map(), ledgers: new Map() };
/** Milliseconds for which a change waits for other programs that change the file. */
const PATIENCE = 10_000;
/** Milliseconds after which a lock is taken for one that a program left when it was killed. */
const STALE = 5_000;

/** What the file says; what an empty one would if there is none. */
export async function readNetwork(path: string): Promise<Network> {
  return networkIn(await textIn(path), path);
}

/**
 * Writes what `change` makes of the file, in one step, and gives it back. A file that is missing is made; one that exists
 * keeps its mode. Programs that do this at once wait for each other. Throws NETWORK_FILE_BUSY, and what `change` throws.
 */
export async function changeNetwork(path: string, change: (network: Network) => Network): Promise<Network> {
  return locked(path, async () => {
    const before = await textIn(path);
    const made = change(networkIn(before, path));
    const text = formatNetwork(made);
    if (text === before) return made;
    parseNetwork(text, path); // What could not be read again is not written.
    const mode = before === undefined ? undefined : (await stat(path)).mode & 0o777;
    await withOutputFile(path, { replace: before !== undefined }, (file) => file.write(text));
    if (mode !== undefined) await chmod(path, mode);
    return made;
  });
}

/** Throws OutputFileError where the file cannot be written or replaced: before something is done that it is to hold. */
export async function checkWritable(path: string): Promise<void> {
  await checkOutput(path, { replace: true });
}

/**
 * The network with one more name. `path` is for messages. Throws NAME_TAKEN if the name stands for something else, or if
 * what it is to stand for has another name: that is for a person to decide.
 */
export function withName(network: Network, kind: NamedKind, name: string, bytes: Uint8Array, path: string): Network {
  const field = kind === 'account' ? 'names' : 'ledgers';
  const known = network[field];
  const before = known.get(name);
  if (before !== undefined && equalBytes(before, bytes)) return network;
  const other = [...known].find(([, value]) => equalBytes(value, bytes))?.[0];
  if (before === undefined && other === undefined) return { ...network, [field]: new Map([...known, [name, bytes]]) };
  const why =
    before === undefined ? `this ${kind} has the name ${other} already` : `the name ${name} stands for another ${kind}`;
  throw new MIStoreError('NAME_TAKEN', `${path}: ${why}; choose another name, or edit the file`, {
    kind,
    name,
    file: path,
  });
}

const networkIn = (text: string | undefined, path: string): Network =>
  text === undefined ? EMPTY : parseNetwork(text, path);

/** The file's text; undefined if there is no file. */
async function textIn(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Does the work while a file beside the network file, FILE.lock, keeps others waiting. */
async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${await realpath(path).catch(() => path)}.lock`;
  for (const started = performance.now(); !(await taken(lock)); await setTimeout(20)) {
    if (performance.now() - started > PATIENCE) {
      throw new MIStoreError('NETWORK_FILE_BUSY', `${path}: other programs keep changing it; try again`, {
        file: path,
      });
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Whether the lock is ours now; one that is left over is removed. */
async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const made = await stat(lock).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > STALE) await rm(lock, { force: true });
    return false;
  }
}
