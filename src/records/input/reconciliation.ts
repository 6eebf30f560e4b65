// The account of a run: every row that was read was stored, rejected or skipped as a duplicate, and the sums of what was
// stored, as exact decimals. Whoever stores the rows reports what became of each that could be read.
import { MIStoreError } from '../../errors.ts';
import type { Profile } from '../profile.ts';
import { formatLanes, profileTerms } from '../terms.ts';
import type { LeftOut, RejectionReason, Row, RowEntry } from './row.ts';

export interface Account {
  /** rows = stored + rejected + skipped */
  readonly rows: number;
  readonly stored: number;
  readonly rejected: number;
  /** Rows whose record is stored already, from an earlier row or file. */
  readonly skipped: number;
  readonly rejections: Readonly<Partial<Record<RejectionReason, number>>>;
  /** Sum of each lane over the stored rows, by lane name. */
  readonly sums: Readonly<Record<string, string>>;
  /** What is no row, by what it is: the profile's values, or types of resources. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Kinds of what is left out that are counted apart: FHIR has some 150 types of resources. */
const MAX_KINDS = 256;

export class Reconciliation {
  readonly #profile: Pick<Profile, 'columns' | 'amounts'>;
  readonly #sums: bigint[];
  readonly #rejections = new Map<RejectionReason, number>();
  readonly #leftOut = new Map<string, number>();
  #rows = 0;
  #stored = 0;
  #rejected = 0;
  #skipped = 0;

  constructor(profile: Pick<Profile, 'columns' | 'amounts'>) {
    this.#profile = profile;
    this.#sums = profile.columns.lanes.map(() => 0n);
  }

  /** Counts an entry that was read. A rejection is complete with that; for a row one of the three below must follow. */
  read(entry: RowEntry): void {
    this.#rows++;
    if (entry.kind === 'rejection') this.rejected(entry.reason);
  }

  stored({ amounts }: Pick<Row, 'amounts'>): void {
    this.#stored++;
    for (let lane = 0; lane < this.#sums.length; lane++) this.#sums[lane]! += amounts[lane]!;
  }

  skipped(): void {
    this.#skipped++;
  }

  rejected(reason: RejectionReason): void {
    this.#rejected++;
    this.#rejections.set(reason, (this.#rejections.get(reason) ?? 0) + 1);
  }

  leftOut({ what }: Pick<LeftOut, 'what'>): void {
    const name = this.#leftOut.has(what) || this.#leftOut.size < MAX_KINDS ? what : 'others';
    this.#leftOut.set(name, (this.#leftOut.get(name) ?? 0) + 1);
  }

  /** The account so far. It does not balance while rows are still being stored. */
  account(): Account {
    return {
      rows: this.#rows,
      stored: this.#stored,
      rejected: this.#rejected,
      skipped: this.#skipped,
      rejections: Object.fromEntries(this.#rejections),
      sums: formatLanes(profileTerms(this.#profile), this.#sums),
      leftOut: Object.fromEntries(this.#leftOut),
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
