// Profiles that come with MIStore, for the CSV files that Synthea exports (its CSV data dictionary), and profiles made
// of command line options.

import { ArgumentError } from '../errors.ts';
import type { AmountFormat } from './amounts.ts';
import { type Profile, parseProfile } from './profile.ts';

const same = (column: string) => ({ name: column, column });

export const PRESETS: Readonly<Record<string, Profile>> = Object.fromEntries(
  [
    {
      name: 'synthea-encounters',
      columns: {
        patient: 'PATIENT',
        lanes: [same('TOTAL_CLAIM_COST'), same('PAYER_COVERAGE')],
        id: 'Id',
        date: 'START',
        metadata: ['DESCRIPTION', 'ENCOUNTERCLASS'],
      },
    },
    {
      // Without an id of its own: one encounter has several medications.
      name: 'synthea-medications',
      columns: {
        patient: 'PATIENT',
        lanes: [same('TOTALCOST'), same('PAYER_COVERAGE')],
        date: 'START',
        metadata: ['DESCRIPTION', 'ENCOUNTER'],
      },
    },
    {
      name: 'synthea-procedures',
      columns: {
        patient: 'PATIENT',
        lanes: [same('BASE_COST')],
        date: 'START',
        metadata: ['DESCRIPTION', 'ENCOUNTER'],
      },
    },
  ].map((json) => [json.name, parseProfile(json)]),
);

export function presetProfile(name: string): Profile {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (!preset) throw new ArgumentError('preset', name, `one of ${Object.keys(PRESETS).join(', ')}`);
  return preset;
}

/** Columns and format as options give them; a lane is called like its column. Numbers are numbers, not text. */
export interface ProfileOptions extends Partial<AmountFormat> {
  readonly patient: string;
  readonly amount: readonly string[];
  readonly id?: string;
  readonly date?: string;
  readonly metadata?: readonly string[];
  readonly currency?: string;
  readonly dates?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
}

/** Throws a ProfileError for an option out of its range. */
export function profileFromOptions(options: ProfileOptions): Profile {
  const { patient, amount, id, date, metadata, dates, delimiter, encoding } = options;
  const { scale, currency, decimal, thousands, symbols, empty } = options;
  const json = {
    name: 'options',
    columns: { patient, lanes: amount.map(same), id, date, metadata },
    amounts: { scale, currency, decimal, thousands, symbols, empty },
    dates,
    file: { delimiter, encoding },
  };
  // Through JSON, so that an option that is not given is absent and not undefined.
  return parseProfile(JSON.parse(JSON.stringify(json)), 'of the options');
}
