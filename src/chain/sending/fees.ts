// EIP-1559 fees under a cap: what to offer now, and what to offer for a transaction that waits too long.
import type { Hex } from '../../bytes.ts';
import { RpcError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import { readHead } from '../state.ts';

export interface Fees {
  /** Wei a gas. */
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** Wei. */
export const GWEI = 1_000_000_000n;
/** Most that a transaction offers if its sender is not told otherwise, wei a gas. */
export const DEFAULT_MAX_FEE = 500n * GWEI;
/** Tip where the node suggests none, wei a gas. */
const DEFAULT_TIP = GWEI;
/** Milliseconds that a suggestion is used for; the base fee changes by at most an eighth from block to block. */
const FRESH = 1000;

export class FeePolicy {
  readonly #rpc: Rpc;
  /** Most that a transaction may offer, wei a gas. */
  readonly cap: bigint;
  readonly #tip: bigint | undefined;
  #known: { fees: Fees; baseFee: bigint; at: number } | undefined;

  constructor(rpc: Rpc, cap: bigint, tip: bigint | undefined) {
    this.#rpc = rpc;
    this.cap = cap;
    this.#tip = tip;
  }

  /** Twice the base fee (which can double in six full blocks) plus the tip, under the cap. */
  async suggest(maxAge = FRESH): Promise<Fees> {
    return (await this.#current(maxAge)).fees;
  }

  /** As last read, wei a gas; 0 before. */
  get baseFee(): bigint {
    return this.#known?.baseFee ?? 0n;
  }

  /** Fees of a replacement: at least an eighth more than `fees`, as nodes require; null where the cap forbids that. */
  async raise(fees: Fees): Promise<Fees | null> {
    const now = await this.suggest(0);
    const maxFeePerGas = max(eighthMore(fees.maxFeePerGas), now.maxFeePerGas);
    if (maxFeePerGas > this.cap) return null;
    return {
      maxFeePerGas,
      maxPriorityFeePerGas: min(max(eighthMore(fees.maxPriorityFeePerGas), now.maxPriorityFeePerGas), maxFeePerGas),
    };
  }

  async #current(maxAge: number): Promise<{ fees: Fees }> {
    if (this.#known === undefined || Date.now() - this.#known.at >= maxAge) {
      const [{ baseFee }, tip] = await Promise.all([readHead(this.#rpc), this.#tip ?? this.#suggestedTip()]);
      const maxFeePerGas = min(2n * baseFee + tip, this.cap);
      this.#known = { fees: { maxFeePerGas, maxPriorityFeePerGas: min(tip, maxFeePerGas) }, baseFee, at: Date.now() };
    }
    return this.#known;
  }

  async #suggestedTip(): Promise<bigint> {
    try {
      return BigInt(await this.#rpc.call<Hex>('eth_maxPriorityFeePerGas'));
    } catch (error) {
      if (error instanceof RpcError) return DEFAULT_TIP; // Some nodes lack the method.
      throw error;
    }
  }
}

const eighthMore = (fee: bigint): bigint => fee + (fee + 7n) / 8n;
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
