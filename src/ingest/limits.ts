// How many rows of an input may be rejected, or skipped as repeats, before its ingest ends: a profile that does not fit its
// file rejects most rows, and an id that is not the record's own makes repeats of different records.
import { MIStoreError } from '../errors.ts';
import type { Row } from '../records/input/row.ts';

export interface LimitOptions {
  /** Rows that may be rejected. If not given: 1,000, or a tenth of the rows read so far where that is more. */
  maxRejected?: number;
  /** Accept any number of rejected rows, all of them too. */
  allowRejected?: boolean;
  /** Accept any number of repeats. */
  allowRepeats?: boolean;
}

/** Which limit ended an ingest. */
export type LimitCode = 'TOO_MANY_REJECTED' | 'ALL_REJECTED' | 'TOO_MANY_REPEATS';

/** An input has more rejected rows or repeats than its ingest accepts. No batch was sent after that was found. */
export class LimitError extends MIStoreError {
  declare readonly code: LimitCode;

  constructor(code: LimitCode, message: string, details: Record<string, unknown> = {}) {
    super(code, message, details);
  }
}

/** A batch with records of fewer patients than this says something about them: that the records belong together. */
export const FEW_PATIENTS = 5;

/** Share of the rows read that may be rejected or repeats. */
const SHARE = 0.1;
/** Up to these, the share does not end a run in the middle. */
const MIN_REJECTED = 1000;
const MIN_REPEATS = 100;
/** Up to so many repeats, an input may be short: half of its rows may repeat. */
const FEW_REPEATS = 5;
/** As MIN_REJECTED, in UTF-16 units of the rows: few compressed bytes can hold rows of a million characters. */
const MIN_REJECTED_TEXT = 2 ** 24;

/** Counts the rows of one run. Its methods throw a LimitError. */
export class Limits {
  readonly #options: LimitOptions;
  /** Columns of the id, for messages. */
  readonly #ids: readonly string[];
  readonly #read = { rows: 0, text: 0 };
  readonly #rejected = { rows: 0, text: 0 };
  #repeats = 0;

  constructor(options: LimitOptions, ids: readonly string[]) {
    this.#options = options;
    this.#ids = ids;
  }

  read({ raw }: Pick<Row, 'raw'>): void {
    this.#read.rows++;
    this.#read.text += raw.length;
  }

  rejected({ raw }: Pick<Row, 'raw'>): void {
    const { allowRejected = false, maxRejected } = this.#options;
    this.#rejected.rows++;
    this.#rejected.text += raw.length;
    if (allowRejected) return;
    const most = maxRejected ?? Math.max(MIN_REJECTED, SHARE * this.#read.rows);
    const mostText = Math.max(MIN_REJECTED_TEXT, SHARE * this.#read.text);
    if (this.#rejected.rows <= most && this.#rejected.text <= mostText) return;
    const limit =
      maxRejected === undefined ? 'a tenth, and than 1,000 rows or 16 million characters' : `${maxRejected}`;
    const message = `${this.#rejected.rows} of the first ${this.#read.rows} rows ${this.#rejected.rows === 1 ? 'was' : 'were'} rejected: more than ${limit}. If the file is to be read like this, give a higher --max-rejected, or --allow-rejected`;
    throw new LimitError('TOO_MANY_REJECTED', message);
  }

  repeated(): void {
    this.#repeats++;
    if (this.#repeats > MIN_REPEATS) this.#checkRepeats('the first ');
  }

  /** To be called when all rows are read, before the last batch is sent. */
  end(): void {
    const { allowRejected = false } = this.#options;
    if (!allowRejected && this.#read.rows > 0 && this.#rejected.rows === this.#read.rows) {
      const message = `all rows were rejected (${this.#read.rows}): is this how the file is to be read? If it is, give --allow-rejected`;
      throw new LimitError('ALL_REJECTED', message);
    }
    this.#checkRepeats('');
  }

  #checkRepeats(first: string): void {
    const share = this.#repeats > FEW_REPEATS ? SHARE : 1 / 2;
    if (this.#options.allowRepeats || this.#repeats <= share * this.#read.rows) return;
    const ids = this.#ids.map((column) => JSON.stringify(column)).join(' with ');
    const message = `${this.#repeats} of ${first}${this.#read.rows} rows repeat records that came before: is ${ids} the id of one record only? If not, name all columns of the id (--id-column for each); if the repeats are to be skipped, give --allow-repeats`;
    throw new LimitError('TOO_MANY_REPEATS', message);
  }
}
