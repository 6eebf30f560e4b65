// Slips at the keyboard and in the environment that commander alone would blame on something else.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleCli, Cli } from '../support/cli.ts';

const CONTRACT = `0x${'ab'.repeat(20)}`;
let cli: Cli;

beforeAll(async () => {
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-mistyped-')));
});
afterAll(() => cli?.close());

it.each([
  ['ingest a.csv --ledgr 1', '--ledgr', '--ledger'],
  ['ledger open --server 0x12 --treshold 2', '--treshold', '--threshold'],
  ['keygen --aut a.json', '--aut', '--out'],
])('%s: the mistyped option is named, not the one that it leaves missing', async (line, unknown, meant) => {
  const words = line.replace('0x12', CONTRACT).split(' ');
  const { code, stderr } = await cli.run(words);
  expect(code).toBe(1);
  expect(stderr).toContain(`error: unknown option '${unknown}'\n(Did you mean ${meant}?)`);
  expect(stderr).not.toContain('required');
});

it('an option that is really missing is named, also beside a word that begins like one after --', async () => {
  for (const words of [['keygen'], ['keygen', '--', '--out']]) {
    const { code, stderr } = await cli.run(words);
    expect(code).toBe(1);
    expect(stderr).toContain("error: required option '--out <file>' not specified\n");
  }
});

it('a required option that the environment can give says so, and a variable set to nothing is not set', async () => {
  for (const MISTORE_CONTRACT of [undefined, '']) {
    const { code, stderr } = await cli.run(['ledger', 'show', '1'], { env: { MISTORE_CONTRACT } });
    expect(code).toBe(1);
    const message = "required option '--contract <address>' not specified; the environment can give it too:";
    expect(stderr).toContain(`error: ${message} MISTORE_CONTRACT\n`);
  }
});

it.each(['localhost:8545', 'ws://name:secret@localhost:8545/secret', 'secret', 'file:///secret'])(
  '--rpc %s is refused at once, and not repeated',
  async (url) => {
    const { code, json, stderr } = await cli.run(
      ['ledger', 'show', '1', '--contract', CONTRACT, '--rpc', url, '--json'],
      { env: { MISTORE_RPC: '' } },
    );
    expect(code).toBe(1);
    expect(json.error.code).toBe('CONNECTION_FAILED');
    expect(stderr).toContain('its URL must begin with http:// or https://');
    expect(stderr + JSON.stringify(json)).not.toMatch(/secret|null/);
  },
);
