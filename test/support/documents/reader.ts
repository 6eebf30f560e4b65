// Somebody who types what a document says, line by line, with a terminal for each program that goes on running.
import { expect } from 'vitest';
import type { Typed } from './blocks.ts';
import { Shell, type ShellPlace } from './shell.ts';

/** What settles a shell: whoever opens another terminal types it there again. */
const SETTLES = /^(cd|export|alias) /;

export class Reader {
  readonly #place: ShellPlace;
  readonly #terminals: Shell[];
  readonly #settling: string[] = [];

  constructor(place: ShellPlace) {
    this.#place = place;
    this.#terminals = [new Shell(place)];
  }

  /** Throws where the command fails, or does not print what the document says it does. */
  async type({ command, says, isDaemon }: Typed): Promise<void> {
    if (isDaemon) return this.#start(command, says);
    if (SETTLES.test(command)) this.#settling.push(command);
    const { status, output } = await this.#terminals[0]!.run(command);
    expect({ command, status, output }).toMatchObject({ status: 0 });
    for (const words of says) expect({ command, output }).toEqual({ command, output: expect.stringContaining(words) });
  }

  /** What it prints is how one knows that it is ready, so there must be something. */
  async #start(command: string, says: string[]): Promise<void> {
    expect(says, `what "${command}" prints when it is ready`).not.toEqual([]);
    const terminal = new Shell(this.#place);
    this.#terminals.push(terminal);
    for (const line of this.#settling) await terminal.run(line);
    await terminal.start(command, says);
  }

  async leave(): Promise<void> {
    for (const terminal of this.#terminals.toReversed()) await terminal.interrupt();
  }
}
