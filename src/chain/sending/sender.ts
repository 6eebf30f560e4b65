// Sends one account's transactions: in order, several at a time, each exactly once. It counts nonces itself, takes gas
// limits and data fees from what the chain charges (charges.ts), and leaves transactions that a node has taken to the
// follower. It must be alone on its account: with a second sender both fail with NonceTakenError sooner or later.
import { addressText } from '../../address.ts';
import { toHex } from '../../bytes.ts';
import { checkInteger } from '../../errors.ts';
import { accountOf } from '../account.ts';
import { WrongChainError } from '../errors.ts';
import { quantity, Rpc } from '../rpc.ts';
import { estimateGas, readChainId } from '../state.ts';
import type { Sender, SenderStats, Submission, TransactionReceipt, TransactionRequest } from '../types.ts';
import { Budget, type BudgetShare } from './budget.ts';
import { Charges } from './charges.ts';
import { SenderClosedError, TransactionLimitError } from './errors.ts';
import { DEFAULT_MAX_FEE, DEFAULT_MAX_TIP, FeePolicy, type Fees } from './fees.ts';
import { broadcastFirst } from './first-broadcast.ts';
import { Follower } from './follower.ts';
import { generous, MAX_TRANSACTION_BYTES, MAX_TRANSACTION_GAS, type ScheduleName } from './gas.ts';
import type { FollowOptions } from './pending.ts';
import { settledNonce, usableConfirmations } from './readiness.ts';
import { encodeUnsigned, type SignedTransaction, signTransaction, type Transaction } from './transaction.ts';

/** Which account sends, through which node, and for what fees (wei). */
export interface SenderOptions extends Partial<FollowOptions> {
  rpc: string | Rpc;
  /** 32 bytes; used until close(), not copied and not kept elsewhere. SECRET. */
  privateKey: Uint8Array;
  /** Refused if the endpoint serves another chain. */
  chainId?: bigint;
  /** With confirmations 'finalized': blocks to wait for where the endpoint does not know which block is final. */
  unlessFinal?: number;
  /** Most transactions that are broadcast and not yet mined; 8 if not given. */
  window?: number;
  /** Most transactions that are broadcast and not yet settled (their bytes stay in memory); 128 if not given. */
  maxUnsettled?: number;
  /** Most that a transaction may offer, the tip included, wei a gas; DEFAULT_MAX_FEE if not given. */
  maxFeePerGas?: bigint;
  /** Most that it may offer as a tip, wei a gas; DEFAULT_MAX_TIP if not given. */
  maxTipPerGas?: bigint;
  /** Tip offered at first, under that cap, wei a gas; the node's suggestion if not given. */
  tipPerGas?: bigint;
  /** Wei that all transactions of this sender may take together, for gas, data and value; no limit if not given. */
  maxTotal?: bigint;
  /** What the chain charges for calldata; found out from the endpoint if not given. */
  prices?: ScheduleName;
}

const DEFAULTS: FollowOptions = {
  confirmations: 1,
  pollInterval: undefined,
  rebroadcastAfter: 30_000,
  replaceAfter: 60_000,
  patience: 15 * 60_000,
};
/**
 * Connects, and waits up to `replaceAfter` for transactions that the account sent earlier. Throws NoFinalityError where
 * finality is to be waited for and the endpoint does not know it.
 */
export async function createSender(options: SenderOptions): Promise<Sender> {
  const rpc = typeof options.rpc === 'string' ? new Rpc(options.rpc) : options.rpc;
  checkInteger('window', options.window ?? 8, 1, 10_000);
  const account = accountOf(options.privateKey);
  const chainId = await readChainId(rpc);
  if (options.chainId !== undefined && options.chainId !== chainId) throw new WrongChainError(chainId, options.chainId);
  const confirmations = await usableConfirmations(
    rpc,
    options.confirmations ?? DEFAULTS.confirmations,
    options.unlessFinal,
  );
  const nonce = await settledNonce(rpc, account, options.replaceAfter ?? DEFAULTS.replaceAfter);
  return new AccountSender(rpc, account, chainId, nonce, { ...options, confirmations });
}

class AccountSender implements Sender {
  readonly address: Uint8Array;
  readonly chainId: bigint;
  readonly #rpc: Rpc;
  readonly #key: Uint8Array;
  readonly #charges: Charges;
  readonly #policy: FeePolicy;
  readonly #budget: Budget;
  readonly #follower: Follower;
  readonly #window: number;
  readonly #maxUnsettled: number;
  readonly #patience: number;
  #nonce: number;
  /** Resolves when the last submission so far is broadcast. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(rpc: Rpc, address: Uint8Array, chainId: bigint, nonce: number, options: SenderOptions) {
    this.address = address;
    this.chainId = chainId;
    this.#rpc = rpc;
    this.#key = options.privateKey;
    this.#nonce = nonce;
    this.#charges = new Charges(rpc, options.prices);
    this.#window = options.window ?? 8;
    this.#maxUnsettled = options.maxUnsettled ?? 128;
    const { maxFeePerGas: fee = DEFAULT_MAX_FEE, maxTipPerGas: tip = DEFAULT_MAX_TIP } = options;
    this.#policy = new FeePolicy(rpc, { fee, tip }, options.tipPerGas);
    this.#budget = new Budget(options.maxTotal);
    const follow = { ...DEFAULTS, ...options };
    this.#patience = follow.patience;
    this.#follower = new Follower(rpc, address, this.#policy, this.#budget, follow);
  }

  async send(request: TransactionRequest): Promise<TransactionReceipt> {
    return (await this.submit(request)).settled;
  }

  submit(request: TransactionRequest): Promise<Submission> {
    const submitted = this.#turn.then(() => this.#submit(request));
    this.#turn = submitted.catch(() => undefined);
    return submitted;
  }

  async idle(): Promise<void> {
    await this.#turn;
    while (this.#follower.unsettled > 0) await this.#follower.changed();
  }

  stats(): SenderStats {
    return this.#follower.stats();
  }

  get failed(): boolean {
    return this.#follower.fault !== undefined;
  }

  close(): void {
    this.#follower.fail(new SenderClosedError(addressText(this.address)));
  }

  async #submit(request: TransactionRequest): Promise<Submission> {
    const follower = this.#follower;
    const full = () => follower.unmined >= this.#window || follower.unsettled >= this.#maxUnsettled;
    while (full() && follower.fault === undefined) await follower.changed();
    this.#check();
    const gas = await this.#gasOf(request);
    const { value = 0n, inPlace = false } = request;
    const sign = (nonce: number, fees: Fees) => this.#sign(request, gas, nonce, fees);
    const dataFee = await this.#charges.dataFee(async () =>
      encodeUnsigned(this.#transaction(request, gas, this.#nonce, await this.#policy.suggest())),
    );
    const cost = ({ maxFeePerGas }: Fees) => gas * maxFeePerGas + value + dataFee;
    const share = this.#budget.share();
    try {
      const taken = await broadcastFirst({
        rpc: this.#rpc,
        account: this.address,
        policy: this.#policy,
        nonce: this.#nonce,
        inPlace,
        sign,
        cost,
        share,
        afford: (amount) => this.#afford(share, amount),
        patience: this.#patience,
        check: () => this.#check(),
      });
      const { nonce } = taken;
      this.#nonce = nonce + 1;
      const settled = follower.follow({ ...taken, gas, value, cost, share, sign: (fees) => sign(nonce, fees) });
      settled.catch(() => undefined); // The caller may look at it later.
      return { nonce, settled };
    } catch (error) {
      share.release();
      throw error;
    }
  }

  /** Waits for unsettled transactions where they hold what is missing: they mostly take less than they may. */
  async #afford(share: BudgetShare, amount: bigint): Promise<void> {
    while (!share.set(amount)) {
      if (this.#follower.unsettled === 0) throw this.#budget.error(amount);
      await this.#follower.changed();
      this.#check();
    }
  }

  #check(): void {
    if (this.#follower.fault !== undefined) throw this.#follower.fault;
  }

  #transaction({ to, data, value = 0n }: TransactionRequest, gas: bigint, nonce: number, fees: Fees): Transaction {
    return { chainId: this.chainId, nonce, gas, to, value, data, ...fees };
  }

  #sign(request: TransactionRequest, gas: bigint, nonce: number, fees: Fees): SignedTransaction {
    const signed = signTransaction(this.#transaction(request, gas, nonce, fees), this.#key);
    if (signed.raw.length > MAX_TRANSACTION_BYTES) throw tooLarge('bytes', signed.raw.length);
    return signed;
  }

  /** Gas limit: as given; else from the calldata and the execution's bound; else the node's estimate and an eighth. */
  async #gasOf(request: TransactionRequest): Promise<bigint> {
    const { data, gas, execution } = request;
    if (data.length > MAX_TRANSACTION_BYTES) throw tooLarge('bytes', data.length);
    let limit = gas ?? (execution === undefined ? undefined : await this.#charges.gasLimit(data, execution));
    limit ??= await this.#estimate(request);
    // With less than this a transaction would be taken into the pool and never mined.
    const needed = await this.#charges.leastGas(data);
    if (limit < needed) limit = needed;
    if (limit > MAX_TRANSACTION_GAS) throw tooLarge('gas', limit);
    return limit;
  }

  async #estimate({ to, data, value = 0n }: TransactionRequest): Promise<bigint> {
    const target = to === null ? {} : { to: toHex(to) };
    const call = { from: toHex(this.address), ...target, data: toHex(data), value: quantity(value) };
    const estimate = await estimateGas(this.#rpc, call);
    if (estimate > MAX_TRANSACTION_GAS) throw tooLarge('gas', estimate);
    const limit = generous(estimate);
    if (limit > MAX_TRANSACTION_GAS) return MAX_TRANSACTION_GAS;
    return limit;
  }
}

const tooLarge = (what: 'bytes' | 'gas', actual: bigint | number): TransactionLimitError =>
  new TransactionLimitError(what, actual, what === 'gas' ? MAX_TRANSACTION_GAS : MAX_TRANSACTION_BYTES);
