// The options that say how an input is read: a preset, a profile file, or columns and formats one by one.
import { type Command, Option } from 'commander';
import { MIStoreError } from '../errors.ts';
import schema from '../records/profile.schema.json' with { type: 'json' };
import type { Profile } from '../records/profile.ts';
import type { ProfileOptions } from '../records/profile-from-options.ts';
import { PRESETS, presetProfile } from '../records/profile-presets.ts';
import { collect, integer } from './options.ts';

/** `symbol` and `delimiter` are as people give them. */
export interface ProfileFlags extends Partial<Omit<ProfileOptions, 'symbols' | keyof Columns>> {
  preset?: string;
  profile?: string;
  symbol?: string[];
  patientColumn?: string;
  amountColumn?: string[];
  idColumn?: string[];
  dateColumn?: string;
  categoryColumn?: string;
  metadataColumn?: string[];
}

type Columns = Pick<ProfileOptions, 'patient' | 'amount' | 'id' | 'date' | 'category' | 'metadata'>;

const { amounts, dates, file } = schema.properties;
const { decimal, thousands, empty, scale } = amounts.properties;
const { delimiter, encoding } = file.properties;

/** Options of a profile made on the command line. */
const parts = () => [
  new Option('--patient-column <column>', "column of the patient's id"),
  new Option('--amount-column <column>', 'column of an amount; give it once for each lane, one to four').argParser(
    collect,
  ),
  new Option(
    '--id-column <column>',
    "column of the record's own id, which finds duplicates; give it once for each, if several make up the id",
  ).argParser(collect),
  new Option('--date-column <column>', 'column of a date, for receipts'),
  new Option(
    '--category-column <column>',
    'column of a category: each is a series of its own, so queries over one are cheap',
  ),
  new Option('--metadata-column <column>', 'column of free text for receipts; can be given again').argParser(collect),
  new Option('--scale <digits>', "decimals of the currency's minor unit").argParser(
    integer(scale.minimum, scale.maximum),
  ),
  new Option('--currency <code>', 'the currency, for people'),
  new Option('--decimal <separator>', 'what decimals begin with; asked for if the amounts do not show it').choices(
    decimal.enum,
  ),
  new Option('--thousands <separator>', 'what groups of three digits are separated by').choices(thousands.enum),
  new Option('--symbol <sign>', 'a currency sign that may stand by a number; can be given again').argParser(collect),
  new Option('--empty <meaning>', 'what an empty amount is').choices(empty.enum),
  new Option('--dates <form>', 'how dates are written').choices(dates.enum),
  new Option('--delimiter <character>', 'what separates fields, if the header does not show it').choices([
    ...delimiter.enum,
    'tab',
  ]),
  new Option('--encoding <name>', "the file's encoding, if the first bytes do not show it").choices(encoding.enum),
];

export function profileOptions(command: Command): Command {
  const named = [
    new Option('--preset <name>', "a profile that comes with the program; 'mistore profiles' shows them").choices(
      Object.keys(PRESETS),
    ),
    new Option(
      '--profile <file>',
      "a profile, JSON. Its schema is mistore/profile.schema.json, in the package's dist/; see docs/inputs.md",
    ),
  ];
  for (const option of named) command.addOption(option.helpGroup('How the input is read, one of:'));
  for (const option of parts())
    command.addOption(
      option.helpGroup(
        'Or, of a CSV, by --patient-column, --amount-column and as needed; they also change a preset or profile:',
      ),
    );
  return command;
}

/**
 * A preset or a profile file, changed by single options, or a profile of these alone. `say`: is told what was changed. Throws
 * NO_PROFILE, and a ProfileError for options that do not fit the profile.
 */
export async function profileOf(flags: ProfileFlags, say: (line: string) => void = () => undefined): Promise<Profile> {
  const { preset, profile } = flags;
  const options = optionsOf(flags);
  if (preset !== undefined && profile !== undefined) throw noProfile('--preset or --profile can be given, not both');
  if (preset === undefined && profile === undefined) {
    const { patient, amount } = options;
    if (patient === undefined && amount === undefined) {
      throw noProfile('say how the input is read: with --preset, --profile, or --patient-column and --amount-column');
    }
    if (patient === undefined || amount === undefined) {
      throw noProfile('--patient-column and --amount-column go together: both are needed');
    }
    const { profileFromOptions } = await import('../records/profile-from-options.ts');
    return profileFromOptions({ ...options, patient, amount });
  }
  const { loadProfile } = await import('../records/profile.ts');
  const base = profile === undefined ? presetProfile(preset!) : await loadProfile(profile);
  const given = parts().filter((option) => flags[option.attributeName() as keyof ProfileFlags] !== undefined);
  if (given.length === 0) return base;
  const { profileWith } = await import('../records/profile-from-options.ts');
  const changed = profileWith(base, options);
  const names = given.map(({ long }) => long).join(', ');
  say(`Read by the profile ${base.name}, but for ${names}. It is another profile: give the same options each time.`);
  return changed;
}

const noProfile = (message: string) => new MIStoreError('NO_PROFILE', message);

function optionsOf(flags: ProfileFlags): Partial<ProfileOptions> {
  const { symbol, delimiter, patientColumn, amountColumn, idColumn, dateColumn, categoryColumn, metadataColumn } =
    flags;
  const { scale, currency, decimal, thousands, empty, dates, encoding } = flags;
  const all = {
    ...{ patient: patientColumn, amount: amountColumn, id: idColumn, date: dateColumn },
    ...{ category: categoryColumn, metadata: metadataColumn },
    ...{ scale, currency, decimal, thousands, symbols: symbol, empty, dates, encoding },
    delimiter: delimiter === 'tab' ? '\t' : delimiter,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
