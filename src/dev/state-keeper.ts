// Saves the chain of a development network while it runs, so that not even an end without a warning costs much: whenever
// there are new blocks, but never more often than a twentieth of the time.
import { saveState } from '../chain/embedded-node.ts';
import { Rpc } from '../chain/rpc.ts';
import { readHead } from '../chain/state.ts';
import { MIStoreError } from '../errors.ts';

/** Milliseconds between two looks, at least. */
const INTERVAL = 2000;
const SHARE = 20;

export class StateKeeper {
  readonly #rpc: Rpc;
  readonly #file: string;
  readonly #onUnsaved: (error: MIStoreError) => void;
  #saved = -1;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #isFailing = false;

  /** `onUnsaved` is called once when saving begins to fail. Saves the first time now: await save(). */
  constructor(url: string, file: string, onUnsaved: (error: MIStoreError) => void) {
    this.#rpc = new Rpc(url, { retries: 0 });
    this.#file = file;
    this.#onUnsaved = onUnsaved;
  }

  /** Saves, and goes on saving. */
  async start(): Promise<void> {
    await this.#saveIfNew();
    this.#wait(INTERVAL);
  }

  /** Ends the saving; the node itself writes its state when it is stopped. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    clearTimeout(this.#timer);
  }

  #wait(pause: number): void {
    this.#timer = setTimeout(() => {
      this.#saving = this.#again();
    }, pause);
  }

  async #again(): Promise<void> {
    const begun = performance.now();
    try {
      await this.#saveIfNew();
      this.#isFailing = false;
    } catch (error) {
      if (!(error instanceof MIStoreError)) throw error;
      if (!this.#isFailing) this.#onUnsaved(error);
      this.#isFailing = true;
    }
    this.#wait(Math.max(INTERVAL, SHARE * (performance.now() - begun)));
  }

  async #saveIfNew(): Promise<void> {
    const { number } = await readHead(this.#rpc);
    if (number === this.#saved) return;
    await saveState(this.#rpc.url, this.#file);
    this.#saved = number;
  }
}
