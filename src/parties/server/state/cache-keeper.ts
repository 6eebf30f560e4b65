// When a daemon's cache is read and written: at the beginning, not more often than every few seconds, and at the end. A disk that
// fails is reported, and does not stop the daemon.
import { toHex } from '../../../bytes.ts';
import type { Site } from '../../../ledger/site.ts';
import type { DaemonEvent } from '../daemon/daemon-events.ts';
import { asFault, Trouble } from '../daemon/trouble.ts';
import type { Server } from '../server.ts';
import { type CacheOwner, readCache, type StoredState, writeCache } from './cache.ts';

/** Milliseconds from one writing to the next. */
const INTERVAL = 5000;

export class CacheKeeper {
  readonly #file: string | undefined;
  readonly #owner: CacheOwner;
  readonly #report: (event: DaemonEvent) => void;
  readonly #trouble = new Trouble(INTERVAL);
  #writtenAt = Date.now();

  /** `file`: undefined for none. */
  constructor(
    file: string | undefined,
    { contract }: Site,
    { address }: Server,
    ledgerId: Uint8Array | undefined,
    report: (event: DaemonEvent) => void,
  ) {
    this.#file = file;
    this.#report = report;
    this.#owner = {
      chainId: contract.chainId.toString(),
      contract: toHex(contract.address),
      account: toHex(address),
      ledger: ledgerId === undefined ? 'all' : toHex(ledgerId),
    };
  }

  /** Null where there is none that can be used. Throws OTHER_CACHE. */
  async read(): Promise<StoredState | null> {
    const file = this.#file;
    if (file === undefined) return null;
    return readCache(file, this.#owner, (movedTo, why) => this.#report({ kind: 'cache-damaged', file, movedTo, why }));
  }

  async writeIfDue(state: () => StoredState): Promise<void> {
    if (this.#file !== undefined && Date.now() - this.#writtenAt >= INTERVAL) await this.write(state);
  }

  async write(state: () => StoredState): Promise<void> {
    if (this.#file === undefined) return;
    this.#writtenAt = Date.now();
    try {
      await writeCache(this.#file, this.#owner, state());
      this.#trouble.end();
    } catch (error) {
      const fault = asFault(error);
      if (this.#trouble.add(fault)) this.#report({ kind: 'cache-not-written', error: fault });
    }
  }
}
