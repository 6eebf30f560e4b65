// One server as a process of its own, which can be killed and started again: `mistore server run` of dist/, or another program. Its
// log goes to a file. Whatever this program starts ends with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessOptions {
  /** For people, and its log's name. */
  name: string;
  /** Arguments of node. */
  command: readonly string[];
  env: Record<string, string>;
  folder: string;
}

const running = new Set<ChildProcess>();
process.on('exit', killAll);

/** Ends all at once, without asking them. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class ServerProcess {
  readonly name: string;
  /** What it said on its last standard output, after an orderly end. */
  output = '';
  readonly #options: ProcessOptions;
  readonly #log: string;
  /** Bytes of the log before the last start. */
  #begun = 0;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = join(options.folder, `${options.name}.log`);
  }

  get isLive(): boolean {
    const { exitCode = 0, signalCode = null } = this.#child ?? {};
    return exitCode === null && signalCode === null;
  }

  /** Whether it has said, since its last start, that it runs. */
  get isReady(): boolean {
    return this.isLive && readFileSync(this.#log).subarray(this.#begun).includes('"kind":"started"');
  }

  start(): void {
    const { command, env, folder } = this.#options;
    this.#begun = existsSync(this.#log) ? statSync(this.#log).size : 0;
    const log = openSync(this.#log, 'a');
    const child = spawn(process.execPath, command, {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', log],
    });
    closeSync(log);
    this.output = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    running.add(child);
    this.#child = child;
    this.#ended = once(child, 'close').then(() => running.delete(child));
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends it in order; gives its exit code. */
  async stop(): Promise<number | null> {
    this.#child?.kill('SIGTERM');
    await this.#ended;
    return this.#child?.exitCode ?? null;
  }

  /** The end of its log. */
  tail(lines = 8): string {
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** The events that it has logged, of one kind. */
  logged(kind: string): Record<string, unknown>[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n');
    return lines.flatMap((line) => (line.includes(`"kind":"${kind}"`) ? [JSON.parse(line)] : []));
  }
}
