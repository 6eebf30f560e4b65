// Sends pending transactions again: the same bytes at intervals, in case nodes have dropped them, and the first in line,
// or one that the base fee has overtaken, with a higher fee when blocks pass it by.
import { MIStoreError } from '../../errors.ts';
import type { Rpc } from '../rpc.ts';
import type { Block } from '../state.ts';
import { broadcast } from './broadcast.ts';
import type { FeePolicy } from './fees.ts';
import type { FollowOptions, PendingTransaction } from './pending.ts';
import type { SignedTransaction } from './transaction.ts';

export class Resender {
  readonly counts = { replaced: 0, rebroadcast: 0 };
  readonly #rpc: Rpc;
  readonly #policy: FeePolicy;
  readonly #options: FollowOptions;
  #first: PendingTransaction | undefined;
  /** Time (ms) and block since which the account's nonce is below those of all pending transactions. */
  #gap: { at: number; block: number } | undefined;

  constructor(rpc: Rpc, policy: FeePolicy, options: FollowOptions) {
    this.#rpc = rpc;
    this.#policy = policy;
    this.#options = options;
  }

  /** `unmined`: transactions whose nonce is still free, by ascending nonce. */
  async resend(unmined: readonly PendingTransaction[], head: Block): Promise<void> {
    const now = Date.now();
    if (unmined[0] !== undefined && unmined[0] !== this.#first) {
      this.#first = unmined[0];
      Object.assign(this.#first, { pricedAt: now, pricedBlock: head.number });
    }
    for (const transaction of unmined) {
      transaction.pricedBlock ??= head.number;
      const outpriced = transaction === this.#first || transaction.fees.maxFeePerGas < head.baseFee;
      const waited = now - transaction.pricedAt > this.#options.replaceAfter && head.number > transaction.pricedBlock;
      if (outpriced && waited && (await this.#replace(transaction, head))) continue;
      if (now - transaction.sentAt < this.#options.rebroadcastAfter) continue;
      transaction.sentAt = now;
      this.counts.rebroadcast++;
      await this.#offer(transaction, transaction.versions.at(-1)!);
    }
  }

  /**
   * Whether no pending transaction can be mined, because the account's next nonce is that of a transaction which was
   * settled and then reorganised. Nodes put such transactions back into their pools, so they get as long as the first in
   * line gets before it is replaced.
   */
  isCutOff(first: PendingTransaction | undefined, head: Block, used: number): boolean {
    if (first === undefined || used >= first.nonce) this.#gap = undefined;
    else this.#gap ??= { at: Date.now(), block: head.number };
    if (this.#gap === undefined) return false;
    return Date.now() - this.#gap.at > this.#options.replaceAfter && head.number > this.#gap.block;
  }

  /** Sends it with a higher fee; false where the caps or the budget forbid that. */
  async #replace(transaction: PendingTransaction, head: Block): Promise<boolean> {
    const fees = await this.#policy.raise(transaction.fees);
    if (fees === null || !transaction.share.set(transaction.cost(fees))) return false;
    const signed = transaction.sign(fees);
    transaction.versions.push(signed);
    Object.assign(transaction, { fees, pricedAt: Date.now(), pricedBlock: head.number, sentAt: Date.now() });
    this.counts.replaced++;
    await this.#offer(transaction, signed);
    return true;
  }

  /** A refusal is only noted: the next look at the chain tells whether it matters. */
  async #offer(transaction: PendingTransaction, signed: SignedTransaction): Promise<void> {
    try {
      transaction.said = (await broadcast(this.#rpc, signed))?.rpcMessage ?? '';
    } catch (error) {
      if (error instanceof MIStoreError) transaction.said = error.message;
      throw error;
    }
  }
}
