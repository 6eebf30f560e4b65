// A hospital that waits for its servers: `ledger open --wait` and `ingest --wait` say who is missing and what can be done, go on when
// the last server has joined, and give up after so long, or at Ctrl-C, with all as it was.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex } from '../../../src/bytes.ts';
import { missingInWords } from '../../../src/cli/text/joining.ts';
import { Names } from '../../../src/cli/text/names.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });
const SEEDS = Object.fromEntries(['hospital', 'server1', 'server2'].map((name) => [name, seedOf(`joining ${name}`)]));
let chain: TestChain;
let cli: Cli;
const servers: Server[] = [];
beforeAll(async () => {
  chain = await startChain();
  cli = await cliOn(chain, SEEDS);
  cli.env.MISTORE_KEYSTORE = 'hospital.json';
  await chain.site(SEEDS.hospital!);
  for (const name of ['server1', 'server2']) {
    servers.push(new Server(await chain.site(SEEDS[name]!), SEEDS[name]!));
    await servers.at(-1)!.register();
  }
  await writeFile(join(cli.folder, 'bills.csv'), 'bill,patient,billed\n1,Ada,120.50\n');
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

const COLUMNS = ['--patient-column', 'patient', '--amount-column', 'billed', '--id-column', 'bill'];
const open = (salt: string, ...more: string[]) => [
  ...['ledger', 'open', '--threshold', '2', ...servers.flatMap(({ address }) => ['--server', addressText(address)])],
  ...[...COLUMNS, '--salt', salt, ...more],
];
const ingest = (ledger: string, ...more: string[]) => ['ingest', 'bills.csv', '--ledger', ledger, ...COLUMNS, ...more];
/** Starts a command; resolves when it says on standard error that it waits. */
async function waiting(args: string[]) {
  const running = cli.spawn([...args, '--json']);
  await vi.waitFor(() => expect(running.stderr).toContain('Ctrl-C ends the waiting'), {
    timeout: 30_000,
    interval: 50,
  });
  return running;
}

it('ledger open --wait says who is missing, and ends when the last one has joined', async () => {
  const running = await waiting(open('waits', '--wait'));
  const [first, second] = servers.map(({ address }) => addressText(address));
  expect(running.stderr).toContain(`0 of 2 servers have joined epoch 1; ${first} and ${second} are missing. Those who`);
  const [, ledger] = /mistore ledger join (0x[0-9a-f]{64})\)/.exec(running.stderr)!;
  expect(running.stderr).toMatch(/mistore server run --accept 0x/);
  expect(running.stderr).toMatch(/^Waiting(, for \d s so far)?, 10 min at most; Ctrl-C/m);
  await servers[0]!.join(fromHex(ledger!));
  const one = `1 of 2 servers has joined epoch 1; ${second} is missing. Whoever runs it`;
  await vi.waitFor(() => expect(running.stderr).toContain(one), { timeout: 30_000, interval: 50 });
  await servers[1]!.join(fromHex(ledger!));
  const { code, json, stderr } = await running.ended;
  expect(code, stderr).toBe(0);
  expect(json).toMatchObject({ ledger, opened: true });
  expect(stderr).toContain('All its servers have joined: it takes batches.');
  expect(stderr.match(/are missing/g)).toHaveLength(1); // Nothing is said at each look.
});

it('with a ledger that all have joined, it waits for nobody', async () => {
  const { code, stderr } = await cli.run(open('waits', '--wait', '1'));
  expect(code, stderr).toBe(0);
  expect(stderr).not.toContain('missing');
});

it('gives up after so long with LEDGER_NOT_ACTIVE; the ledger stays open', async () => {
  const text = await refusedBy(cli, open('gives up', '--wait', '1'));
  expect(text).toMatch(
    /^LEDGER_NOT_ACTIVE: 0 of 2 servers have joined epoch 1; .* are missing\. Waited for 1 s\. .* or a longer time \(--wait SECONDS\)$/,
  );
  const again = await cli.run([...open('gives up'), '--json']);
  expect(again.json).toMatchObject({ opened: true, gas: '0' });
});

it('Ctrl-C ends the waiting, and the same command goes on', async () => {
  const running = await waiting(open('interrupted', '--wait'));
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' });
  expect((await cli.run([...open('interrupted'), '--json'])).json).toMatchObject({ opened: true, gas: '0' });
});

it('ingest --wait waits in place of LEDGER_NOT_ACTIVE, and then stores', async () => {
  const { ledger } = (await cli.run([...open('ingest'), '--json'])).json;
  expect(await refusedBy(cli, ingest(ledger))).toMatch(/^LEDGER_NOT_ACTIVE: .*nothing was sent/);
  const running = await waiting(ingest(ledger, '--wait', '60'));
  for (const server of servers) await server.join(fromHex(ledger));
  const { code, json, stderr } = await running.ended;
  expect(code, stderr).toBe(0);
  expect(json).toMatchObject({ stored: 1, sent: 1 });
});

it('waits in an epoch that begins later, and for nobody where nothing is sent', async () => {
  const { ledger } = (await cli.run([...open('waits'), '--json'])).json;
  expect((await cli.run(['ledger', 'refresh', ledger])).code).toBe(0);
  expect(await refusedBy(cli, ingest(ledger, '--wait', '1'))).toContain('0 of 2 servers have joined epoch 2');
  for (const args of [ingest(ledger, '--wait', '--dry-run'), open('waits', '--wait', '--dry-run')]) {
    const { code, stderr } = await cli.run(args);
    expect(code).toBe(1);
    expect(stderr).toContain("option '--wait [seconds]' cannot be used with option '--dry-run'");
  }
});

it('names stand beside the addresses, with commas and "and"', () => {
  const missing = [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte));
  const names = new Names({ names: new Map([['alpha', missing[0]!]]), ledgers: new Map() });
  const [one, two, three] = missing.map(addressText);
  expect(missingInWords({ epoch: 2, seats: 5, missing }, names)).toBe(
    `2 of 5 servers have joined epoch 2; alpha (${one}), ${two} and ${three} are missing.`,
  );
});
