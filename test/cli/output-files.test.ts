// What commands write to files: nothing that stands in the place is lost unasked, least of all what the command reads;
// devices keep their mode; a command that is stopped leaves nothing behind.
import { execFileSync } from 'node:child_process';
import { link, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex } from '../../src/bytes.ts';
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { filesOf } from '../../src/cli/options.ts';
import { createProgram, definedCommand } from '../../src/cli/program.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { formatReceipts } from '../../src/records/receipts/receipt-file.ts';
import { seedOf } from '../support/chain.ts';
import { type Cli, cliOn } from '../support/cli.ts';
import { startEndpoint } from '../support/endpoint/proxy.ts';
import { csv, openScene, rows, type Scene } from '../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;
const path = (name: string) => join(cli.folder, name);
const text = (name: string) => readFile(path(name), 'utf8');

beforeAll(async () => {
  scene = await openScene('output files');
  cli = await cliOn(scene.chain, {
    hospital: scene.cast.hospitalSeed,
    patient: custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient),
    insurer: seedOf('output files: insurer'),
  });
  await writeFile(path('receipts.json'), formatReceipts(scene.receipts));
  await writeFile(path('encounters.csv'), csv);
  await writeFile(path('profile.json'), JSON.stringify(presetProfile('synthea-encounters')));
  await writeFile(path('accounts.json'), '{}');
  await writeFile(path('password'), 'p\n');
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const ledger = () => ['--ledger', toHex(scene.cast.ledgerId)];
const insurer = () => ['--insurer', addressText(scene.insurer.address)];
/** Commands that write a file to the path that follows, with their role. */
const writers: Record<string, [string, () => string[]]> = {
  receipts: ['hospital', () => ['receipts', ...ledger(), '--patient', rows[0]!.patient, '--out']],
  'consent sign': ['patient', () => ['consent', 'sign', '--yes', ...insurer(), '--receipts', 'receipts.json', '--out']],
};
const never: Record<string, [string, () => string[]]> = {
  keygen: ['hospital', () => ['keygen', '--out']],
  handover: [
    'hospital',
    () => ['handover', ...ledger(), '--patient', rows[0]!.patient, '--patient-password-file', 'password', '--out'],
  ],
  'archive export': ['hospital', () => ['archive', 'export', ...ledger(), '--out']],
};

const run = (role: string, args: string[]) =>
  cli.run([...args, '--json'], { env: { MISTORE_KEYSTORE: `${role}.json` } });
async function refused(role: string, args: string[]): Promise<string> {
  const { code, json, stderr } = await run(role, args);
  expect(code, stderr).toBe(1);
  return json.error.message;
}

describe.each(Object.entries(writers))('%s --out', (_, [role, args]) => {
  it('replaces a file with --force only', async () => {
    await writeFile(path('there'), 'before', { mode: 0o644 });
    expect(await refused(role, [...args(), 'there'])).toBe(
      'there: the file exists, and is not replaced; --force replaces it',
    );
    expect(await text('there')).toBe('before');
    const { code, stderr } = await run(role, [...args(), 'there', '--force']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(await text('there')).format).toMatch(/^mistore-/);
    expect((await stat(path('there'))).mode & 0o777).toBe(0o600);
  });

  it('replaces no file that the command reads, not even with --force', async () => {
    const keystore = await text(`${role}.json`);
    await symlink(`${role}.json`, path(`link-${role}`));
    await link(path('receipts.json'), path(`hard-${role}`));
    const files = [`${role}.json`, `link-${role}`];
    if (args().includes('receipts.json')) files.push('receipts.json', `hard-${role}`);
    for (const file of files) {
      expect(await refused(role, [...args(), file, '--force'])).toMatch(/is a file that this run reads/);
    }
    const own = [...args(), 'password', '--password-file', 'password', '--force'];
    expect(await refused(role, own)).toBe('password: is a file that this run reads; name another for what it writes');
    expect(await text(`${role}.json`)).toBe(keystore);
  });
});

describe.each(Object.entries({ ...writers, ...never }))('%s --out', (_, [role, args]) => {
  it('replaces nothing of another kind, and leaves a pipe and a device as they are', async () => {
    await writeFile(path('notes'), 'notes');
    expect(await refused(role, [...args(), 'notes'])).toMatch(
      /^notes: (the file exists, and is not|is not an archive)/,
    );
    expect(await text('notes')).toBe('notes');
    execFileSync('sh', ['-c', 'test -p pipe || mkfifo -m 644 pipe'], { cwd: cli.folder });
    expect(await refused(role, [...args(), 'pipe'])).toBe('pipe: is a pipe; it must be a regular file');
    expect((await stat(path('pipe'))).mode & 0o777).toBe(0o644);
    const { mode } = await stat('/dev/null');
    expect(await refused(role, [...args(), '/dev/null'])).toBe('/dev/null: is a device; it must be a regular file');
    expect((await stat('/dev/null')).mode).toBe(mode);
    expect((await readdir(cli.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe.each(['--rejected', '--skipped'])('ingest %s', (option) => {
  const ingest = () => [
    'ingest',
    'encounters.csv',
    ...ledger(),
    '--profile',
    'profile.json',
    '--accounts',
    'accounts.json',
  ];

  it.each(['encounters.csv', 'hospital.json', 'profile.json', 'accounts.json', 'password'])(
    'is not %s, which it reads',
    async (file) => {
      const before = await text(file);
      const args = [...ingest(), '--password-file', 'password', option, file, '--dry-run'];
      expect(await refused('hospital', args)).toContain(`${file}: is a file that this run reads`);
      expect(await text(file)).toBe(before);
    },
  );
});

it('node --state is no pipe', async () => {
  execFileSync('mkfifo', [path('state')]);
  expect(await refused('hospital', ['node', '--state', 'state'])).toBe('state: is a pipe; it must be a regular file');
});

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s leaves no half-written file behind', (signal) => {
  const unfinished = async () => (await readdir(cli.folder)).filter((name) => name.startsWith('.mistore-'));

  /** Stops the command when it has begun so many files, from when on the endpoint does not answer. */
  async function stopped(args: string[], files: number): Promise<void> {
    const endpoint = await startEndpoint((_, forward) => forward(), scene.chain.node.url);
    onTestFinished(() => endpoint.stop());
    endpoint.answer = async (_, forward) =>
      (await unfinished()).length === 0 ? forward() : new Promise(() => undefined);
    const env = { MISTORE_KEYSTORE: 'hospital.json' };
    const { child, ended } = cli.spawn([...args, '--rpc', endpoint.url], { env });
    await vi.waitUntil(async () => (await unfinished()).length === files, { timeout: 30_000 });
    child.kill(signal);
    expect((await ended).signal).toBe(signal);
    expect(await unfinished()).toEqual([]);
  }

  it('of receipts', async () => {
    await stopped(['receipts', ...ledger(), '--patient', rows[0]!.patient, '--out', 'late.json'], 1);
    await expect(text('late.json')).rejects.toThrow('ENOENT');
  });

  it('of an ingest', async () => {
    await writeFile(path('more.csv'), csv);
    await stopped(['ingest', 'more.csv', ...ledger(), '--preset', 'synthea-encounters'], 2);
    await expect(text('more.csv.rejected.csv')).rejects.toThrow('ENOENT');
  });
});

it('every option with a file is known to be read or to be written', async () => {
  const options = new Set<string>();
  for (const name of COMMANDS.keys()) {
    const made = await definedCommand(createProgram(), name);
    for (const { flags, long } of made.options) if (flags.includes('<file>')) options.add(long!);
    for (const argument of made.registeredArguments) options.add(`<${argument.name()}>`);
    for (const option of made.options) made.setOptionValue(option.attributeName(), option.long);
    made.processedArgs = made.registeredArguments.map((argument) => `<${argument.name()}>`);
    for (const file of filesOf(made).written) options.add(`${file} written`);
  }
  expect([...options].sort()).toMatchInlineSnapshot(`
    [
      "--accounts",
      "--archive",
      "--csv",
      "--keystore",
      "--network",
      "--out",
      "--out written",
      "--password-file",
      "--patient-password-file",
      "--patients",
      "--payer",
      "--payer-password-file",
      "--profile",
      "--receipts",
      "--rejected",
      "--rejected written",
      "--skipped",
      "--skipped written",
      "--state",
      "--state written",
      "<account>",
      "<consent>",
      "<file>",
      "<files>",
      "<ledger>",
      "<name>",
      "<shell>",
    ]
  `);
});
