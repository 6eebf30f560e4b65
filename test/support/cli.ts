// The CLI as a program of its own, for tests: bundled from the sources as they are now, run in a folder with a chosen
// environment. Everything that it ever printed is kept, to look for secrets in.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex } from '../../src/bytes.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import type { TestChain } from './chain.ts';
import type { Cast } from './parties.ts';
import { type Ended, Program, type Running, type StartOptions } from './process.ts';

export const bundleCli = (): Promise<Program> => Program.bundle('src/cli/main.ts');

/** `env`: beside the common ones; undefined takes one away. */
export type RunOptions = Omit<StartOptions, 'cwd'>;

export class Cli {
  readonly #program: Program;
  readonly folder: string;
  /** All that was printed by the commands that have ended. */
  printed = '';
  /** Of every command, unless it says otherwise. */
  env: Record<string, string> = {};

  constructor(program: Program, folder: string) {
    this.#program = program;
    this.folder = folder;
  }

  /** Starts a command. */
  spawn(args: readonly string[], { env = {}, ...options }: RunOptions = {}): Running {
    const common = { PATH: process.env.PATH ?? '', HOME: this.folder, ...this.env };
    const running = this.#program.start(args, { ...options, cwd: this.folder, env: { ...common, ...env } });
    running.ended.then(({ stdout, stderr }) => {
      this.printed += `${stdout}${stderr}`;
    });
    return running;
  }

  /** Runs a command to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended> {
    return this.spawn(args, options).ended;
  }

  /** Starts a command that goes on; resolves at its first line on `stream`, with the JSON of standard output so far. */
  async start(args: readonly string[], stream: 'stdout' | 'stderr' = 'stdout') {
    const running = this.spawn(args);
    await running.firstLine(stream);
    const stop = async (signal: NodeJS.Signals) => {
      running.child.kill(signal);
      const { code, json } = await running.ended;
      return { code, json };
    };
    return { json: running.json, stop };
  }

  /** Ends what is still running, and removes the folder. */
  close(): void {
    this.#program.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A program for a chain's contract, in a folder with a keystore `NAME.json` (password "p") for each seed; "server2" is a server's. */
export async function cliOn(chain: TestChain, seeds: Record<string, Uint8Array> = {}): Promise<Cli> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-cli-'));
  for (const [name, seed] of Object.entries(seeds)) {
    const role = name.replace(/\d+$/, '');
    await writeKeystore(join(folder, `${name}.json`), 'p', { seed, role }, { scrypt: WEAK_SCRYPT });
  }
  const cli = new Cli(await bundleCli(), folder);
  const contract = addressText(chain.address);
  cli.env = { MISTORE_RPC: chain.node.url, MISTORE_CONTRACT: contract, MISTORE_PASSWORD: 'p' };
  return cli;
}

/** Arguments of `mistore ingest` for the hospital of a ledger, with a password file; `url`: another way to the chain. */
export async function ingestArguments(
  { folder }: Cli,
  { chain, ledgerId, hospitalSeed }: Cast,
  url = chain.node.url,
): Promise<string[]> {
  const keystore = join(folder, `hospital-${toHex(ledgerId)}.json`);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, 'correct horse\n');
  const secret = { seed: hospitalSeed, role: 'hospital' };
  await writeKeystore(keystore, 'correct horse', secret, { overwrite: true, scrypt: WEAK_SCRYPT });
  const profile = ['--preset', 'synthea-encounters', '--threads', '1', '--json'];
  const place = ['--rpc', url, '--ledger', toHex(ledgerId)];
  return ['ingest', ...place, '--keystore', keystore, '--password-file', passwordFile, ...profile];
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Paths of objects whose names are all numbers: JSON.stringify() makes such of bytes. */
export function bytesIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = Object.keys(value);
  if (!Array.isArray(value) && names.length > 0 && names.every((name) => /^\d+$/.test(name))) return [path];
  return names.flatMap((name) => bytesIn((value as Record<string, unknown>)[name], `${path}.${name}`));
}

/** Runs a command that must fail with --json, and says so as one object; gives code and message. */
export async function refusedBy(cli: Cli, args: string[], options?: RunOptions): Promise<string> {
  const { code, json, stdout, stderr } = await cli.run([...args, '--json'], options);
  expect(code, stderr).toBe(1);
  expect(json).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  expect(stdout).toBe(`${JSON.stringify(json)}\n`);
  expect(stderr).toContain(`error: ${json.error.message}`);
  expect(stderr).not.toMatch(/unexpected error|\n {4}at /);
  return `${json.error.code}: ${json.error.message}`;
}
