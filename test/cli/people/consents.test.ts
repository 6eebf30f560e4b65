// Consents as a patient meets them: what is shown before it is signed or withdrawn, the question, and what a consent file says
// about itself later.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import { formatAmount } from '../../../src/records/amounts.ts';
import { parseSignedConsent } from '../../../src/records/consent-file.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';
import { LANES } from '../../support/sample.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
const DAY = 86_400;
let scene: Scene;
let cli: Cli;
let insurer: string;
let chosen: number[];

beforeAll(async () => {
  scene = await openScene('consents at the command line');
  const patient = custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient);
  cli = await cliOn(scene.chain, {
    patient,
    hospital: scene.cast.hospitalSeed,
    insurer: scene.insurerSeed,
    patient2: scene.insurerSeed,
  });
  cli.env.MISTORE_KEYSTORE = 'patient.json';
  insurer = addressText(scene.insurer.address);
  await writeFile(join(cli.folder, 'receipts.json'), formatReceipts(scene.receipts));
  chosen = scene.receipts.records.slice(0, 12).map(({ recordId }) => recordId);
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const sign = (out: string, ...more: string[]) => {
  const records = ['--record', ...chosen.map(String)];
  return ['consent', 'sign', '--insurer', insurer, '--receipts', 'receipts.json', '--out', out, ...records, ...more];
};
/** At a terminal, by its standard input alone. */
const answered = (args: string[], input: string) =>
  cli.run(args, { input, env: { NODE_OPTIONS: '--import=data:text/javascript,process.stdin.isTTY=true' } });
const consentIn = async (file: string) => parseSignedConsent(await readFile(join(cli.folder, file), 'utf8'));
const people = (minor: bigint) => formatAmount(minor, 2).replace(/\B(?=(\d{3})+\.)/g, ',');

describe('consent sign', () => {
  it('shows records, sums, insurer and last day, and signs at a yes only', async () => {
    for (const answer of ['n\n', '', 'yep\n']) {
      const { code, stderr } = await answered(sign('no.json'), answer);
      expect(code).toBe(1);
      expect(stderr).toContain('Sign this consent? [y/N]');
      expect(stderr).toContain('error: not confirmed; nothing was signed');
    }
    expect(await refusedBy(cli, sign('no.json'))).toBe(
      'NOT_CONFIRMED: this must be confirmed: give --yes, or run at a terminal; nothing was signed',
    );
    await expect(readFile(join(cli.folder, 'no.json'))).rejects.toThrow('ENOENT');
    const { code, stdout } = await answered(sign('until.json', '--until', '2030-05-03'), 'y\n');
    expect(code).toBe(0);
    const sums = scene.sumOf(chosen).map((sum, l) => `${LANES[l]} ${people(sum)} USD`);
    expect(stdout).toContain(
      `You agree that ${insurer} learns the sums ${sums[0]} and ${sums[1]} of 12 records, until 3 May 2030.\n`,
    );
    expect(stdout).toMatch(/category .*records .*first .*last/);
    const { edges } = await consentIn('until.json');
    expect(stdout).toContain(
      `the deadline, and ${edges.length} records (where the runs begin or end) of yours; no amount`,
    );
  });

  it('lasts to the end of --until, or for --days, and not both', async () => {
    expect((await consentIn('until.json')).consent.deadline).toBe(BigInt(Date.UTC(2030, 4, 3, 23, 59, 59) / 1000));
    expect((await cli.run(sign('days.json', '--days', '2', '--yes'))).code).toBe(0);
    const left = Number((await consentIn('days.json')).consent.deadline) - Date.now() / 1000;
    expect(left > 2 * DAY - 60 && left <= 2 * DAY).toBe(true);
    expect(await refusedBy(cli, sign('no.json', '--yes', '--until', '2030-05-03', '--days', '2'))).toMatch(/--days/);
    for (const day of ['2030-02-30', '3 May 2030', '2030-5-3']) {
      expect(await refusedBy(cli, sign('no.json', '--yes', '--until', day))).toContain('It must be a day that exists');
    }
    expect(await refusedBy(cli, sign('no.json', '--yes', '--until', '2020-01-01'))).toMatch(/^DEADLINE_PASSED/);
  });

  it('has the sums for programs', async () => {
    const { json, code } = await cli.run(sign('json.json', '--yes', '--json'));
    expect(code).toBe(0);
    expect(json).toMatchObject({ insurer, records: 12, gas: expect.any(Number) });
    expect(json.chosen.total).toMatchObject({ records: 12 });
    expect(LANES.map((lane) => json.chosen.total.sums[lane])).toEqual(
      scene.sumOf(chosen).map((sum) => formatAmount(sum, 2)),
    );
  });

  it('does not ask about what cannot be used', async () => {
    const to = (account: Uint8Array) => sign('no.json').with(3, addressText(account));
    expect(await refusedBy(cli, to(scene.cast.hospital.address))).toMatch(/^INVALID_INSURER/);
    expect(await refusedBy(cli, to(scene.patient.address))).toMatch(/^INVALID_INSURER: .*your own account/);
    const { stderr } = await cli.run([...to(new Uint8Array(20).fill(7)), '--yes']);
    expect(stderr).toContain('has never sent anything on this chain and holds no ether');
    const other = { env: { MISTORE_KEYSTORE: 'patient2.json' } };
    expect(await refusedBy(cli, sign('other.json'), other)).toMatch(/^NOT_YOUR_RECEIPTS/);
  });
});

describe('consent show', () => {
  it('says in words what it allows, with sums by the receipts, and what to do next', async () => {
    const { stdout, code } = await cli.run(['consent', 'show', 'until.json', '--receipts', 'receipts.json']);
    expect(code).toBe(0);
    const [sum] = scene.sumOf(chosen);
    expect(stdout).toContain(`${insurer} may learn the sums ${LANES[0]} ${people(sum!)} USD and`);
    expect(stdout).toContain('once, until 3 May 2030.');
    expect(stdout).toContain(
      'It is signed and has not been used. The insurer asks with: mistore query ask until.json.',
    );
    const without = await cli.run(['consent', 'show', 'until.json']);
    expect(without.stdout).toContain(`${insurer} may learn the sum of 12 records of account`);
    expect(without.stdout).not.toMatch(/0x[0-9a-fA-F]{64}/);
  });

  it('fails for one that the patient has not signed', async () => {
    const signed = JSON.parse(await readFile(join(cli.folder, 'until.json'), 'utf8'));
    signed.consent.insurer = scene.patient.address.reduce(
      (hex, byte) => hex + byte.toString(16).padStart(2, '0'),
      '0x',
    );
    await writeFile(join(cli.folder, 'forged.json'), JSON.stringify(signed));
    const { stdout, code } = await cli.run(['consent', 'show', 'forged.json']);
    expect(code).toBe(1);
    expect(stdout).toContain('It is NOT signed by this account');
  });

  it('refuses receipts of other records, and a consent for another contract', async () => {
    const fewer = { ...scene.receipts, records: scene.receipts.records.slice(5) };
    await writeFile(join(cli.folder, 'fewer.json'), formatReceipts(fewer));
    expect(await refusedBy(cli, ['consent', 'show', 'until.json', '--receipts', 'fewer.json'])).toMatch(
      /^OTHER_RECORDS: the consent covers 12 records, of which 7 are in these receipts/,
    );
    const signed = JSON.parse(await readFile(join(cli.folder, 'until.json'), 'utf8'));
    await writeFile(join(cli.folder, 'elsewhere.json'), JSON.stringify({ ...signed, chainId: '1' }));
    expect(await refusedBy(cli, ['consent', 'show', 'elsewhere.json'])).toMatch(
      /^WRONG_DEPLOYMENT: the consent is for contract 0x\w+ on chain 1, not for/,
    );
  });
});

describe('consent revoke', () => {
  it('says what is withdrawn, and asks', async () => {
    await scene.chain.site(custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient)); // Funds it.
    const revoke = ['consent', 'revoke', 'until.json'];
    const no = await answered(revoke, 'n\n');
    expect(no.stderr).toContain(`${insurer} may learn the sum of 12 records, until 3 May 2030.`);
    expect(no.stderr).toContain('error: not confirmed; nothing was sent');
    expect(await refusedBy(cli, revoke)).toMatch(/^NOT_CONFIRMED/);
    expect((await cli.run(['consent', 'show', 'until.json', '--json'])).json.status).toBe('none');
    const yes = await answered(revoke, 'y\n');
    expect(yes.stdout).toMatch(/^Withdrawn: query 0x\w+ cannot be opened any more\.\n$/);
    const { stdout } = await cli.run(['consent', 'show', 'until.json']);
    expect(stdout).toContain('The patient has withdrawn it: it cannot be used any more.');
  });
});
