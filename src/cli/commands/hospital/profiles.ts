// mistore profiles: the profiles that come with the program, and one of them as JSON to save and edit.
import type { Profile } from '../../../records/profile.ts';
import { PRESETS, presetProfile } from '../../../records/profile-presets.ts';
import { defineCommand } from '../../command.ts';
import type { Output } from '../../output.ts';

export const profiles = defineCommand({
  examples: ['mistore profiles', 'mistore profiles synthea-encounters > mine.json'],
  configure: (command) => command.argument('[name]', 'the profile to print, as JSON on standard output'),
  run: showProfiles,
});

async function showProfiles(output: Output, { json }: { json?: boolean }, name?: string): Promise<object> {
  if (name !== undefined) {
    const profile = presetProfile(name);
    if (!json) for (const line of JSON.stringify(profile, null, 2).split('\n')) output.print(line);
    return profile;
  }
  const { idColumns } = await import('../../../records/profile/columns.ts');
  output.table(
    ['profile', 'reads', 'lanes', 'other columns', 'amounts'],
    Object.values(PRESETS).map((profile) => summary(profile, idColumns(profile))),
  );
  return { profiles: Object.keys(PRESETS) };
}

const FORMATS = { csv: 'CSV', json: 'JSON', 'fhir-eob': 'FHIR R4' };

function summary({ name, columns, amounts, file }: Profile, id: readonly string[]): string[] {
  const { patient, lanes, date, metadata } = columns;
  const others = [patient, ...id, date, ...metadata].filter((column) => column !== undefined);
  return [
    name,
    FORMATS[file.format ?? 'csv'],
    lanes.map((lane) => lane.name).join(', '),
    others.join(', '),
    `${amounts.currency}, scale ${amounts.scale}`,
  ];
}
