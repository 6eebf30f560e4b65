// EIP-1559 fees under two caps, one for the fee and one for the tip in it: what to offer now, and what to offer for a
// transaction that a node refuses or that waits too long. A node's suggestion counts only up to the caps.
import { RpcError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import { readHead, readSuggestedTip } from '../state.ts';

export interface Fees {
  /** Wei a gas, the tip included. */
  maxFeePerGas: bigint;
  /** The tip, wei a gas. */
  maxPriorityFeePerGas: bigint;
}

/** Most that a transaction offers, wei a gas. */
export interface FeeCaps {
  fee: bigint;
  tip: bigint;
}

/** Wei. */
export const GWEI = 1_000_000_000n;
/**
 * Caps if the sender is not told others. Twice the base fee is offered, so they serve up to a base fee of 48 gwei. A batch
 * of 128 KiB, 5.9 million gas, takes at most 0.6 ether at this fee, of which the tip, all that an endpoint could gain by a
 * high suggestion, is 0.02.
 */
export const DEFAULT_MAX_FEE = 100n * GWEI;
export const DEFAULT_MAX_TIP = 3n * GWEI;
/** Tip where the node suggests none, wei a gas. */
const DEFAULT_TIP = GWEI;
/** Milliseconds that a suggestion is used for; the base fee changes by at most an eighth from block to block. */
const FRESH = 1000;
/** Milliseconds that a node's refusal of a lower tip is remembered. */
const LEARNT = 60_000;

export class FeePolicy {
  readonly #rpc: Rpc;
  readonly caps: FeeCaps;
  readonly #tip: bigint | undefined;
  #known: { fees: Fees; baseFee: bigint; at: number } | undefined;
  /** A tip that the node took after it had refused a lower one, and when (ms). */
  #learnt = { tip: 0n, at: 0 };

  /** `tip`: offered first in place of the node's suggestion. */
  constructor(rpc: Rpc, caps: FeeCaps, tip?: bigint) {
    this.#rpc = rpc;
    this.caps = caps;
    this.#tip = tip;
  }

  /** Twice the base fee (which can double in six full blocks) plus the tip, under the caps. */
  async suggest(maxAge = FRESH): Promise<Fees> {
    return (await this.#current(maxAge)).fees;
  }

  /** To be told of fees that the node took after it had refused lower ones: for a while no lower tip is suggested. */
  learn({ maxPriorityFeePerGas: tip }: Fees): void {
    this.#learnt = { tip, at: Date.now() };
    this.#known = undefined;
  }

  /** As last read, wei a gas; 0 before. */
  get baseFee(): bigint {
    return this.#known?.baseFee ?? 0n;
  }

  /** Fees of a replacement: at least an eighth more than `fees`, as nodes require; null where a cap forbids that. */
  async raise(fees: Fees): Promise<Fees | null> {
    const now = await this.suggest(0);
    const maxFeePerGas = max(eighthMore(fees.maxFeePerGas), now.maxFeePerGas);
    const maxPriorityFeePerGas = max(eighthMore(fees.maxPriorityFeePerGas), now.maxPriorityFeePerGas);
    if (maxFeePerGas > this.caps.fee || maxPriorityFeePerGas > this.caps.tip) return null;
    return { maxFeePerGas, maxPriorityFeePerGas: min(maxPriorityFeePerGas, maxFeePerGas) };
  }

  /**
   * Fees after a refusal that may be about them, as far as the caps go: twice the tip, or at `once` the highest, and
   * room for it. `outbid`: twice the whole, where another transaction holds the nonce. Null where the caps allow no more.
   */
  async raiseRefused(fees: Fees, { once = false, outbid = false } = {}): Promise<Fees | null> {
    const now = await this.suggest(0);
    const more = once ? this.caps.tip : max(2n * fees.maxPriorityFeePerGas + 1n, now.maxPriorityFeePerGas);
    const tip = min(more, this.caps.tip);
    const wanted = outbid ? 2n * fees.maxFeePerGas : fees.maxFeePerGas + tip - fees.maxPriorityFeePerGas;
    const maxFeePerGas = min(max(wanted, now.maxFeePerGas), this.caps.fee);
    const raised = { maxFeePerGas, maxPriorityFeePerGas: min(tip, maxFeePerGas) };
    const { maxFeePerGas: fee, maxPriorityFeePerGas } = fees;
    return raised.maxFeePerGas > fee || raised.maxPriorityFeePerGas > maxPriorityFeePerGas ? raised : null;
  }

  async #current(maxAge: number): Promise<{ fees: Fees }> {
    if (this.#known === undefined || Date.now() - this.#known.at >= maxAge) {
      const [{ baseFee }, suggested] = await Promise.all([readHead(this.#rpc), this.#tip ?? this.#suggestedTip()]);
      const learnt = Date.now() - this.#learnt.at < LEARNT ? this.#learnt.tip : 0n;
      const tip = min(max(suggested, learnt), this.caps.tip);
      const maxFeePerGas = min(2n * baseFee + tip, this.caps.fee);
      this.#known = { fees: { maxFeePerGas, maxPriorityFeePerGas: min(tip, maxFeePerGas) }, baseFee, at: Date.now() };
    }
    return this.#known;
  }

  async #suggestedTip(): Promise<bigint> {
    try {
      return await readSuggestedTip(this.#rpc);
    } catch (error) {
      if (error instanceof RpcError) return DEFAULT_TIP; // Some nodes lack the method.
      throw error;
    }
  }
}

const eighthMore = (fee: bigint): bigint => fee + (fee + 7n) / 8n;
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
