// A shell into which commands are typed as a person would: working folder, variables and aliases stay from line to line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ShellPlace {
  folder: string;
  env: Record<string, string | undefined>;
}

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
    this.type('shopt -s expand_aliases');
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves when that has been printed; throws after `seconds`, with what was printed instead. */
  async waitFor(words: string | RegExp, seconds = 120): Promise<RegExpExecArray | null> {
    const isThere = () => (typeof words === 'string' ? this.output.includes(words) : words.test(this.output));
    for (let i = 0; !isThere(); i++) {
      if (i === seconds * 50) throw new Error(`not printed in ${seconds} s: ${words}; but: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return typeof words === 'string' ? null : words.exec(this.output);
  }

  /** Runs a line to its end. */
  async run(line: string): Promise<{ status: number; output: string }> {
    this.output = '';
    this.type(`${line} </dev/null\nprintf '\\n@%s@\\n' $?`);
    const end = await this.waitFor(/\n@(\d+)@\n$/);
    return { status: Number(end![1]), output: this.output };
  }

  /** Ends it, and what it runs, as Ctrl-C would. */
  async interrupt(): Promise<void> {
    this.#child.stdin.end();
    process.kill(-this.#child.pid!, 'SIGINT');
    await this.#ended;
  }
}
