// What bad input gets: exit status 1 and a sentence, with --json an object with the error's code; never a stack.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex } from '../../src/bytes.ts';
import { accountKey, dealingKey } from '../../src/identity/keys.ts';
import { formatSignedConsent } from '../../src/records/consent-file.ts';
import type { Receipt } from '../../src/records/receipts/receipt.ts';
import { formatReceipts } from '../../src/records/receipts/receipt-file.ts';
import { hex } from '../engine/oracle.ts';
import { seedOf } from '../support/chain.ts';
import { type Cli, cliOn, type RunOptions } from '../support/cli.ts';
import { LANES } from '../support/sample.ts';
import { csv, openScene, type Scene } from '../support/scene.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;
let cli: Cli;
let ledger: string;
let query: string;
let records: number;

beforeAll(async () => {
  scene = await openScene('refusals');
  const { cast, insurer } = scene;
  cli = await cliOn(scene.chain, {
    hospital: cast.hospitalSeed,
    hospital2: seedOf('refusals: another hospital'),
    insurer: seedOf('refusals: insurer'),
    insurer2: seedOf('refusals: another insurer'),
    patient: seedOf('refusals: patient'),
    server: seedOf('refusals: server'),
    operator: seedOf('refusals: operator'),
  });
  const { receipts } = scene;
  ledger = toHex(cast.ledgerId);
  records = receipts.records.length;
  const consent = await scene.consentTo(receipts.records.map(({ recordId }) => recordId));
  ({ queryId: query } = await insurer.query(consent));
  await writeFile(join(cli.folder, 'encounters.csv'), csv);
  await writeFile(join(cli.folder, 'receipts.json'), formatReceipts(receipts));
  await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(consent));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const UNKNOWN = `0x${'12'.repeat(32)}`;
const as = (role: string): RunOptions => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });

/** Runs a command that must fail, with and without --json; gives its message. */
async function refused(args: string[], options?: RunOptions): Promise<string> {
  const { code, json, stderr } = await cli.run([...args, '--json'], options);
  expect(code, stderr).toBe(1);
  expect(json).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  expect(stderr).toContain(`error: ${json.error.message}`);
  expect(stderr).not.toMatch(/unexpected error|\n {4}at /);
  return `${json.error.code}: ${json.error.message}`;
}

describe('bad input is refused in words, with exit status 1', () => {
  it('a wrong password, no password, no keystore, a file that is not a keystore', async () => {
    expect(await refused(['deploy'], { env: { MISTORE_KEYSTORE: 'operator.json', MISTORE_PASSWORD: 'wrong' } })).toBe(
      'KEYSTORE: operator.json: the password is wrong',
    );
    expect(
      await refused(['deploy'], { env: { MISTORE_KEYSTORE: 'operator.json', MISTORE_PASSWORD: undefined } }),
    ).toMatch(/^NO_PASSWORD/);
    expect(await refused(['deploy', '--keystore', 'none.json'])).toBe(
      'KEYSTORE: none.json: there is no such file or folder',
    );
    expect(await refused(['deploy', '--keystore', 'encounters.csv'])).toBe('KEYSTORE: encounters.csv: is not JSON');
    expect((await cli.run(['deploy'])).code).toBe(1);
  });

  it('a keystore that exists is not replaced', async () => {
    const before = await readFile(join(cli.folder, 'insurer.json'), 'utf8');
    expect(await refused(['keygen', '--out', 'insurer.json'])).toBe(
      'OUTPUT_FILE: insurer.json: the file exists, and is not replaced',
    );
    expect(await readFile(join(cli.folder, 'insurer.json'), 'utf8')).toBe(before);
  });

  it('a CSV without the column: nothing is sent', async () => {
    const missing = [
      'ingest',
      'encounters.csv',
      '--ledger',
      ledger,
      '--patient-column',
      'NOBODY',
      '--amount-column',
      LANES[0]!,
      '--amount-column',
      LANES[1]!,
    ];
    expect(await refused(missing, as('hospital'))).toMatch(/column.*NOBODY/);
    expect(
      await refused(
        ['ingest', 'encounters.csv', '--ledger', ledger, '--preset', 'synthea-medications'],
        as('hospital'),
      ),
    ).toMatch(/^WRONG_TERMS|TOTALCOST/);
    expect(
      await refused(['ingest', 'nothing.csv', '--ledger', ledger, '--preset', 'synthea-encounters'], as('hospital')),
    ).toMatch(/nothing\.csv/);
    expect(await refused(['ingest', 'encounters.csv', '--ledger', ledger], as('hospital'))).toMatch(/^NO_PROFILE/);
    const { nextBatch } = await scene.insurerSite.contract.getLedger(scene.cast.ledgerId);
    expect(nextBatch).toBe(1);
  });

  it('no contract at the address, no node at the endpoint, no such ledger, no such query', async () => {
    expect(await refused(['ledger', 'show', ledger, '--contract', addressText(scene.insurer.address)])).toMatch(
      /^NO_CONTRACT: there is no contract at/,
    );
    expect(await refused(['ledger', 'show', ledger, '--rpc', 'http://127.0.0.1:1'])).toMatch(
      /^CONNECTION_FAILED: no answer from http:\/\/127\.0\.0\.1:1/,
    );
    expect(await refused(['ledger', 'show', UNKNOWN])).toBe(`UNKNOWN_LEDGER: the contract has no ledger ${UNKNOWN}`);
    expect(await refused(['audit', UNKNOWN])).toBe(`UNKNOWN_LEDGER: the contract has no ledger ${UNKNOWN}`);
    expect(await refused(['query', 'show', UNKNOWN])).toBe(`UNKNOWN_QUERY: nobody has opened query ${UNKNOWN}`);
    expect(await refused(['sum', 'open', UNKNOWN], as('insurer'))).toMatch(/^QUERY_NOT_SEALED.*status is "none"/);
  }, 120_000);

  it('a party that is not the one it takes', async () => {
    expect(
      await refused(
        ['ingest', 'encounters.csv', '--ledger', ledger, '--preset', 'synthea-encounters'],
        as('hospital2'),
      ),
    ).toMatch(/^NOT_THE_HOSPITAL/);
    expect(await refused(['sum', 'open', query], as('insurer2'))).toMatch(/^NOT_YOUR_QUERY/);
    expect(await refused(['ledger', 'join', ledger], as('server'))).toMatch(/^NOT_A_MEMBER/);
    expect(await refused(['query', 'ask', 'consent.json'], as('insurer2'))).toMatch(/^NOT_THE_INSURER/);
  });

  it('an account without ether', async () => {
    expect((await cli.run(['keygen', '--role', 'server', '--out', 'poor.json'])).code).toBe(0);
    expect(await refused(['register'], as('poor'))).toMatch(
      /^INSUFFICIENT_FUNDS: account 0x[0-9a-fA-F]{40} has 0 ether/,
    );
  });

  it('an unsigned consent, and one that is no consent', async () => {
    const consent = JSON.parse(await readFile(join(cli.folder, 'consent.json'), 'utf8'));
    const unsigned = { ...consent, consent: { ...consent.consent, salt: `0x${'01'.repeat(32)}` } };
    await writeFile(join(cli.folder, 'unsigned.json'), JSON.stringify({ ...unsigned, signature: '0x' }));
    await writeFile(join(cli.folder, 'forged.json'), JSON.stringify(unsigned));
    await writeFile(join(cli.folder, 'fewer.json'), JSON.stringify({ ...consent, edges: consent.edges.slice(1) }));
    expect(await refused(['query', 'ask', 'unsigned.json'], as('insurer'))).toMatch(
      /^INVALID_SIGNATURE: the signature is not by 0x/,
    );
    expect(await refused(['query', 'ask', 'forged.json'], as('insurer'))).toMatch(/^INVALID_SIGNATURE/);
    expect(await refused(['query', 'ask', 'fewer.json'], as('insurer'))).toMatch(
      /^INVALID_ENCODING: consent: runsHash/,
    );
    expect(await refused(['query', 'ask', 'receipts.json'], as('insurer'))).toMatch(
      /^INVALID_ENCODING: consent: format/,
    );
  });

  it('a threshold above the servers, before anything is sent', async () => {
    const server = addressText(scene.cast.servers[0]!.address);
    const open = ['ledger', 'open', '--server', server, '--threshold', '2', '--preset', 'synthea-encounters'];
    expect(await refused(open, as('hospital'))).toBe(
      'INVALID_THRESHOLD: --threshold 2 with 1 --server; it must be 1 ≤ threshold ≤ servers ≤ 255',
    );
  });

  it('receipts of a patient whom the ledger does not know: no file', async () => {
    const nobody = ['receipts', '--ledger', ledger, '--patient', 'nobody', '--out', 'nobody.json'];
    expect(await refused(nobody, as('hospital'))).toMatch(
      /^NO_RECORDS: the ledger has no records of this patient under the account 0x/,
    );
    await expect(readFile(join(cli.folder, 'nobody.json'))).rejects.toThrow('ENOENT');
  });

  it('a query asked again: nothing is sent, and it says so', async () => {
    const { code, stdout, stderr } = await cli.run(['query', 'ask', 'consent.json'], as('insurer'));
    expect(code).toBe(0);
    expect(stdout).toContain(`Query ${query} over ${records} records had been asked before; nothing was sent.`);
    expect(stderr).toContain(`mistore sum open ${query}`);
  });

  it('a private file that is no JSON is not quoted', async () => {
    await writeFile(join(cli.folder, 'torn.json'), 'secret-diagnosis');
    const insurer = addressText(scene.insurer.address);
    const sign = ['consent', 'sign', '--insurer', insurer, '--out', 'c.json', '--receipts', 'torn.json'];
    const ingest = ['ingest', 'encounters.csv', '--ledger', ledger, '--preset', 'synthea-encounters'];
    for (const [args, role] of [
      [['query', 'ask', 'torn.json'], 'insurer'],
      [sign, 'patient'],
      [[...ingest, '--accounts', 'torn.json'], 'hospital'],
    ] as const) {
      const said = await refused([...args], as(role));
      expect(said).toMatch(/^INVALID_ENCODING: .*not JSON$/);
      expect(said).not.toMatch(/secret|diag/);
    }
  });

  it('a tampered receipt: the fault by record, and exit status 1', async () => {
    const receipts = JSON.parse(await readFile(join(cli.folder, 'receipts.json'), 'utf8'));
    const [changed] = receipts.records;
    changed.amounts[0] = '0.01';
    await writeFile(join(cli.folder, 'tampered.json'), JSON.stringify(receipts));
    const { code, json } = await cli.run(['verify', 'tampered.json', '--json']);
    expect(code).toBe(1);
    // Every later total of its series is wrong with it.
    const wrong: Receipt[] = receipts.records.filter(
      ({ category, position }: Receipt) => category === changed.category && position >= changed.position,
    );
    const { currency, hospital, patient, ledger: named, categories, total, ...checks } = json;
    expect({ currency, named, of: total.records }).toEqual({ currency: 'USD', named: ledger, of: records });
    const counts = categories.map((one: { records: number }) => one.records);
    expect(counts.reduce((sum: number, count: number) => sum + count)).toBe(records);
    expect([hospital, patient]).toEqual([receipts.terms.hospital, receipts.patient]);
    expect(checks).toEqual({
      verdict: 'invalid',
      checked: records,
      valid: records - wrong.length,
      invalid: wrong.map(({ recordId }) => ({ recordId, fault: 'amounts do not open the commitment' })),
      complete: true,
      complaints: [],
      missing: [],
      vouchedBy: [expect.any(String)],
    });
    expect(await refused(['verify', 'encounters.csv'])).toMatch(/^INVALID_ENCODING: receipts: not JSON/);
  });

  it.each([
    [['keygen'], '--out'],
    [['fund', 'nobody'], 'address'],
    [['ledger', 'show', '1'], '0x and 64 hex digits'],
    [['demo', '--threshold', '0'], 'whole number from 1 to 255'],
    [['demo', '--preset', 'none'], 'synthea-encounters'],
    [['sum', 'open', '0x12', '--keystore', 'insurer.json'], '64 hex digits'],
    [['node', '--port', 'x'], 'whole number from 1 to 65535'],
    [['nonsense'], 'unknown command'],
  ])('usage: mistore %j', async (args, words) => {
    const { code, stderr, stdout } = await cli.run(args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stdout).toBe('');
  });
});

it('no refusal shows a seed or a key', async () => {
  const seeds = [scene.cast.hospitalSeed, seedOf('refusals: insurer'), seedOf('refusals: operator')];
  expect(cli.printed.length).toBeGreaterThan(2000);
  for (const secret of seeds.flatMap((seed) => [seed, accountKey(seed), dealingKey(seed)])) {
    expect(cli.printed.toLowerCase()).not.toContain(hex(secret));
  }
});
