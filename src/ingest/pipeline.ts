// A bounded pipeline that keeps order. Values are made concurrently and handled one at a time, in the order in which they
// were pushed. What remains to be awaited after that (a transaction that is to settle) is followed in the background. The
// first failure ends the pipeline.

type Follow = () => Promise<void>;

export class Pipeline<T> {
  readonly #width: number;
  /** One for each value that has been pushed and not handled yet, in order. */
  readonly #pending: Promise<void>[] = [];
  readonly #following = new Set<Promise<void>>();
  #failure: { error: unknown } | undefined;

  /** `width`: how many values may be waiting to be made or handled. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Number of handled values that are still being followed. */
  get following(): number {
    return this.#following.size;
  }

  /** Resolves when there is room for the next value. Throws the first failure so far. */
  async push(value: Promise<T>, handle: (value: T) => Promise<Follow | undefined>): Promise<void> {
    const before = this.#pending.at(-1);
    value.catch(() => undefined);
    const handled = this.#guard(async () => {
      await before;
      if (this.#failure) return;
      const follow = await handle(await value);
      if (follow) this.#follow(follow);
    }).then(() => {
      this.#pending.shift();
    });
    this.#pending.push(handled);
    while (this.#pending.length >= this.#width) await this.#pending[0];
    this.#check();
  }

  /** Resolves when everything is handled and followed. Throws the first failure. */
  async drain(): Promise<void> {
    await this.settle();
    this.#check();
  }

  /** Resolves when nothing is being made, handled or followed any more; does not throw. */
  async settle(): Promise<void> {
    await this.#pending.at(-1);
    while (this.#following.size > 0) await Promise.all(this.#following);
  }

  #follow(follow: Follow): void {
    const followed = this.#guard(follow).finally(() => this.#following.delete(followed));
    this.#following.add(followed);
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
