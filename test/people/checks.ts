// What the walk has found: claims that held, and claims that did not, with what was seen instead.

export class Checks {
  passed = 0;
  readonly failed: string[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** `seen`: what to show where the claim does not hold. */
  that(claim: string, holds: boolean, seen = ''): void {
    if (holds) {
      this.passed++;
      return;
    }
    const shown = seen === '' ? '' : `\n${seen.replace(/^/gm, '    ')}`;
    this.failed.push(claim);
    this.#say(`FAILED: ${claim}${shown}`);
  }

  equal(claim: string, seen: unknown, expected: unknown): void {
    const [a, b] = [JSON.stringify(seen), JSON.stringify(expected)];
    this.that(claim, a === b, `${a}\nshould be\n${b}`);
  }
}
