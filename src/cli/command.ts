// What all commands do alike: run an action with an Output, show errors in words and with an exit code, and reach the
// contract in a role.
import type { Command } from 'commander';
import { MIStoreError } from '../errors.ts';
import { accountKey } from '../identity/keys.ts';
import { openSite, type Site, type SiteOptions } from '../ledger/site.ts';
import { chosenEngine } from './engine.ts';
import type { CommonOptions } from './options.ts';
import { Output } from './output.ts';
import { INTERRUPTED, readSeed, type SecretOptions } from './secrets.ts';

/** Makes an action of a command: its result is what --json prints. An error ends the process with status 1. */
export function action<O extends { json?: boolean }, A extends unknown[]>(
  work: (output: Output, options: O, ...args: A) => Promise<object>,
): (...given: [...A, O, Command]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals() as O;
    const output = new Output(options.json ?? false);
    try {
      output.result(await work(output, options, ...(given.slice(0, -2) as A)));
    } catch (error) {
      fail(output, error);
    }
  };
}

function fail(output: Output, error: unknown): void {
  output.stopProgress();
  const known = error instanceof MIStoreError || (error as NodeJS.ErrnoException).syscall !== undefined;
  const { stack } = error as Error;
  const message = inWords(error as NodeJS.ErrnoException);
  output.say(known ? `error: ${message}` : `unexpected error, please report it: ${stack}`);
  const { code = 'UNEXPECTED', details = {} } = error as Partial<MIStoreError>;
  process.exitCode = code === INTERRUPTED ? 130 : 1;
  output.result({ error: { code, message, details } });
}

const FILE_FAULTS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk can only be read',
};

/** The message; for a fault of the file system in words, with the path. */
function inWords({ code, path, message }: NodeJS.ErrnoException): string {
  const words = path === undefined ? undefined : FILE_FAULTS[code ?? ''];
  return words === undefined ? message : `${path}: ${words}`;
}

/** The contract as one role sees it. The seed is for the caller's party; `payer`: who sends and pays in its place. */
export async function openRole(
  options: CommonOptions,
  { payer, ...more }: Pick<SiteOptions, 'threads' | 'sending'> & { payer?: SecretOptions } = {},
): Promise<{ site: Site; seed: Uint8Array }> {
  const seed = await readSeed(options);
  return {
    site: await openSite({
      rpc: options.rpc,
      contract: options.contract,
      account: accountKey(payer === undefined ? seed : await readSeed(payer)),
      engine: await chosenEngine(),
      ...sourceOf(options),
      ...more,
    }),
    seed,
  };
}

/** The contract to read only. */
export async function openReader(options: Omit<CommonOptions, 'keystore'>): Promise<Site> {
  const { rpc, contract } = options;
  return openSite({ rpc, contract, engine: await chosenEngine(), ...sourceOf(options) });
}

/** Where events are read from: an archive, if one is named. */
function sourceOf({
  archive,
  json,
}: Pick<CommonOptions, 'archive' | 'json'>): Pick<SiteOptions, 'archive' | 'onPruned'> {
  if (!archive) return {}; // MISTORE_ARCHIVE may be set to nothing.
  const onPruned = ({ message }: Error) => new Output(json ?? false).say(`Events end with the archive: ${message}.`);
  return { archive, onPruned };
}
