// The fee of one query of an archive: offered with its opening, earned by the first t answers, the rest refunded. Each check
// returns in words what is wrong, or null.
import { equalBytes, toHex } from '../../bytes.ts';
import type { EventArguments, QueryFee } from '../../contract/types.ts';

export class ArchivedFee {
  readonly #offered: Pick<QueryFee, 'share' | 'payUntil'>;
  /** Shares that have been neither earned nor refunded. */
  #left: number;
  /** Seats that have answered, and must be paid next. */
  readonly #due: number[] = [];

  /** `threshold`: number of answers that are paid. */
  constructor({ share, payUntil }: EventArguments['FeeOffered'], threshold: number) {
    this.#offered = { share, payUntil };
    this.#left = threshold;
  }

  /** Notes that a seat has answered. */
  answer(seat: number): void {
    if (this.#left > this.#due.length) this.#due.push(seat);
  }

  /** `seat`: the server's when the query was opened; 0 if it had none. */
  earn({ server, share }: EventArguments['FeeEarned'], seat: number): string | null {
    if (!this.#due.includes(seat)) return `${toHex(server)} is paid for no answer`;
    this.#due.splice(this.#due.indexOf(seat), 1);
    this.#left--;
    const { share: offered } = this.#offered;
    return share === offered ? null : `${toHex(server)} is paid ${share} wei; ${offered} were offered`;
  }

  refund({ insurer, amount }: EventArguments['FeeRefunded'], asked: Uint8Array): string | null {
    const due = this.#unpaid();
    if (due !== null) return due;
    const rest = this.#offered.share * BigInt(this.#left);
    this.#left = 0;
    if (amount !== rest || rest === 0n) return `${amount} wei are refunded where ${rest} are left`;
    return equalBytes(insurer, asked) ? null : `its fee is refunded to ${toHex(insurer)}, not to its insurer`;
  }

  /** After all events. `stored`: what the contract stores; `whole`: as of the archive's last block. */
  verdict(stored: QueryFee, isCancelled: boolean, whole: boolean): string | null {
    const { share, payUntil } = this.#offered;
    if (stored.share !== share || stored.payUntil !== payUntil) {
      return `its fee is ${share} wei an answer until ${payUntil} here, ${stored.share} until ${stored.payUntil} in the contract`;
    }
    const due = this.#unpaid();
    if (due !== null) return due;
    if (isCancelled && this.#left > 0) return 'it is cancelled, and FeeRefunded is missing';
    const agrees = whole ? stored.left === this.#left : stored.left <= this.#left;
    return agrees ? null : `${this.#left} shares of its fee are left here, ${stored.left} in the contract`;
  }

  #unpaid(): string | null {
    return this.#due.length === 0 ? null : `FeeEarned of seat ${this.#due[0]} is missing`;
  }
}
