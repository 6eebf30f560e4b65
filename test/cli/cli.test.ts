// The whole story once through the program: node, keygen, fund, deploy, register, ledger open, server run, ingest,
// receipts, handover, verify, consent sign and show, query ask, list and show, sum open and verify, audit, archive. No output may hold a secret. What bad input gets: refusals.test.ts.
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../src/address.ts';
import { accountOf } from '../../src/chain/account.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { readKeystore, WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { profileCategories } from '../../src/records/terms.ts';
import { hex } from '../engine/oracle.ts';
import { bundleCli, bytesIn, Cli, freePort, type RunOptions, refusedBy } from '../support/cli.ts';
import { busiestPatient, cents, daysOf, LANES, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const PASSWORD = 'correct horse battery staple';
const PATIENT_PASSWORD = 'a password of their own';
const PRESET = ['--preset', 'synthea-encounters'];
const SERVERS = ['server1', 'server2', 'server3'];
const csv = sampleCsv(120, 'cli', 5);
const rows = rowsOf(csv);
const patient = busiestPatient(rows);
const expected = plainTotals(rows, patient);

vi.setConfig({ testTimeout: 180_000 });
let folder: string;
let cli: Cli;
let node: Awaited<ReturnType<Cli['start']>>;
let ledger: string;
let query: string;
const address: Record<string, string> = {};

/** Runs a command that must succeed, with --json; gives its JSON. */
async function done(args: string[], options?: RunOptions) {
  const ran = await cli.run([...args, '--json'], options);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toBe(`${JSON.stringify(ran.json)}\n`);
  expect(bytesIn(ran.json), ran.stdout).toEqual([]);
  return ran.json;
}
const as = (role: string): RunOptions => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-cli-'));
  cli = new Cli(await bundleCli(), folder);
  cli.env = { MISTORE_PASSWORD: PASSWORD };
  await writeFile(join(folder, 'encounters.csv'), csv);
  await writeFile(join(folder, 'patient-password'), `${PATIENT_PASSWORD}\n`);
  node = await cli.start(['node', '--port', `${await freePort()}`, '--json']);
  cli.env.MISTORE_RPC = node.json.url;
}, 60_000);

afterAll(() => cli?.close());

describe('the story', () => {
  it('node: runs a chain', () => {
    expect(node.json).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      chainId: '31337',
      ready: true,
    });
  });

  it('keygen and fund: six roles, each with a keystore that only its owner reads', async () => {
    const roles = ['operator', 'hospital', 'insurer', ...SERVERS];
    await Promise.all(
      roles.map(async (role) => {
        const made = await done(['keygen', '--out', `${role}.json`, '--role', role.replace(/\d/, '')]);
        expect(made).toEqual({
          file: `${role}.json`,
          role: role.replace(/\d/, ''),
          address: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/),
        });
        expect((await stat(join(folder, made.file))).mode & 0o777).toBe(0o600);
        address[role] = made.address;
        expect(await done(['fund', made.address])).toEqual({ address: made.address, ether: 1000 });
      }),
    );
    expect(new Set(Object.values(address)).size).toBe(roles.length);
    // The same seeds under a password that is quick to check, or most of the rest of this file would be scrypt.
    for (const role of roles) {
      const file = join(folder, `${role}.json`);
      const keystore = await readKeystore(file, PASSWORD);
      expect(keystore.role).toBe(role.replace(/\d/, ''));
      await writeKeystore(file, PASSWORD, keystore, { overwrite: true, scrypt: WEAK_SCRYPT });
    }
  });

  it('deploy: puts the contract on the chain', async () => {
    const { contract } = await done(['deploy'], as('operator'));
    expect(contract).toMatch(/^0x[0-9a-fA-F]{40}$/);
    cli.env.MISTORE_CONTRACT = contract;
  });

  it('register, ledger open, server run: a ledger whose servers have all joined', async () => {
    await Promise.all(SERVERS.map((server) => done(['register'], as(server))));
    const servers = SERVERS.flatMap((server) => ['--server', address[server]!]);
    const open = ['ledger', 'open', ...servers, '--threshold', '2', ...PRESET];
    const opened = await done(open, as('hospital'));
    expect(opened).toMatchObject({ ledger: expect.stringMatching(/^0x[0-9a-f]{64}$/), opened: true });
    ({ ledger } = opened);
    // The same terms are the same ledger: nothing is sent.
    expect(await done(open, as('hospital'))).toEqual({ ...opened, gas: '0', fees: '0' });
    const serve = ['server', 'run', '--once', '--accept', address.hospital!];
    await Promise.all(SERVERS.map((server) => done(serve, as(server))));
    expect(await done(['ledger', 'show', ledger])).toEqual({
      ledger,
      complaints: [],
      hospital: address.hospital,
      threshold: 2,
      servers: SERVERS.map((server) => address[server]),
      epoch: 1,
      joined: 3,
      active: true,
      notJoined: [],
      resigned: [],
      lanes: LANES,
      scale: 2,
      currency: 'USD',
      categories: profileCategories(presetProfile('synthea-encounters')),
      minRecords: 1,
      batches: 0,
      records: 0,
    });
  });

  it('ingest: every row, and nothing more the second time', async () => {
    const ingest = ['ingest', 'encounters.csv', '--ledger', ledger, ...PRESET];
    const first = await done(ingest, as('hospital'));
    expect(first).toMatchObject({ rows: 120, stored: 120, rejected: 0, sent: 120, batches: 1 });
    expect(LANES.map((lane) => cents(first.sums[lane]))).toEqual(plainTotals(rows).sums);
    expect(await done(ingest, as('hospital'))).toMatchObject({ rows: 120, stored: 120, sent: 0, batches: 0 });
    expect(await done(['ledger', 'show', ledger])).toMatchObject({ batches: 1, records: 120 });
  });

  it('receipts, handover, verify: the patient has their records and their account', async () => {
    const texts = ['--csv', 'encounters.csv', ...PRESET];
    const receipts = ['receipts', '--ledger', ledger, '--patient', patient, '--out', 'receipts.json', ...texts];
    const own = ['--patient', patient, '--out', 'patient.json', '--patient-password-file', 'patient-password'];
    const handover = ['handover', '--ledger', ledger, ...own];
    const [written, handed] = await Promise.all([done(receipts, as('hospital')), done(handover, as('hospital'))]);
    expect(written).toEqual({
      file: 'receipts.json',
      patient: handed.address.toLowerCase(),
      receipts: expected.records,
    });
    const file = JSON.parse(await readFile(join(folder, 'receipts.json'), 'utf8'));
    expect(file).toMatchObject({ ledgerId: ledger, patient: handed.address.toLowerCase() });
    expect(file.records[0].metadata).toMatchObject({ date: expect.stringMatching(/^20/) });
    const days = daysOf(csv, patient);
    const total = { records: expected.records, from: days[0], to: days.at(-1), sums: expect.anything() };
    const verified = await done(['verify', 'receipts.json']);
    expect(LANES.map((lane) => cents(verified.total.sums[lane]))).toEqual(expected.sums);
    expect(verified).toEqual({
      verdict: 'valid',
      patient: handed.address.toLowerCase(),
      hospital: address.hospital!.toLowerCase(),
      ledger,
      currency: 'USD',
      total,
      categories: expect.any(Array),
      checked: expected.records,
      valid: expected.records,
      invalid: [],
      complete: true,
      missing: [],
      complaints: [],
      vouchedBy: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
    });

    // What the patient holds is the account of their receipts.
    const { seed } = await readKeystore(join(folder, 'patient.json'), PATIENT_PASSWORD);
    const hospital = await readKeystore(join(folder, 'hospital.json'), PASSWORD);
    expect(hex(seed)).toBe(hex(custodialSeed(hospital.seed, patient)));
    expect(addressText(accountOf(accountKey(seed)))).toBe(handed.address);
    address.patient = handed.address;
  });

  it('consent sign, query ask, server run, sum open: the insurer has the exact sum', async () => {
    const files = ['--receipts', 'receipts.json', '--out', 'consent.json'];
    const sign = ['consent', 'sign', '--yes', '--insurer', address.insurer!, ...files];
    const own = {
      env: { MISTORE_KEYSTORE: 'patient.json', MISTORE_PASSWORD_FILE: 'patient-password', MISTORE_PASSWORD: '' },
    };
    const signed = await done(sign, own);
    expect(signed).toMatchObject({ file: 'consent.json', ledger, records: expected.records });
    const asked = await done(['query', 'ask', 'consent.json'], as('insurer'));
    expect(asked).toMatchObject({ query: signed.query, records: expected.records, transactions: 1 });
    query = asked.query;

    expect(await refusedBy(cli, ['sum', 'open', query], as('insurer'))).toBe(
      `TOO_FEW_ANSWERS: 0 servers have answered query ${query}; the sum takes 2`,
    );
    const [first] = await Promise.all([
      done(['server', 'run', '--once', '--ledger', ledger], as('server1')),
      done(['server', 'run', '--once'], as('server3')),
    ]);
    expect(first).toMatchObject({ address: address.server1, records: 120, badRecords: [], answered: 1, refused: 0 });
    const summed = await done(['sum', 'open', query], as('insurer'));
    expect(summed).toMatchObject({ query, ledger, records: expected.records, currency: 'USD' });
    expect([...summed.seats].sort()).toEqual([1, 3]);
    expect(LANES.map((lane) => cents(summed.sums[lane]))).toEqual(expected.sums);
  });

  it('consent show, query list, query show: what was asked, by id', async () => {
    const consent = await done(['consent', 'show', 'consent.json']);
    const people = { insurer: address.insurer!.toLowerCase(), patient: address.patient!.toLowerCase() };
    expect(consent).toMatchObject({ query, ledger, ...people, records: expected.records, signed: true });
    expect(consent.status).toBe('sealed');
    const common = { query, ledger, state: 'complete', edges: consent.edges, threshold: 2, deadline: consent.deadline };
    const listed = { ...common, insurer: people.insurer, answers: 2, fee: null };
    for (const words of [[], ['--insurer', address.insurer!], ['--ledger', ledger]]) {
      expect(await done(['query', 'list', ...words])).toEqual({ queries: [listed] });
    }
    expect(await done(['query', 'list', '--insurer', address.hospital!])).toEqual({ queries: [] });
    const { answeredSeats, ...shown } = await done(['query', 'show', query]);
    expect(shown).toEqual({ ...common, ...people, records: expected.records, fee: null });
    expect(answeredSeats.toSorted()).toEqual([1, 3]);
    const size = { threshold: 2, servers: 3, joined: 3, active: true, batches: 1, records: 120 };
    const terms = { currency: 'USD', lanes: LANES };
    expect(await done(['ledger', 'list', '--of', address.server2!])).toEqual({
      ledgers: [{ ledger, hospital: address.hospital, ...size, ...terms }],
    });
    expect(await done(['ledger', 'list', '--of', address.insurer!])).toEqual({ ledgers: [] });
  });

  it('sum open --out, sum verify: the proof is right for anyone, and a changed one is not', async () => {
    const { sums } = await done(['sum', 'open', query, '--out', 'sum.json'], as('insurer'));
    expect(LANES.map((lane) => cents(sums[lane]))).toEqual(expected.sums);
    const right = { query, ledger, records: expected.records, sums, valid: true, vouchedBy: [expect.any(String)] };
    expect(await done(['sum', 'verify', 'sum.json'])).toEqual(right);
    const proof = JSON.parse(await readFile(join(folder, 'sum.json'), 'utf8'));
    proof.sum = `${proof.sum.slice(0, -1)}${proof.sum.endsWith('0') ? '1' : '0'}`;
    await writeFile(join(folder, 'changed.json'), JSON.stringify(proof));
    const { code, json } = await cli.run(['sum', 'verify', 'changed.json', '--json']);
    expect({ code, ...json }).toEqual({ code: 1, valid: false, why: expect.any(String), vouchedBy: right.vouchedBy });
  });

  it('audit, archive export, archive verify: anyone finds the ledger right', async () => {
    const right = { ledger, batches: 1, records: 120, valid: true };
    expect(await done(['audit', ledger])).toMatchObject({ ...right, faults: [] });
    const exported = await done(['archive', 'export', '--ledger', ledger, '--out', 'ledger.archive']);
    expect(exported).toMatchObject({ ledger, batches: 1, records: 120, cut: 0 });
    expect(await done(['archive', 'verify', 'ledger.archive'])).toMatchObject({ ...right, queries: 1, unsigned: 0 });
    expect(await done(['audit', ledger, '--archive', 'ledger.archive'])).toMatchObject(right);
  });

  it('the query again sends nothing, and a server that has answered answers no more', async () => {
    expect(await done(['query', 'ask', 'consent.json'], as('insurer'))).toMatchObject({ query, transactions: 0 });
    expect(await done(['server', 'run', '--once'], as('server1'))).toMatchObject({ answered: 0 });
  });
});

describe('without --json', () => {
  it('people get tables and sentences on standard output, and standard error stays empty', async () => {
    const show = await cli.run(['ledger', 'show', ledger]);
    expect(show).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(address.hospital!) });
    const sum = await cli.run(['sum', 'open', query], as('insurer'));
    expect(sum).toMatchObject({ code: 0, stderr: '' });
    expect(sum.stdout).toMatch(/sum, USD[\s\S]*TOTAL_CLAIM_COST/);
  });
});

describe('at the end', () => {
  it('no output of any command held a password, a seed or a key', async () => {
    expect(cli.printed.length).toBeGreaterThan(5000);
    expect(cli.printed).not.toContain(PASSWORD);
    expect(cli.printed).not.toContain(PATIENT_PASSWORD);
    const stores = ['operator', 'hospital', 'insurer', ...SERVERS].map((role) => [role, PASSWORD] as const);
    for (const [role, password] of [...stores, ['patient', PATIENT_PASSWORD] as const]) {
      const { seed } = await readKeystore(join(folder, `${role}.json`), password);
      for (const secret of [seed, accountKey(seed)]) {
        expect(cli.printed.toLowerCase().includes(hex(secret)), role).toBe(false);
        expect(cli.printed.includes(Buffer.from(secret).toString('base64')), role).toBe(false);
      }
    }
  });

  it('node: ends on Ctrl-C', async () => {
    const ended = await node.stop('SIGINT');
    expect(ended).toEqual({ code: 0, json: node.json });
  });
});
