// Checks that are counted: each has a name, and what is wrong is told at once and in the end.

/** For one check; the machine may be busy. */
const LIMIT_SECONDS = 120;

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
      await within(LIMIT_SECONDS, work);
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

/** A browser that no longer answers must not hold up the others. */
async function within(seconds: number, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${seconds} s`)), 1000 * seconds);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
