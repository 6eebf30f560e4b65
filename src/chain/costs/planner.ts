// What transactions would cost, before any of them is sent: a sender that sends nothing, but asks the chain what each request
// takes. Whoever sends through a Sender can be run with it first.
import { toHex } from '../../bytes.ts';
import { RpcError } from '../errors.ts';
import { quantity, type Rpc } from '../rpc.ts';
import { Charges } from '../sending/charges.ts';
import { DEFAULT_MAX_FEE, DEFAULT_MAX_TIP, FeePolicy } from '../sending/fees.ts';
import { gasLimit, generous, MAX_TRANSACTION_GAS, SCHEDULES } from '../sending/gas.ts';
import type { SenderOptions } from '../sending/sender.ts';
import { encodeUnsigned } from '../sending/transaction.ts';
import { estimateGas } from '../state.ts';
import type { Sender, SenderStats, Submission, TransactionReceipt, TransactionRequest } from '../types.ts';

/** What transactions would take now. Prices are wei a gas, all else but gas is wei. */
export interface Plan {
  transactions: number;
  /** As estimated; and with what is set aside to be safe. */
  gas: bigint;
  gasLimit: bigint;
  /** What they would pay for a gas now: base fee and tip, within the caps. */
  price: bigint;
  baseFee: bigint;
  /** The cap. */
  maxFee: bigint;
  /** Of a rollup, besides gas. */
  dataFee: bigint;
  /** Sent along. */
  value: bigint;
  /** gas · price + dataFee + value */
  expected: bigint;
  /** gasLimit · maxFee + twice the data fee + value: what the account should have for the worst case. */
  most: bigint;
}

export interface PlannerOptions extends Pick<SenderOptions, 'maxFeePerGas' | 'maxTipPerGas' | 'tipPerGas'> {
  rpc: Rpc;
  /** The account that would send, 20 bytes. */
  address: Uint8Array;
  chainId: bigint;
}

/** Gas of a call that rests on one not sent yet, besides its calldata: one word of storage and an event, and for each byte. */
const DEPENDENT = 10_000n;
const DEPENDENT_BYTE = 9n;
const NOTHING = new Uint8Array(32);

export class Planner implements Sender {
  readonly address: Uint8Array;
  readonly chainId: bigint;
  readonly failed = false;
  readonly #rpc: Rpc;
  readonly #policy: FeePolicy;
  readonly #charges: Charges;
  /** Estimate and limit of the first transaction whose execution has a bound. */
  #first = { gas: 1n, limit: 1n };
  #sum = { transactions: 0, gas: 0n, gasLimit: 0n, dataFee: 0n, value: 0n };

  constructor({ rpc, address, chainId, maxFeePerGas, maxTipPerGas, tipPerGas }: PlannerOptions) {
    this.#rpc = rpc;
    this.address = address;
    this.chainId = chainId;
    const caps = { fee: maxFeePerGas ?? DEFAULT_MAX_FEE, tip: maxTipPerGas ?? DEFAULT_MAX_TIP };
    this.#policy = new FeePolicy(rpc, caps, tipPerGas);
    this.#charges = new Charges(rpc);
  }

  /** Adds up what it would take. Throws RpcError where it would revert, unless it may rest on one that is planned already. */
  async submit(request: TransactionRequest): Promise<Submission> {
    const nonce = this.#sum.transactions++;
    const { to, data, value = 0n } = request;
    const { gas, limit } = await this.#gasOf(request, nonce > 0);
    const encode = async () =>
      encodeUnsigned({ chainId: this.chainId, nonce, gas, to, value, data, ...(await this.#policy.suggest()) });
    // The sender sets twice the fee aside.
    const dataFee = (await this.#charges.dataFee(encode)) / 2n;
    this.#sum.gas += gas;
    this.#sum.gasLimit += min(limit, MAX_TRANSACTION_GAS);
    this.#sum.dataFee += dataFee;
    this.#sum.value += value;
    return { nonce, settled: Promise.resolve(receiptOf(gas, dataFee)) };
  }

  /** As submit(). Its receipt has no events, and the address of nobody as that of a contract. */
  async send(request: TransactionRequest): Promise<TransactionReceipt> {
    return (await this.submit(request)).settled;
  }

  async idle(): Promise<void> {}

  stats(): SenderStats {
    return { unsettled: 0, settled: 0, replaced: 0, rebroadcast: 0, reorganised: 0, gasUsed: 0n, fees: 0n };
  }

  close(): void {}

  /** Of all that has been submitted, at the prices of now. */
  async plan(): Promise<Plan> {
    const { maxFeePerGas, maxPriorityFeePerGas: tip } = await this.#policy.suggest(0);
    const { baseFee, caps } = this.#policy;
    const price = min(baseFee + tip, maxFeePerGas);
    const { gas, gasLimit, dataFee, value } = this.#sum;
    const expected = gas * price + dataFee + value;
    const most = gasLimit * caps.fee + 2n * dataFee + value;
    return { ...this.#sum, price, baseFee, maxFee: caps.fee, expected, most };
  }

  async #gasOf(request: TransactionRequest, mayDepend: boolean): Promise<{ gas: bigint; limit: bigint }> {
    const { data, gas, execution } = request;
    if (gas !== undefined) return { gas, limit: gas };
    if (execution !== undefined) return this.#bounded(request, execution, mayDepend);
    try {
      const estimate = await this.#estimate(request);
      return { gas: estimate, limit: generous(estimate) };
    } catch (error) {
      if (!isRefusal(error) || !mayDepend) throw error;
      const reckoned = gasLimit(data, DEPENDENT + DEPENDENT_BYTE * BigInt(data.length), SCHEDULES['eip-7623']);
      return { gas: reckoned, limit: generous(reckoned) };
    }
  }

  /** Of one whose execution has a bound: the first is estimated, and later ones, which rest on it, take the same part of the limit. */
  async #bounded(
    request: TransactionRequest,
    execution: bigint,
    mayDepend: boolean,
  ): Promise<{ gas: bigint; limit: bigint }> {
    const limit = await this.#charges.gasLimit(request.data, execution);
    if (!mayDepend) {
      const estimate = await this.#estimate(request).catch((error: unknown) => {
        if (isRefusal(error)) return limit; // Not every node estimates what is as large as this.
        throw error;
      });
      this.#first = { gas: min(estimate, limit), limit };
    }
    const part = (limit * this.#first.gas) / this.#first.limit;
    const least = await this.#charges.leastGas(request.data);
    return { gas: max(part, least), limit };
  }

  #estimate({ to, data, value = 0n }: TransactionRequest): Promise<bigint> {
    const target = to === null ? {} : { to: toHex(to) };
    return estimateGas(this.#rpc, {
      from: toHex(this.address),
      ...target,
      data: toHex(data),
      value: quantity(value),
    });
  }
}

const isRefusal = (error: unknown): boolean => error instanceof RpcError && !error.passing;

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const receiptOf = (gasUsed: bigint, dataFee: bigint): TransactionReceipt => ({
  transactionHash: toHex(NOTHING),
  blockNumber: 0,
  blockHash: toHex(NOTHING),
  contractAddress: new Uint8Array(20),
  gasUsed,
  gasPrice: 0n,
  dataFee,
  logs: [],
});
