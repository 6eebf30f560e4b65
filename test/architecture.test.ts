// The shape of the sources: which folder may import which, who may use which package. Types count as imports
// too. How long files are: tree.test.ts; what the library exports: exports.test.ts.
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import BUNDLED from '../src/package/bundled.json' with { type: 'json' };
import { files, folder, imports, isOwn, packageOf, target, text } from './support/sources.ts';

/** Each may import those before it, and itself. */
const ORDER = [
  'errors.ts',
  'bytes.ts',
  'counted.ts',
  'keccak.ts',
  'address.ts',
  'sha256.ts',
  'sha256-browser.ts',
  'nearest.ts',
  'files',
  'network',
  'engine',
  'sharing',
  'chain',
  'identity',
  'vss',
  'query',
  'records',
  'contract',
  'archive',
  'ledger',
  'ingest',
  'parties',
  'index.ts',
  'browser.ts',
  'demo',
  'dev',
  'cli',
];

/** Packages that only these folders may use. */
const OWNERS: Record<string, string[]> = {
  ethers: ['identity', 'contract'],
  '@assemblyscript/loader': ['engine'],
  '@noble/post-quantum': ['identity'],
  '@noble/ciphers': ['vss'],
  '@noble/curves': ['chain', 'identity'],
  ajv: ['records'],
  undici: ['chain'],
  'csv-parse': ['demo'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  'cli-table3': ['cli'],
  pino: ['cli'],
  'prom-client': ['cli'],
  '@inquirer/password': ['cli'],
};

const own = files.flatMap((file) =>
  imports(file)
    .filter(isOwn)
    .map((name) => ({ file, to: target(file, name) })),
);
const foreign = files.flatMap((file) =>
  imports(file)
    .filter((name) => !isOwn(name))
    .map((name) => ({ file, name: packageOf(name) })),
);

describe('imports', () => {
  it('are all found: every line that starts with import or re-exports is one of them', () => {
    for (const file of files) {
      const statements = text.get(file)!.match(/^import\b|^export [^=;]*? from '/gm) ?? [];
      expect(imports(file).length, file).toBeGreaterThanOrEqual(statements.length);
    }
    expect(own.length).toBeGreaterThan(200);
  });

  it('go one way between folders', () => {
    const wrong = own
      .filter(({ to }) => to.startsWith('src/'))
      .map(({ file, to }) => [file, to.slice('src/'.length)] as const)
      .filter(([file, to]) => ORDER.indexOf(folder(to)) > ORDER.indexOf(folder(file)) || !ORDER.includes(folder(to)));
    expect(wrong).toEqual([]);
    expect(files.filter((file) => !ORDER.includes(folder(file)))).toEqual([]);
  });

  it('leave src/ only for what the build makes, for the manifest, and for the gas that was measured', () => {
    const outside = new Set(
      own.filter(({ to }) => !to.startsWith('src/')).map(({ file, to }) => `${folder(file)}: ${to}`),
    );
    expect([...outside].sort()).toEqual([
      'cli: package.json',
      'contract: build/contracts/MIStore.json',
      'engine: build/engine/modules.js',
      'keccak.ts: build/engine/modules.js',
      'parties: contracts/gas-budget.json',
      'vss: build/worker/source.js',
    ]);
  });

  it('make no circle between files', () => {
    const next = (file: string) => own.filter((edge) => `src/${edge.file}` === file);
    const done = new Set<string>();
    const visit = (file: string, path: string[]): string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const { to } of next(file)) {
        const circle = visit(to, [...path, file]);
        if (circle) return circle;
      }
      done.add(file);
      return undefined;
    };
    expect(files.map((file) => visit(`src/${file}`, [])).find((circle) => circle !== undefined)).toBeUndefined();
  });
});

describe('packages', () => {
  it('are used where they belong', () => {
    const wrong = foreign.filter(({ file, name }) => OWNERS[name] && !OWNERS[name].includes(folder(file)));
    expect(wrong).toEqual([]);
  });

  it('are dependencies, or bundled from development dependencies, and each of them is used', () => {
    const used = new Set(foreign.map(({ name }) => name).filter((name) => !name.startsWith('node:')));
    const declared = [...Object.keys(manifest.dependencies), ...BUNDLED];
    expect([...used].filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => !used.has(name))).toEqual([]);
    expect(BUNDLED.filter((name) => !Object.hasOwn(manifest.devDependencies, name))).toEqual([]);
  });

  it('that only some users need are loaded when they do: undici, behind a proxy', () => {
    const loading = files.flatMap((file) => text.get(file)!.match(/^.*\bundici'.*$/gm) ?? []);
    expect(loading.length).toBeGreaterThan(0);
    expect(loading.filter((line) => !/^import type |await import\('undici'\)/.test(line))).toEqual([]);
  });

  it('of Node are not used by the engine and by sharing, which also run in browsers', () => {
    const rooms = ['engine', 'sharing'];
    expect(foreign.filter(({ file, name }) => rooms.includes(folder(file)) && name.startsWith('node:'))).toEqual([]);
  });
});

describe('calls of nodes', () => {
  it('are made in src/chain only, where their replies are checked', () => {
    const outside = files.filter((file) => !file.startsWith('chain/'));
    expect(outside.filter((file) => /\.call\b|['"`](eth|anvil|net|web3)_/.test(text.get(file)!))).toEqual([]);
    // A type argument in place of a reader would be a claim that nobody checks.
    expect(files.filter((file) => /\.call</.test(text.get(file)!))).toEqual([]);
    const unread = files.flatMap((file) => text.get(file)!.match(/\.call\('\w+', \[[^\]]*\]\)/g) ?? []);
    // What these two answer is not looked at.
    expect(unread.map((call) => /'(\w+)'/.exec(call)![1]).sort()).toEqual([
      'anvil_setBalance',
      'eth_sendRawTransaction',
    ]);
  });
});
