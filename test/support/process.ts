// Programs in processes of their own, which a test can feed, read and kill: a TypeScript file is bundled as src/build.mjs
// bundles the CLI, since Node 20 knows no types, once for all test files of a run (see test/global-setup.ts).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface StartOptions {
  cwd?: string;
  /** Instead of this process's own. */
  env?: Record<string, string | undefined>;
  /** Text for standard input, which is empty if neither is given; or a file that is read into it. */
  input?: string;
  inputFile?: string;
  /** Script of a shell that runs the program as "$@": it can give it bytes that are not text, pipes, limits. */
  shell?: string;
  /** Whether the program takes its standard error for a terminal. */
  atTerminal?: boolean;
}

export interface Ended {
  /** Exit code; null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The last line of standard output, parsed; undefined where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what each program prints is what the tests are about
  json: any;
}

/** A process, and all that it has printed so far. */
export class Running {
  readonly child: ChildProcess;
  /** Resolves at its end, when everything is read. */
  readonly ended: Promise<Ended>;
  readonly #output = { stdout: '', stderr: '' };

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]!.setEncoding('utf8').on('data', (text: string) => {
        this.#output[stream] += text;
      });
    }
    this.ended = once(child, 'close').then(([code, signal]) => ({
      code,
      signal,
      ...this.#output,
      json: this.json,
    }));
  }

  /** What it has printed so far. */
  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  /** The last line of standard output so far, parsed; undefined where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: see Ended
  get json(): any {
    try {
      return JSON.parse(this.#output.stdout.trimEnd().split('\n').at(-1)!);
    } catch {
      return undefined;
    }
  }

  /** The first line that it prints, without its end. Throws where it ends before. */
  async firstLine(stream: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
    const closed = this.ended.then(() => true);
    for (let over = false; !this.#output[stream].includes('\n'); ) {
      if (over) throw new Error(`the process ended without a line: ${this.#output.stderr}`);
      over = await Promise.race([closed, once(this.child[stream]!, 'data').then(() => false)]);
    }
    return this.#output[stream].split('\n')[0]!;
  }
}

export class Program {
  readonly #folder: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `entry`: a TypeScript file, from the root of the project. */
  static async bundle(entry: string): Promise<Program> {
    const folder = join(process.env.MISTORE_TEST_PROGRAMS!, entry.replaceAll('/', '-'));
    if (!existsSync(folder)) {
      const own = await mkdtemp(`${folder}-`);
      await bundleInto(own, entry);
      await rename(own, folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another file's test was first.
      });
    }
    return new Program(folder);
  }

  start(args: readonly string[] = [], { cwd, env, input, inputFile, shell, atTerminal }: StartOptions = {}): Running {
    const terminal = atTerminal ? ['--import', 'data:text/javascript,process.stderr.isTTY=true'] : [];
    const command = [process.execPath, ...terminal, join(this.#folder, 'main.js'), ...args];
    const [file, ...words] = shell === undefined ? command : ['/bin/bash', '-c', shell, 'bash', ...command];
    const child = spawn(file!, words, { ...(cwd && { cwd }), ...(env && { env }) });
    this.#running.add(child);
    child.once('close', () => this.#running.delete(child));
    child.stdin!.on('error', () => undefined); // It may end before it has read all.
    if (inputFile === undefined) child.stdin!.end(input ?? '');
    else createReadStream(inputFile).pipe(child.stdin!);
    return new Running(child);
  }

  /** Ends what is still running. */
  end(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}

async function bundleInto(outdir: string, entry: string): Promise<void> {
  await build({
    entryPoints: { main: join(ROOT, entry) },
    outdir,
    splitting: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when no process has the id any more; throws after ten seconds. */
export async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (!isAlive(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`process ${pid} is still there`);
}
