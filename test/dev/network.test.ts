// A development network from its folder: set up once, it goes on where it stopped, also after an end without a warning; what
// is not its own it leaves alone, and says so.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../src/address.ts';
import { fromHex, toHex } from '../../src/bytes.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { readBalance, readHead } from '../../src/chain/state.ts';
import { type DevAccount, PASSWORD_FILE } from '../../src/dev/accounts.ts';
import { type DevNetwork, type DevOptions, startDevNetwork } from '../../src/dev/network.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { readKeystore } from '../../src/identity/keystore.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import type { DaemonEvent } from '../../src/parties/server/daemon/daemon-events.ts';
import { freePort } from '../support/cli.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
let engine: Engine;
let parent: string;
let folder: string;
let port: number;
const running: DevNetwork[] = [];

beforeAll(async () => {
  engine = await createEngine();
  parent = await mkdtemp(join(tmpdir(), 'mistore-dev-'));
  folder = join(parent, 'a b');
  port = await freePort();
});
afterAll(async () => {
  for (const network of running) await network.stop();
  await rm(parent, { recursive: true, force: true });
});

async function start(options: Partial<DevOptions> = {}): Promise<DevNetwork> {
  const network = await startDevNetwork({ folder, plan: {}, port, engine, onUnsaved: () => undefined, ...options });
  running.push(network);
  return network;
}

const seedsOf = ({ accounts: { hospital, servers, insurer, operator } }: DevNetwork) =>
  [hospital, ...servers, insurer, operator].map(({ seed }: DevAccount) => toHex(seed));

describe('a new folder', () => {
  it('gets the plan, keystores of all roles with one password, and a ledger that all servers have joined', async () => {
    const network = await start({ plan: { servers: 2, threshold: 1 } });
    expect(network).toMatchObject({
      isResumed: false,
      plan: { servers: 2, threshold: 1, preset: 'synthea-encounters' },
    });
    const password = (await readFile(join(folder, PASSWORD_FILE), 'utf8')).trimEnd();
    expect(password.length).toBeGreaterThanOrEqual(20);
    for (const [name, role] of Object.entries({
      hospital: 'hospital',
      server2: 'server',
      acme: 'insurer',
      operator: 'operator',
    })) {
      expect((await readKeystore(join(folder, `${name}.json`), password)).role).toBe(role);
    }
    expect(new Set(seedsOf(network)).size).toBe(5);
    for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o077, file).toBe(0);
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('*\n');

    const site = await openSite({ rpc: network.url, ...network.contract, engine });
    expect(site.contract.chainId).toBe(31337n);
    const { terms, currentEpoch } = await LedgerView.load(site, network.ledgerId);
    expect(terms).toMatchObject({ threshold: 1, lanes: ['TOTAL_CLAIM_COST', 'PAYER_COVERAGE'] });
    expect(currentEpoch.servers).toEqual(network.accounts.servers.map(({ address }) => address));
    expect((await site.contract.getLedger(network.ledgerId)).joined).toBe(2);
    for (const { address } of [network.accounts.insurer, network.accounts.hospital]) {
      expect(await readBalance(new Rpc(network.url), address)).toBeGreaterThan(10n ** 20n);
    }
  });

  it('is refused to a second network while the first runs, wherever that is asked to run', async () => {
    const url = running[0]!.url;
    for (const other of [port, await freePort()]) {
      await expect(start({ port: other })).rejects.toThrow(`running already, at ${url}`);
    }
  });

  it('needs a threshold that its servers can reach', async () => {
    const none = join(parent, 'none');
    await expect(start({ folder: none, plan: { servers: 1 } })).rejects.toThrow(
      'threshold 2 (the default) with 1 server; it must be 1 ≤ threshold ≤ servers ≤ 255',
    );
    await expect(start({ folder: none, plan: { threshold: 4 } })).rejects.toThrow('threshold 4 with 3 servers');
  });
});

describe('started again', () => {
  it('it is the same network, as it was when it was stopped', async () => {
    const before = running[0]!;
    const known = seedsOf(before);
    await before.stop();
    const head = async ({ url }: DevNetwork) => (await readHead(new Rpc(url))).number;
    const again = await start();
    expect(again).toMatchObject({
      isResumed: true,
      ledgerId: before.ledgerId,
      contract: before.contract,
      plan: before.plan,
    });
    expect(seedsOf(again)).toEqual(known);
    expect(await head(again)).toBeGreaterThan(3);
    await again.stop();
  });

  it('as something else, it is refused, and says what the folder has', async () => {
    await expect(start({ plan: { servers: 3, threshold: 2 } })).rejects.toThrow(
      `the network in ${folder} has servers 2, not 3; threshold 1, not 2: a network keeps what it was made with`,
    );
  });

  it('without a keystore it is refused, since a new one would be a stranger', async () => {
    for (const file of ['server1.json', PASSWORD_FILE]) {
      await rename(join(folder, file), join(parent, file));
      await expect(start()).rejects.toThrow(`${file} is missing`);
      expect(existsSync(join(folder, file))).toBe(false);
      await rename(join(parent, file), join(folder, file));
    }
  });

  it('from a state that is cut short it is refused, and the port is free again', async () => {
    const state = join(folder, 'chain.json');
    const whole = await readFile(state);
    await writeFile(state, whole.subarray(0, whole.length / 2));
    await expect(start()).rejects.toThrow(/chain\.json.*cannot be read.*remove the folder/);
    await writeFile(state, whole);
    await (await start()).stop();
  });
});

describe('what is there already', () => {
  it('in the network file stays, but for the endpoint on this machine', async () => {
    const path = join(folder, 'mistore.json');
    const before = JSON.parse(await readFile(path, 'utf8'));
    expect(Object.keys(before.names)).toEqual(['hospital', 'server1', 'server2', 'acme', 'operator']);
    expect(before.ledgers).toEqual({ bills: toHex(running[0]!.ledgerId) });
    const names = { ...before.names, ada: addressText(new Uint8Array(20).fill(7)) };
    await writeFile(path, JSON.stringify({ ...before, names }));
    const moved = await start({ port: await freePort() });
    await moved.stop();
    expect(moved.url).not.toBe(before.endpoint);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ...before, names, endpoint: moved.url });
    const elsewhere = { ...before, endpoint: 'https://node.example.org/key' };
    await writeFile(path, JSON.stringify(elsewhere));
    await (await start()).stop();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(elsewhere);
  });

  it('is not taken for its own where it names another contract, and is made again where it is missing', async () => {
    const path = join(folder, 'mistore.json');
    const own = await readFile(path, 'utf8');
    const other = JSON.stringify({ ...JSON.parse(own), contract: addressText(new Uint8Array(20).fill(9)) });
    await writeFile(path, other);
    await expect(start()).rejects.toThrow(/mistore\.json is of another network, with the contract 0x0909/);
    expect(await readFile(path, 'utf8')).toBe(other);
    await rm(path);
    const network = await start();
    await network.stop();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ...JSON.parse(own), endpoint: network.url });
  });

  it('of the bills stays too', async () => {
    const path = join(folder, 'encounters.csv');
    expect((await readFile(path, 'utf8')).match(/,P-001,/g)!.length).toBeGreaterThan(20);
    await writeFile(path, 'mine');
    await (await start()).stop();
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('is not touched in a folder of something else', async () => {
    const other = await mkdtemp(join(parent, 'other-'));
    await writeFile(join(other, 'thesis.txt'), 'mine');
    await expect(start({ folder: other })).rejects.toThrow(`${other} holds other files and no development network`);
    expect(await readdir(other)).toEqual(['thesis.txt']);
  });
});

describe('its servers', () => {
  it('run, at a block time too, and join further ledgers of the hospital', async () => {
    const events: [string, DaemonEvent][] = [];
    const network = await start({ blockTime: 1 });
    network.run((...event) => void events.push(event));
    const { hospital } = network.accounts;
    const { Hospital } = await import('../../src/parties/hospital.ts');
    const { accountKey } = await import('../../src/identity/keys.ts');
    const site = await openSite({ rpc: network.url, ...network.contract, engine, account: accountKey(hospital.seed) });
    const { ledger } = await new Hospital(site, hospital.seed).dealer(network.ledgerId);
    const second = await new Hospital(site, hospital.seed).openLedger(
      { ...ledger.terms, threshold: 2 },
      fromHex(`0x${'01'.repeat(32)}`),
    );
    await expect.poll(async () => (await site.contract.getLedger(second)).joined, { timeout: 20_000 }).toBe(2);
    site.contract.close();
    expect(new Set(events.map(([name]) => name))).toEqual(new Set(['server1', 'server2']));
  });
});
