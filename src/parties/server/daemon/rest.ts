// The pause between two rounds: ended early by a wake-up, or by the signal that ends the daemon.
export class Rest {
  readonly #signal: AbortSignal | undefined;
  #isWoken = false;
  #end: (() => void) | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Ends the pause; the next one, if there is none now. */
  wake(): void {
    if (this.#end) this.#end();
    else this.#isWoken = true;
  }

  /** So many milliseconds. One that is not `wakeable` only the signal ends. */
  async for(milliseconds: number, { wakeable = true } = {}): Promise<void> {
    const isWoken = wakeable && this.#isWoken;
    if (wakeable) this.#isWoken = false;
    if (isWoken || this.#signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#signal?.removeEventListener('abort', end);
        this.#end = undefined;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#signal?.addEventListener('abort', end);
      if (wakeable) this.#end = end;
    });
  }
}
