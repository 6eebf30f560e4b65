// From an empty folder to an open ledger with names only: keygen and deploy write the network file, and every place that
// takes an address or a ledger's id takes a name of it. Programs (--json) see addresses.
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { accountKey } from '../../../src/identity/keys.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../../src/identity/keystore.ts';
import { changeNetwork, withName } from '../../../src/network/change.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { bundleCli, Cli, type RunOptions, refusedBy } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 60_000 });
const ROLES = { operator: 'operator', clinic: 'hospital', alpha: 'server', beta: 'server', acme: 'insurer' };
let chain: TestChain;
let cli: Cli;
const path = (name: string) => join(cli.folder, name);
const network = async () => JSON.parse(await readFile(path('mistore.json'), 'utf8'));
const addressOf = (name: string) => addressText(accountOf(accountKey(seedOf(`names: ${name}`))));
const as = (name: string): RunOptions => ({ env: { MISTORE_KEYSTORE: `${name}.key` } });
const open = [
  'ledger',
  'open',
  '--server',
  'alpha',
  '--server',
  'beta',
  '--threshold',
  '2',
  '--preset',
  'synthea-encounters',
];

async function done(args: string[], options?: RunOptions) {
  const { code, stdout, stderr, json } = await cli.run(args, options);
  expect(code, stderr).toBe(0);
  return { stdout, stderr, json };
}

beforeAll(async () => {
  chain = await startChain();
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-names-')));
  cli.env = { MISTORE_RPC: chain.node.url, MISTORE_PASSWORD: 'correct horse' };
  for (const [name, role] of Object.entries(ROLES)) {
    const seed = seedOf(`names: ${name}`);
    await writeKeystore(path(`${name}.key`), 'correct horse', { seed, role }, { scrypt: WEAK_SCRYPT });
    const own = accountOf(accountKey(seed));
    await changeNetwork(path('mistore.json'), (now) => withName(now, 'account', name, own, 'mistore.json'));
  }
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

describe('keygen --name', () => {
  const keygen = (out: string, name: string, ...more: string[]) => ['keygen', '--out', out, '--name', name, ...more];

  it('makes the network file if there is none, and adds to one above', async () => {
    await mkdir(path('empty/below'), { recursive: true });
    const shell = 'cd empty && "$@"';
    // The first file here hides the one above it.
    const first = await done(keygen('a.key', 'first', '--network', 'mistore.json'), { shell });
    expect(first.stdout).toContain('mistore.json calls it first from now on.');
    const { json } = await done(keygen('b.key', 'second', '--json'), { shell: 'cd empty/below && "$@"' });
    expect(json).toMatchObject({ file: 'b.key', name: 'second' });
    const made = JSON.parse(await readFile(path('empty/mistore.json'), 'utf8'));
    expect(made).toEqual({ names: { first: expect.stringMatching(/^0x/), second: json.address } });
  });

  it('has a twin for a keystore that is there: account --name, without a password and an endpoint', async () => {
    await writeFile(path('bare.json'), '{}');
    const away = ['--rpc', 'http://127.0.0.1:1', '--network', 'bare.json'];
    const name = (keystore: string, as: string, ...more: string[]) => [
      ...['account', '--keystore', `${keystore}.key`, '--name', as, ...more],
    ];
    const options = { env: { MISTORE_PASSWORD: undefined } };
    const bare = async () => JSON.parse(await readFile(path('bare.json'), 'utf8'));
    const { stdout } = await done(name('alpha', 'first', ...away), options);
    expect(stdout).toBe(`Account: ${addressOf('alpha')}\nbare.json calls it first from now on.\n`);
    const { json } = await done(name('beta', 'second', ...away, '--json'), options);
    expect(json).toEqual({ address: addressOf('beta'), name: 'second', file: 'bare.json', ether: null });
    await done(name('alpha', 'first', ...away), options); // Again: nothing changes.
    const names = { first: addressOf('alpha'), second: addressOf('beta') };
    expect(await bare()).toEqual({ names });
    expect(await refusedBy(cli, name('acme', 'second', ...away), options)).toMatch(
      /^NAME_TAKEN: bare.json: the name second stands for another account/,
    );
    expect(await refusedBy(cli, name('alpha', 'third', ...away), options)).toMatch(
      /^NAME_TAKEN: .*this account has the name first already/,
    );
    expect(await refusedBy(cli, name('alpha', 'a b', ...away), options)).toMatch(/^USAGE: .*A name is 1 to 40 letters/);
    expect(await bare()).toEqual({ names });
    // Where there is no network file, it makes one.
    const shell = 'd=$(mktemp -d) && cp alpha.key "$d" && cd "$d" && "$@" && cat mistore.json && rm -r "$d"';
    const made = await done(name('alpha', 'own', '--rpc', 'http://127.0.0.1:1'), { shell, ...options });
    expect(made.stdout).toContain('mistore.json calls it own from now on.');
    expect(JSON.parse(made.stdout.slice(made.stdout.indexOf('{')))).toEqual({ names: { own: addressOf('alpha') } });
  });

  it('makes no keystore where the name cannot be added', async () => {
    expect(await refusedBy(cli, keygen('c.key', 'acme'))).toMatch(
      /^NAME_TAKEN: .*the name acme stands for another account/,
    );
    expect(await refusedBy(cli, keygen('c.key', 'a b'))).toMatch(/^USAGE: .*A name is 1 to 40 letters/);
    await writeFile(path('bad.json'), '{"other":1}');
    expect(await refusedBy(cli, keygen('c.key', 'new', '--network', 'bad.json'))).toMatch(
      /^INVALID_ENCODING: bad.json/,
    );
    await expect(readFile(path('c.key'))).rejects.toThrow('ENOENT');
  });
});

it('fund, deploy, register: by name; the network file keeps its names', async () => {
  const before = (await network()).names;
  for (const name of Object.keys(ROLES)) {
    expect((await done(['fund', name, '--ether', '5'])).stdout).toBe(`${name} (${addressOf(name)}) now has 5 ether.\n`);
  }
  expect((await done(['fund', 'alpha', '--ether', '6', '--json'])).json).toEqual({
    address: addressOf('alpha'),
    ether: 6,
  });
  const { json } = await done(['deploy', '--json'], as('operator'));
  expect(await network()).toEqual({
    chainId: '31337',
    contract: json.contract,
    codeHash: json.codeHash,
    endpoint: chain.node.url,
    names: before,
  });
  expect(await refusedBy(cli, ['deploy'], as('operator'))).toBe(
    `NETWORK_EXISTS: mistore.json: it names the contract ${json.contract} already; --out names another file, --force replaces it`,
  );
  for (const server of ['alpha', 'beta']) {
    expect((await done(['register'], as(server))).stdout).toContain(
      `Server ${server} (${addressOf(server)}) is registered`,
    );
  }
});

it('without MISTORE_RPC, commands ask the endpoint of the network file', async () => {
  const env = { MISTORE_RPC: undefined };
  expect((await done(['fund', 'beta', '--ether', '7'], { env })).stdout).toContain('beta');
  expect((await done(['account', '--json'], { env: { ...env, ...as('beta').env } })).json.ether).toMatch(/^7$/);
  const { stdout } = await done(['account'], { env: { ...env, ...as('beta').env } });
  expect(stdout).toContain(`Account: beta (${addressOf('beta')})`);
});

describe('a ledger', () => {
  it('is opened by names of servers and gets a name, which others then use', async () => {
    const opened = await done([...open, '--name', 'bills'], as('clinic'));
    expect(opened.stdout).toContain('mistore.json calls it bills from now on.');
    expect(opened.stderr).toContain('mistore ledger join bills');
    const id = (await network()).ledgers.bills;
    await done(['ledger', 'join', 'bills'], as('alpha'));
    await done(['server', 'run', '--once', '--accept', 'clinic', '--ledger', 'bills'], as('beta'));
    const { json } = await done(['ledger', 'show', 'bills', '--json']);
    expect(json).toMatchObject({ ledger: id, hospital: addressOf('clinic'), joined: 2, active: true });
    expect(json.servers).toEqual(['alpha', 'beta'].map(addressOf));
    expect((await done(['ledger', 'list', '--of', 'alpha', '--json'])).json.ledgers).toMatchObject([{ ledger: id }]);
    expect((await done(['audit', 'bills', '--json'])).json.ledger).toBe(id);
  });

  it('opened again has its name already; another name, or one that is taken, is refused before anything is sent', async () => {
    await done([...open, '--name', 'bills'], as('clinic'));
    expect(await refusedBy(cli, [...open, '--name', 'other'], as('clinic'))).toMatch(
      /^NAME_TAKEN: .*this ledger has the name bills already/,
    );
    expect(await refusedBy(cli, [...open, '--salt', 'x', '--name', 'bills'], as('clinic'))).toMatch(
      /^NAME_TAKEN: .*the name bills stands for another ledger/,
    );
    expect((await done(['ledger', 'list', '--json'])).json.ledgers).toHaveLength(1);
  });
});

describe('a name that is not known', () => {
  it.each([
    [
      ['fund', 'alpa'],
      'no account of the name "alpa"; did you mean alpha? It names operator, clinic, alpha, beta, acme',
    ],
    [['ledger', 'show', 'bill'], 'no ledger of the name "bill"; did you mean bills? It names bills'],
    [['ledger', 'list', '--of', 'bills'], 'no account of the name "bills"'],
    [['query', 'list', '--insurer', 'ACME'], 'no account of the name "ACME"; did you mean acme?'],
  ])('%j', async (args, message) => {
    const said = await refusedBy(cli, args);
    expect(said).toMatch(/^UNKNOWN_NAME: /);
    expect(said).toContain(`mistore.json has ${message}`);
  });

  it('in a list of options, and in a file of accounts', async () => {
    const others = open.map((word) => (word === 'beta' ? 'gamma' : word));
    expect(await refusedBy(cli, others, as('clinic'))).toContain('no account of the name "gamma"');
    await writeFile(path('accounts.json'), JSON.stringify({ p1: 'acme', p2: ['nobody'] }));
    await writeFile(path('a.csv'), 'PATIENT,COST\np1,1.00\n');
    const profile = ['--preset', 'synthea-encounters'];
    const ingest = ['ingest', 'a.csv', '--ledger', 'bills', ...profile, '--accounts', 'accounts.json'];
    expect(await refusedBy(cli, ingest, as('clinic'))).toMatch(
      /^INVALID_ENCODING: accounts.json: the account of patient p2: .*no account of the name "nobody"/,
    );
  });

  it('or a name where there is no network file', async () => {
    const env = { MISTORE_CONTRACT: `0x${'cd'.repeat(20)}` };
    const said = await refusedBy(cli, ['ledger', 'show', 'bills'], { shell: 'cd / && "$@"', env });
    expect(said).toMatch(/^NO_NETWORK_FILE: "bills" is a name, and no network file says what it stands for/);
  });
});

it('what the environment and options say wins over the network file', async () => {
  const nowhere = 'http://127.0.0.1:1';
  const show = ['ledger', 'show', 'bills', '--json'];
  const code = async (args: string[], env = {}) =>
    (await cli.run(args, { env: { MISTORE_RPC: undefined, ...env } })).json.error?.code;
  expect(await code(show)).toBeUndefined();
  expect(await code(show, { MISTORE_RPC: nowhere })).toBe('CONNECTION_FAILED');
  expect(await code([...show, '--rpc', chain.node.url], { MISTORE_RPC: nowhere })).toBeUndefined();
  await writeFile(path('other.json'), JSON.stringify({ ...(await network()), endpoint: nowhere }));
  expect(await code(show, { MISTORE_NETWORK: 'other.json' })).toBe('CONNECTION_FAILED');
  expect(await code([...show, '--network', 'mistore.json'], { MISTORE_NETWORK: 'other.json' })).toBeUndefined();
  const contract = `0x${'cd'.repeat(20)}`;
  expect(await code([...show, '--network', 'mistore.json', '--contract', contract])).toBe('WRONG_DEPLOYMENT');
});
