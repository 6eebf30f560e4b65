// Work that goes on beside a daemon's rounds, because it waits for blocks: one at a time under each name.

import type { MIStoreError } from '../../../errors.ts';
import { asFault } from './trouble.ts';

export class Background {
  readonly #running = new Map<string, Promise<void>>();
  readonly #onEnd: () => void;

  /** `onEnd`: called after each work, however it ended. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** Starts work unless some of this name goes on. What it throws goes to `onFault`. */
  start(name: string, work: () => Promise<void>, onFault: (fault: MIStoreError) => void): void {
    if (this.#running.has(name)) return;
    const done = work()
      .catch((error) => onFault(asFault(error)))
      .finally(() => {
        this.#running.delete(name);
        this.#onEnd();
      });
    this.#running.set(name, done);
  }

  /** Whether there was any. Resolves when it has ended. */
  async ended(): Promise<boolean> {
    const any = this.#running.size > 0;
    while (this.#running.size > 0) await Promise.all(this.#running.values());
    return any;
  }
}
