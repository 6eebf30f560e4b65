// The account of a run: every row that was read was stored, rejected or skipped as a duplicate, and the sums of what was
// stored, as exact decimals. Counting a row as stored is up to whoever stored it.
import { MIStoreError } from '../../errors.ts';
import { formatAmount } from '../amounts.ts';
import type { Profile } from '../profile.ts';
import type { Duplicate, Rejection, RejectionReason, Row } from './row.ts';
import type { Entry } from './rows.ts';

export interface Account {
  /** rows = stored + rejected + skipped */
  readonly rows: number;
  readonly stored: number;
  readonly rejected: number;
  /** Duplicates of the same content. */
  readonly skipped: number;
  readonly rejections: Readonly<Partial<Record<RejectionReason, number>>>;
  /** Sum of each lane over the stored rows, by lane name. */
  readonly sums: Readonly<Record<string, string>>;
}

export class Reconciliation {
  readonly #profile: Pick<Profile, 'columns' | 'amounts'>;
  readonly #sums: bigint[];
  readonly #rejections = new Map<RejectionReason, number>();
  #rows = 0;
  #stored = 0;
  #rejected = 0;
  #skipped = 0;

  constructor(profile: Pick<Profile, 'columns' | 'amounts'>) {
    this.#profile = profile;
    this.#sums = profile.columns.lanes.map(() => 0n);
  }

  /** Counts an entry that was read; rejections and duplicates are settled by that. */
  read(entry: Entry): void {
    this.#rows++;
    if (entry.kind !== 'row') this.settle(entry);
  }

  /** Settles a row that was read as one but turned out to be a duplicate of the ledger's, or in conflict with it. */
  settle(entry: Pick<Duplicate, 'kind'> | Pick<Rejection, 'kind' | 'reason'>): void {
    if (entry.kind === 'duplicate') this.#skipped++;
    else {
      this.#rejected++;
      this.#rejections.set(entry.reason, (this.#rejections.get(entry.reason) ?? 0) + 1);
    }
  }

  /** Counts a row that is stored. */
  stored({ amounts }: Pick<Row, 'amounts'>): void {
    this.#stored++;
    for (let lane = 0; lane < this.#sums.length; lane++) this.#sums[lane]! += amounts[lane]!;
  }

  /** The account so far; rows under way make it unbalanced. */
  account(): Account {
    const { columns, amounts } = this.#profile;
    return {
      rows: this.#rows,
      stored: this.#stored,
      rejected: this.#rejected,
      skipped: this.#skipped,
      rejections: Object.fromEntries(this.#rejections),
      sums: Object.fromEntries(columns.lanes.map(({ name }, i) => [name, formatAmount(this.#sums[i]!, amounts.scale)])),
    };
  }

  /** The account at the end. Throws if a row is unaccounted for. */
  close(): Account {
    const account = this.account();
    const settled = account.stored + account.rejected + account.skipped;
    if (settled !== account.rows) {
      const message = `${account.rows} rows were read, but ${settled} were stored, rejected or skipped`;
      throw new MIStoreError('UNBALANCED_RUN', message, { ...account });
    }
    return account;
  }
}
