// What all commands do alike when they run: they get an Output, give one object for --json, and show errors in words with
// an exit status.
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { MIStoreError } from '../errors.ts';
import { fileFault } from '../files/faults.ts';
import { checkNotInput } from '../files/output-file.ts';
import { findNetwork } from './deployment.ts';
import { checkRole, keystoreAt } from './input/keystores.ts';
import { resolved } from './input/named.ts';
import type { Role } from './input/roles.ts';
import { INTERRUPTED } from './input/secrets.ts';
import { filesOf, NetworkOption } from './options.ts';
import { Output } from './output.ts';
import { Names } from './text/names.ts';

/**
 * Does the work of a command that commander has parsed, with bytes in place of names. Before, its files are looked at: a
 * password is asked for only where they are there. `roles`: whose keystore it takes.
 */
export async function perform(
  command: Command,
  roles: readonly Role[] | 'any',
  work: (output: Output, options: Record<string, unknown>, args: unknown[]) => Promise<object | undefined>,
): Promise<void> {
  const given = command.optsWithGlobals();
  const output = new Output(given.json ?? false);
  try {
    const { read, keystores, written } = filesOf(command);
    for (const file of written) await checkNotInput(file, read);
    for (const file of read) if (!keystores.includes(file)) await checkThere(file);
    for (const file of keystores) await keystoreAt(file);
    if (given.keystore !== undefined) await checkRole(given.keystore, roles);
    const worksWithIt = command.options.some((option) => option instanceof NetworkOption);
    const network = worksWithIt ? await findNetwork(given) : undefined;
    output.names = new Names(network?.network);
    const options = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, resolved(value, network)]));
    const result = await work(output, options, resolved(command.processedArgs, network) as unknown[]);
    if (result !== undefined) output.end(result);
  } catch (error) {
    fail(output, withAdvice(error));
  }
}

/** Throws the file system's error, with the path, for a file that is not there. Standard input and a query's id are none. */
async function checkThere(file: string): Promise<void> {
  if (file !== '-' && !/^0x[0-9a-fA-F]*$/.test(file)) await stat(file);
}

/**
 * What Node throws where WebAssembly finds no address space, as an error that says what to do; any other as it is.
 * "ulimit -v" and some containers set such a limit.
 */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof RangeError && /WebAssembly|Wasm/.test(error.message))) return error;
  const message =
    'WebAssembly needs 10 GiB of address space (not of memory), and the limit here is lower: raise it ("ulimit -v unlimited"), or set NODE_OPTIONS=--disable-wasm-trap-handler, which is slower';
  return new MIStoreError('NO_ADDRESS_SPACE', message, {}, { cause: error });
}

function fail(output: Output, error: unknown): void {
  output.stopProgress();
  const known = error instanceof MIStoreError || (error as NodeJS.ErrnoException).syscall !== undefined;
  const message = inWords(error as NodeJS.ErrnoException);
  output.note(known ? `error: ${message}` : `unexpected error, please report it: ${message}`);
  if (!known) for (const frame of (error as Error).stack?.match(/^ +at .*$/gm) ?? []) output.note(frame);
  const { code = 'UNEXPECTED', details = {} } = error as Partial<MIStoreError>;
  process.exitCode = code === INTERRUPTED ? 130 : 1;
  output.end({ error: { code, message, details } });
}

/** The message; for a fault of the file system in words, with the path. */
function inWords(error: NodeJS.ErrnoException): string {
  const words = error.path === undefined ? undefined : fileFault(error);
  return words === undefined ? error.message : `${error.path}: ${words}`;
}
