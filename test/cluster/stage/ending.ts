// The end of a run with processes and a temporary folder, however it comes: done, failed, or interrupted. Nothing is left behind.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll } from './server-process.ts';

export class Ending {
  /** Gone at the end. */
  readonly folder: string;
  readonly #steps: (() => unknown)[] = [];
  #ended: Promise<void> | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
      // Not once: the embedded node leaves the signal to a program that listens to it.
      process.on(signal, () => void this.end().finally(() => process.exit(code)));
    }
  }

  static async prepare(name: string): Promise<Ending> {
    return new Ending(await mkdtemp(join(tmpdir(), name)));
  }

  /** Does this at the end, before what was added earlier. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    killAll();
    for (const step of this.#steps.toReversed()) await step();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
