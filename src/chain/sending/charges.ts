// What the chain charges for a transaction's bytes, found out from the chain itself: the price of calldata in gas, and the
// fee for data that rollups of the OP stack charge besides gas. An endpoint that lies about either can keep a transaction
// from being mined, as any endpoint can, but cannot make it take more than the caps on gas and fees allow.
import { concat, fromHex, toHex, uint256, utf8 } from '../../bytes.ts';
import { keccak256 } from '../../keccak.ts';
import { RpcError } from '../errors.ts';
import { MAX_FEE } from '../receipts.ts';
import type { Rpc } from '../rpc.ts';
import { estimateGas, hasCode } from '../state.ts';
import {
  CURRENT_SCHEDULE,
  floorGas,
  gasLimit,
  generous,
  type PriceSchedule,
  SCHEDULES,
  type ScheduleName,
} from './gas.ts';

/** GasPriceOracle, the contract that knows the data fee; every rollup of the OP stack has it at this address. */
const ORACLE = fromHex('0x420000000000000000000000000000000000000f', 'oracle', 20);
const GET_L1_FEE = keccak256(utf8('getL1Fee(bytes)')).slice(0, 4);
/** An address without code or key: calls to it execute nothing, so they cost their calldata alone. */
const NOBODY = keccak256(utf8('MIStore calldata price')).slice(12);
/** 2 KiB without pattern, as batches are: some chains charge less for what can be compressed. */
const PROBE = concat(...Array.from({ length: 64 }, (_, i) => keccak256(uint256(i))));
/** A node's estimate is up to a fiftieth above what a call takes: geth stops its search at 1.5 %. */
const TOLERANCE = 50n;
const NO_FLOOR: PriceSchedule = SCHEDULES['eip-2028'];

export class Charges {
  readonly #rpc: Rpc;
  #prices: PriceSchedule | 'unlisted' | undefined;
  #hasOracle: boolean | undefined;

  /** `prices`: the chain's, if they are known; else the chain is asked before the first transaction. */
  constructor(rpc: Rpc, prices?: ScheduleName) {
    this.#rpc = rpc;
    this.#prices = prices && SCHEDULES[prices];
  }

  /**
   * Gas limit of a call whose execution takes at most `execution` gas: computed where the chain has a floor, and the same
   * with an eighth to spare where it has none. Where the table does not have the chain's prices, the node is asked what this
   * calldata takes.
   */
  async gasLimit(data: Uint8Array, execution: bigint): Promise<bigint> {
    const prices = await this.#schedule();
    if (prices === 'unlisted') {
      const asked = (await this.#askGas(data)) + execution;
      return generous(larger(asked, gasLimit(data, execution, NO_FLOOR)));
    }
    const limit = gasLimit(data, execution, prices);
    return prices === NO_FLOOR ? generous(limit) : limit;
  }

  /** The least gas that a transaction with this calldata uses, as far as the table tells. */
  async leastGas(data: Uint8Array): Promise<bigint> {
    const prices = await this.#schedule();
    return floorGas(data, prices === 'unlisted' ? NO_FLOOR : prices);
  }

  /**
   * Wei to set aside for the data fee of a transaction: twice what the oracle says now, as twice the base fee is offered; 0
   * where the chain has no oracle. The chain sets the fee when it takes the transaction, and no signed field caps it.
   * `encode` gives the bytes without signature, since the oracle adds its size: before the budget has room for a transaction
   * no endpoint gets anything that it could broadcast.
   */
  async dataFee(encode: () => Promise<Uint8Array>): Promise<bigint> {
    this.#hasOracle ??= await hasCode(this.#rpc, ORACLE);
    if (!this.#hasOracle) return 0n;
    const bytes = await encode();
    const padding = new Uint8Array((32 - (bytes.length % 32)) % 32);
    const data = concat(GET_L1_FEE, uint256(32), uint256(bytes.length), bytes, padding);
    const call = { to: toHex(ORACLE), data: toHex(data) };
    return 2n * (await this.#rpc.call('eth_call', [call, 'latest'], (reply) => reply.quantity(MAX_FEE)));
  }

  async #schedule(): Promise<PriceSchedule | 'unlisted'> {
    this.#prices ??= await this.#findPrices();
    return this.#prices;
  }

  async #findPrices(): Promise<PriceSchedule | 'unlisted'> {
    try {
      const gas = await this.#askGas(PROBE);
      const isPrice = (prices: PriceSchedule) => {
        const exact = floorGas(PROBE, prices);
        return gas >= exact && gas <= exact + exact / TOLERANCE;
      };
      return Object.values(SCHEDULES).find(isPrice) ?? 'unlisted';
    } catch (error) {
      // Not every node estimates. A limit by mainnet's prices is enough without a floor, too.
      if (error instanceof RpcError && !error.passing) return SCHEDULES[CURRENT_SCHEDULE];
      throw error;
    }
  }

  #askGas(data: Uint8Array): Promise<bigint> {
    return estimateGas(this.#rpc, { to: toHex(NOBODY), data: toHex(data) });
  }
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
