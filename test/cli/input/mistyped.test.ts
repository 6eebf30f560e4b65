// Slips at the keyboard and in the environment that commander alone would blame on something else.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/list.ts';
import { createProgram, definedCommand } from '../../../src/cli/program.ts';
import { bundleCli, Cli } from '../../support/cli.ts';
import { parseLine } from '../../support/parse-line.ts';

const CONTRACT = `0x${'ab'.repeat(20)}`;
const ID = `0x${'12'.repeat(32)}`;
let cli: Cli;
const commands: Command[] = [];
for (const name of COMMANDS.keys()) commands.push(await definedCommand(createProgram(), name));

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
  for (const MISTORE_KEYSTORE of [undefined, '']) {
    const { code, stderr } = await cli.run(['register'], { env: { MISTORE_KEYSTORE } });
    expect(code).toBe(1);
    const message = "required option '--keystore <file>' not specified; the environment can give it too:";
    expect(stderr).toContain(`error: ${message} MISTORE_KEYSTORE\n`);
  }
});

it('a contract that nothing names is asked for, with every way to name it', async () => {
  for (const empty of [undefined, '']) {
    const env = { MISTORE_CONTRACT: empty, MISTORE_NETWORK: empty };
    const { code, json } = await cli.run(['ledger', 'show', ID, '--json'], { env });
    expect({ code, error: json.error.code }).toEqual({ code: 1, error: 'NO_DEPLOYMENT' });
    expect(json.error.message).toMatch(/mistore\.json.*--network.*mistore deploy.*--contract or MISTORE_CONTRACT/);
  }
});

it.each(['localhost:8545', 'ws://name:secret@localhost:8545/secret', 'secret', 'file:///secret'])(
  '--rpc %s is refused at once, and not repeated',
  async (url) => {
    const { code, json, stderr } = await cli.run(
      ['ledger', 'show', ID, '--contract', CONTRACT, '--rpc', url, '--json'],
      { env: { MISTORE_RPC: '' } },
    );
    expect(code).toBe(1);
    expect(json.error.code).toBe('CONNECTION_FAILED');
    expect(stderr).toContain(
      url.startsWith('ws:') ? 'WebSocket endpoints are not supported' : 'its URL must begin with http:// or https://',
    );
    expect(stderr + JSON.stringify(json)).not.toMatch(/secret|null/);
  },
);

describe('an option that takes one value', () => {
  /** With a value that each reader takes. */
  const VALUES: Record<string, string> = {
    address: CONTRACT,
    number: '1',
    ledger: ID,
    query: ID,
    t: '1',
    n: '1',
    count: '1',
    digits: '1',
    seconds: '1',
    amount: '1',
    gwei: '1',
    ether: '1',
    rows: '1',
    blocks: '1',
    days: '1',
    id: '1',
    'id...': '1',
    'name=address': `a=${CONTRACT}`,
    'name=id': `a=${ID}`,
    account: CONTRACT,
  };
  const OF_OPTION: Record<string, string> = {
    '--ledger <id>': ID,
    '--listen <address>': '9464',
    '--until <date>': '2030-05-03',
  };
  const options = [...COMMANDS.keys()].flatMap((name, at) => {
    const command = commands[at]!;
    const given = command.registeredArguments.filter(({ required }) => required).map((argument) => argument.name());
    return command.options
      .filter((option) => option.required)
      .map((option) => {
        const [, kind] = /<([^>]+)>/.exec(option.flags)!;
        const value = option.argChoices?.[0] ?? OF_OPTION[option.flags] ?? VALUES[kind!] ?? 'text';
        const words = given.map((argument) => VALUES[argument] ?? '1');
        return { name, flags: option.flags, words: [...name.split(' '), ...words], long: option.long!, value };
      });
  });
  const said = (words: string[]) =>
    parseLine(words).then(
      () => '',
      (error: Error) => error.message,
    );
  const repeatable = ['--amount-column', '--id-column', '--metadata-column', '--symbol', '--witness'];
  /** Of these commands; elsewhere they take one value. */
  const chosen = [
    'init --name',
    'init --ledger',
    'correct --id',
    'correct --amount',
    'receipts --csv',
    'handover --csv',
    'consent sign --record',
    'consent sign --category',
    'ledger open --category',
    'ledger open --server',
    'server run --accept',
    'server run --contract-account',
  ];
  const isRepeatable = ({ name, long }: (typeof options)[number]) =>
    repeatable.includes(long) || chosen.includes(`${name} ${long}`);

  it.each(options.filter((option) => !isRepeatable(option)))(
    '$name $flags: is refused when it is given twice, however it is written',
    async ({ words, flags, long, value }) => {
      const message = `option '${flags}' is given twice; it takes one value`;
      expect(await said([...words, long, value, long, value])).toContain(message);
      expect(await said([...words, `${long}=${value}`, long, value])).toContain(message);
      expect(await said([...words, long, value])).not.toMatch(/given twice|invalid/);
    },
  );

  it.each(options.filter(isRepeatable))('$name $flags: can be given again', async ({ words, long, value }) => {
    expect(await said([...words, long, value, long, value])).not.toMatch(/given twice|invalid/);
  });

  it('may stand in the environment and be given once', async () => {
    const { code, json } = await cli.run(['account', '--keystore', 'none.json', '--json'], {
      env: { MISTORE_KEYSTORE: 'other.json', MISTORE_PASSWORD: 'p' },
    });
    expect({ code, said: json.error.message }).toEqual({ code: 1, said: 'none.json: there is no such file or folder' });
  });
});
