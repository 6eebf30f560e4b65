// How a ledger's amounts are written: the names of its lanes, the decimals of a minor unit, the currency. These terms never
// change; a profile and a receipts file state them too, and must agree with the ledger.
import { ArgumentError, checkInteger, MIStoreError } from '../errors.ts';
import { formatAmount, MAX_SCALE } from './amounts.ts';
import { MAX_LANES } from './lanes.ts';
import type { Profile } from './profile.ts';

export interface AmountTerms {
  /** 1 to 4 distinct names. */
  readonly lanes: readonly string[];
  /** Decimals of a minor unit: 2 for cents. 0..12. */
  readonly scale: number;
  /** For people. */
  readonly currency: string;
}

/** The terms of the amounts that a profile reads. */
export const profileTerms = ({ columns, amounts }: Pick<Profile, 'columns' | 'amounts'>): AmountTerms => ({
  lanes: columns.lanes.map(({ name }) => name),
  scale: amounts.scale,
  currency: amounts.currency,
});

/** Throws an ArgumentError for terms that the contract accepts, but with which no receipt or sum could be written. */
export function checkAmountTerms({ lanes, scale }: AmountTerms): void {
  checkInteger('number of lanes', lanes.length, 1, MAX_LANES);
  checkInteger('scale', scale, 0, MAX_SCALE);
  if (new Set(lanes).size < lanes.length) throw new ArgumentError('lanes', lanes.join(', '), 'distinct names');
}

/** Throws WRONG_TERMS unless `given` are the ledger's terms. `stating` begins the message: "the CSV would be read as". */
export function checkSameTerms(stating: string, given: AmountTerms, ledger: AmountTerms & { ledgerId: bigint }): void {
  const [said, stored] = [termsOf(given), termsOf(ledger)];
  if (JSON.stringify(said) === JSON.stringify(stored)) return;
  throw new MIStoreError(
    'WRONG_TERMS',
    `${stating} ${inWords(said)}; ledger ${ledger.ledgerId} has ${inWords(stored)}. They must be the same, in this order`,
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
