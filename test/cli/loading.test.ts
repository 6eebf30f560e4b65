// What the program loads, and where it writes: --help and --version need nothing that computes or sends, so they work
// where WebAssembly has no room; a command that needs it says what is missing.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import { seedOf } from '../support/chain.ts';
import { bundleCli, Cli } from '../support/cli.ts';
import { files, folder, imports, isOwn, loadedWith, packageOf, text } from '../support/sources.ts';

vi.setConfig({ testTimeout: 120_000 });

describe('the sources of the program', () => {
  it('write to its output in one place', () => {
    const stream = /\bprocess\.std(out|err)\b|\bconsole\./;
    expect(files.filter((file) => stream.test(text.get(file)!))).toEqual([
      'cli/input/confirmation.ts', // A question.
      'cli/input/secrets.ts', // The hidden prompt.
      'cli/main.ts', // Listens to what becomes of it.
      'cli/output.ts',
    ]);
  });

  const ownPackages = (loaded: Iterable<string>) => [...loaded].filter((name) => !text.has(name) && isPackage(name));
  const isPackage = (name: string) => !name.startsWith('node:') && !isOwn(name);

  it('load for --help and --version commander, and of the sources only what lists commands', () => {
    const loaded = loadedWith('cli/main.ts');
    expect(ownPackages(loaded)).toEqual(['commander']);
    const sources = [...loaded].filter((name) => text.has(name));
    expect(sources).toContain('cli/commands/hospital/list.ts');
    const foreign = sources.filter((name) => folder(name) !== 'cli');
    expect(foreign).toEqual([]);
    expect(sources.filter((name) => name.startsWith('cli/commands/') && !/\/list\.ts$/.test(name))).toEqual([]);
  });

  it('load for the help of a command nothing that computes, sends or draws', () => {
    const definitions = files.filter((file) => /^cli\/commands\/.*\/(?!list\.ts)/.test(file));
    expect(definitions.length).toBeGreaterThanOrEqual(COMMANDS.size);
    for (const file of definitions) {
      const loaded = [...loadedWith(file)];
      expect({ file, packages: ownPackages(loaded) }).toEqual({
        file,
        packages: ['commander'].filter((name) => loaded.includes(name)),
      });
      const rooms = ['engine', 'identity', 'vss', 'contract', 'archive', 'ledger', 'ingest', 'parties', 'demo', 'dev'];
      expect({ file, heavy: loaded.filter((name) => text.has(name) && rooms.includes(folder(name))) }).toEqual({
        file,
        heavy: [],
      });
    }
  });

  it('use what is loaded later: the check finds what it looks for', () => {
    const packages = files.flatMap(imports).map(packageOf);
    for (const name of ['ethers', 'ajv', 'cli-table3', '@noble/curves', '@noble/post-quantum', '@inquirer/password']) {
      expect(packages).toContain(name);
    }
    expect(ownPackages(loadedWith('cli/daemon/log.ts'))).toContain('pino');
  });
});

describe.skipIf(process.platform !== 'linux')('where WebAssembly has no address space', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-loading-')));
    const secret = { seed: seedOf('loading'), role: 'server' };
    await writeKeystore(join(cli.folder, 'k.json'), 'p', secret, { scrypt: WEAK_SCRYPT });
  });
  afterAll(() => cli?.close());

  /** 4 GiB. */
  const limited = (args: string[], env: Record<string, string> = {}) =>
    cli.run(args, { shell: 'ulimit -v 4194304 && exec "$@"', env: { MISTORE_PASSWORD: 'p', ...env } });

  it('the program tells its version, helps, and lists profiles', async () => {
    expect(await limited(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
    expect((await limited(['--help'])).stdout).toContain('Hospital:');
    expect(await limited(['profiles'])).toMatchObject({ code: 0, stderr: '' });
    for (const name of COMMANDS.keys()) {
      const { code, stdout } = await limited([...name.split(' '), '--help']);
      expect({ code, usage: stdout.split('\n')[0] }).toEqual({
        code: 0,
        usage: expect.stringContaining(`Usage: mistore ${name} `),
      });
    }
  });

  it('a command says what it needs', async () => {
    const account = ['account', '--keystore', 'k.json', '--rpc', 'http://127.0.0.1:1', '--json'];
    const { code, json, stderr } = await limited(account);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({
      code: 'NO_ADDRESS_SPACE',
      message: expect.stringMatching(/WebAssembly needs 10 GiB.*ulimit -v unlimited.*--disable-wasm-trap-handler/),
    });
    expect(stderr).toBe(`error: ${json.error.message}\n`);
    // And what it says is true.
    expect((await limited(account, { NODE_OPTIONS: '--disable-wasm-trap-handler' })).json).toMatchObject({
      ether: null,
    });
  });
});
