// How a ledger's amounts are written: the names of its lanes, the decimals of a minor unit, the currency. These terms never
// change; a profile and a receipts file state them too, and must agree with the ledger.
import { utf8 } from '../bytes.ts';
import { ArgumentError, checkInteger, MIStoreError } from '../errors.ts';
import { formatAmount, MAX_SCALE } from './amounts.ts';
import { MAX_LANES } from './lanes.ts';
import type { Profile } from './profile.ts';

export interface AmountTerms {
  /** 1 to 4 distinct names, each of at most 64 bytes. */
  readonly lanes: readonly string[];
  /** Decimals of a minor unit: 2 for cents. 0..12. */
  readonly scale: number;
  /** For people. At most 64 bytes. */
  readonly currency: string;
}

/** The terms of the amounts that a profile reads. */
export const profileTerms = ({ columns, amounts }: Pick<Profile, 'columns' | 'amounts'>): AmountTerms => ({
  lanes: columns.lanes.map(({ name }) => name),
  scale: amounts.scale,
  currency: amounts.currency,
});

/** The categories of a profile's rows; the single one with the empty name where it has no column of categories. */
export const profileCategories = ({ categories }: Pick<Profile, 'categories'>): readonly string[] => categories ?? [''];

/** Most bytes, in UTF-8, of the name of a lane, a category or the currency: the contract's limit. */
export const MAX_NAME_BYTES = 64;

/**
 * Throws an ArgumentError for terms that the contract would refuse, or with which no receipt or sum could be written, and an
 * EncodingError for a name that has no UTF-8.
 */
export function checkAmountTerms({ lanes, scale, currency }: AmountTerms): void {
  checkInteger('number of lanes', lanes.length, 1, MAX_LANES);
  checkInteger('scale', scale, 0, MAX_SCALE);
  if (new Set(lanes).size < lanes.length) throw new ArgumentError('lanes', lanes.join(', '), 'distinct names');
  lanes.forEach((name, l) => {
    checkName(`name of lane ${l + 1}`, name);
  });
  checkName('currency', currency);
}

function checkName(what: string, name: string): void {
  const { length } = utf8(name, what);
  if (length > MAX_NAME_BYTES)
    throw new ArgumentError(`length of the ${what}`, length, `at most ${MAX_NAME_BYTES} bytes`);
}

/** Throws an ArgumentError for categories that the contract would refuse, or that are not distinct. */
export function checkCategories(categories: readonly string[]): void {
  checkInteger('number of categories', categories.length, 1, 255);
  if (new Set(categories).size < categories.length) {
    throw new ArgumentError('categories', categories.join(', '), 'distinct names');
  }
  categories.forEach((name, c) => {
    checkName(`name of category ${c + 1}`, name);
  });
}

/** Throws WRONG_TERMS unless `given` are the ledger's terms. `stating` begins the message: "the file would be read as". */
export function checkSameTerms(stating: string, given: AmountTerms, ledger: AmountTerms): void {
  const [said, stored] = [termsOf(given), termsOf(ledger)];
  if (JSON.stringify(said) === JSON.stringify(stored)) return;
  throw new MIStoreError(
    'WRONG_TERMS',
    `${stating} ${inWords(said)}; the ledger has ${inWords(stored)}. They must be the same, in this order`,
    { given: said, stored },
  );
}

/** The sum or amount of each lane (minor units, in order) as exact decimal text, by the lane's name. */
export const formatLanes = ({ lanes, scale }: AmountTerms, amounts: readonly bigint[]): Record<string, string> =>
  Object.fromEntries(lanes.map((lane, l) => [lane, formatAmount(amounts[l]!, scale)]));

/** The terms alone, of something that has more fields. */
const termsOf = ({ lanes, scale, currency }: AmountTerms): AmountTerms => ({ lanes: [...lanes], scale, currency });

const inWords = ({ lanes, scale, currency }: AmountTerms): string =>
  `the lanes ${lanes.join(', ')} in ${currency}, scale ${scale}`;
