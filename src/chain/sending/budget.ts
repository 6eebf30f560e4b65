// Most that one sender spends: what its settled transactions took, and what its unsettled ones may take at most, never
// exceed the budget. What a settled transaction took is what the endpoint's receipt says, up to what it could take. Only the
// data fee of a rollup has no such bound: one that grows beyond what was set aside for it is counted in full, and nothing
// more is sent once the budget is exceeded.
import { BudgetError } from './errors.ts';

export class Budget {
  /** Wei; undefined for no limit. */
  readonly #maximum: bigint | undefined;
  readonly #shares = new Set<BudgetShare>();
  #spent = 0n;

  constructor(maximum: bigint | undefined) {
    this.#maximum = maximum;
  }

  /** A transaction's part of the budget, empty at first. */
  share(): BudgetShare {
    const share = new BudgetShare(
      (amount) => this.#fits(amount - share.amount),
      () => this.#shares.delete(share),
    );
    this.#shares.add(share);
    return share;
  }

  /** For an amount that does not fit. */
  error(amount: bigint): BudgetError {
    return new BudgetError(this.#maximum!, this.#spent, this.#reserved(), amount);
  }

  /** Ends a share whose transaction is settled, having taken `spent` wei and the data fee. */
  settle(share: BudgetShare, spent: bigint, dataFee = 0n): void {
    this.#spent += (spent < share.amount ? spent : share.amount) + dataFee;
    share.release();
  }

  #fits(more: bigint): boolean {
    return this.#maximum === undefined || this.#spent + this.#reserved() + more <= this.#maximum;
  }

  #reserved(): bigint {
    return [...this.#shares].reduce((sum, { amount }) => sum + amount, 0n);
  }
}

/** Wei set aside for one transaction. */
export class BudgetShare {
  readonly #fits: (amount: bigint) => boolean;
  readonly release: () => void;
  amount = 0n;

  constructor(fits: (amount: bigint) => boolean, release: () => void) {
    this.#fits = fits;
    this.release = release;
  }

  /** Sets this amount aside in place of the former one; false, and nothing changed, where it does not fit. */
  set(amount: bigint): boolean {
    if (!this.#fits(amount)) return false;
    this.amount = amount;
    return true;
  }
}
