// A sender for programs that run for months. A sender gives up for good when its patience ends, when a reorganisation cuts its
// transactions off, or when the endpoint refuses it for a minute; this one then begins anew with what the chain says.

import { createSender, type SenderOptions } from './sending/sender.ts';
import type { Sender, SenderStats, Submission, TransactionReceipt, TransactionRequest } from './types.ts';

/** As createSender; `maxTotal` is of all that it ever sends. */
export async function createLastingSender(options: SenderOptions): Promise<Sender> {
  return new LastingSender(options, await createSender(options));
}

class LastingSender implements Sender {
  readonly address: Uint8Array;
  readonly chainId: bigint;
  readonly #options: SenderOptions;
  #current: Sender;
  #renewal: Promise<Sender> | undefined;
  /** Of those that gave up. */
  #before: SenderStats = {
    unsettled: 0,
    settled: 0,
    replaced: 0,
    rebroadcast: 0,
    reorganised: 0,
    gasUsed: 0n,
    fees: 0n,
  };
  #closed = false;

  constructor(options: SenderOptions, first: Sender) {
    this.#options = options;
    this.#current = first;
    this.address = first.address;
    this.chainId = first.chainId;
  }

  async submit(request: TransactionRequest): Promise<Submission> {
    return (await this.#usable()).submit(request);
  }

  async send(request: TransactionRequest): Promise<TransactionReceipt> {
    return (await this.submit(request)).settled;
  }

  idle(): Promise<void> {
    return this.#current.idle();
  }

  stats(): SenderStats {
    return sum(this.#before, this.#current.stats());
  }

  get failed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#current.close();
  }

  /** The current one, or its successor. */
  async #usable(): Promise<Sender> {
    if (!this.#current.failed || this.#closed) return this.#current;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(): Promise<Sender> {
    const before = sum(this.#before, this.#current.stats());
    const { maxTotal } = this.#options;
    const next = await createSender({
      ...this.#options,
      chainId: this.chainId,
      ...(maxTotal !== undefined && { maxTotal: maxTotal > before.fees ? maxTotal - before.fees : 0n }),
    });
    if (this.#closed) next.close();
    this.#before = before;
    this.#current = next;
    return next;
  }
}

/** Member by member. */
const sum = (a: SenderStats, b: SenderStats): SenderStats => ({
  unsettled: a.unsettled + b.unsettled,
  settled: a.settled + b.settled,
  replaced: a.replaced + b.replaced,
  rebroadcast: a.rebroadcast + b.rebroadcast,
  reorganised: a.reorganised + b.reorganised,
  gasUsed: a.gasUsed + b.gasUsed,
  fees: a.fees + b.fees,
});
