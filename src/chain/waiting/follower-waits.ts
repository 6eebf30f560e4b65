// What a sender waits for while it follows its transactions: a base fee that falls below what they offer, a block that takes
// them, blocks after it.
import type { FeePolicy } from '../sending/fees.ts';
import type { Pace } from '../sending/pace.ts';
import type { FollowOptions, PendingTransaction } from '../sending/pending.ts';
import type { Block } from '../state.ts';
import { type OnWait, SILENT, type Wait } from './wait.ts';

/** The chain at one look. */
interface Look {
  head: Block;
  /** Transactions in blocks up to this one are settled. */
  settledBlock: number;
}

export class FollowerWaits {
  readonly #onWait: OnWait | undefined;
  readonly #pace: Pace;
  readonly #policy: FeePolicy;
  readonly #options: FollowOptions;
  #since = 0;
  #toldAt = 0;

  constructor(onWait: OnWait | undefined, pace: Pace, policy: FeePolicy, options: FollowOptions) {
    this.#onWait = onWait;
    this.#pace = pace;
    this.#policy = policy;
    this.#options = options;
  }

  /** There is something new to wait for. */
  begin(): void {
    this.#since = Date.now();
  }

  /** A look found nothing new. `pending`: by ascending nonce. `until`: when the sender gives up (ms). */
  look(pending: readonly PendingTransaction[], look: Look, until: number): void {
    const now = Date.now();
    if (this.#onWait === undefined || pending.length === 0 || now - this.#toldAt < SILENT) return;
    const wait = this.#waitFor(pending, look, until);
    if (wait === null || (wait.kind !== 'fee-cap' && now - this.#since < SILENT)) return;
    this.#toldAt = now;
    this.#onWait(wait);
  }

  #waitFor(pending: readonly PendingTransaction[], look: Look, until: number): Wait | null {
    const unmined = pending.filter(({ mined }) => mined === undefined);
    const [first] = unmined;
    if (first === undefined) return this.#settling(pending[0]!, look);
    const { nonce, fees, usedAt } = first;
    if (usedAt !== undefined) return { kind: 'receipt', nonce, since: usedAt };
    const { baseFee } = look.head;
    const cap = this.#policy.caps.fee;
    if (baseFee > cap) return { kind: 'fee-cap', baseFee, cap, until };
    const offered = fees.maxFeePerGas;
    return { kind: 'mining', transactions: unmined.length, nonce, offered, baseFee, since: this.#since, until };
  }

  #settling({ mined }: PendingTransaction, { head, settledBlock }: Look): Wait | null {
    const block = mined!.receipt.blockNumber;
    const final = this.#options.confirmations === 'finalized';
    // Without a final block seen yet (-1) nothing can be said of how many are missing.
    const missing = block - settledBlock;
    if ((final && settledBlock < 0) || missing <= 0 || head.number < block) return null;
    const { blockTime } = this.#pace;
    const seconds = blockTime === undefined ? undefined : Math.round((missing * blockTime) / 1000);
    return { kind: 'settling', block, missing, final, seconds };
  }
}
