// `mistore ingest` of JSON as its user runs it: nothing but the preset, files of rejected and skipped rows in the input's
// form, limits, and files whose form is not the profile's.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import { profileCategories, profileTerms } from '../../../src/records/terms.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn, ingestArguments } from '../../support/cli.ts';
import { bundle, explanation, madeClaims } from '../../support/input/claims.ts';
import { type Cast, openCast } from '../../support/parties.ts';

const claims = [...madeClaims(30, 'command')];
const [first, second] = claims.map((claim) => explanation(claim)) as [string, string];

let chain: TestChain;
let cli: Cli;
let ledger: Cast;
beforeAll(async () => {
  chain = await startChain();
  cli = await cliOn(chain);
  const profile = presetProfile('fhir-eob');
  ledger = await openCast(chain, 'json', 2, 2, { ...profileTerms(profile), categories: profileCategories(profile) });
});
afterAll(async () => {
  await chain?.stop();
  cli?.close();
});

async function give(name: string, content: string, more: string[] = [], preset = 'fhir-eob') {
  const file = join(cli.folder, name);
  await writeFile(file, content);
  const args = (await ingestArguments(cli, ledger)).map((arg) => (arg === 'synthea-encounters' ? preset : arg));
  return cli.run([...args, file, ...more]);
}

const jsonLines = async (name: string) =>
  (await readFile(join(cli.folder, name), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

it('lines, with rejected and skipped ones beside them as NDJSON', async () => {
  const broken = second.replace('"status":"active"', '"status":"draft"');
  const other = first.replace(/"value":[\d.]+,"currency":"USD"\}\}\}$/, '"value":1,"currency":"USD"}}}');
  const { code, json, stderr } = await give('bills.ndjson', `${first}\n\n${broken}\n${first}\n${other}\n{"a"\n`, [
    '--allow-repeats',
  ]);
  expect(code, stderr).toBe(0);
  expect(json).toMatchObject({ rows: 5, stored: 1, rejected: 3, skipped: 1, leftOut: {}, counts: 'line' });
  expect(json.rejections).toEqual({ 'not-accepted': 1, 'conflicting-duplicate': 1, 'not-json': 1 });
  const mistore = 'rejected';
  expect(await jsonLines('bills.ndjson.rejected.ndjson')).toEqual(
    [
      {
        mistore,
        line: 3,
        column: 'status',
        reason: 'not-accepted',
        message: 'holds what the profile does not accept',
        raw: broken,
      },
      { mistore, line: 6, reason: 'not-json', message: 'is not JSON, at character 5', raw: '{"a"' },
      {
        ...{ mistore, line: 5, column: 'id', reason: 'conflicting-duplicate', raw: other },
        message: 'is that of another record (line 1), with another patient or other amounts',
      },
    ].sort((a, b) => a.line - b.line),
  );
  expect(await jsonLines('bills.ndjson.skipped.ndjson')).toEqual([
    { mistore: 'skipped', line: 4, repeats_line: 1, raw: first },
  ]);
});

it('a bundle, which names entries; rejected lines that were corrected are stored', async () => {
  const text = [...bundle([...claims, claims[1]!])].join('');
  const { code, json, stderr } = await give('bundle.json', text);
  expect(code, stderr).toBe(0);
  // The first claim is in the ledger from the lines.
  expect(json).toMatchObject({
    rows: 31,
    stored: 29,
    rejected: 0,
    skipped: 2,
    leftOut: { Patient: 1 },
    counts: 'entry',
  });
  expect(await jsonLines('bundle.json.skipped.ndjson')).toMatchObject([
    { entry: 2, repeats_record: 0 },
    { entry: 32, repeats_entry: 3 },
  ]);
  expect(await readFile(join(cli.folder, 'bundle.json.rejected.ndjson'), 'utf8')).toBe('');
  const [rejected] = await jsonLines('bills.ndjson.rejected.ndjson');
  const corrected = `${rejected.raw.replace('"draft"', '"active"')}\n${explanation([...madeClaims(1, 'new')][0]!)}\n`;
  expect((await give('corrected.ndjson', corrected)).json).toMatchObject({ rows: 2, stored: 1, skipped: 1 });
});

it('a bundle that is cut short ends the run, and nothing of its last batch is sent', async () => {
  const text = [...bundle(madeClaims(20, 'cut'))].join('');
  const { code, json } = await give('cut.json', text.slice(0, -40));
  expect(code).not.toBe(0);
  expect(json.error).toMatchObject({
    code: 'JSON_CUT_SHORT',
    message: expect.stringMatching(/cut\.json: line 1: the input ends in the middle of entry 21$/),
  });
  expect((await give('cut.json', text)).json).toMatchObject({ stored: 20, sent: 20 });
});

it('a profile of another format is said, with what to do, before anything is sent', async () => {
  const csv = await give('csv.csv', 'Id,PATIENT\n1,2\n');
  expect(csv.json.error).toMatchObject({
    code: 'INPUT_FORMAT',
    message: expect.stringContaining('it may be a CSV, and the profile reads JSON'),
  });
  const json = await give('is.json', first, [], 'synthea-encounters');
  expect(json.json.error.code).toBe('WRONG_TERMS');
  const profile = join(cli.folder, 'csv-profile.json');
  const lanes = ['submitted', 'paid'].map((name) => ({ name, column: name }));
  await writeFile(profile, JSON.stringify({ name: 'x', columns: { patient: 'p', lanes } }));
  const args = (await ingestArguments(cli, ledger)).map((arg) =>
    arg === '--preset' ? '--profile' : arg === 'synthea-encounters' ? profile : arg,
  );
  const { json: said } = await cli.run([...args, join(cli.folder, 'is.json')]);
  expect(said.error).toMatchObject({
    code: 'INPUT_FORMAT',
    message: expect.stringContaining('--preset, such as fhir-eob'),
  });
});

it('profiles are listed with what they read, and printed to be edited', async () => {
  const { stdout } = await cli.run(['profiles']);
  for (const name of [
    'fhir-eob',
    'fhir-eob-items',
    'cms-carrier-rif',
    'cms-carrier-synpuf',
    'synthea-claims-transactions',
  ]) {
    expect(stdout).toContain(name);
    expect((await cli.run(['profiles', name, '--json'])).json).toEqual(presetProfile(name));
  }
  expect(stdout).toContain('FHIR R4');
});
