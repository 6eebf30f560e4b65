// Follows transactions from the node's pool into blocks that stay. Looks at the chain at intervals (pace.ts): what is
// mined, what is settled, what a reorganisation took out again; has the rest sent again (resend.ts). It goes on until
// each transaction is settled or fails for good, or the sender's patience ends.
import { addressText } from '../../address.ts';
import { MIStoreError } from '../../errors.ts';
import { ConnectionError, RpcError } from '../errors.ts';
import { feeOf, readMined } from '../receipts.ts';
import type { Rpc } from '../rpc.ts';
import { type Block, readBlock, readHead, readNonce } from '../state.ts';
import type { SenderStats, TransactionReceipt } from '../types.ts';
import { FollowerWaits } from '../waiting/follower-waits.ts';
import type { Budget } from './budget.ts';
import { NonceTakenError, NotMinedError, NotSettledError, SettledLostError, TransactionFailedError } from './errors.ts';
import type { FeePolicy } from './fees.ts';
import { Pace } from './pace.ts';
import { type FollowOptions, type PendingTransaction, pendingTransaction, type SentTransaction } from './pending.ts';
import { Resender } from './resend.ts';

/** Milliseconds that a node may take to show our receipt for a used nonce, before another transaction counts as its user. */
const RECEIPT_LAG = 15_000;
/** Milliseconds after which an endpoint that refuses every look for good (no access, no quota) is given up. */
const REFUSAL_PATIENCE = 60_000;
/** What every look asks for. */
const NEEDED: readonly string[] = ['eth_getBlockByNumber', 'eth_getTransactionCount'];

/** The chain at one look. */
interface View {
  head: Block;
  /** The account's next nonce. */
  used: number;
  /** Transactions in blocks up to this one are settled. */
  settledBlock: number;
  /** Block by number, each asked for once. */
  block: (number: number) => Promise<Block | null>;
}

export class Follower {
  readonly #rpc: Rpc;
  readonly #account: Uint8Array;
  readonly #policy: FeePolicy;
  readonly #budget: Budget;
  readonly #options: FollowOptions;
  readonly #pace: Pace;
  readonly #resender: Resender;
  readonly #counts = { settled: 0, reorganised: 0, gasUsed: 0n, fees: 0n };
  /** By ascending nonce. */
  #pending: PendingTransaction[] = [];
  #running = false;
  #progressAt = 0;
  readonly #waits: FollowerWaits;
  /** Why the last look failed, if it did, and since when looks are refused for good. */
  #failure: unknown;
  #refusedSince: number | undefined;
  #waiters: (() => void)[] = [];
  #nudge: () => void = () => undefined;
  /** Why the follower has stopped. */
  fault: unknown;

  constructor(rpc: Rpc, account: Uint8Array, policy: FeePolicy, budget: Budget, options: FollowOptions) {
    this.#rpc = rpc;
    this.#account = account;
    this.#policy = policy;
    this.#budget = budget;
    this.#options = options;
    this.#pace = new Pace(options.pollInterval);
    this.#resender = new Resender(rpc, policy, options);
    this.#waits = new FollowerWaits(rpc.onWait, this.#pace, policy, options);
  }

  stats(): SenderStats {
    return { unsettled: this.#pending.length, ...this.#counts, ...this.#resender.counts };
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

  /** Rejects all pending transactions and stops. */
  fail(error: unknown): void {
    this.fault ??= error;
    for (const transaction of this.#pending.splice(0)) transaction.reject(error);
    this.#nudge();
    this.#notify();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#progressAt = Date.now();
    this.#waits.begin();
    this.#pace.quicken();
    while (this.#pending.length > 0) {
      const nudged = await this.#sleep(this.#pace.wait);
      const found = await this.#tryLook();
      if (found || nudged) this.#pace.quicken();
      else this.#pace.slacken();
      if (Date.now() - this.#progressAt > this.#options.patience) this.#giveUp();
      this.#notify();
    }
    this.#running = false;
  }

  /** Whether a transaction was found to be mined or settled. */
  async #tryLook(): Promise<boolean> {
    try {
      const found = await this.#look();
      this.#failure = this.#refusedSince = undefined;
      return found;
    } catch (error) {
      this.#failure = error;
      if (!(error instanceof MIStoreError)) this.fail(error);
      if (!isRefusal(error)) this.#refusedSince = undefined;
      else this.#refusedSince ??= Date.now();
      const refused = this.#refusedSince !== undefined && Date.now() - this.#refusedSince > REFUSAL_PATIENCE;
      if (refused) this.fail(error);
      return false;
    }
  }

  async #look(): Promise<boolean> {
    const view = await this.#view();
    this.#pace.see(view.head);
    let found = false;
    for (const transaction of [...this.#pending]) {
      const before = transaction.mined;
      const settled = await this.#check(transaction, view);
      found ||= settled || (transaction.mined !== undefined && transaction.mined !== before);
    }
    const unmined = this.#pending.filter(({ nonce, mined }) => mined === undefined && nonce >= view.used);
    if (found || unmined.length === 0) this.#progressAt = Date.now();
    if (found) this.#waits.begin();
    else this.#waits.look(this.#pending, view, this.#progressAt + this.#options.patience);
    if (this.#resender.isCutOff(unmined[0], view.head, view.used)) {
      this.fail(new SettledLostError(addressText(this.#account), view.used, this.#options.confirmations));
    } else await this.#resender.resend(unmined, view.head);
    return found;
  }

  async #view(): Promise<View> {
    const { confirmations } = this.#options;
    const [head, used] = await Promise.all([readHead(this.#rpc), readNonce(this.#rpc, this.#account)]);
    let settledBlock = Number.POSITIVE_INFINITY;
    if (confirmations !== 'finalized') {
      if (confirmations > 1) settledBlock = head.number - confirmations + 1;
    } else if (this.unmined < this.unsettled) settledBlock = (await readHead(this.#rpc, 'finalized')).number;
    else settledBlock = -1;
    const blocks = new Map<number, Promise<Block | null>>();
    const block = (number: number) => {
      const asked = blocks.get(number) ?? readBlock(this.#rpc, number);
      blocks.set(number, asked);
      return asked;
    };
    return { head, used, settledBlock, block };
  }

  /** Whether the transaction is settled now. */
  async #check(transaction: PendingTransaction, view: View): Promise<boolean> {
    if (transaction.mined !== undefined) await this.#recheck(transaction, view);
    if (transaction.nonce >= view.used) transaction.usedAt = undefined;
    else if (transaction.mined === undefined) await this.#findReceipt(transaction);
    if (transaction.mined === undefined || transaction.mined.receipt.blockNumber > view.settledBlock) return false;
    const { receipt, succeeded } = transaction.mined;
    const { transactionHash, blockNumber, gasUsed, gasPrice, dataFee } = receipt;
    this.#counts.settled++;
    this.#counts.gasUsed += gasUsed;
    this.#counts.fees += feeOf(receipt);
    this.#end(transaction, gasUsed * gasPrice + (succeeded ? transaction.value : 0n), dataFee);
    if (succeeded) transaction.resolve(receipt);
    else transaction.reject(new TransactionFailedError(transactionHash, blockNumber, gasUsed, transaction.gas));
    return true;
  }

  /** Asks whether its block is still in the chain: before it is settled, and when its nonce is free again. */
  async #recheck(transaction: PendingTransaction, { used, settledBlock, block }: View): Promise<void> {
    const { blockNumber, blockHash } = transaction.mined!.receipt;
    if (blockNumber > settledBlock && transaction.nonce < used) return;
    if ((await block(blockNumber))?.hash === blockHash) return;
    transaction.mined = undefined;
    transaction.sentAt = 0;
    this.#counts.reorganised++;
  }

  async #findReceipt(transaction: PendingTransaction): Promise<void> {
    for (const { hash } of [...transaction.versions].reverse()) {
      const mined = await readMined(this.#rpc, hash);
      if (mined === null) continue;
      transaction.mined = mined;
      return;
    }
    transaction.usedAt ??= Date.now();
    if (Date.now() - transaction.usedAt < RECEIPT_LAG) return;
    this.#end(transaction, 0n);
    transaction.reject(new NonceTakenError(addressText(this.#account), transaction.nonce, transaction.said));
  }

  #giveUp(): void {
    const first = this.#pending[0];
    if (first === undefined) return;
    const address = addressText(this.#account);
    const cause = this.#failure === undefined ? {} : { cause: this.#failure };
    const said = wordsOf(this.#failure) || first.said;
    const { baseFee, caps } = this.#policy;
    this.fail(
      first.mined === undefined
        ? new NotMinedError(address, first.nonce, first.fees, baseFee, caps.fee, said, cause)
        : new NotSettledError(address, first.nonce, first.mined.receipt.blockNumber, said, cause),
    );
  }

  #end(transaction: PendingTransaction, spent: bigint, dataFee = 0n): void {
    this.#pending = this.#pending.filter((other) => other !== transaction);
    this.#budget.settle(transaction.share, spent, dataFee);
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

/** Whether the endpoint refuses what every look needs, and not because it is away or asked too often. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ConnectionError) return !error.passing;
  return error instanceof RpcError && !error.passing && NEEDED.includes(error.method);
}

/** What the endpoint said, of an error that tells it. */
function wordsOf(error: unknown): string {
  if (error instanceof RpcError) return error.rpcMessage;
  return error instanceof MIStoreError ? error.message : '';
}
