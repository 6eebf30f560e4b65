// Profiles that come with MIStore, for the CSV files that Synthea exports (its CSV data dictionary) and for claims
// (profile/claims.ts).
import { ArgumentError } from '../errors.ts';
import { PLAIN_AMOUNTS } from './amounts.ts';
import { CLAIMS_PRESETS, type Preset } from './profile/claims.ts';
import type { Profile } from './profile.ts';

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
const written = ({ name, columns, categories, accept, leaveOut, dates, empty, file }: Preset): Profile => ({
  version: 1,
  name,
  columns,
  ...(categories && { categories }),
  amounts: { scale: 2, currency: 'USD', ...PLAIN_AMOUNTS, ...(empty && { empty }) },
  dates: dates ?? 'YYYY-MM-DD',
  ...(accept && { accept }),
  ...(leaveOut && { leaveOut }),
  file: { quote: '"', ...file },
});

const SYNTHEA: readonly Preset[] = [
  {
    name: 'synthea-encounters',
    columns: {
      patient: 'PATIENT',
      lanes: [same('TOTAL_CLAIM_COST'), same('PAYER_COVERAGE')],
      id: 'Id',
      date: 'START',
      category: 'ENCOUNTERCLASS',
      metadata: ['DESCRIPTION'],
    },
    categories: ENCOUNTER_CLASSES,
  },
  // The other two have no id of their own: one encounter has several medications and procedures.
  {
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
];

/** The profiles that come with MIStore, by their names. */
export const PRESETS: Readonly<Record<string, Profile>> = Object.fromEntries(
  [...SYNTHEA, ...CLAIMS_PRESETS].map((preset) => [preset.name, written(preset)]),
);

/** A profile of PRESETS by its name. Throws an ArgumentError that lists the names. */
export function presetProfile(name: string): Profile {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (!preset) throw new ArgumentError('preset', name, `one of ${Object.keys(PRESETS).join(', ')}`);
  return preset;
}
