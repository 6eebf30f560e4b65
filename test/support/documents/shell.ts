// A shell into which commands are typed as a person would: working folder, variables and aliases stay from line to line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ShellPlace {
  folder: string;
  env: Record<string, string | undefined>;
}

/** Longest wait for a line, on a busy machine. */
const SECONDS = 120;
/** What is printed when a line has ended, with its status. */
const END = /\n@(\d+)@\n$/;

export class Shell {
  readonly #child;
  readonly #ended: Promise<unknown>;
  /** What was printed since the last line that was run, on both streams. */
  output = '';

  constructor({ folder, env }: ShellPlace) {
    this.#child = spawn('/bin/bash', ['--noprofile', '--norc'], { cwd: folder, env, detached: true });
    this.#ended = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    // Two pipes would be read in any order: a warning after the line's end, or not yet at it.
    this.#child.stdin.write('exec 2>&1\nshopt -s expand_aliases\n');
  }

  /** Runs a line to its end. */
  async run(line: string): Promise<{ status: number; output: string }> {
    this.#begin(line);
    await this.#until(() => END.test(this.output), 'an end');
    return { status: Number(END.exec(this.output)![1]), output: this.output };
  }

  /** Runs a line that goes on. Resolves when it has printed the words; throws where it ends before. */
  async start(line: string, words: readonly string[]): Promise<void> {
    this.#begin(line);
    const isReady = () => words.every((one) => this.output.includes(one));
    await this.#until(() => isReady() || END.test(this.output), words.join(', '));
    if (!isReady()) throw new Error(`${line} ended without ${words.join(', ')}: ${this.output}`);
  }

  #begin(line: string): void {
    this.output = '';
    this.#child.stdin.write(`${line} </dev/null\nprintf '\\n@%s@\\n' $?\n`);
  }

  async #until(isThere: () => boolean, awaited: string): Promise<void> {
    for (let i = 0; !isThere(); i++) {
      if (i === SECONDS * 50) throw new Error(`no sign of ${awaited} in ${SECONDS} s: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it, and what it runs, as Ctrl-C would. */
  async interrupt(): Promise<void> {
    this.#child.stdin.end();
    process.kill(-this.#child.pid!, 'SIGINT');
    await this.#ended;
  }
}
