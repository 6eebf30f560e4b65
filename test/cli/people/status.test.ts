// What status tells each role: what is open for it, and the commands that go on from there, which are taken at their word.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex, toHex, uint256 } from '../../../src/bytes.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import { formatSignedConsent } from '../../../src/records/consent-file.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { sendAnswers } from '../../support/answers.ts';
import { seedOf } from '../../support/chain.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;
let ledger: string;
let query: string;

beforeAll(async () => {
  scene = await openScene('status');
  const { hospitalSeed, serverSeeds } = scene.cast;
  ledger = toHex(scene.cast.ledgerId);
  const seeds = { hospital: hospitalSeed, insurer: scene.insurerSeed, operator: seedOf('status: operator') };
  const patient = custodialSeed(hospitalSeed, rows[0]!.patient);
  cli = await cliOn(scene.chain, { ...seeds, server: serverSeeds[0]!, patient });
  await writeFile(join(cli.folder, 'receipts.json'), formatReceipts(scene.receipts));
  const records = scene.receipts.records.slice(0, 5).map(({ recordId }) => recordId);
  await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(await scene.consentTo(records)));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const as = (role: string) => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });
async function told(role: string, ...more: string[]) {
  const { code, stdout, stderr } = await cli.run(['status', ...more], as(role));
  expect(code, stderr).toBe(0);
  return stdout;
}
const json = async (role: string, ...more: string[]) => (await cli.run(['status', ...more, '--json'], as(role))).json;
const account = {
  hospital: () => addressText(scene.cast.hospital.address),
  insurer: () => addressText(scene.insurer.address),
};

describe('before anybody has asked', () => {
  it('the hospital and the insurer have nothing to do, the patient their bills to check', async () => {
    const hospital = await told('hospital');
    expect(hospital).toContain(`hospital: account ${account.hospital()}, with `);
    expect(hospital).toMatch(new RegExp(`│ ${ledger} +│ active +│ +1 │ +40 │ +0 │ +0 │`));
    expect(hospital).toContain('Nothing is open for you.');
    expect(await told('insurer')).toContain('Nothing is open for you.');
    expect(await told('patient')).toContain('- Check your bills: mistore verify RECEIPTS --records');
    expect(await told('operator')).toContain(`The contract is ${addressText(scene.chain.address)} on chain 31337.`);
  });

  it('a patient with receipts is told whether they are right and whole', async () => {
    const whole = await told('patient', '--receipts', 'receipts.json');
    expect(whole).toContain('Your 40 receipts are right, and none is missing.');
    const fewer = { ...scene.receipts, records: scene.receipts.records.filter(({ position }) => position === 1) };
    await writeFile(join(cli.folder, 'fewer.json'), formatReceipts(fewer));
    const { next } = await json('patient', '--receipts', 'fewer.json');
    expect(next).toEqual([
      {
        what: `${40 - fewer.records.length} records of yours are not in fewer.json: ask the hospital for new receipts`,
        command: 'mistore verify fewer.json --records',
      },
    ]);
  });
});

describe('a query', () => {
  it('waits for servers: the insurer is told to wait for them, each server that it has to answer', async () => {
    query = (await cli.run(['query', 'ask', 'consent.json', '--json'], as('insurer'))).json.query;
    expect((await json('insurer')).next).toEqual([
      {
        what: `The query of ${query.slice(0, 10)}… waits for servers: 0 of 2 answers`,
        command: `mistore sum open ${query} --wait`,
      },
    ]);
    expect((await json('server')).next).toEqual([
      { what: `1 query waits for your answer in ledger ${ledger}`, command: 'mistore server run' },
    ]);
    expect(await told('patient')).toContain(
      `${account.insurer()} has asked for a sum of your records: sealed (query ${query}).`,
    );
  });

  it('has been answered: the insurer can open the sum, and the server is done', async () => {
    for (const server of scene.cast.servers.slice(0, 2)) {
      const answer = (await server.prepare(scene.cast.ledgerId, fromHex(query))) as AnswerCall;
      await sendAnswers(server, scene.cast.ledgerId, [answer]);
    }
    const { next, queries } = await json('insurer');
    expect(queries).toEqual([{ query, ledger, state: 'complete' }]);
    expect(next).toMatchObject([{ command: `mistore sum open ${query}` }]);
    const [, ...words] = next[0].command.split(' ');
    expect((await cli.run(words, as('insurer'))).code).toBe(0);
    expect(await told('server')).toContain('Nothing is open for you.');
  });
});

describe('a ledger', () => {
  it('that a server has not joined, and that records are complained about, is said to both sides', async () => {
    const { hospital, ledgerId, servers } = scene.cast;
    const { terms } = (await hospital.dealer(ledgerId)).ledger;
    const second = toHex(await hospital.openLedger(terms, uint256(99)));
    await servers[1]!.join(fromHex(second));
    await servers[1]!.complain(ledgerId, 0, [3]);
    const { next } = await json('hospital');
    const waiting = [servers[0]!, servers[2]!].map(({ address }) => addressText(address)).join(', ');
    expect(next).toEqual([
      {
        what: `Servers complain about 1 record of ledger ${ledger}, of which 0 void`,
        command: `mistore hospital run --ledger ${ledger} --once`,
      },
      { what: `Ledger ${second} takes no records until 2 servers have joined: ${waiting}`, command: null },
    ]);
    const text = await told('server');
    expect(text).toContain(`- Ledger ${second} of hospital ${account.hospital()} waits for you to join epoch 1;`);
    expect(text).toContain(`: mistore ledger join ${second}\n`);
    expect((await cli.run(['ledger', 'join', second], as('server'))).code).toBe(0);
    expect(await told('server')).toContain('Nothing is open for you.');
  });
});

it('names of the network file stand in what is to be typed', async () => {
  const names = { names: { clinic: account.hospital() }, ledgers: { bills: ledger } };
  await writeFile(join(cli.folder, 'names.json'), JSON.stringify(names));
  const text = await told('hospital', '--network', 'names.json');
  expect(text).toContain(`hospital: account clinic (${account.hospital()})`);
  expect(text).toContain('mistore hospital run --ledger bills --once');
});

it('needs a keystore that opens', async () => {
  expect(await refusedBy(cli, ['status'], { env: { MISTORE_KEYSTORE: 'none.json' } })).toMatch(/none\.json/);
});
