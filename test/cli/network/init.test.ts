// mistore init: a network file for a contract that somebody else deployed, when a person has agreed to what the endpoint says
// of it; names in one that is there. What the file has is never changed.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { readCode } from '../../../src/chain/state.ts';
import { keccak256 } from '../../../src/keccak.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { bundleCli, Cli, refusedBy } from '../../support/cli.ts';
import { startEndpoint } from '../../support/endpoint/proxy.ts';

vi.setConfig({ testTimeout: 60_000 });
const ACME = `0x${'12'.repeat(20)}`;
const ALPHA = `0x${'34'.repeat(20)}`;
const ID = `0x${'56'.repeat(32)}`;
let chain: TestChain;
let cli: Cli;
let pinned: { chainId: string; contract: string; codeHash: string };
const file = () => join(cli.folder, 'mistore.json');
const read = async () => JSON.parse(await readFile(file(), 'utf8'));
const init = (...more: string[]) => cli.run(['init', ...more]);

beforeAll(async () => {
  chain = await startChain();
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-init-')));
  const codeHash = toHex(keccak256(fromHex(await readCode(chain.rpc, chain.address))));
  pinned = { chainId: '31337', contract: addressText(chain.address), codeHash };
});
beforeEach(() => rm(file(), { force: true }));
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

it('makes the file of --network where there is none, as keygen --name does', async () => {
  const made = join(cli.folder, 'made.json');
  for (const command of [
    ['init', '--name', `acme=${ACME}`],
    ['keygen', '--out', 'k.json', '--name', 'alpha'],
  ]) {
    const { code, stderr } = await cli.run([...command, '--network', 'made.json'], { env: { MISTORE_PASSWORD: 'p' } });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { names } = JSON.parse(await readFile(made, 'utf8'));
    expect(Object.keys(names)).toEqual([command[0] === 'init' ? 'acme' : 'alpha']);
    await rm(made);
  }
});

describe('of a contract', () => {
  const contract = () => ['--contract', pinned.contract, '--rpc', chain.node.url];

  it('shows what the endpoint says, and writes it when --yes agrees', async () => {
    const { code, stderr, json } = await init(...contract(), '--name', `acme=${ACME}`, '--yes', '--json');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Contract ${pinned.contract} on chain 31337, code hash ${pinned.codeHash}.`);
    expect(stderr).toContain('This is what one endpoint says now. It is believed this once');
    expect(json).toEqual({ file: 'mistore.json', ...pinned, names: { acme: ACME }, ledgers: {} });
    expect(await read()).toEqual({ ...pinned, endpoint: chain.node.url, names: { acme: ACME } });
    expect((await cli.run(['ledger', 'list', '--json'])).json).toEqual({ ledgers: [] });
  });

  it('asks, and writes nothing without a yes', async () => {
    expect(await refusedBy(cli, ['init', ...contract()])).toMatch(/^NOT_CONFIRMED: .*give --yes/);
    await expect(read()).rejects.toThrow('ENOENT');
  });

  it('is written only where all witnesses agree', async () => {
    const witness = await startEndpoint((_, forward) => forward(), chain.node.url);
    const { stderr } = await init(...contract(), '--witness', witness.url, '--yes');
    await witness.stop();
    expect(stderr).toContain('This is what 2 endpoints that agree say now.');
    expect((await read()).witnesses).toEqual([witness.url]);
  });

  it('that is not there is refused', async () => {
    const other = ['init', '--contract', ACME, '--rpc', chain.node.url, '--yes'];
    expect(await refusedBy(cli, other)).toBe(
      `NO_CONTRACT: there is no contract at ${ACME} on the chain of this endpoint: is it the right one?`,
    );
    const nowhere = ['init', '--contract', pinned.contract, '--rpc', 'http://127.0.0.1:1', '--yes'];
    expect(await refusedBy(cli, nowhere)).toMatch(/^CONNECTION_FAILED: /);
    await expect(read()).rejects.toThrow('ENOENT');
  });

  it('is added to a file that has names only', async () => {
    await init('--name', `acme=${ACME}`);
    expect(await read()).toEqual({ names: { acme: ACME } });
    await init(...contract(), '--yes');
    expect(await read()).toEqual({ ...pinned, endpoint: chain.node.url, names: { acme: ACME } });
  });
});

describe('of names', () => {
  const kept = () => ({ ...pinned, endpoint: 'https://a', witnesses: ['https://b'], names: { acme: ACME } });

  it('adds them, and shows all', async () => {
    await writeFile(file(), JSON.stringify(kept()));
    const { code, stdout, stderr } = await init('--name', `alpha=${ALPHA}`, '--ledger', `bills=${ID}`);
    expect(code, stderr).toBe(0);
    expect(await read()).toEqual({ ...kept(), names: { acme: ACME, alpha: ALPHA }, ledgers: { bills: ID } });
    for (const shown of ['acme', ACME, 'alpha', ALPHA, 'bills', ID]) expect(stdout).toContain(shown);
    expect(stderr).toBe('mistore.json has 2 accounts and 1 ledger by name.\n');
    // Again, and with nothing to add: nothing changes.
    const before = await readFile(file(), 'utf8');
    await init('--name', `alpha=${ALPHA}`);
    await init();
    expect(await readFile(file(), 'utf8')).toBe(before);
  });

  it.each([
    [
      'a name with another meaning',
      () => ['--name', `acme=${ALPHA}`],
      /^NAME_TAKEN: .*the name acme stands for another/,
    ],
    ['another name', () => ['--name', `umbrella=${ACME}`], /^NAME_TAKEN: .*has the name acme already/],
    [
      'another contract',
      () => ['--contract', ACME, '--yes'],
      /^NETWORK_EXISTS: .*it has the contract 0x.*edit the file/,
    ],
    ['another endpoint', () => ['--rpc', 'https://other/secret'], /^NETWORK_EXISTS: .*it has an endpoint already/],
    ['other witnesses', () => ['--witness', 'https://c/secret'], /^NETWORK_EXISTS: .*it has 1 witness already/],
    ['no address', () => ['--name', 'alpha'], /^USAGE: .*a name, "=" and what it stands for/],
    ['a name for a name', () => ['--name', 'alpha=acme'], /^USAGE: .*address is "acme"; it must be an address/],
    ['a wrong name', () => ['--name', `a b=${ALPHA}`], /^USAGE: .*A name is 1 to 40 letters/],
    ['a short id', () => ['--ledger', 'bills=0x12'], /^USAGE: .*A ledger's id is 0x and 64 hex digits/],
  ])('refuses %s, and changes nothing', async (_, more, message) => {
    await writeFile(file(), JSON.stringify(kept()));
    const said = await refusedBy(cli, ['init', ...more()]).catch(async () => {
      const { json } = await cli.run(['init', ...more(), '--json']);
      return `${json.error.code}: ${json.error.message}`;
    });
    expect(said).toMatch(message);
    expect(said).not.toContain('secret');
    expect(await read()).toEqual(kept());
  });

  it('refuses a file that cannot be written, before it asks', async () => {
    const there = ['init', '--network', 'none/mistore.json', '--name', `acme=${ACME}`];
    expect(await refusedBy(cli, there)).toMatch(/^OUTPUT_FILE: none\/mistore.json: .*there is no such folder/);
  });
});
