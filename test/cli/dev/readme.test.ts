// README's walk by hand, as written: its block is typed line by line into a shell in an empty folder, and every command does what
// the words in quotes beside it say. One that runs "in a terminal of its own" gets one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 180_000 });
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const HEADING = 'By hand';

/** A line of the block: what is typed, and what it is said to print. */
interface Line {
  command: string;
  isDaemon: boolean;
  says: string[];
}

/** The lines of the first block of shell commands under the heading. */
function linesOf(markdown: string): Line[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${HEADING}\n`));
  const [, block] = /^```sh\n([\s\S]*?)^```/m.exec(section ?? '') ?? [];
  return (block ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, command, comment = ''] = /^(.*?)(?:\s+# (.*))?$/.exec(line)!;
      const says = [...comment.matchAll(/"([^"]+)"/g)].map(([, words]) => words!);
      return { command: command!, isDaemon: comment.includes('in a terminal of its own'), says };
    });
}

/** An interactive shell as far as aliases, the working folder and the environment go; both outputs as one text. */
class Shell {
  readonly #child = spawn('/bin/bash', ['--noprofile', '--norc'], { cwd: folder, env: environment(), detached: true });
  readonly #ended = once(this.#child, 'close');
  output = '';

  constructor() {
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

  /** Runs a line to its end. */
  async run(line: string): Promise<{ status: number; output: string }> {
    const from = this.output.length;
    this.type(`${line} </dev/null\nprintf '\\n@%s@\\n' $?`);
    let end: RegExpExecArray | null = null;
    await expect.poll(() => (end = /\n@(\d+)@\n$/.exec(this.output.slice(from))), { timeout: 120_000 }).not.toBeNull();
    return { status: Number(end![1]), output: this.output.slice(from) };
  }

  /** As Ctrl-C would. */
  async interrupt(): Promise<void> {
    this.#child.stdin.end();
    process.kill(-this.#child.pid!, 'SIGINT');
    await this.#ended;
  }
}

let folder: string;
const environment = () => ({ PATH: process.env.PATH, HOME: folder, TERM: 'dumb' });

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/cli.js'))) throw new Error('there is no dist/cli.js: npm run build');
  folder = await mkdtemp(join(tmpdir(), 'mistore-readme-'));
  await symlink(join(ROOT, 'dist'), join(folder, 'dist'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('README, "By hand": every line does what it says', async () => {
  const lines = linesOf(await readFile(join(ROOT, 'README.md'), 'utf8'));
  expect(lines.length).toBeGreaterThanOrEqual(8);
  expect(lines.filter(({ command }) => /0x|npm/.test(command))).toEqual([]);
  const shells = [new Shell()];
  try {
    for (const { command, isDaemon, says } of lines) {
      if (isDaemon) {
        const own = new Shell();
        shells.push(own);
        for (const { command } of lines.slice(
          0,
          lines.findIndex((line) => line.isDaemon),
        ))
          await own.run(command);
        own.type(command);
        await expect.poll(() => own.output, { timeout: 60_000 }).toContain('Ctrl-C stops');
        for (const words of says) expect(own.output).toContain(words);
        continue;
      }
      const { status, output } = await shells[0]!.run(command);
      expect({ command, status, output }).toMatchObject({ status: 0 });
      for (const words of says)
        expect({ command, output }).toEqual({ command, output: expect.stringContaining(words) });
    }
  } finally {
    for (const shell of shells.toReversed()) await shell.interrupt();
  }
});
