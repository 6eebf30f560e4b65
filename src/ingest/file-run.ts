// One run's rows: what becomes of each is counted, rejected and skipped ones are written to a file each, and too many of
// them end the run.
import { resolve } from 'node:path';
import { counted } from '../counted.ts';
import { ArgumentError } from '../errors.ts';
import { type Account, Reconciliation } from '../records/input/reconciliation.ts';
import type { Entry, Rejection, RejectionReason, Row, RowEntry } from '../records/input/row.ts';
import { RowFile, type RowFileForm, rejectedRows, type SkippedRow, skippedRows } from '../records/input/row-file.ts';
import { idColumns } from '../records/profile/columns.ts';
import type { Profile } from '../records/profile.ts';
import type { FirstPlace } from '../records/record.ts';
import { LimitError, type LimitOptions, Limits } from './limits.ts';

export interface FileRunOptions extends LimitOptions {
  /** Path of the input, or - for standard input. */
  file: string;
  profile: Profile;
  /** Where rejected rows are written. */
  rejectedFile: string;
  /** Where skipped rows are written. If not given: x.skipped.csv for x.rejected.csv, else with .skipped.csv added (.ndjson of JSON). */
  skippedFile?: string;
  /** Replace any file in these two places; if not given, only files of rejected and of skipped rows. */
  force?: boolean;
}

/** How the names of files about rows end. */
export const rowFileEnding = ({ file }: Pick<Profile, 'file'>): '.csv' | '.ndjson' =>
  (file.format ?? 'csv') === 'csv' ? '.csv' : '.ndjson';

export class FileRun {
  readonly rejectedFile: string;
  readonly skippedFile: string;
  /** Line of the first row that was rejected for each reason. */
  readonly examples: Partial<Record<RejectionReason, number>> = {};
  readonly #account: Reconciliation;
  readonly #limits: Limits;
  readonly #ids: readonly string[];
  readonly #categoryColumn: string;
  readonly #categories: ReadonlySet<string>;
  readonly #counts: RowFileForm['counts'];
  readonly #rejected: RowFile<Rejection>;
  readonly #skipped: RowFile<SkippedRow>;
  /** All rows have been read. */
  #ended = false;

  private constructor(
    options: FileRunOptions,
    categories: readonly string[],
    counts: RowFileForm['counts'],
    skippedFile: string,
    rejected: RowFile<Rejection>,
    skipped: RowFile<SkippedRow>,
  ) {
    this.rejectedFile = options.rejectedFile;
    this.skippedFile = skippedFile;
    this.#account = new Reconciliation(options.profile);
    this.#ids = idColumns(options.profile);
    this.#categoryColumn = options.profile.columns.category ?? '';
    this.#categories = new Set(categories);
    this.#counts = counts;
    this.#limits = new Limits(options, this.#ids);
    this.#rejected = rejected;
    this.#skipped = skipped;
  }

  /** `categories`: the ledger's; `counts`: what the rows' lines count. Throws an OutputFileError for a path that must not be written. */
  static async open(
    options: FileRunOptions,
    categories: readonly string[],
    counts: RowFileForm['counts'],
  ): Promise<FileRun> {
    const { file, rejectedFile, profile, force = false } = options;
    const ending = rowFileEnding(profile);
    const rejectedEnding = `.rejected${ending}`;
    const beside = rejectedFile.endsWith(rejectedEnding) ? rejectedFile.slice(0, -rejectedEnding.length) : rejectedFile;
    const skippedFile = options.skippedFile ?? `${beside}.skipped${ending}`;
    if (resolve(skippedFile) === resolve(rejectedFile)) {
      throw new ArgumentError('file of skipped rows', skippedFile, 'another than that of rejected rows');
    }
    const inputs = [file === '-' ? '/dev/stdin' : file];
    const form = ending === '.csv' ? 'csv' : 'json';
    const rejected = await RowFile.create(rejectedFile, rejectedRows(counts), { form, inputs, force });
    try {
      const skipped = await RowFile.create(skippedFile, skippedRows(counts), { form, inputs, force });
      return new FileRun(options, categories, counts, skippedFile, rejected, skipped);
    } catch (error) {
      await rejected.discard();
      throw error;
    }
  }

  get rejected(): number {
    return this.#rejected.count;
  }

  /**
   * The rows that could be read. A row comes when the next one has been read, and the last one when the input has come to a
   * good end: it may fill a batch, which is sent. Throws a LimitError, at the latest after the last row.
   */
  async *rows(entries: AsyncIterable<Entry>): AsyncGenerator<Row> {
    let last: Row | undefined;
    for await (const read of entries) {
      if (read.kind === 'left-out') {
        this.#account.leftOut(read);
        continue;
      }
      const entry = this.#checkCategory(read);
      if (last) {
        this.#count(last);
        yield last;
      }
      last = entry.kind === 'row' ? entry : undefined;
      if (entry.kind === 'row') continue;
      this.#count(entry);
      await this.#writeRejection(entry);
    }
    if (last) {
      this.#count(last);
      this.#ended = true;
      yield last;
    }
    this.#limits.end();
  }

  /** To be called before a batch is sent: the last row may have filled it. Throws a LimitError. */
  beforeBatch(): void {
    if (this.#ended) this.#limits.end();
  }

  /** The row's record is stored, or on its way. */
  stored(row: Row): void {
    this.#account.stored(row);
  }

  /** The row's record came before with the same content. */
  async repeated({ line, raw }: Row, first: FirstPlace): Promise<void> {
    this.#account.skipped();
    await this.#skipped.write({ line, raw, first });
    this.#limits.repeated();
  }

  /** The row's record came before with other content. */
  async conflict(row: Row, first: FirstPlace): Promise<void> {
    const place = 'line' in first ? `${this.#counts} ${first.line}` : `record ${first.recordId} of the ledger`;
    await this.#reject(row, {
      column: this.#ids.join('+'),
      reason: 'conflicting-duplicate',
      message: `is that of another record (${place}), with another patient or other amounts`,
    });
  }

  /** The row would take its series' total out of the range; `message` says how. */
  outOfRange(row: Row, message: string): Promise<void> {
    return this.#reject(row, { column: '', reason: 'total-out-of-range', message });
  }

  /** The account at the end. Throws if a row is unaccounted for. */
  account(): Account {
    return this.#account.close();
  }

  /** The error of a run that a limit ended, with how far it came. `confirmed`: records of this input in the ledger. */
  ended({ code, message }: LimitError, confirmed: number): LimitError {
    const { sums: _, ...counts } = this.#account.account();
    const unsent = counts.rows - counts.rejected - counts.skipped - confirmed;
    const more = `${unsent} more ${unsent === 1 ? 'was' : 'were'} read and not sent`;
    const before = `The ledger has ${counted(confirmed, 'record')} of this input; ${more}`;
    return new LimitError(code, `${message}. ${confirmed === 0 ? 'Nothing was sent' : before}`, {
      ...counts,
      stored: confirmed,
      unsent,
      examples: this.examples,
      rejectedFile: this.rejectedFile,
      skippedFile: this.skippedFile,
    });
  }

  /** Puts the two files in their places. */
  async close(): Promise<void> {
    const kept = await Promise.allSettled([this.#rejected.keep(), this.#skipped.keep()]);
    for (const file of kept) if (file.status === 'rejected') throw file.reason;
  }

  #count(entry: RowEntry): void {
    this.#account.read(entry);
    this.#limits.read(entry);
  }

  #checkCategory(entry: RowEntry): RowEntry {
    if (entry.kind !== 'row' || this.#categories.has(entry.category)) return entry;
    const { line, row, raw } = entry;
    const fault = { reason: 'unknown-category', message: 'is no category of the ledger' } as const;
    return { kind: 'rejection', line, row, column: this.#categoryColumn, ...fault, raw };
  }

  /** Rejects a row that could be read. */
  async #reject(
    { line, row, raw }: Row,
    fault: { column: string; reason: RejectionReason; message: string },
  ): Promise<void> {
    this.#account.rejected(fault.reason);
    await this.#writeRejection({ kind: 'rejection', line, row, ...fault, raw });
  }

  async #writeRejection(rejection: Rejection): Promise<void> {
    this.examples[rejection.reason] ??= rejection.line;
    await this.#rejected.write(rejection);
    this.#limits.rejected(rejection);
  }
}
