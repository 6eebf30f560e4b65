// Whether a file's decimals begin with a point, where its profile does not say so. An amount such as 1.500 is 1.50 in one
// country and 1500 in another, so rows are held back from the first such amount on until another amount can be read in one
// way only. A comma is never chosen here: the mark is part of the source's name, which must not depend on how far the file
// has grown.
import { decimalMarkOf } from '../amounts.ts';
import type { CsvRecord } from '../csv/splitter.ts';
import type { Profile } from '../profile.ts';
import { InputError } from './errors.ts';

/** Text that is held back for an amount that decides, in UTF-16 units. */
export const MAX_HELD_TEXT = 2 ** 22;

/** What decided that decimals begin with a point, or a comma. */
export type DecimalEvidence =
  | { readonly by: 'profile' }
  | { readonly by: 'amount'; readonly line: number }
  /** No amount so far has a separator: all readings agree. */
  | { readonly by: 'nothing' };

export class DecimalMark {
  readonly #lanes: { readonly column: string; readonly at: number }[];
  readonly #width: number;
  #evidence: DecimalEvidence;
  #doubt: { readonly line: number; readonly column: string } | undefined;

  /** `names`: the header's columns. */
  constructor({ columns, amounts }: Pick<Profile, 'columns' | 'amounts'>, names: readonly string[]) {
    this.#lanes = columns.lanes.map(({ column }) => ({ column, at: names.indexOf(column) }));
    this.#width = names.length;
    // A comma between thousands leaves the point for decimals.
    const stated = amounts.decimal !== undefined || amounts.thousands === ',';
    this.#evidence = { by: stated ? 'profile' : 'nothing' };
  }

  get evidence(): DecimalEvidence {
    return this.#evidence;
  }

  /**
   * Passes the records on, in order. Throws INPUT_DECIMAL_MARK at an amount with a decimal comma, and where nothing decides
   * about an amount that could be read in two ways: every record before it has been passed on then.
   */
  async *settle(records: AsyncGenerator<CsvRecord>): AsyncGenerator<CsvRecord> {
    try {
      const held: CsvRecord[] = [];
      let text = 0;
      while (this.#evidence.by === 'nothing') {
        const next = await records.next();
        if (next.done) break;
        this.#look(next.value);
        if (this.#doubt === undefined) yield next.value;
        else {
          held.push(next.value);
          text += next.value.raw.length;
          if (text > MAX_HELD_TEXT) break;
        }
      }
      if (this.#evidence.by === 'nothing' && this.#doubt !== undefined) throw ambiguous(this.#doubt);
      yield* held;
      yield* records;
    } finally {
      await records.return(undefined);
    }
  }

  #look({ line, fields }: CsvRecord): void {
    if ('reason' in fields || fields.length !== this.#width) return;
    for (const { column, at } of this.#lanes) {
      const mark = decimalMarkOf(fields[at]!);
      if (mark === ',') throw comma(line, column);
      if (mark === 'both') this.#doubt ??= { line, column };
      if (mark === '.') {
        this.#evidence = { by: 'amount', line };
        return;
      }
    }
  }
}

const AGAIN = 'Rows without ids that were stored before are stored again if the mark changes';

function ambiguous(details: { line: number; column: string }): InputError {
  const where = `line ${details.line} has an amount in the column ${JSON.stringify(details.column)}`;
  const message = `${where} with one separator before three digits: a decimal mark, or one of thousands? No amount of the file decides. State the decimal mark: --decimal . for a point, or --decimal , with --thousands . for a point between thousands (amounts.decimal and amounts.thousands in a profile). ${AGAIN}`;
  return new InputError('INPUT_DECIMAL_MARK', message, details);
}

function comma(line: number, column: string): InputError {
  const message = `line ${line} has an amount with a decimal comma in the column ${JSON.stringify(column)}, and nothing before it shows a decimal point. State the decimal mark: --decimal , (amounts.decimal in a profile); or --decimal . if that amount alone is wrong. ${AGAIN}`;
  return new InputError('INPUT_DECIMAL_MARK', message, { line, column });
}
