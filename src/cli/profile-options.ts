// The options that say how a CSV is read: a preset, a profile file, or the columns one by one.
import { type Command, Option } from 'commander';
import { MIStoreError } from '../errors.ts';
import { loadProfile, type Profile } from '../records/profile.ts';
import { PRESETS, presetProfile, profileFromOptions } from '../records/profile-presets.ts';
import { collect, integer } from './options.ts';

export interface ProfileFlags {
  preset?: string;
  profile?: string;
  patient?: string;
  amount?: string[];
  id?: string;
  date?: string;
  metadata?: string[];
  scale?: number;
  currency?: string;
}

export function profileOptions(command: Command): Command {
  return command
    .addOption(new Option('--preset <name>', 'a profile that comes with the program').choices(Object.keys(PRESETS)))
    .option('--profile <file>', 'a profile, JSON (see docs/csv.md)')
    .option('--patient <column>', "without a profile: column of the patient's id")
    .option('--amount <column>', 'column of an amount; give it once for each lane, one to four', collect)
    .option('--id <column>', "column of the record's own id, which finds duplicates")
    .option('--date <column>', 'column of a date, for receipts')
    .option('--metadata <column>', 'column of free text for receipts; can be given again', collect)
    .option('--scale <digits>', "decimals of the currency's minor unit", integer(0, 12))
    .option('--currency <code>', 'the currency, for people');
}

/** Exactly one of the three ways must be given. */
export async function profileOf(flags: ProfileFlags): Promise<Profile> {
  const { preset, profile, patient, amount, id, date, metadata, scale, currency } = flags;
  const ways = [preset, profile, patient ?? amount].filter((way) => way !== undefined).length;
  if (ways !== 1) {
    throw new MIStoreError(
      'NO_PROFILE',
      'say how the CSV is read: with --preset, with --profile, or with --patient and --amount (one of the three)',
    );
  }
  if (preset !== undefined) return presetProfile(preset);
  if (profile !== undefined) return loadProfile(profile);
  if (patient === undefined || amount === undefined) {
    throw new MIStoreError('NO_PROFILE', '--patient and --amount go together: both columns are needed');
  }
  return profileFromOptions({
    patient,
    amount,
    ...(id !== undefined && { id }),
    ...(date !== undefined && { date }),
    ...(metadata !== undefined && { metadata }),
    ...(scale !== undefined && { scale }),
    ...(currency !== undefined && { currency }),
  });
}
