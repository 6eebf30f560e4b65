// The command `mistore` as it is built, in a process of its own that a test can feed and kill. Built beside the real
// one, so that it finds the packages; the folder is removed at the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { toHex } from '../../src/bytes.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import type { IngestLedger } from './ingest-ledger.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PASSWORD = 'correct horse';

export interface Command {
  folder: string;
  /**
   * Starts `mistore` with these arguments. `input`: a file for its standard input. `atTerminal`: it takes its standard
   * output for a terminal.
   */
  start(args: readonly string[], options?: { input?: string; atTerminal?: boolean }): Running;
  remove(): Promise<void>;
}

export interface Running {
  child: ChildProcess;
  /** Resolves at its end. */
  ended: Promise<Ended>;
}

export interface Ended {
  /** Exit code or signal. */
  status: number | string;
  /** The last line of standard output, as an object; null where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own
  json: any;
  /** All of standard output and standard error. */
  out: string;
  said: string;
}

/** Builds the command; `folder` is a place for the test's files. */
export async function buildCommand(): Promise<Command> {
  const folder = await mkdtemp(join(ROOT, 'build', 'ingest-'));
  const program = join(folder, 'cli.js');
  await build({
    entryPoints: [join(ROOT, 'src/cli/main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    outfile: program,
    logLevel: 'error',
  });
  const terminal = join(folder, 'terminal.mjs');
  await writeFile(terminal, "process.stdout.isTTY = true;\nawait import('./cli.js');\n");
  return {
    folder,
    start(args, { input, atTerminal = false } = {}) {
      const child = spawn(process.execPath, [atTerminal ? terminal : program, ...args]);
      if (input === undefined) child.stdin!.end();
      else createReadStream(input).pipe(child.stdin!);
      child.stdin!.on('error', () => undefined); // It may end before it has read all.
      return { child, ended: endOf(child) };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let out = '';
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code, signal] = await once(child, 'close');
  const last = out.trim().split('\n').at(-1)!;
  return { status: code ?? signal, json: last.startsWith('{') ? JSON.parse(last) : null, out, said };
}

/** Arguments of `mistore ingest` for a ledger; `url`: another way to the chain than directly. */
export async function ingestArguments(
  { folder }: Command,
  { chain, ledgerId, hospitalSeed }: IngestLedger,
  url = chain.node.url,
): Promise<string[]> {
  const keystore = join(folder, `hospital-${ledgerId}.json`);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`);
  const secret = { seed: hospitalSeed, role: 'hospital' };
  await writeKeystore(keystore, PASSWORD, secret, { overwrite: true, scrypt: WEAK_SCRYPT });
  const place = ['--rpc', url, '--contract', toHex(chain.address), '--ledger', `${ledgerId}`];
  const profile = ['--preset', 'synthea-encounters', '--threads', '1', '--json'];
  return ['ingest', ...place, '--keystore', keystore, '--password-file', passwordFile, ...profile];
}
