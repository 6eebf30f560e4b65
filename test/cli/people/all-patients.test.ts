// Receipts and keystores of all patients of a ledger in one run: the same as one by one, under names that any id gives, again
// without harm, and for nobody whom the ledger does not know.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { accountKey, custodialSeed } from '../../../src/identity/keys.ts';
import { readKeystore } from '../../../src/identity/keystore.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';
import { type Cast, openCast } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';

vi.setConfig({ testTimeout: 180_000 });
/** Ids of which the readable parts are alike, empty or too long. */
const ODD = ['Ünal/7', 'Unal.7', '患者', `${'x'.repeat(50)}1`, `${'x'.repeat(50)}2`];
const PRESET = ['--preset', 'synthea-encounters'];

let chain: TestChain;
let cast: Cast;
let cli: Cli;
let ledger: string;
let patients: string[];
/** Two files, each with rows of all patients. */
const csvs = new Map<string, string>();

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'all patients', 2, 3);
  ledger = toHex(cast.ledgerId);
  cli = await cliOn(chain, { hospital: cast.hospitalSeed });
  cli.env.MISTORE_KEYSTORE = 'hospital.json';
  for (const name of ['a.csv', 'b.csv']) {
    let text = sampleCsv(40, name, 5);
    const known = [...new Set(rowsOf(text).map(({ patient }) => patient))];
    for (const [p, patient] of known.entries()) text = text.replaceAll(patient, ODD[p]!);
    csvs.set(name, text);
    await writeFile(join(cli.folder, name), text);
    const ended = await cli.run(['ingest', name, '--ledger', ledger, ...PRESET, '--threads', '0', '--json']);
    expect(ended.json, ended.stderr).toMatchObject({ sent: 40, rejected: 0 });
  }
  patients = [...new Set([...csvs.values()].flatMap((text) => rowsOf(text).map(({ patient }) => patient)))];
  expect(patients.toSorted()).toEqual(ODD.toSorted());
  await writeFile(join(cli.folder, 'patients.txt'), [...patients, 'nobody', ''].join('\n'));
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

const both = ['--csv', 'a.csv', '--csv', 'b.csv', ...PRESET];
const receipts = (...more: string[]) => ['receipts', '--ledger', ledger, ...more];
const read = (...path: string[]) => readFile(join(cli.folder, ...path), 'utf8');
const done = async (args: string[]) => {
  const { code, json, stderr } = await cli.run([...args, '--json']);
  expect(code, stderr).toBe(0);
  return json;
};
const index = async (folder: string, kind: string) => JSON.parse(await read(folder, `${kind}-index.json`)).files;

describe('receipts --all', () => {
  it('writes for each patient what --patient writes, with the texts of both CSVs', async () => {
    const written = await done(receipts('--all', '--out-dir', 'all', ...both));
    expect(written).toMatchObject({ written: 5, unchanged: 0, left: [], patients: 5, without: 0, receipts: 80 });
    const files: { patient: string; file: string; account: string; records: number }[] = await index('all', 'receipts');
    expect(files.map(({ patient }) => patient)).toEqual(ODD.toSorted());
    expect((await readdir(join(cli.folder, 'all'))).sort()).toEqual(
      [...files.map(({ file }) => file), 'receipts-index.json'].sort(),
    );
    for (const { patient, file, account, records } of files) {
      await done(receipts('--patient', patient, '--out', 'one.json', '--force', ...both));
      const [one, all] = [JSON.parse(await read('one.json')), JSON.parse(await read('all', file))];
      expect(all).toEqual(one);
      expect(all.records).toHaveLength(records);
      expect(all.records.every((record: { metadata?: object }) => record.metadata !== undefined)).toBe(true);
      expect(account.toLowerCase()).toBe(all.patient);
      expect((await stat(join(cli.folder, 'all', file))).mode & 0o777).toBe(0o600);
      expect(await done(['verify', `all/${file}`])).toMatchObject({ verdict: 'valid' });
    }
    const sum = files.reduce((count, { records }) => count + records, 0);
    expect(sum).toBe(80);
  });

  it('names files by readable letters and a digest of id and account', async () => {
    const files: { patient: string; file: string; account: string }[] = await index('all', 'receipts');
    expect(new Set(files.map(({ file }) => file.toLowerCase())).size).toBe(5);
    for (const { patient, file, account } of files) {
      const hash = createHash('sha256')
        .update(patient)
        .update('\0')
        .update(Buffer.from(account.slice(2), 'hex'));
      expect(file).toContain(`${hash.digest('hex').slice(0, 10)}.json`);
      expect(file).toMatch(/^([A-Za-z0-9_-]{1,40}-)?[0-9a-f]{10}\.json$/);
    }
  });

  it('leaves what is there, and says what has changed; --force replaces it', async () => {
    const again = receipts('--all', '--out-dir', 'all', ...both);
    expect(await done(again)).toMatchObject({ written: 0, unchanged: 5, left: [] });
    const [{ file: gone }, { file: other }] = await index('all', 'receipts');
    const right = await read('all', other);
    await rm(join(cli.folder, 'all', gone));
    await writeFile(join(cli.folder, 'all', other), 'of another day');
    const { code, json, stderr } = await cli.run([...again, '--json']);
    expect(code).toBe(1);
    expect(json).toMatchObject({ written: 1, unchanged: 3, left: [other] });
    expect(stderr).toContain('1 file has other receipts than the chain now and was left; --force replaces them.');
    expect(await read('all', other)).toBe('of another day');
    expect(await done([...again, '--force'])).toMatchObject({ written: 1, unchanged: 4, left: [] });
    expect(await read('all', other)).toBe(right);
  });

  it('takes ids from a list, says how many the ledger does not know, and the index keeps those of other runs', async () => {
    await writeFile(join(cli.folder, 'first.txt'), `${ODD[0]}\n${ODD[0]}\n`);
    expect(await done(receipts('--all', '--out-dir', 'some', '--patients', 'first.txt'))).toMatchObject({
      patients: 1,
    });
    const written = await done(receipts('--all', '--out-dir', 'some', '--patients', 'patients.txt'));
    expect(written).toMatchObject({ written: 4, unchanged: 1, patients: 5, without: 1 });
    expect(await index('some', 'receipts')).toHaveLength(5);
    await writeFile(join(cli.folder, 'second.txt'), `${ODD[1]}\n`);
    await done(receipts('--all', '--out-dir', 'some', '--patients', 'second.txt'));
    expect(await index('some', 'receipts')).toHaveLength(5);
  });

  it('is refused for nobody, into the folder of another ledger, and half', async () => {
    await writeFile(join(cli.folder, 'nobody.txt'), 'nobody\n');
    expect(await refusedBy(cli, receipts('--all', '--out-dir', 'none', '--patients', 'nobody.txt'))).toMatch(
      /^NO_RECORDS: the ledger has no record of any of these 1 patients/,
    );
    await mkdir(join(cli.folder, 'else'), { recursive: true });
    const foreign = JSON.parse(await read('all', 'receipts-index.json'));
    foreign.ledger = `0x${'12'.repeat(32)}`;
    await writeFile(join(cli.folder, 'else', 'receipts-index.json'), JSON.stringify(foreign));
    expect(await refusedBy(cli, receipts('--all', '--out-dir', 'else', '--patients', 'patients.txt'))).toMatch(
      /^NOT_THE_INDEX: .* is of ledger 0x1212/,
    );
    for (const [args, words] of [
      [['--all', '--patients', 'patients.txt'], /^USAGE: --all needs --out-dir/],
      [['--all', '--out-dir', 'x'], /^USAGE: --all needs the ids/],
      [['--patient', ODD[0]!], /^USAGE: say whose/],
      [['--out', 'x.json'], /^USAGE: say whose/],
      [['--patient', ODD[0]!, '--out', 'x.json', '--out-dir', 'x'], /^USAGE: --out-dir and --patients go with --all/],
      [['--all', '--patient', ODD[0]!, '--out-dir', 'x'], /--all.*cannot be used with.*--patient/],
      [['--all', '--out-dir', 'x', ...both, '--source', 's'], /^USAGE: --source is the name of one CSV/],
    ] as const) {
      expect(await refusedBy(cli, receipts(...args)), args.join(' ')).toMatch(words);
    }
  });

  it('leaves nothing half-written behind', async () => {
    for (const folder of ['all', 'some', 'none']) {
      const hidden = (await readdir(join(cli.folder, folder))).filter((name) => name.startsWith('.'));
      expect(hidden).toEqual([]);
    }
  });
});

describe('handover --all', () => {
  const handover = (...more: string[]) => ['handover', '--ledger', ledger, ...more];
  const hand = () => handover('--all', '--out-dir', 'keys', '--patients', 'patients.txt');

  it('writes a keystore for each patient, each with a password of its own in a file of its own', async () => {
    const { code, json, stderr } = await cli.run([...hand(), '--json']);
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ written: 5, unchanged: 0, patients: 5, without: 1, passwords: 'keys/passwords' });
    const passwords = new Set<string>();
    for (const { patient, file, account } of await index('keys', 'keystores')) {
      const path = join('keys', 'passwords', file.replace('.json', '.password'));
      expect((await stat(join(cli.folder, path))).mode & 0o777).toBe(0o600);
      const password = (await read(path)).trim();
      expect(password).toMatch(/^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){3}$/);
      passwords.add(password);
      const { seed, role } = await readKeystore(join(cli.folder, 'keys', file), password);
      expect(toHex(seed)).toBe(toHex(custodialSeed(cast.hospitalSeed, patient)));
      expect(role).toBe('patient');
      expect(account).toBe(addressText(accountOf(accountKey(seed))));
      expect(cli.printed).not.toContain(password);
    }
    expect(passwords.size).toBe(5);
  });

  it('leaves keystores that are there, and gives one that is not the password that lies ready', async () => {
    const [{ file: gone }, { file: kept }] = await index('keys', 'keystores');
    const before = await read('keys', kept);
    const password = (await read('keys', 'passwords', gone.replace('.json', '.password'))).trim();
    await rm(join(cli.folder, 'keys', gone));
    expect(await done(hand())).toMatchObject({ written: 1, unchanged: 4 });
    expect(await read('keys', kept)).toBe(before);
    expect((await readKeystore(join(cli.folder, 'keys', gone), password)).role).toBe('patient');
  });

  it('takes one password for all, and says what that means', async () => {
    await writeFile(join(cli.folder, 'pw'), 'one for all\n');
    await writeFile(join(cli.folder, 'two.txt'), `${ODD[0]}\n${ODD[1]}\n`);
    const all = handover('--all', '--out-dir', 'shared', '--patients', 'two.txt', '--patient-password-file', 'pw');
    const { code, stderr } = await cli.run(all);
    expect(code).toBe(0);
    expect(stderr).toContain('whoever has it and a keystore can sign for that patient');
    for (const { file } of await index('shared', 'keystores')) {
      expect((await readKeystore(join(cli.folder, 'shared', file), 'one for all')).role).toBe('patient');
    }
  });

  it('is refused for a patient of whom the ledger has no record, unless told', async () => {
    const nobody = ['--patient', 'nobody', '--out', 'nobody.json', '--patient-password-file', 'pw'];
    expect(await refusedBy(cli, handover(...nobody))).toMatch(
      /^NO_RECORDS: the ledger has no record of this patient under a custodial account/,
    );
    expect(await refusedBy(cli, handover('--patient', ODD[0]!, '--out', 'x.json'))).toMatch(
      /^USAGE: --patient-password-file FILE is needed/,
    );
    await expect(read('nobody.json')).rejects.toThrow('ENOENT');
    await done(handover(...nobody, '--allow-unknown'));
    expect((await readKeystore(join(cli.folder, 'nobody.json'), 'one for all')).role).toBe('patient');
  });
});
