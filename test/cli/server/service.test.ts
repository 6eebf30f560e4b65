// `mistore server run` as a service: its logs, which hold no secret; its health on this machine; signals; its state folder; and the
// systemd unit in docs/.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { kemKeys } from '../../../src/identity/kem.ts';
import { accountKey, dealingKey } from '../../../src/identity/keys.ts';
import { receiveKeys } from '../../../src/ledger/epoch-keys.ts';
import { deploymentOf } from '../../../src/ledger/site.ts';
import { positionOf } from '../../../src/parties/complaints.ts';
import { shares } from '../../../src/vss/dealing.ts';
import { subsetKeys } from '../../../src/vss/subset-keys.ts';
import { bytesIn, type Cli, cliOn } from '../../support/cli.ts';
import { startEndpoint } from '../../support/endpoint/proxy.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 180_000 });
const ROOT = new URL('../../..', import.meta.url).pathname;
let scene: Scene;
let cli: Cli;

beforeAll(async () => {
  scene = await openScene('service');
  cli = await cliOn(scene.chain, Object.fromEntries(scene.cast.serverSeeds.map((seed, s) => [`server${s + 1}`, seed])));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const words = (server: number, ...more: string[]) => [
  ...['server', 'run', '--keystore', `server${server}.json`, '--interval', '0.1', '--patience', '0'],
  ...more,
];
const ask = async (records: number[]) =>
  (await scene.insurer.query(await scene.consentTo(records, scene.insurer.address))).queryId;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
const lines = (text: string) => text.trimEnd().split('\n');

describe('the log', () => {
  it('is JSON lines where it is not read at a terminal, from the level asked for on', async () => {
    const queryId = await ask([0]);
    const { stderr, stdout, code } = await cli.run(words(1, '--once', '--log-level', 'debug'));
    expect(code).toBe(0);
    expect(stdout).toContain(`Checked ${rows.length} records, answered 1 query.`);
    const logged = lines(stderr).map((line) => JSON.parse(line));
    for (const line of logged) {
      expect(line).toMatchObject({
        level: expect.any(String),
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        msg: expect.any(String),
      });
    }
    const address = addressText(scene.cast.servers[0]!.address);
    expect(logged[0]).toMatchObject({ level: 'info', kind: 'started', address });
    const ledgerId = toHex(scene.cast.ledgerId);
    expect(logged).toContainEqual(expect.objectContaining({ kind: 'checked', ledgerId, batch: 0, bad: [] }));
    const gasUsed = expect.stringMatching(/^\d+$/);
    expect(logged).toContainEqual(expect.objectContaining({ kind: 'answered', queryIds: [queryId], gasUsed }));
    expect(logged).toContainEqual(expect.objectContaining({ level: 'debug', kind: 'round' }));
    expect((await cli.run(words(1, '--once', '--log-level', 'warn'))).stderr).toBe('');
  });

  it('is lines with time stamps at a terminal, or where that is asked for', async () => {
    for (const options of [{ atTerminal: true }, {}]) {
      const { stderr } = await cli.run(words(1, '--once', ...(options.atTerminal ? [] : ['--log', 'text'])), options);
      for (const line of lines(stderr)) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z (info|warn) [A-Z].*\.$/);
      expect(stderr).toContain(`Server ${addressText(scene.cast.servers[0]!.address)} is running.`);
    }
  });
});

describe('on this machine', () => {
  it('it tells health and metrics', async () => {
    const running = cli.spawn(words(2, '--listen', '0'));
    const { listening } = JSON.parse(await running.firstLine('stderr'));
    expect(listening).toMatch(/^127\.0\.0\.1:\d+$/);
    const health = () => fetch(`http://${listening}/healthz`);
    while ((await health()).status !== 200) await pause();
    expect(await (await health()).json()).toMatchObject({ healthy: true, settled: expect.any(Number) });
    const metrics = async () => (await fetch(`http://${listening}/metrics`)).text();
    while (!(await metrics()).includes(`mistore_server_records_checked_total ${rows.length}`)) await pause();
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, signal: null });
  });

  it.each(['0.0.0.0:9464', '10.0.0.1:1', 'example.org:80', '127.0.0.1:65536', '127.0.0.1', 'x'])(
    'it does not listen on %s',
    async (address) => {
      const { code, stderr } = await cli.run(words(1, '--listen', address));
      expect(code).toBe(1);
      expect(stderr.replace(/\s+/g, ' ')).toContain('a loopback address of this machine');
    },
  );

  it.each(['0', '0.001', '4000', '1e3', '-1', '0.12345'])('it does not take --interval %s', async (interval) => {
    const { code, stderr } = await cli.run(['server', 'run', '--keystore', 'server1.json', `--interval=${interval}`]);
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain('a number of seconds from 0.01 to 3600');
  });
});

describe('a signal', () => {
  it('ends it with status 0 and its cache written, from which it goes on', async () => {
    const state = join(cli.folder, 'state');
    const running = cli.spawn(words(3, '--state', state, '--json'));
    let log = '';
    running.child.stderr!.on('data', (text) => {
      log += text;
    });
    const queryId = await ask([1]);
    const states = scene.cast.hospitalSite.contract;
    while (!(await states.queryState(fromHex(queryId))).answeredSeats.includes(3)) await pause();
    while (!log.includes('"kind":"serving"')) await pause();
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, json: { records: rows.length } });
    expect((await readFile(join(state, 'server-cache.json'), 'utf8')).length).toBeGreaterThan(100);
    const again = await cli.run(words(3, '--state', state, '--once', '--json'));
    expect(again.json).toMatchObject({ records: 0, answered: 0, leftOut: [] });
    const other = await cli.run(words(2, '--state', state, '--once', '--json'));
    expect(other.json).toMatchObject({ error: { code: 'OTHER_CACHE' } });
    expect(other.code).toBe(1);
  });

  it('that comes twice ends it at once, whatever it waits for', async () => {
    const endpoint = await startEndpoint((_, forward) => forward(), scene.chain.node.url);
    onTestFinished(() => endpoint.stop());
    const running = cli.spawn(words(2, '--rpc', endpoint.url));
    await running.firstLine('stderr');
    endpoint.answer = () => 'silence';
    const before = endpoint.calls.length;
    while (endpoint.calls.length === before) await pause();
    running.child.kill('SIGINT');
    await pause();
    expect(running.child.exitCode).toBeNull();
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGINT' });
  });
});

describe('the systemd unit', () => {
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

  it.skipIf(!hasSystemd)(
    'is one that systemd takes without a word (skipped where systemd-analyze is missing)',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mistore-unit-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      const unit = await readFile(join(ROOT, 'docs/mistore-server.service'), 'utf8');
      const verify = async (text: string) => {
        const file = join(folder, 'mistore-server.service');
        await writeFile(file, text.replace('/usr/bin/mistore', process.execPath));
        const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
          encoding: 'utf8',
        });
        return { status, said: stdout + stderr };
      };
      expect(await verify(unit)).toEqual({ status: 0, said: '' });
      expect((await verify(unit.replace('ProtectHome', 'ProtectHouse'))).said).toContain('ProtectHouse');
    },
  );

  it('starts a command that the program takes', async () => {
    const unit = await readFile(join(ROOT, 'docs/mistore-server.service'), 'utf8');
    const [, command] = /^ExecStart=\/usr\/bin\/mistore (.*) \$SERVER_OPTIONS$/m.exec(unit)!;
    const [, options] = /SERVER_OPTIONS=(--.*)$/m.exec(unit)!;
    const state = join(cli.folder, 'unit-state');
    const given = `${command!.replace('%S', state).replace(/:\d+/, ':0')} ${options!}`.split(' ');
    const filled = given.map((word) =>
      word.replace('0x…', `0x${'12'.repeat(20)}`).replace('wss://…', 'ws://127.0.0.1:1'),
    );
    const { code, stderr } = await cli.run([...filled, '--once', '--keystore', 'server1.json']);
    expect(code, stderr).toBe(0);
  });
});

describe('all that was printed by these commands', () => {
  it('holds no seed, key or share', async () => {
    const { hospitalSeed, serverSeeds, serverSites, ledgerId, servers } = scene.cast;
    const secrets = [hospitalSeed, ...serverSeeds, scene.insurerSeed].flatMap((seed) => [
      seed,
      accountKey(seed),
      dealingKey(seed),
      kemKeys(seed).secretKey,
    ]);
    const seat = await servers[0]!.seat(ledgerId);
    const { committee, currentEpoch } = seat.ledger;
    const own = await receiveKeys(serverSites[0]!, seat.ledger, currentEpoch, 1, seat.channel);
    const place = { ...deploymentOf(serverSites[0]!), committeeHash: currentEpoch.committeeHash };
    const batch = await seat.ledger.batch(0);
    const share = shares(serverSites[0]!.engine, committee, 1, own, positionOf(batch), batch.correction(0), 0);
    const all = subsetKeys(dealingKey(hospitalSeed), place, committee);
    secrets.push(seat.channel, own, all, share.subarray(0, 32), share.subarray(32));
    // Bytes that are logged as they are become objects.
    const logged = lines(cli.printed).filter((line) => line.startsWith('{'));
    expect(logged.flatMap((line) => bytesIn(JSON.parse(line)))).toEqual([]);
    expect(cli.printed.length).toBeGreaterThan(2000);
    for (const secret of secrets) {
      for (const text of [
        toHex(secret.subarray(0, 16)).slice(2),
        Buffer.from(secret).toString('base64').slice(0, 20),
      ]) {
        expect(cli.printed.toLowerCase()).not.toContain(text.toLowerCase());
      }
    }
    expect(cli.printed).not.toContain('"p"'); // the password
  });
});
