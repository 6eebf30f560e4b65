// What the program teaches and how it takes mistyped words: every command has examples that it would take as they stand,
// a usage error is an object with --json, and a reader who stops early stops nothing.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { bundleCli, Cli } from '../support/cli.ts';
import { parseLine } from '../support/parse-line.ts';

vi.setConfig({ testTimeout: 60_000 });
let cli: Cli;
const examples = new Map<string, readonly string[]>();
for (const [name, { load }] of COMMANDS) examples.set(name, (await load()).examples);

beforeAll(async () => {
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-help-')));
});
afterAll(() => cli?.close());
afterEach(() => {
  vi.unstubAllEnvs();
});

it('--version and --help are there', async () => {
  expect((await cli.run(['--version'])).stdout.trim()).toBe(manifest.version);
  const help = (await cli.run(['--help'])).stdout;
  for (const command of [
    'demo',
    'node',
    'deploy',
    'keygen',
    'register',
    'ledger',
    'ingest',
    'receipts',
    'verify',
    'consent',
    'query',
    'server',
    'sum',
    'archive',
    'audit',
    'handover',
  ]) {
    expect(help).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  }
});

describe('examples', () => {
  it('are there for every command', () => {
    expect(COMMANDS.size).toBeGreaterThan(20);
    expect([...examples].filter(([, lines]) => lines.length === 0)).toEqual([]);
  });

  /** Name of the command that a line comes to. */
  async function parse(line: string): Promise<string> {
    const words = line
      .replace(/^.*\| /, '')
      .replace(/ > .*$/, '')
      .replace(/0x[0-9A-F]{4}…/g, `0x${'ab'.repeat(20)}`)
      .replace(/0x[0-9a-f]{4}…/g, `0x${'12'.repeat(32)}`)
      .split(' ');
    expect(words[0]).toBe('mistore');
    return (await parseLine(words.slice(1))).name;
  }

  it.each([...examples].flatMap(([name, lines]) => lines.map((line) => [line, name] as const)))(
    '%s',
    async (line, name) => {
      vi.stubEnv('MISTORE_CONTRACT', `0x${'cd'.repeat(20)}`);
      vi.stubEnv('MISTORE_KEYSTORE', 'role.json');
      expect(await parse(line)).toBe(name);
      await expect(parse(`${line.replace(/ > .*$/, '')} --nonsense`)).rejects.toThrow("unknown option '--nonsense'");
    },
  );

  it('and the environment, groups and required options are in --help', async () => {
    const first = (await cli.run(['--help'])).stdout;
    for (const heading of ['Hospital:', 'Server:', 'Patient:', 'Insurer:', 'MISTORE_PASSWORD', 'Exit status']) {
      expect(first).toContain(heading);
    }
    expect(Math.max(...first.split('\n').map((line) => line.length))).toBeLessThanOrEqual(82);
    const ingest = (await cli.run(['ingest', '--help'])).stdout;
    expect(ingest).toMatch(/--ledger <id>\s+required: the ledger/);
    expect(ingest).not.toMatch(/--rpc <url>\s+required/);
    for (const example of examples.get('ingest')!) expect(ingest).toContain(example);
  });
});

describe('usage errors', () => {
  const cases: [string[], string][] = [
    [['ingst'], "unknown command 'ingst' (Did you mean ingest?)"],
    [['node', '--prt', '1'], "unknown option '--prt' (Did you mean --port?)"],
    [['ingest'], "required option '--ledger <id>' not specified"],
    [['keygen', '--out', 'x.json', '--role', 'hospitl'], "argument 'hospitl' is invalid"],
    [['fund', '0x1'], 'it must be an address'],
  ];

  it.each(cases)('%j: status 1; an object with --json', async (args, message) => {
    const people = await cli.run(args);
    expect(people).toMatchObject({ code: 1, stdout: '' });
    expect(people.stderr.replace(/\s+/g, ' ')).toContain(message);
    const { code, json } = await cli.run([...args, '--json']);
    expect(code).toBe(1);
    expect(json).toEqual({ error: { code: 'USAGE', message: expect.stringContaining(message), details: {} } });
  });

  it.each([
    ['help', 'ingest'],
    ['help', 'sum'],
    ['ledger', 'help', 'open'],
    ['ledger', 'open', '--help'],
  ])('%s %s %s: shows arguments, options and examples of a command that nothing has loaded yet', async (...words) => {
    const named = words.filter((word): word is string => word !== undefined && !/^(--)?help$/.test(word)).join(' ');
    const { code, stdout } = await cli.run(words.filter((word) => word !== undefined));
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: mistore ${named} `);
    const lines = examples.get(named);
    expect(stdout).toContain(lines === undefined ? 'check the proof of a sum' : `Examples:\n  ${lines[0]}`);
    if (lines !== undefined) expect(stdout).toContain('--json');
  });

  it.each([[['help', 'ingst']], [['ledger', 'opn']], [['ledger']]])('%j: status 1', async (words) => {
    const { code, stderr } = await cli.run(words);
    expect(code).toBe(1);
    expect(stderr).toContain(words[1] === 'opn' ? "unknown command 'opn'\n(Did you mean open?)" : 'Usage: mistore');
  });

  it('help that was asked for is no usage error', async () => {
    for (const args of [['--help'], ['--version'], ['help', 'ingest'], ['sum', '--help', '--json']]) {
      const { code, stdout } = await cli.run(args);
      expect({ args, code }).toEqual({ args, code: 0 });
      expect(stdout).not.toContain('"error"');
    }
  });
});

describe('files', () => {
  const missing = { MISTORE_CONTRACT: `0x${'cd'.repeat(20)}`, MISTORE_PASSWORD: 'x' };

  it('a file that is not there, or is a folder, is named in words', async () => {
    await mkdir(join(cli.folder, 'folder'));
    const cases: [string, string][] = [
      ['none.json', 'none.json: there is no such file or folder'],
      ['none.json/receipts', 'none.json/receipts: there is no such file or folder'],
    ];
    for (const [file, message] of cases) {
      const { code, json } = await cli.run(['verify', file, '--json'], { env: missing });
      expect(code).toBe(1);
      expect(json).toEqual({ error: { code: 'ENOENT', message, details: {} } });
    }
    const { stderr } = await cli.run(['keygen', '--out', 'k.json', '--password-file', 'none'], { env: missing });
    expect(stderr).toBe('error: none: there is no such file or folder\n');
  });
});

describe('a reader who stops early', () => {
  it.each(['stdout', 'stderr'] as const)('%s: the work goes on, and ends with status 0', async (stream) => {
    const words = ['demo', '--rows', '50', '--servers', '1', '--threshold', '1'];
    const { child, ended } = cli.spawn([...words, ...(stream === 'stdout' ? ['--json'] : [])]);
    child[stream]!.destroy();
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });
});
