// Profiles that come with MIStore, for the CSV files that Synthea exports (its CSV data dictionary), and profiles made
// of command line options.
import { ArgumentError } from '../errors.ts';
import { type AmountFormat, PLAIN_AMOUNTS } from './amounts.ts';
import { type Profile, parseProfile } from './profile.ts';

const same = (column: string) => ({ name: column, column });

/** Those of Synthea's encounters. */
const ENCOUNTER_CLASSES = [
  'ambulatory',
  'emergency',
  'home',
  'hospice',
  'inpatient',
  'outpatient',
  'snf',
  'urgentcare',
  'virtual',
  'wellness',
];

/** Written out with the defaults, so that a program which only names them need not compile the schema. */
const preset = (name: string, columns: Profile['columns'], categories?: readonly string[]): Profile => ({
  version: 1,
  name,
  columns,
  ...(categories && { categories }),
  amounts: { scale: 2, currency: 'USD', ...PLAIN_AMOUNTS },
  dates: 'YYYY-MM-DD',
  file: { quote: '"' },
});

export const PRESETS: Readonly<Record<string, Profile>> = Object.fromEntries(
  [
    preset(
      'synthea-encounters',
      {
        patient: 'PATIENT',
        lanes: [same('TOTAL_CLAIM_COST'), same('PAYER_COVERAGE')],
        id: 'Id',
        date: 'START',
        category: 'ENCOUNTERCLASS',
        metadata: ['DESCRIPTION'],
      },
      ENCOUNTER_CLASSES,
    ),
    // The other two have no id of their own: one encounter has several medications and procedures.
    preset('synthea-medications', {
      patient: 'PATIENT',
      lanes: [same('TOTALCOST'), same('PAYER_COVERAGE')],
      date: 'START',
      metadata: ['DESCRIPTION', 'ENCOUNTER'],
    }),
    preset('synthea-procedures', {
      patient: 'PATIENT',
      lanes: [same('BASE_COST')],
      date: 'START',
      metadata: ['DESCRIPTION', 'ENCOUNTER'],
    }),
  ].map((profile) => [profile.name, profile]),
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
    columns: { patient, lanes: amount.map(same), id, date, category, metadata },
    amounts: { scale, currency, decimal, thousands, symbols, empty },
    dates,
    file: { delimiter, encoding },
  };
  // Through JSON, so that an option that is not given is absent and not undefined.
  return parseProfile(JSON.parse(JSON.stringify(json)), 'of the options');
}
