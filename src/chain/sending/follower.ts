// Follows transactions from the node's pool into blocks that stay. Looks at the chain in intervals: what is mined, what
// a reorganisation took out again, what has waited too long. Sends the same bytes again, or the same transaction with a
// higher fee; never lets go of one until it is settled, fails for good, or patience ends.
import { MIStoreError } from '../../errors.ts';
import { addressText } from '../account.ts';
import { NonceTakenError, NotMinedError, SettledLostError, TransactionFailedError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import { type Head, hasBlock, readHead, readNonce, readReceipt } from '../state.ts';
import type { Receipt, SenderStats } from '../types.ts';
import { broadcast } from './broadcast.ts';
import type { FeePolicy } from './fees.ts';
import { type Departure, type Flight, type FollowOptions, takeOff } from './pending.ts';

const FIRST_LOOK = 5;
/** Milliseconds that a node may lag behind itself before a used nonce without our receipt counts as foreign. */
const RECEIPT_LAG = 15_000;

export class Follower {
  readonly #rpc: Rpc;
  readonly #account: Uint8Array;
  readonly #policy: FeePolicy;
  readonly #options: FollowOptions;
  readonly #counts = { settled: 0, replaced: 0, rebroadcast: 0, reorganised: 0, gasUsed: 0n, fees: 0n };
  /** By ascending nonce. */
  #flights: Flight[] = [];
  #first: Flight | undefined;
  /** Time (ms) and block since which the account's nonce is below all that are in flight. */
  #gap: { at: number; block: number } | undefined;
  #running = false;
  #progressAt = 0;
  #refusal: unknown;
  #waiters: (() => void)[] = [];
  #nudge: () => void = () => undefined;
  /** Why nothing is followed any more. */
  fault: unknown;

  constructor(rpc: Rpc, account: Uint8Array, policy: FeePolicy, options: FollowOptions) {
    this.#rpc = rpc;
    this.#account = account;
    this.#policy = policy;
    this.#options = options;
  }

  stats(): SenderStats {
    return { inFlight: this.#flights.length, ...this.#counts };
  }

  /** Transactions that no block has taken yet, and all that are not settled. */
  get unmined(): number {
    return this.#flights.filter(({ outcome }) => outcome === undefined).length;
  }

  get unsettled(): number {
    return this.#flights.length;
  }

  /** Resolves when it is settled. To be called in the order of nonces. */
  follow(departure: Departure): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.#flights.push(takeOff(departure, resolve, reject));
      if (this.#running) this.#nudge();
      else void this.#run();
    });
  }

  /** Resolves at the next change of anything above. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Rejects all that is in flight, now and later. */
  fail(error: unknown): void {
    this.fault ??= error;
    for (const flight of this.#flights.splice(0)) flight.reject(error);
    this.#nudge();
    this.#notify();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#progressAt = Date.now();
    let wait = FIRST_LOOK;
    while (this.#flights.length > 0) {
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
    for (const flight of [...this.#flights]) await this.#check(flight, used, settledBlock);
    await this.#push(head, used);
  }

  async #check(flight: Flight, used: number, settledBlock: number): Promise<void> {
    if (flight.outcome !== undefined) await this.#recheck(flight, used, settledBlock);
    if (flight.nonce >= used) flight.usedAt = undefined;
    else if (flight.outcome === undefined) await this.#findOutcome(flight);
    if (flight.outcome === undefined || flight.outcome.receipt.blockNumber > settledBlock) return;
    const { receipt, succeeded } = flight.outcome;
    this.#counts.settled++;
    this.#counts.gasUsed += receipt.gasUsed;
    this.#counts.fees += receipt.gasUsed * receipt.gasPrice;
    const { transactionHash, blockNumber, gasUsed } = receipt;
    this.#end(flight);
    if (succeeded) flight.resolve(receipt);
    else flight.reject(new TransactionFailedError(transactionHash, blockNumber, gasUsed, flight.gas));
  }

  /** Whether the block that took it is still of the chain: asked before settling, and when its nonce is free again. */
  async #recheck(flight: Flight, used: number, settledBlock: number): Promise<void> {
    const { blockNumber, blockHash } = flight.outcome!.receipt;
    if (blockNumber > settledBlock && flight.nonce < used) return;
    if (await hasBlock(this.#rpc, blockNumber, blockHash)) return;
    flight.outcome = undefined;
    flight.sentAt = 0;
    this.#counts.reorganised++;
  }

  async #findOutcome(flight: Flight): Promise<void> {
    for (const { hash } of [...flight.forms].reverse()) {
      const outcome = await readReceipt(this.#rpc, hash);
      if (outcome === null) continue;
      flight.outcome = outcome;
      this.#progressAt = Date.now();
      return;
    }
    flight.usedAt ??= Date.now();
    if (Date.now() - flight.usedAt < RECEIPT_LAG) return;
    this.#end(flight);
    flight.reject(new NonceTakenError(addressText(this.#account), flight.nonce));
  }

  async #push(head: Head, used: number): Promise<void> {
    const unmined = this.#flights.filter(({ nonce, outcome }) => outcome === undefined && nonce >= used);
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
    for (const flight of unmined) {
      flight.pricedBlock ??= head.number;
      const outpriced = flight === this.#first || flight.fees.maxFeePerGas < head.baseFee;
      const waited = now - flight.pricedAt > this.#options.replaceAfter && head.number > flight.pricedBlock;
      if (outpriced && waited && (await this.#replace(flight, head))) continue;
      if (now - flight.sentAt < this.#options.rebroadcastAfter) continue;
      flight.sentAt = now;
      this.#counts.rebroadcast++;
      await broadcast(this.#rpc, flight.forms.at(-1)!);
    }
  }

  /**
   * Whether no block can take any more, since the account's next nonce is that of a transaction that was settled. Nodes
   * put what a reorganisation takes out back into their pools, so that is given as long as the first in line is.
   */
  #isCutOff(first: Flight | undefined, head: Head, used: number): boolean {
    if (first === undefined || used >= first.nonce) this.#gap = undefined;
    else this.#gap ??= { at: Date.now(), block: head.number };
    if (this.#gap === undefined) return false;
    return Date.now() - this.#gap.at > this.#options.replaceAfter && head.number > this.#gap.block;
  }

  /** False where the cap forbids a higher fee. */
  async #replace(flight: Flight, head: Head): Promise<boolean> {
    const fees = await this.#policy.raise(flight.fees);
    if (fees === null) return false;
    const form = flight.sign(fees);
    flight.forms.push(form);
    Object.assign(flight, { fees, pricedAt: Date.now(), pricedBlock: head.number, sentAt: Date.now() });
    this.#counts.replaced++;
    await broadcast(this.#rpc, form);
    return true;
  }

  #giveUp(): void {
    const first = this.#flights[0];
    if (first === undefined) return;
    const address = addressText(this.#account);
    const { baseFee, cap } = this.#policy;
    const cause = this.#refusal === undefined ? {} : { cause: this.#refusal };
    this.fail(new NotMinedError(address, first.nonce, first.fees.maxFeePerGas, baseFee, cap, cause));
  }

  #end(flight: Flight): void {
    this.#flights = this.#flights.filter((other) => other !== flight);
    this.#progressAt = Date.now();
    this.#notify();
  }

  #notify(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Whether it was cut short. */
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
