// What an ingest would cost and costs, several files in one command, rejections by reason, and rows without ids. And a query,
// which takes one transaction more for each channel.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex, type Hex, toHex } from '../../../src/bytes.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { formatSignedConsent } from '../../../src/records/consent-file.ts';
import { seedOf } from '../../support/chain.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { startEndpoint } from '../../support/endpoint/proxy.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });
const PROFILE = ['--patient-column', 'who', '--amount-column', 'cost', '--scale', '2', '--currency', 'USD'];
const insurerSeed = seedOf('costs insurer');
let scene: Scene;
let cli: Cli;
let ledger: string;

beforeAll(async () => {
  scene = await openScene('ingest costs');
  const { hospitalSeed, serverSeeds } = scene.cast;
  cli = await cliOn(scene.chain, { hospital: hospitalSeed, insurer: insurerSeed, server: serverSeeds[0]! });
  await scene.chain.site(insurerSeed);
  cli.env.MISTORE_KEYSTORE = 'hospital.json';
  const servers = scene.cast.servers.flatMap(({ address }) => ['--server', toHex(address)]);
  const opened = await cli.run(['ledger', 'open', ...servers, '--threshold', '2', ...PROFILE, '--json']);
  ledger = opened.json.ledger;
  for (const server of scene.cast.servers) await server.join(fromHex(ledger));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const csv = (name: string, ...rows: string[]) =>
  writeFile(join(cli.folder, name), ['bill,who,cost', ...rows, ''].join('\n'));
const ingest = (...words: string[]) => cli.run(['ingest', ...words, '--ledger', ledger, '--threads', '0', ...PROFILE]);
const bills = (from: number, count: number) =>
  Array.from({ length: count }, (_, k) => `b${from + k},p${k % 7},${1000 + k}.50`);

describe('ingest', () => {
  it('--dry-run says gas, ether and price, as they are spent then', async () => {
    await csv('may.csv', ...bills(0, 40));
    const ids = ['--id-column', 'bill'];
    const dry = await ingest('may.csv', ...ids, '--dry-run');
    expect(dry.stdout).toMatch(
      /^This takes about [\d,]+ gas, [\d.]+ ether at [\d.]+ gwei a gas, base fee .* --max-fee 100 gwei\.$/m,
    );
    const { json } = await ingest('may.csv', ...ids, '--dry-run', '--json');
    expect(json.plan).toMatchObject({ transactions: 1 });
    const real = await ingest('may.csv', ...ids, '--json');
    expect(Math.abs(Number(json.plan.gas) / Number(real.json.gas) - 1)).toBeLessThan(0.02);
    const nothing = await ingest('may.csv', ...ids, '--dry-run', '--json');
    expect(nothing.json).toMatchObject({ plan: null, unsent: { records: 0 } });
  });

  it('of several files gives each an account, and a total', async () => {
    await csv('june.csv', ...bills(100, 10), 'b200,p1,much', 'b201,,5.00');
    await csv('july.csv', ...bills(300, 5), 'b300,p0,1000.50');
    const ids = ['--id-column', 'bill'];
    const { code, stdout, stderr } = await ingest('june.csv', 'july.csv', ...ids);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^june\.csv:\n12 rows = 10 stored \(10 sent now\) \+ 2 rejected \+ 0 skipped as duplicates\.$/m,
    );
    expect(stdout).toMatch(
      /^july\.csv:\n6 rows = 5 stored \(5 sent now\) \+ 0 rejected \+ 1 skipped as a duplicate\.$/m,
    );
    expect(stdout).toMatch(/│ all +│ +18 │ +15 │ +2 │ +1 │/);
    const { json } = await ingest('june.csv', 'july.csv', ...ids, '--json');
    expect(json.files).toMatchObject([
      { file: 'june.csv', rows: 12, stored: 10, sent: 0 },
      { file: 'july.csv', rows: 6, stored: 5, sent: 0 },
    ]);
    expect(json.total).toMatchObject({ rows: 18, stored: 15, sent: 0, rejected: 2, skipped: 1, gas: '0' });
  });

  it('counts rejections by reason, with the line of one', async () => {
    const { stdout } = await ingest('june.csv', '--id-column', 'bill');
    expect(stdout).toMatch(/│ rejected because +│ rows │ for example line │/);
    expect(stdout).toMatch(/│ not a number +│ +1 │ +12 │/);
    expect(stdout).toMatch(/│ empty patient +│ +1 │ +13 │/);
  });

  it('that a limit ends says which files were not begun', async () => {
    await csv('bad.csv', ...Array.from({ length: 4 }, (_, k) => `x${k},p,none`));
    const { code, stdout } = await ingest('june.csv', 'bad.csv', 'july.csv', '--id-column', 'bill');
    expect(code).toBe(3);
    expect(stdout).toContain('Not begun: july.csv');
    const { json } = await ingest('june.csv', 'bad.csv', '--id-column', 'bill', '--json');
    expect(json).toMatchObject({ error: { code: 'ALL_REJECTED' }, rejected: 4, files: [{ rows: 12 }] });
    await rm(join(cli.folder, 'bad.csv'));
  });

  it.each([
    [['june.csv', 'june.csv'], 'INVALID_ARGUMENT', 'file is "june.csv"'],
    [['june.csv', 'sub/june.csv'], 'INVALID_ARGUMENT', "a file's rows are known by it"],
    [['june.csv', 'july.csv', '--source', 'x'], 'ONE_INPUT', '--source names one input, and 2 files are given'],
    [['june.csv', 'july.csv', '--skipped', 'x'], 'ONE_INPUT', '--skipped names one input'],
  ])('refuses %j', async (words, code, message) => {
    await mkdir(join(cli.folder, 'sub'), { recursive: true });
    await csv('sub/june.csv', ...bills(300, 1));
    const { json } = await ingest(...words, '--id-column', 'bill', '--json');
    expect(json.error.code).toBe(code);
    expect(json.error.message).toContain(message);
  });

  it('names the file and the nearest column where one is missing', async () => {
    const { json } = await ingest('june.csv', '--id-column', 'bil', '--dry-run', '--json');
    expect(json.error).toMatchObject({
      code: 'CSV_MISSING_COLUMN',
      message:
        'june.csv: no header with the column "bil" (did you mean "bill"?); the columns are "bill", "who", "cost"',
    });
  });

  it('without ids warns of what that means for repeats', async () => {
    const { stderr } = await ingest('june.csv', '--dry-run');
    expect(stderr).toContain('Warning: the rows have no id');
    expect(stderr).toContain('A row that stands in another file too is stored twice');
    expect((await ingest('june.csv', '--id-column', 'bill', '--dry-run')).stderr).not.toContain('Warning');
  });
});

describe('a dry run', () => {
  it('gives no endpoint the batch that it does not send', async () => {
    await csv('august.csv', ...bills(500, 20));
    const ids = ['--id-column', 'bill'];
    const asked: string[] = [];
    const endpoint = await startEndpoint((call, forward) => {
      asked.push(JSON.stringify(call));
      return forward();
    }, scene.chain.node.url);
    const dry = await ingest('august.csv', ...ids, '--dry-run', '--json', '--rpc', endpoint.url);
    await endpoint.stop();
    expect(dry.json.plan).toMatchObject({ transactions: 1 });
    expect((await ingest('august.csv', ...ids, '--json')).json).toMatchObject({ sent: 20 });
    const { records } = await lastBatch();
    const half = toHex(records.subarray(0, records.length / 2)).slice(2);
    for (let at = 0; at < half.length; at += 512) {
      for (const call of asked) expect(call.includes(half.slice(at, at + 64))).toBe(false);
    }
  });
});

/** The ledger's newest batch, as the chain has it. */
async function lastBatch() {
  const { contract, events } = scene.cast.hospitalSite;
  const id = fromHex(ledger as Hex);
  const { nextBatch } = await contract.getLedger(id);
  return events.readBatch(id, nextBatch - 1);
}

describe('query ask', () => {
  it('--dry-run says what channels and query take, and sends nothing', async () => {
    const insurer = new Insurer(await scene.chain.site(insurerSeed), insurerSeed);
    await writeFile(
      join(cli.folder, 'consent.json'),
      formatSignedConsent(await scene.consentTo([0, 1], insurer.address)),
    );
    const ask = (...more: string[]) =>
      cli.run(['query', 'ask', 'consent.json', '--json', ...more], { env: { MISTORE_KEYSTORE: 'insurer.json' } });
    const dry = await ask('--dry-run', '--fee', '0.002');
    expect(dry.json, dry.stderr).toMatchObject({ dryRun: true, transactions: 4, value: `${2n * 2n * 10n ** 15n}` });
    expect(dry.stderr).toContain('0.004 of it sent along');
    const real = await ask('--fee', '0.002');
    const spent = Number(/Sent 4 transactions: ([\d,]+) gas/.exec(real.stderr)![1]!.replaceAll(',', ''));
    expect(Math.abs(Number(dry.json.gas) / spent - 1)).toBeLessThan(0.1);
    expect((await ask('--dry-run')).stderr).toContain('Nothing is to be sent.');
  });
});
