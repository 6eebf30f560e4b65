// What the program says can stand where the cursor is: commands, options, choices, names of the network file, files.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/list.ts';
import { bundleCli, Cli, type RunOptions } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 60_000 });
let cli: Cli;

beforeAll(async () => {
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-complete-')));
  const address = (n: number) => `0x${`${n}`.repeat(40)}`;
  const names = { acme: address(1), alpha: address(2), Ärzte: address(3) };
  await writeFile(
    join(cli.folder, 'mistore.json'),
    JSON.stringify({ names, ledgers: { bills: `0x${'4'.repeat(64)}` } }),
  );
  await writeFile(join(cli.folder, 'other.json'), JSON.stringify({ names: { other: address(5) } }));
  await mkdir(join(cli.folder, 'broken'));
  await writeFile(join(cli.folder, 'broken/mistore.json'), '{');
});
afterAll(() => cli?.close());

async function complete(words: string[], options?: RunOptions): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(['complete', '--', ...words], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ')[0]!);
}

it.each<[string[], string[]]>([
  [['led'], ['ledger']],
  [
    ['ledger', 're'],
    ['refresh', 'replace'],
  ],
  [['ledger', 'open', '--thr'], ['--threshold']],
  [
    ['ledger', 'open', '--thousands', ''],
    ['.', ',', "'"],
  ],
  [
    ['keygen', '--role', ''],
    ['hospital', 'server', 'patient', 'insurer', 'operator'],
  ],
  [['keygen', '--role=in'], ['--role=insurer']],
  [['keygen', '--role', '=', 'in'], ['insurer']],
  [
    ['keygen', '--role', '='],
    ['hospital', 'server', 'patient', 'insurer', 'operator'],
  ],
  [['keygen', '--out', ''], [':files']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['fund', 'a'],
    ['acme', 'alpha'],
  ],
  [['fund', '--ether', '5', 'Ä'], ['Ärzte']],
  [['fund', '--ether', ''], []],
  [['fund', 'acme', ''], []],
  [['ledger', 'show', ''], ['bills']],
  [['ledger', 'open', '--server', 'acme', '--server', 'al'], ['alpha']],
  [['ingest', '--ledger=b'], ['--ledger=bills']],
  [['ingest', 'bills.csv', '--ledger', ''], ['bills']],
  [['ingest', ''], [':files']],
  [['fund', '--network', 'other.json', ''], ['other']],
  [['help', 'ing'], ['ingest']],
  [['--v'], ['--version']],
  [['nonsense', ''], []],
  [['server', 'nonsense', ''], []],
  [
    ['fund', '--nonsense', ''],
    ['acme', 'alpha', 'Ärzte'],
  ],
])('%j → %j', async (words, expected) => {
  expect(await complete(words)).toEqual(expected);
});

it('all commands and families, but not what is only for completion', async () => {
  const first = new Set([...COMMANDS.keys()].map((name) => name.split(' ')[0]));
  expect(new Set(await complete(['']))).toEqual(new Set([...first, 'help']));
  for (const family of ['ledger', 'server', 'query']) {
    const members = [...COMMANDS.keys()]
      .filter((name) => name.startsWith(`${family} `))
      .map((name) => name.split(' ')[1]);
    expect(await complete([family, ''])).toEqual([...members, 'help']);
  }
});

it('an option that is given once is not offered again, unless it can be', async () => {
  const options = await complete(['ledger', 'open', '--threshold', '2', '--server', 'alpha', '--']);
  expect(options).toContain('--server');
  expect(options).not.toContain('--threshold');
  expect(options).toEqual(expect.arrayContaining(['--json', '--help', '--max-fee', '--keystore', '--network']));
});

it('a network file that is named in the environment, broken or missing', async () => {
  expect(await complete(['fund', ''], { env: { MISTORE_NETWORK: 'other.json' } })).toEqual(['other']);
  expect(await complete(['fund', ''], { env: { MISTORE_NETWORK: 'none.json' } })).toEqual([]);
  expect(await complete(['fund', ''], { shell: 'cd broken && "$@"' })).toEqual([]);
  expect(await complete(['fund', ''], { shell: 'cd / && "$@"' })).toEqual([]);
});
