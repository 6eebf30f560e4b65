// The CLI as a program of its own, for tests: bundled from the sources as they are now, run in a folder with a chosen
// environment. Everything that it ever printed is kept, to look for secrets in.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { addressText } from '../../src/chain/account.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import type { Stage } from './parties.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Bundles the CLI as src/build.mjs does; path of the program. Inside the project, so that it finds its packages. */
export async function bundleCli(): Promise<string> {
  const outfile = join(ROOT, `build/test/cli-${process.pid}.js`);
  await build({
    entryPoints: [join(ROOT, 'src/cli/main.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The last line of standard output, parsed; undefined where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what each command prints is what the tests are about
  json: any;
}

export interface RunOptions {
  /** Beside the common ones; undefined takes one away. */
  env?: Record<string, string | undefined>;
  input?: string;
}

export class Cli {
  readonly #program: string;
  readonly folder: string;
  readonly #children = new Set<ChildProcess>();
  /** All that was printed so far. */
  printed = '';
  /** Of every command, unless it says otherwise. */
  env: Record<string, string> = {};

  constructor(program: string, folder: string) {
    this.#program = program;
    this.folder = folder;
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], { env = {}, input }: RunOptions = {}): Promise<Ran> {
    const child = this.#spawn(args, env);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]!.setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    }
    child.stdin!.end(input ?? '');
    const [code] = (await once(child, 'close')) as [number | null];
    this.#children.delete(child);
    this.printed += `${output.stdout}${output.stderr}`;
    return { code, ...output, json: lastLine(output.stdout) };
  }

  /** Starts a command that goes on; resolves at its first line on `stream`, with that of standard output and its end. */
  async start(args: readonly string[], stream: 'stdout' | 'stderr' = 'stdout') {
    const child = this.#spawn(args, {});
    let stdout = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr!.resume();
    await Promise.race([once(child[stream]!, 'data'), once(child, 'close')]);
    const stop = async (signal: NodeJS.Signals) => {
      const closed = once(child, 'close');
      child.kill(signal);
      const [code] = (await closed) as [number | null];
      this.#children.delete(child);
      this.printed += stdout;
      return { code, json: lastLine(stdout) };
    };
    return { json: lastLine(stdout), stop };
  }

  /** Ends what is still running, and removes bundle and folder. */
  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#program, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(args: readonly string[], env: Record<string, string | undefined>): ChildProcess {
    const child = spawn(process.execPath, [this.#program, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', HOME: this.folder, ...this.env, ...env },
    });
    this.#children.add(child);
    return child;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: see Ran
function lastLine(stdout: string): any {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A program for a stage's contract, in a folder with a keystore `NAME.json` (password "p") for each seed. */
export async function cliOn(stage: Stage, seeds: Record<string, Uint8Array>): Promise<Cli> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-cli-'));
  for (const [role, seed] of Object.entries(seeds)) {
    await writeKeystore(join(folder, `${role}.json`), 'p', { seed, role }, { scrypt: WEAK_SCRYPT });
  }
  const cli = new Cli(await bundleCli(), folder);
  const contract = addressText(stage.chain.address);
  cli.env = { MISTORE_RPC: stage.chain.node.url, MISTORE_CONTRACT: contract, MISTORE_PASSWORD: 'p' };
  return cli;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
