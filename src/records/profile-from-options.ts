// Profiles made or changed by options, one by one: the schema checks them as it checks a file.
import type { AmountFormat } from './amounts.ts';
import { type Profile, parseProfile } from './profile.ts';

/** Columns and format as options give them; a lane is called like its column. Numbers are numbers, not text. */
export interface ProfileOptions extends Partial<AmountFormat> {
  readonly patient: string;
  readonly amount: readonly string[];
  readonly id?: string | readonly string[];
  readonly date?: string;
  readonly category?: string;
  readonly metadata?: readonly string[];
  readonly currency?: string;
  readonly dates?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
}

/** Throws a ProfileError for an option out of its range. */
export function profileFromOptions(options: ProfileOptions): Profile {
  const { patient, amount, id, date, category, metadata, dates, delimiter, encoding } = options;
  const { scale, currency, decimal, thousands, symbols, empty } = options;
  const json = {
    name: 'options',
    columns: { patient, lanes: amount.map((column) => ({ name: column, column })), id, date, category, metadata },
    amounts: { scale, currency, decimal, thousands, symbols, empty },
    dates,
    file: { delimiter, encoding },
  };
  // Through JSON, so that an option that is not given is absent and not undefined.
  return parseProfile(JSON.parse(JSON.stringify(json)), 'of the options');
}

/**
 * A profile with these options in place of its own; the columns of amounts are replaced as a whole. Its hash is that of what it
 * says now. Throws a ProfileError for an option out of its range, or one that does not fit the rest.
 */
export function profileWith(profile: Profile, options: Partial<ProfileOptions>): Profile {
  const { patient, amount, id, date, category, metadata, dates, delimiter, encoding } = options;
  const { scale, currency, decimal, thousands, symbols, empty } = options;
  const { name, columns, amounts, file } = profile;
  const lanes = amount?.map((column) => ({ name: column, column }));
  const json = {
    ...profile,
    columns: { ...columns, ...given({ patient, lanes, id, date, category, metadata }) },
    amounts: { ...amounts, ...given({ scale, currency, decimal, thousands, symbols, empty }) },
    ...given({ dates }),
    file: { ...file, ...given({ delimiter, encoding }) },
  };
  return parseProfile(JSON.parse(JSON.stringify(json)), `${name}, as the options change it`);
}

const given = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
