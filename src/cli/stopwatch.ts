// How long a command has taken, for its report.

export class Stopwatch {
  readonly #started = performance.now();

  /** To the millisecond. */
  get seconds(): number {
    return Math.round(performance.now() - this.#started) / 1000;
  }

  /** So many things in this time, for each second. */
  rate(count: number): number {
    return Math.round((1000 * count) / (performance.now() - this.#started));
  }
}
