// Checks that are counted: each has a name, and what is wrong is told at once and in the end.

export class Checks {
  #passed = 0;
  readonly #failed: string[] = [];
  readonly #prefix: string;
  readonly #parent: Checks | undefined;

  constructor(prefix = '', parent?: Checks) {
    this.#prefix = prefix;
    this.#parent = parent;
  }

  /** Checks whose names begin with a word more; they count here too. */
  within(word: string): Checks {
    return new Checks(`${this.#prefix}${word}: `, this);
  }

  /** Runs a part of a story; an error in it fails the check, and the story goes on. */
  async check(name: string, work: () => unknown): Promise<void> {
    try {
      await work();
      this.#count(undefined);
    } catch (error) {
      this.#count(`${this.#prefix}${name}: ${(error as Error).stack ?? error}`);
    }
  }

  get passed(): number {
    return this.#passed;
  }

  get failed(): readonly string[] {
    return this.#failed;
  }

  #count(fault: string | undefined): void {
    if (fault === undefined) this.#passed++;
    else this.#failed.push(fault);
    if (this.#parent) this.#parent.#count(fault);
    else if (fault !== undefined) console.error(`FAILED: ${fault}`);
  }
}
