// --witness on the command line, in the environment and in the network file: whose word a "valid" rests on, and what
// happens where one lies. Fingerprints, as people read them to each other.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import { readCode } from '../../../src/chain/state.ts';
import { fingerprint } from '../../../src/identity/fingerprint.ts';
import { kemKeys } from '../../../src/identity/kem.ts';
import { keccak256 } from '../../../src/keccak.ts';
import { deploymentOf } from '../../../src/ledger/site.ts';
import { formatNetwork } from '../../../src/network/network-file.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { type Cli, cliOn, type RunOptions, refusedBy } from '../../support/cli.ts';
import { type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
let scene: Scene;
let cli: Cli;
let witness: Endpoint;
/** It says that every call returns nothing but zeros. */
let liar: Endpoint;

beforeAll(async () => {
  scene = await openScene('cli witnesses');
  const { hospitalSeed, serverSeeds } = scene.cast;
  cli = await cliOn(scene.chain, { hospital: hospitalSeed, server: serverSeeds[0]! });
  const { url } = scene.chain.node;
  witness = await startEndpoint((_, forward) => forward(), url);
  liar = await startEndpoint(
    ({ method }, forward) => (method === 'eth_call' ? { result: `0x${'0'.repeat(64)}` } : forward()),
    url,
  );
  await writeFile(join(cli.folder, 'receipts.json'), formatReceipts(scene.receipts));
});
afterAll(async () => {
  cli?.close();
  for (const one of [witness, liar]) await one?.stop();
  await scene?.chain.stop();
});

const host = (url: string) => new URL(url).host;
const main = () => host(scene.chain.node.url);
const ledger = () => toHex(scene.cast.ledgerId);
const as = (role: string): RunOptions => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });
async function done(args: string[], options?: RunOptions) {
  const ended = await cli.run(args, options);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

describe('by whose word', () => {
  it('verify and audit speak: of one endpoint alone, or of witnesses too', async () => {
    const alone = `by the word of ${main()} alone; --witness URL asks others.`;
    const confirmed = `by the word of ${main()}, confirmed by 1 witness (${host(witness.url)}).`;
    for (const command of [
      ['verify', 'receipts.json'],
      ['audit', ledger()],
    ]) {
      expect((await done(command)).stdout).toContain(alone);
      expect((await done([...command, '--witness', witness.url])).stdout).toContain(confirmed);
      expect((await done([...command, '--json'])).json.vouchedBy).toEqual([main()]);
    }
  });

  it('is told by --witness, else the environment, else the network file', async () => {
    const codeHash = keccak256(Buffer.from((await readCode(scene.chain.rpc, scene.chain.address)).slice(2), 'hex'));
    const pinned = { chainId: 31337n, contract: scene.chain.address, codeHash };
    const text = formatNetwork({ pinned, witnesses: [witness.url], names: new Map(), ledgers: new Map() });
    await writeFile(join(cli.folder, 'network.json'), text);
    const audit = ['audit', ledger(), '--network', 'network.json', '--json'];
    const both = [main(), host(witness.url)];
    expect((await done(audit)).json.vouchedBy).toEqual(both);
    expect((await done(audit, { env: { MISTORE_WITNESSES: '' } })).json.vouchedBy).toEqual(both);
    const env = { MISTORE_WITNESSES: ` ${liar.url}, ${witness.url}` };
    expect(await refusedBy(cli, audit.slice(0, -1), { env })).toMatch(/^WITNESS_DISAGREES: /);
    expect((await done([...audit, '--witness', witness.url], { env })).json.vouchedBy).toEqual(both);
    await writeFile(join(cli.folder, 'wrong.json'), JSON.stringify({ ...JSON.parse(text), witnesses: 'http://a' }));
    const wrong = ['audit', ledger(), '--network', 'wrong.json'];
    expect(await refusedBy(cli, wrong)).toBe('INVALID_ENCODING: wrong.json: witnesses must be a list of URLs');
  });

  it.each([
    ['verify', () => ['verify', 'receipts.json']],
    ['audit', () => ['audit', ledger()]],
    ['ledger show', () => ['ledger', 'show', ledger()]],
  ])('%s says nothing where a witness disagrees, and names it without its key', async (_, args) => {
    const keyed = `${liar.url}/v3/secret-key`;
    const message = await refusedBy(cli, [...args(), '--witness', witness.url, '--witness', keyed]);
    expect(message).toMatch(/^WITNESS_DISAGREES: the endpoints disagree about eth_call at block \d+/);
    expect(message).toContain(`${main()} and ${host(witness.url)}: 0x`);
    expect(message).toContain(`${host(liar.url)}: 0x0`);
    expect(message).not.toContain('secret');
  });

  it('ledger list shows no terms that an endpoint has changed', async () => {
    const [dollars, euros] = ['USD', 'EUR'].map((currency) => Buffer.from(currency).toString('hex')) as [
      string,
      string,
    ];
    const forger = await startEndpoint(async ({ method }, forward) => {
      const answer = await forward();
      return method === 'eth_getLogs' ? JSON.parse(JSON.stringify(answer).replaceAll(dollars, euros)) : answer;
    }, scene.chain.node.url);
    expect((await done(['ledger', 'list', '--json'])).json.ledgers[0]).toMatchObject({
      ledger: ledger(),
      threshold: 2,
    });
    expect(await refusedBy(cli, ['ledger', 'list', '--rpc', forger.url])).toMatch(/^FORGED_TERMS: /);
    await forger.stop();
  });

  it('account has its balance confirmed, and names a witness that is away', async () => {
    const { json } = await done(['account', '--witness', witness.url, '--json'], as('server'));
    expect(json.ether).toMatch(/^\d+/);
    expect(witness.calls.some(({ method }) => method === 'eth_getBalance')).toBe(true);
    const away = await done(['account', '--witness', 'http://127.0.0.1:1'], as('server'));
    expect(away.stderr).toContain('Its ether is not known: no answer from http://127.0.0.1:1');
  });
});

describe('fingerprints', () => {
  const address = () => addressText(scene.cast.servers[0]!.address);
  const own = (s: number) => {
    const { serverSeeds, servers } = scene.cast;
    return fingerprint(deploymentOf(scene.insurerSite), servers[s]!.address, kemKeys(serverSeeds[s]!).publicKey);
  };

  it("the server's account and the hospital's ledger show the same one", async () => {
    const account = await done(['account', '--fingerprint', '--json'], as('server'));
    expect(account.json).toMatchObject({ address: address(), fingerprint: own(0) });
    const shown = await done(['ledger', 'show', ledger(), '--fingerprint', '--json']);
    expect(shown.json.fingerprints).toEqual(
      scene.cast.servers.map((server, s) => ({ account: addressText(server.address), fingerprint: own(s) })),
    );
    expect((await done(['ledger', 'show', ledger(), '--fingerprint'])).stdout).toContain(own(2));
    expect((await done(['account', '--fingerprint'], as('server'))).stdout).toContain(`its key: ${own(0)}\n`);
  });

  it('an account without a known contract has none to show', async () => {
    const env = { ...as('server').env, MISTORE_CONTRACT: undefined };
    expect(await refusedBy(cli, ['account', '--fingerprint'], { env })).toMatch(/^NO_DEPLOYMENT: /);
    expect((await done(['account', '--json'], { env })).json).toMatchObject({ ether: expect.any(String) });
  });

  it('ledger open shows them before it sends anything, and with --fingerprint sends nothing', async () => {
    const blocks = () => scene.chain.rpc.call<string>('eth_blockNumber');
    const before = await blocks();
    const servers = scene.cast.servers.flatMap((server) => ['--server', addressText(server.address)]);
    const open = [
      'ledger',
      'open',
      ...servers,
      '--threshold',
      '2',
      '--preset',
      'synthea-encounters',
      '--salt',
      'other',
    ];
    const dry = await done([...open, '--fingerprint', '--json'], as('hospital'));
    expect(await blocks()).toBe(before);
    expect(dry.json).toMatchObject({ opened: false });
    expect(dry.json.fingerprints.map((one: { fingerprint: string }) => one.fingerprint)).toEqual([0, 1, 2].map(own));
    const { stdout } = await done(open, as('hospital'));
    expect(stdout.indexOf(own(1))).toBeGreaterThan(0);
    expect(stdout.indexOf(`Opened ledger ${dry.json.ledger}`)).toBeGreaterThan(stdout.indexOf(own(1)));
  });
});
