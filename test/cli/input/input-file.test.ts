// CSVs that are no files: standard input, the shell's <( ), devices. They have no name that a later run would know them by,
// and no place for a file beside them.
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { csv, openScene, rows, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;

beforeAll(async () => {
  scene = await openScene('csv input');
  cli = await cliOn(scene.chain, { hospital: scene.cast.hospitalSeed });
  await writeFile(join(cli.folder, 'encounters.csv'), csv);
  await writeFile(join(cli.folder, 'broken.csv'), `${csv}short,row\n`);
  execFileSync('gzip', ['-k', 'encounters.csv'], { cwd: cli.folder });
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const preset = () => ['--ledger', toHex(scene.cast.ledgerId), '--preset', 'synthea-encounters'];
const dry = () => ['ingest', ...preset(), '--dry-run', '--allow-repeats', '--json'];
const run = (args: string[], shell: string) => cli.run(args, { shell, env: { MISTORE_KEYSTORE: 'hospital.json' } });

/** Each takes the file's bytes in another way. */
const ways = [
  ['a pipe of the shell', '"$@" <(cat broken.csv)'],
  ['standard input by its name', 'cat broken.csv | "$@" /dev/stdin'],
  ['standard input by a dash', 'cat broken.csv | "$@" -'],
  ['a file as standard input', '"$@" /dev/stdin < broken.csv'],
  ['a descriptor', '"$@" /dev/fd/7 7< broken.csv'],
  ['a named pipe', 'mkfifo p; cat broken.csv 2>/dev/null >p & "$@" p; status=$?; kill $!; rm p; exit $status'],
] as const;

describe.skipIf(process.platform === 'win32')('ingest', () => {
  it.each(ways)('of %s takes a name from --source', async (_, shell) => {
    const unnamed = await run(dry(), shell);
    expect(unnamed.json.error).toMatchObject({ code: 'NO_SOURCE', message: expect.stringContaining('--source') });

    const before = await readdir(cli.folder);
    const { code, json, stderr } = await run([...dry(), '--source', '../2024/bills & more'], shell);
    expect(code, stderr).toBe(0);
    // All but the broken row are in the ledger already, from another source.
    expect(json).toMatchObject({ rows: rows.length + 1, rejected: 1, skipped: rows.length });
    expect(json.rejectedFile).toBe('__2024_bills_more.rejected.csv');
    expect(await readFile(join(cli.folder, json.rejectedFile), 'utf8')).toContain('"short,row"');
    const written = (await readdir(cli.folder)).filter((name) => !before.includes(name));
    for (const name of written) expect(name).toMatch(/^__2024_bills_more\./);
    execFileSync('sh', ['-c', 'rm -f __2024*'], { cwd: cli.folder });
  });

  it('of a compressed pipe is that of the file', async () => {
    const { code, json, stderr } = await run([...dry(), '--source', 'bills'], '"$@" <(cat encounters.csv.gz)');
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ rows: rows.length, rejected: 0 });
  });
});

describe.skipIf(process.platform === 'win32')('receipts --csv', () => {
  it('from a pipe takes the name that it was ingested under', async () => {
    const args = ['receipts', ...preset(), '--patient', rows[0]!.patient, '--out', 'r.json', '--json', '--csv'];
    expect((await run(args, '"$@" <(cat encounters.csv)')).json.error.code).toBe('NO_SOURCE');
    const { code, stderr } = await run(args, '"$@" <(cat encounters.csv) --source x');
    expect(code, stderr).toBe(0);
  });
});

it.skipIf(process.platform === 'win32')('demo --csv refuses what it could read only once', async () => {
  const { json } = await run(['demo', '--json'], '"$@" --csv <(cat encounters.csv)');
  expect(json.error).toMatchObject({ code: 'NOT_A_FILE', message: expect.stringContaining('more than once') });
});
