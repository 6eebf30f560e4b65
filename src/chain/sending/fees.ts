// EIP-1559 fees under a cap: what to offer now, and what to offer instead for a transaction that is not taken.
import type { Hex } from '../../bytes.ts';
import { RpcError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import { readHead } from '../state.ts';

export interface Fees {
  /** Wei a gas. */
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

const DEFAULT_TIP = 1_000_000_000n;
/** Milliseconds that a suggestion is good for; the base fee moves by at most an eighth from block to block. */
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

  /** Twice the base fee (it can double in six full blocks) and the tip, under the cap. */
  async suggest(maxAge = FRESH): Promise<Fees> {
    return (await this.#current(maxAge)).fees;
  }

  /** As last seen. */
  get baseFee(): bigint {
    return this.#known?.baseFee ?? 0n;
  }

  /** At least an eighth more than `fees`, which nodes require of a replacement; null where the cap forbids it. */
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
      if (error instanceof RpcError) return DEFAULT_TIP; // Not every node has the method.
      throw error;
    }
  }
}

const eighthMore = (fee: bigint): bigint => fee + (fee + 7n) / 8n;
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
