// A daemon states its server's minimum fee on chain, for insurers to read: once, at the start, where it is not there yet.
import type { DaemonParts } from './daemon-parts.ts';
import { Trouble } from './trouble.ts';

/** Milliseconds between attempts, at most. */
const LONGEST_PAUSE = 10 * 60_000;

export class StatingFee {
  readonly #parts: DaemonParts;
  readonly #trouble = new Trouble(LONGEST_PAUSE);
  #isDone = false;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
  }

  /** Begins it beside the rounds, unless it is done, goes on, or has to wait after a fault. */
  begin(): void {
    const { background, server, report } = this.#parts;
    if (this.#isDone || !this.#trouble.isOver) return;
    background.start(
      'state the minimum fee',
      async () => {
        const outcome = await server.stateMinimumFee(server.minimumFee);
        this.#isDone = true;
        if (outcome) report({ kind: 'fee-stated', fee: server.minimumFee, gasUsed: outcome.receipt.gasUsed });
      },
      (error) => {
        if (this.#trouble.add(error)) report({ kind: 'fee-not-stated', error });
      },
    );
  }
}
