// What goes wrong again and again with one thing (the endpoint, a ledger, a query): it is said once, until it works again, and
// tried again after growing pauses.
import { MIStoreError } from '../../../errors.ts';

/** Milliseconds before the first new attempt; doubled for each further one. */
const FIRST_PAUSE = 1000;

/** Hashes, and numbers with or without decimals: 0x12ab, 3, 0.5, 1,000. */
const NUMBERS = /0x[0-9a-f]+…?[0-9a-f]*|\d+(?:[.,]\d+)*/gi;

export class Trouble {
  readonly #longest: number;
  readonly #said = new Set<string>();
  #attempts = 0;
  /** The last fault; undefined while all is well. */
  error: MIStoreError | undefined;
  /** Time (ms) of the next attempt. */
  until = 0;

  /** `longest`: pause in milliseconds. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Whether the next attempt may be made. */
  get isOver(): boolean {
    return Date.now() >= this.until;
  }

  /** Milliseconds until the next attempt. */
  get pause(): number {
    return Math.max(0, this.until - Date.now());
  }

  /** Whether it is to be said: not if one like it, but for numbers and hashes, has been since all was well. */
  add(error: MIStoreError): boolean {
    this.#putOff();
    this.error = error;
    const words = `${error.code} ${error.message}`.replace(NUMBERS, '#').replace(/(# \w+?)s?\b/g, '$1');
    if (this.#said.has(words)) return false;
    this.#said.add(words);
    return true;
  }

  /** Nothing is wrong, but the next attempt can wait, each time for longer. */
  wait(): void {
    this.#putOff();
    this.error = undefined;
  }

  /** All is well. Whether it was not. */
  end(): boolean {
    const was = this.error !== undefined;
    this.error = undefined;
    this.until = 0;
    this.#attempts = 0;
    this.#said.clear();
    return was;
  }

  /** The next attempt may be made now. */
  retryNow(): void {
    this.until = 0;
  }

  #putOff(): void {
    this.until = Date.now() + Math.min(this.#longest, FIRST_PAUSE * 2 ** Math.min(this.#attempts++, 20));
  }
}

/** What was thrown, as an error of ours: a fault of the program in one ledger must not end what is done for the others. */
export function asFault(error: unknown): MIStoreError {
  if (error instanceof MIStoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MIStoreError('UNEXPECTED', `unexpected error, please report it: ${message}`, {}, { cause: error });
}
