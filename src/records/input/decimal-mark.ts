// Whether a file's decimals begin with a point, where its profile does not say so. An amount such as 1.500 is 1.50 in one
// country and 1500 in another, so rows are held back from the first such amount on until another amount can be read in one
// way only. A comma is never chosen here: the mark is part of the source's name, which must not depend on how far the file
// has grown.
import { decimalMarkOf } from '../amounts.ts';
import { laneColumns } from '../profile/columns.ts';
import type { Profile } from '../profile.ts';
import { InputError } from './errors.ts';
import type { InputRecord } from './row.ts';

/** Text that is held back for an amount that decides, in UTF-16 units. */
export const MAX_HELD_TEXT = 2 ** 22;

/** What decided that decimals begin with a point, or a comma. */
export type DecimalEvidence =
  | { readonly by: 'profile' }
  | { readonly by: 'amount'; readonly line: number }
  /** No amount so far has a separator: all readings agree. */
  | { readonly by: 'nothing' };

export class DecimalMark {
  readonly #lanes: readonly { readonly column: string; readonly at: number }[];
  readonly #width: number;
  readonly #counts: 'line' | 'entry';
  #evidence: DecimalEvidence;
  #doubt: Doubt | undefined;

  /** `names`: of the records' fields; `counts`: what their lines count. */
  constructor(
    { columns, amounts }: Pick<Profile, 'columns' | 'amounts'>,
    names: readonly string[],
    counts: 'line' | 'entry' = 'line',
  ) {
    this.#lanes = columns.lanes.flatMap(laneColumns).map((column) => ({ column, at: names.indexOf(column) }));
    this.#width = names.length;
    this.#counts = counts;
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
  async *settle(records: AsyncGenerator<InputRecord>): AsyncGenerator<InputRecord> {
    try {
      const held: InputRecord[] = [];
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
      if (this.#evidence.by === 'nothing' && this.#doubt !== undefined)
        throw ambiguous(`${this.#counts} ${this.#doubt.line}`, this.#doubt);
      yield* held;
      yield* records;
    } finally {
      await records.return(undefined);
    }
  }

  #look({ line, fields, several }: InputRecord): void {
    if (!('length' in fields) || fields.length !== this.#width) return;
    const amounts = several?.lanes.flat() ?? this.#lanes.map(({ column, at }) => ({ column, value: fields[at]! }));
    for (const { column, value } of amounts) {
      // A number of JSON has a point, whatever amounts that are text have.
      const mark = typeof value === 'string' ? decimalMarkOf(value) : undefined;
      if (mark === ',') throw comma(`${this.#counts} ${line}`, { line, column });
      if (mark === 'both') this.#doubt ??= { line, column };
      if (mark === '.') {
        this.#evidence = { by: 'amount', line };
        return;
      }
    }
  }
}

const AGAIN = 'Rows without ids that were stored before are stored again if the mark changes';

interface Doubt {
  readonly line: number;
  readonly column: string;
}

/** `place`: "line 7". */
function ambiguous(place: string, details: Doubt): InputError {
  const where = `${place} has an amount in the column ${JSON.stringify(details.column)}`;
  const message = `${where} with one separator before three digits: a decimal mark, or one of thousands? No amount of the file decides. State the decimal mark: --decimal . for a point, or --decimal , with --thousands . for a point between thousands (amounts.decimal and amounts.thousands in a profile). ${AGAIN}`;
  return new InputError('INPUT_DECIMAL_MARK', message, { ...details });
}

function comma(place: string, details: Doubt): InputError {
  const message = `${place} has an amount with a decimal comma in the column ${JSON.stringify(details.column)}, and nothing before it shows a decimal point. State the decimal mark: --decimal , (amounts.decimal in a profile); or --decimal . if that amount alone is wrong. ${AGAIN}`;
  return new InputError('INPUT_DECIMAL_MARK', message, { ...details });
}
