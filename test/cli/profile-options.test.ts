// The options that say how a CSV is read: what they make of a profile, and what is refused. And `mistore profiles`,
// whose output, saved, is a profile that reads any file alike.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProfileFlags, profileOf, profileOptions } from '../../src/cli/profile-options.ts';
import schema from '../../src/records/profile.schema.json' with { type: 'json' };
import { loadProfile, parseProfile, profileHash } from '../../src/records/profile.ts';
import { PRESETS } from '../../src/records/profile-presets.ts';
import { bundleCli, Cli } from '../support/cli.ts';

/** The profile that a command with these arguments reads by. */
async function profileBy(...args: string[]) {
  const command = profileOptions(new Command()).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  return profileOf(command.parse(args, { from: 'user' }).opts<ProfileFlags>());
}

const COLUMNS = ['--patient-column', 'p', '--amount-column', 'c'];
const PLAIN = parseProfile({ name: 'options', columns: { patient: 'p', lanes: [{ name: 'c', column: 'c' }] } });

describe('options', () => {
  it('of columns alone leave the rest as it is by default', async () => {
    expect(await profileBy(...COLUMNS)).toEqual(PLAIN);
  });

  it('name columns, in the order of lanes', async () => {
    const columns = { patient: 'p', lanes: ['c', 'd'].map((column) => ({ name: column, column })) };
    const more = [
      '--amount-column',
      'd',
      '--id-column',
      'i',
      '--date-column',
      't',
      '--metadata-column',
      'm',
      '--metadata-column',
      'n',
    ];
    const one = await profileBy(...COLUMNS, ...more);
    expect(one.columns).toEqual({ ...columns, id: ['i'], date: 't', metadata: ['m', 'n'] });
    const several = await profileBy(...COLUMNS, ...more, '--id-column', 'j');
    expect(several.columns).toEqual({ ...one.columns, id: ['i', 'j'] });
    expect(profileHash(one)).toEqual(
      profileHash(parseProfile({ name: 'x', columns: { ...columns, id: 'i', date: 't', metadata: ['m', 'n'] } })),
    );
  });

  it('say how amounts are written', async () => {
    const given = ['--scale', '3', '--currency', 'KWD', '--decimal', ',', '--thousands', ' ', '--empty', 'zero'];
    expect((await profileBy(...COLUMNS, ...given, '--symbol', 'KD', '--symbol', '€')).amounts).toEqual({
      scale: 3,
      currency: 'KWD',
      decimal: ',',
      thousands: ' ',
      symbols: ['KD', '€'],
      empty: 'zero',
    });
  });

  it.each([
    ['tab', '\t'],
    ['\t', '\t'],
    [';', ';'],
  ])('say how the file is written: delimiter %j', async (delimiter, expected) => {
    const given = ['--delimiter', delimiter, '--encoding', 'windows-1252', '--dates', 'DD.MM.YYYY'];
    const profile = await profileBy(...COLUMNS, ...given);
    expect(profile.file).toEqual({ delimiter: expected, encoding: 'windows-1252', quote: '"' });
    expect(profile.dates).toBe('DD.MM.YYYY');
  });

  const { amounts, dates, file } = schema.properties;
  it.each([
    ['--decimal', amounts.properties.decimal.enum],
    ['--thousands', amounts.properties.thousands.enum],
    ['--empty', amounts.properties.empty.enum],
    ['--dates', dates.enum],
    ['--delimiter', file.properties.delimiter.enum],
    ['--encoding', file.properties.encoding.enum],
  ])('take for %s what the schema allows, and nothing else', async (flag, allowed) => {
    for (const value of allowed) {
      // A point for both separators is refused for another reason.
      const clash = flag === '--thousands' && value === '.' ? ['--decimal', ','] : [];
      await profileBy(...COLUMNS, ...clash, flag, value);
    }
    await expect(profileBy(...COLUMNS, flag, 'x')).rejects.toThrow(/argument 'x' is invalid. Allowed choices are/);
  });

  it.each([
    [['--scale', '13'], /whole number from 0 to 12/],
    [['--symbol', '-'], /amounts\.symbols\[0\] is "-"; it must match/],
    [['--thousands', ','].concat('--decimal', ','), /amounts\.thousands must differ/],
    [['--amount-column', 'c'], /columns\.lanes\[1\]\.name is that of an earlier lane/],
  ])('refuse %j', async (args, message) => {
    await expect(profileBy(...COLUMNS, ...args)).rejects.toThrow(message);
  });

  it('need a profile, or the columns of one', async () => {
    expect(await profileBy('--preset', 'synthea-encounters')).toEqual(PRESETS['synthea-encounters']);
    const two = ['--preset', 'synthea-encounters', '--profile', 'x'];
    for (const args of [[], ['--scale', '2'], ['--patient-column', 'p'], ['--amount-column', 'c'], two]) {
      await expect(profileBy(...args)).rejects.toMatchObject({ code: 'NO_PROFILE' });
    }
    await expect(profileBy('--patient-column', 'p')).rejects.toThrow(/go together/);
    await expect(profileBy(...two)).rejects.toThrow(/not both/);
  });

  it('change a preset: the rest of it stays, the hash is another, and what was changed is said', async () => {
    const preset = PRESETS['synthea-encounters']!;
    const said: string[] = [];
    const command = profileOptions(new Command());
    const args = ['--preset', preset.name, '--currency', 'EUR', '--id-column', 'OTHER'];
    const changed = await profileOf(command.parse(args, { from: 'user' }).opts<ProfileFlags>(), (line) =>
      said.push(line),
    );
    expect(changed).toEqual({
      ...preset,
      columns: { ...preset.columns, id: ['OTHER'] },
      amounts: { ...preset.amounts, currency: 'EUR' },
    });
    expect(profileHash(changed)).not.toEqual(profileHash(preset));
    expect(said.join()).toContain(`the profile ${preset.name}, but for --id-column, --currency.`);
    expect(profileHash(PRESETS['synthea-encounters']!)).toEqual(profileHash(preset));
  });

  it('change columns of amounts as a whole, and are checked with the rest of the profile', async () => {
    const preset = ['--preset', 'synthea-encounters'];
    const { columns } = await profileBy(...preset, '--amount-column', 'a', '--amount-column', 'b');
    expect(columns.lanes.map(({ name }) => name)).toEqual(['a', 'b']);
    await expect(profileBy(...preset, '--thousands', '.', '--decimal', '.')).rejects.toThrow(
      /^profile synthea-encounters, as the options change it: amounts\.thousands must differ/,
    );
    await expect(profileBy('--profile', 'absent.json', '--scale', '3')).rejects.toMatchObject({
      code: 'INVALID_PROFILE',
    });
  });
});

describe('mistore profiles', () => {
  let folder: string;
  let cli: Cli;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mistore-profiles-'));
    cli = new Cli(await bundleCli(), folder);
  }, 60_000);
  afterAll(() => cli?.close());

  it('lists them', async () => {
    const { code, stdout, stderr } = await cli.run(['profiles']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of Object.keys(PRESETS)) expect(stdout).toContain(name);
    expect((await cli.run(['profiles', '--json'])).json).toEqual({ profiles: Object.keys(PRESETS) });
  });

  it.each(Object.keys(PRESETS))('prints %s as a file that reads alike', async (name) => {
    const { code, stdout } = await cli.run(['profiles', name]);
    expect(code).toBe(0);
    const path = join(folder, `${name}.json`);
    await writeFile(path, stdout);
    expect(profileHash(await loadProfile(path))).toEqual(profileHash(PRESETS[name]!));
    expect((await cli.run(['profiles', name, '--json'])).json).toEqual(PRESETS[name]);
  });

  it('knows no others', async () => {
    const { code, stderr, stdout } = await cli.run(['profiles', 'constructor']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: preset is "constructor"; it must be one of synthea-encounters, /);
  });

  it('is named, and the schema, in the help of ingest', async () => {
    const { stdout } = await cli.run(['ingest', '--help']);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain("'mistore profiles'");
    expect(text).toContain('mistore/profile.schema.json');
  });
});
