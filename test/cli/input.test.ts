// The program's other ways in: standard input, dry runs, patients with accounts of their own, consents for chosen records,
// revocation; and files that are not what an option says, each refused in words.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn, type RunOptions } from '../support/cli.ts';
import { type Cast, openCast } from '../support/parties.ts';
import { cents, LANES, rowsOf, sampleCsv } from '../support/sample.ts';

vi.setConfig({ testTimeout: 180_000 });
const csv = sampleCsv(40, 'input', 3);
const rows = rowsOf(csv);
const [first] = rows;
const patientSeed = seedOf('input: patient');
const account = addressText(accountOf(accountKey(patientSeed)));
const insurerSeed = seedOf('input: insurer');
const insurer = addressText(accountOf(accountKey(insurerSeed)));
const own = rows.filter(({ patient }) => patient === first!.patient);

let chain: TestChain;
let cast: Cast;
let cli: Cli;
let ledger: string[];

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'input', 2, 3, { minRecords: 2 });
  ledger = ['--ledger', toHex(cast.ledgerId)];
  cli = await cliOn(chain, {
    hospital: cast.hospitalSeed,
    patient: patientSeed,
    patient2: seedOf('input: another patient'),
    insurer: insurerSeed,
    server1: cast.serverSeeds[0]!,
    server2: cast.serverSeeds[1]!,
  });
  await chain.site(insurerSeed);
  await chain.site(patientSeed);
  await write('encounters.csv', csv);
  await write('accounts.json', JSON.stringify({ [first!.patient]: account }));
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

const write = (name: string, text: string) => writeFile(join(cli.folder, name), text);
const PRESET = ['--preset', 'synthea-encounters'];

async function done(role: string, args: string[], options: RunOptions = {}) {
  const ran = await cli.run([...args, '--json'], { ...options, env: { MISTORE_KEYSTORE: `${role}.json` } });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran.json;
}
async function refused(role: string, args: string[]): Promise<string> {
  const { code, json, stderr } = await cli.run([...args, '--json'], { env: { MISTORE_KEYSTORE: `${role}.json` } });
  expect(stderr).not.toMatch(/unexpected error|\n {4}at /);
  expect(code, stderr).toBe(1);
  return json === undefined ? stderr : `${json.error.code}: ${json.error.message}`;
}

describe('ingest', () => {
  it('from standard input, with a dry run before', async () => {
    const args = [
      'ingest',
      '-',
      ...ledger,
      ...PRESET,
      '--source',
      'the pipe',
      '--accounts',
      'accounts.json',
      '--rejected',
      'rejected.csv',
    ];
    const broken = csv.replace(/\n[^\n]+\n$/, '\nshort,row\n');
    const dry = await done('hospital', [...args, '--dry-run'], { input: broken });
    expect(dry).toMatchObject({ rows: 40, stored: 39, rejected: 1, sent: 0, unsent: { records: 39, batches: 1 } });
    expect(await done('hospital', ['ledger', 'show', ledger[1]!])).toMatchObject({ records: 0 });
    expect(await done('hospital', args, { input: csv })).toMatchObject({ rows: 40, stored: 40, sent: 40 });
    expect(await done('hospital', args, { input: csv })).toMatchObject({ rows: 40, sent: 0 });
  });

  it('of a file under another name skips what is there', async () => {
    const args = ['ingest', 'encounters.csv', ...ledger, ...PRESET, '--allow-repeats', '--accounts', 'accounts.json'];
    expect(await done('hospital', args)).toMatchObject({ rows: 40, stored: 0, skipped: 40, sent: 0 });
    const { rejected } = await done('hospital', args.slice(0, -2));
    // Without the accounts the patient's records would be another's: same ids, other content.
    expect(rejected).toBe(own.length);
  });

  it.each([
    ['not JSON', '{', /^INVALID_ENCODING: accounts\.json: not JSON/],
    ['a list', '["0x12"]', /^INVALID_ENCODING: accounts\.json: must be a JSON object/],
    ['null', 'null', /^INVALID_ENCODING: accounts\.json: must be a JSON object/],
    ['a number for an account', '{"p": 5}', /^INVALID_(ENCODING|ARGUMENT): .*p\b/],
    [
      'an id that no row can have',
      '{"p\\u200b": "0x1234"}',
      /^INVALID_ENCODING: accounts\.json: "p\u200b" is not a patient's id/,
    ],
    [
      'an id with a space after it',
      '{"p ": "0x1234"}',
      /^INVALID_ENCODING: accounts\.json: "p " is not a patient's id/,
    ],
    ['no id', '{"": "0x1234"}', /^INVALID_ENCODING: accounts\.json: "" is not a patient's id/],
    ['an account that is too short', '{"p": "0x1234"}', /^INVALID_(ENCODING|ARGUMENT): .*p\b/],
  ])('with accounts that are %s is refused', async (_, text, words) => {
    await write('accounts.json', text);
    expect(
      await refused('hospital', ['ingest', 'encounters.csv', ...ledger, ...PRESET, '--accounts', 'accounts.json']),
    ).toMatch(words);
    await write('accounts.json', JSON.stringify({ [first!.patient]: account }));
  });

  it('without what it needs is refused', async () => {
    expect(await refused('hospital', ['ingest', '-', ...ledger, ...PRESET])).toMatch(/^NO_SOURCE/);
    expect(
      await refused('hospital', ['ingest', 'encounters.csv', ...ledger, ...PRESET, '--accounts', 'nothing.json']),
    ).toMatch(/nothing\.json/);
    expect(await refused('hospital', ['ingest', '.', ...ledger, ...PRESET])).toMatch(/^INPUT_UNREADABLE: .*folder/);
    expect(await refused('hospital', ['ingest', 'encounters.csv', ...ledger, '--profile', 'encounters.csv'])).toMatch(
      /JSON/,
    );
  });
});

describe('a patient with an account of their own', () => {
  it('gets receipts for it, and signs for the records they choose', async () => {
    const receipts = ['receipts', ...ledger, '--patient', first!.patient];
    expect(await refused('hospital', [...receipts, '--out', 'none.json'])).toMatch(/^NO_RECORDS: .* their account/);
    expect(await done('hospital', [...receipts, '--account', account, '--out', 'receipts.json'])).toMatchObject({
      receipts: own.length,
    });
    const { records } = JSON.parse(await readFile(join(cli.folder, 'receipts.json'), 'utf8'));
    const amountsOf = (of: { amounts: string[] }[]) => of.map(({ amounts }) => amounts.map(cents));
    const expected = own.map(({ amounts }) => amounts);
    const inOrder = (all: readonly (readonly bigint[])[]) => all.map(String).toSorted();
    expect(inOrder(amountsOf(records))).toEqual(inOrder(expected));
    const chosen: { recordId: number; amounts: string[] }[] = records.slice(0, 3);
    const ids = chosen.map(({ recordId }) => recordId);
    const sign = ['consent', 'sign', '--yes', '--insurer', insurer, '--receipts', 'receipts.json'];
    const signed = await done('patient', [...sign, '--out', 'three.json', '--record', ...ids.toReversed().map(String)]);
    expect(signed).toMatchObject({ records: 3 });
    expect(await done('patient', [...sign, '--out', 'all.json'])).toMatchObject({ records: own.length });

    const { query } = await done('insurer', ['query', 'ask', 'three.json']);
    expect(query).toBe(signed.query);
    for (const server of ['server1', 'server2']) await done(server, ['server', 'run', '--once', '--accept-anyone']);
    const { sums } = await done('insurer', ['sum', 'open', query]);
    const sumOf = (lane: number) => amountsOf(chosen).reduce((sum, amounts) => sum + amounts[lane]!, 0n);
    expect(LANES.map((lane) => cents(sums[lane]))).toEqual(LANES.map((_, lane) => sumOf(lane)));
  });

  it('can revoke a consent, which then is worth nothing', async () => {
    const { query, revoked } = await done('patient', ['consent', 'revoke', 'all.json', '--yes']);
    expect(revoked).toBe(true);
    expect(await refused('insurer', ['query', 'ask', 'all.json'])).toBe(
      `CONSENT_IS_REVOKED: the patient has revoked this consent (query ${query}); nothing was sent`,
    );
    expect(await refused('patient', ['consent', 'revoke', 'three.json', '--yes'])).toMatch(/^CONSENT_USED/);
    expect(await refused('patient2', ['consent', 'revoke', 'all.json', '--yes'])).toMatch(
      /^(INVALID_SIGNATURE|CONSENT_IS_REVOKED)/,
    );
  });

  const signNothing = [
    'consent',
    'sign',
    '--yes',
    '--insurer',
    insurer,
    '--receipts',
    'receipts.json',
    '--out',
    'no.json',
  ];

  it.each([
    [['--record', 'x'], /record id/],
    [['--record', '1', '1'], /record id|NOT_YOUR_RECORD/],
    [['--record', '-1'], /record id|unknown option/],
    [['--record', '4000'], /^NOT_YOUR_RECORD: record 4000 has no receipt in this file/],
    [['--category', 'surgery'], /^INVALID_ARGUMENT: category .*ambulatory/],
    [['--from', '1 May'], /^INVALID_ARGUMENT: from .*YYYY-MM-DD/],
    [['--from', '2020-01-01'], /^NO_DATE/],
    [['--record', '1.5'], /record id/],
    [['--record', '0x1'], /record id/],
    [['--record', ''], /record id/],
  ])('cannot sign for %j', async (records, words) => {
    expect(await refused('patient', [...signNothing, ...records])).toMatch(words);
  });

  it('cannot sign for a record of another patient, nor for fewer records than the ledger takes', async () => {
    const { records } = JSON.parse(await readFile(join(cli.folder, 'receipts.json'), 'utf8'));
    const ids: number[] = records.map(({ recordId }: { recordId: number }) => recordId);
    const other = rows.findIndex((_, recordId) => !ids.includes(recordId));
    expect(await refused('patient', [...signNothing, '--record', `${other}`])).toMatch(/^NOT_YOUR_RECORD/);
    expect(await refused('patient', [...signNothing, '--record', `${ids[0]}`])).toBe(
      'TOO_FEW_RECORDS: a query of this ledger covers at least 2 records; these are 1',
    );
  });

  it('cannot sign without receipts, and gets none without an id', async () => {
    const sign = ['consent', 'sign', '--insurer', insurer, '--out', 'no.json'];
    expect(await refused('patient', sign)).toMatch(/^USAGE: required option '--receipts <file>'/);
    expect(await refused('hospital', ['receipts', ...ledger, '--out', 'no.json'])).toMatch(
      /^USAGE: say whose: --patient ID with --out FILE, or --all with --out-dir FOLDER/,
    );
  });

  it('cannot sign for receipts that are not theirs, or not valid, or of another contract', async () => {
    const sign = ['consent', 'sign', '--yes', '--insurer', insurer, '--out', 'no.json', '--receipts'];
    expect(await refused('patient2', [...sign, 'receipts.json'])).toMatch(/^NOT_YOUR_RECEIPTS: the receipts are of 0x/);
    const receipts = JSON.parse(await readFile(join(cli.folder, 'receipts.json'), 'utf8'));
    await write('elsewhere.json', JSON.stringify({ ...receipts, chainId: '1' }));
    expect(await refused('patient', [...sign, 'elsewhere.json'])).toMatch(/^WRONG_DEPLOYMENT/);
    receipts.records[1].amounts[0] = '1.00';
    await write('wrong.json', JSON.stringify(receipts));
    const { recordId } = receipts.records[1];
    expect(await refused('patient', [...sign, 'wrong.json'])).toBe(
      `INVALID_RECEIPT: the receipt of record ${recordId}: amounts do not open the commitment`,
    );
  });
});
