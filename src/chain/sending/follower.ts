// Follows transactions from the node's pool into blocks that stay. Looks at the chain at intervals: what is mined, what
// a reorganisation took out again, what has waited too long. Sends the same bytes again, or the same transaction with a
// higher fee, until the transaction is settled, fails for good, or the sender's patience ends.
import { MIStoreError } from '../../errors.ts';
import { addressText } from '../account.ts';
import { NonceTakenError, NotMinedError, SettledLostError, TransactionFailedError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import { type Block, hasBlock, readHead, readMined, readNonce } from '../state.ts';
import type { SenderStats, TransactionReceipt } from '../types.ts';
import { broadcast } from './broadcast.ts';
import type { FeePolicy } from './fees.ts';
import { type FollowOptions, type PendingTransaction, pendingTransaction, type SentTransaction } from './pending.ts';

const FIRST_LOOK = 5;
/** Milliseconds that a node may take to show our receipt for a used nonce, before another transaction counts as its user. */
const RECEIPT_LAG = 15_000;

export class Follower {
  readonly #rpc: Rpc;
  readonly #account: Uint8Array;
  readonly #policy: FeePolicy;
  readonly #options: FollowOptions;
  readonly #counts = { settled: 0, replaced: 0, rebroadcast: 0, reorganised: 0, gasUsed: 0n, fees: 0n };
  /** By ascending nonce. */
  #pending: PendingTransaction[] = [];
  #first: PendingTransaction | undefined;
  /** Time (ms) and block since which the account's nonce is below all that are in transaction. */
  #gap: { at: number; block: number } | undefined;
  #running = false;
  #progressAt = 0;
  #refusal: unknown;
  #waiters: (() => void)[] = [];
  #nudge: () => void = () => undefined;
  /** Why the follower has stopped. */
  fault: unknown;

  constructor(rpc: Rpc, account: Uint8Array, policy: FeePolicy, options: FollowOptions) {
    this.#rpc = rpc;
    this.#account = account;
    this.#policy = policy;
    this.#options = options;
  }

  stats(): SenderStats {
    return { unsettled: this.#pending.length, ...this.#counts };
  }

  /** Number of transactions that no block holds yet. */
  get unmined(): number {
    return this.#pending.filter(({ mined }) => mined === undefined).length;
  }

  /** Number of transactions that are not settled. */
  get unsettled(): number {
    return this.#pending.length;
  }

  /** Resolves when the transaction is settled. Must be called in the order of nonces. */
  follow(sent: SentTransaction): Promise<TransactionReceipt> {
    return new Promise((resolve, reject) => {
      this.#pending.push(pendingTransaction(sent, resolve, reject));
      if (this.#running) this.#nudge();
      else void this.#run();
    });
  }

  /** Resolves when one of these numbers may have changed, or the follower has stopped. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Rejects all that is in transaction, now and later. */
  fail(error: unknown): void {
    this.fault ??= error;
    for (const transaction of this.#pending.splice(0)) transaction.reject(error);
    this.#nudge();
    this.#notify();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#progressAt = Date.now();
    let wait = FIRST_LOOK;
    while (this.#pending.length > 0) {
      const nudged = await this.#sleep(wait);
      const before = this.#progressAt;
      try {
        await this.#look();
      } catch (error) {
        if (!(error instanceof MIStoreError)) this.fail(error);
        this.#refusal = error;
      }
      const progress = this.#progressAt > before;
      wait = nudged || progress ? FIRST_LOOK : Math.min(2 * wait, this.#options.pollInterval);
      if (Date.now() - this.#progressAt > this.#options.patience) this.#giveUp();
      this.#notify();
    }
    this.#running = false;
  }

  async #look(): Promise<void> {
    const { confirmations } = this.#options;
    const [head, used] = await Promise.all([readHead(this.#rpc), readNonce(this.#rpc, this.#account)]);
    let settledBlock = Number.POSITIVE_INFINITY;
    if (confirmations === 'finalized') settledBlock = (await readHead(this.#rpc, 'finalized')).number;
    else if (confirmations > 1) settledBlock = head.number - confirmations + 1;
    for (const transaction of [...this.#pending]) await this.#check(transaction, used, settledBlock);
    await this.#push(head, used);
  }

  async #check(transaction: PendingTransaction, used: number, settledBlock: number): Promise<void> {
    if (transaction.mined !== undefined) await this.#recheck(transaction, used, settledBlock);
    if (transaction.nonce >= used) transaction.usedAt = undefined;
    else if (transaction.mined === undefined) await this.#findReceipt(transaction);
    if (transaction.mined === undefined || transaction.mined.receipt.blockNumber > settledBlock) return;
    const { receipt, succeeded } = transaction.mined;
    this.#counts.settled++;
    this.#counts.gasUsed += receipt.gasUsed;
    this.#counts.fees += receipt.gasUsed * receipt.gasPrice;
    const { transactionHash, blockNumber, gasUsed } = receipt;
    this.#end(transaction);
    if (succeeded) transaction.resolve(receipt);
    else transaction.reject(new TransactionFailedError(transactionHash, blockNumber, gasUsed, transaction.gas));
  }

  /** Asks whether its block is still in the chain: before it is settled, and when its nonce is free again. */
  async #recheck(transaction: PendingTransaction, used: number, settledBlock: number): Promise<void> {
    const { blockNumber, blockHash } = transaction.mined!.receipt;
    if (blockNumber > settledBlock && transaction.nonce < used) return;
    if (await hasBlock(this.#rpc, blockNumber, blockHash)) return;
    transaction.mined = undefined;
    transaction.sentAt = 0;
    this.#counts.reorganised++;
  }

  async #findReceipt(transaction: PendingTransaction): Promise<void> {
    for (const { hash } of [...transaction.versions].reverse()) {
      const mined = await readMined(this.#rpc, hash);
      if (mined === null) continue;
      transaction.mined = mined;
      this.#progressAt = Date.now();
      return;
    }
    transaction.usedAt ??= Date.now();
    if (Date.now() - transaction.usedAt < RECEIPT_LAG) return;
    this.#end(transaction);
    transaction.reject(new NonceTakenError(addressText(this.#account), transaction.nonce));
  }

  async #push(head: Block, used: number): Promise<void> {
    const unmined = this.#pending.filter(({ nonce, mined }) => mined === undefined && nonce >= used);
    const now = Date.now();
    if (unmined[0] === undefined) this.#progressAt = now;
    else if (unmined[0] !== this.#first) {
      this.#first = unmined[0];
      Object.assign(this.#first, { pricedAt: now, pricedBlock: head.number });
    }
    if (this.#isCutOff(unmined[0], head, used)) {
      this.fail(new SettledLostError(addressText(this.#account), used, this.#options.confirmations));
      return;
    }
    for (const transaction of unmined) {
      transaction.pricedBlock ??= head.number;
      const outpriced = transaction === this.#first || transaction.fees.maxFeePerGas < head.baseFee;
      const waited = now - transaction.pricedAt > this.#options.replaceAfter && head.number > transaction.pricedBlock;
      if (outpriced && waited && (await this.#replace(transaction, head))) continue;
      if (now - transaction.sentAt < this.#options.rebroadcastAfter) continue;
      transaction.sentAt = now;
      this.#counts.rebroadcast++;
      await broadcast(this.#rpc, transaction.versions.at(-1)!);
    }
  }

  /**
   * Whether no pending transaction can be mined, because the account's next nonce is that of a transaction which was
   * settled and then reorganised. Nodes put such transactions back into their pools, so they get as long as the first in
   * line gets before it is replaced.
   */
  #isCutOff(first: PendingTransaction | undefined, head: Block, used: number): boolean {
    if (first === undefined || used >= first.nonce) this.#gap = undefined;
    else this.#gap ??= { at: Date.now(), block: head.number };
    if (this.#gap === undefined) return false;
    return Date.now() - this.#gap.at > this.#options.replaceAfter && head.number > this.#gap.block;
  }

  /** Sends it with a higher fee; false where the cap forbids that. */
  async #replace(transaction: PendingTransaction, head: Block): Promise<boolean> {
    const fees = await this.#policy.raise(transaction.fees);
    if (fees === null) return false;
    const signed = transaction.sign(fees);
    transaction.versions.push(signed);
    Object.assign(transaction, { fees, pricedAt: Date.now(), pricedBlock: head.number, sentAt: Date.now() });
    this.#counts.replaced++;
    await broadcast(this.#rpc, signed);
    return true;
  }

  #giveUp(): void {
    const first = this.#pending[0];
    if (first === undefined) return;
    const address = addressText(this.#account);
    const { baseFee, cap } = this.#policy;
    const cause = this.#refusal === undefined ? {} : { cause: this.#refusal };
    this.fail(new NotMinedError(address, first.nonce, first.fees.maxFeePerGas, baseFee, cap, cause));
  }

  #end(transaction: PendingTransaction): void {
    this.#pending = this.#pending.filter((other) => other !== transaction);
    this.#progressAt = Date.now();
    this.#notify();
  }

  #notify(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Resolves to whether the sleep was cut short. */
  #sleep(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      this.#nudge = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
