// How long to wait between two looks at the chain: little after one that found something, then twice as long each time,
// up to a quarter of the chain's block time. So a chain of the demonstration is followed block by block, and mainnet is
// asked a few times a block.
import type { Block } from '../state.ts';

/** Milliseconds. */
const FIRST_WAIT = 5;
const SHORTEST_MAXIMUM = 1000;
const LONGEST_MAXIMUM = 5000;

export class Pace {
  /** Milliseconds. */
  readonly #maximum: number | undefined;
  #wait = FIRST_WAIT;
  #first: Block | undefined;
  #blockTime = 0;

  /** `maximum`: the longest wait in milliseconds; from the chain's block time if not given. */
  constructor(maximum: number | undefined) {
    this.#maximum = maximum;
  }

  /** Milliseconds until the next look. */
  get wait(): number {
    return this.#wait;
  }

  /** Milliseconds from block to block, as far as seen; undefined before two have been. */
  get blockTime(): number | undefined {
    return this.#blockTime > 0 ? this.#blockTime : undefined;
  }

  /** After a look that found something, or when there is something new to look for. */
  quicken(): void {
    this.#wait = FIRST_WAIT;
  }

  /** After a look that found nothing. */
  slacken(): void {
    this.#wait = Math.min(2 * this.#wait, this.#longest());
  }

  /** To be told of each head, from which the block time follows. */
  see(head: Block): void {
    this.#first ??= head;
    const blocks = head.number - this.#first.number;
    if (blocks > 0) this.#blockTime = (1000 * (head.timestamp - this.#first.timestamp)) / blocks;
  }

  #longest(): number {
    return this.#maximum ?? Math.min(Math.max(this.#blockTime / 4, SHORTEST_MAXIMUM), LONGEST_MAXIMUM);
  }
}
