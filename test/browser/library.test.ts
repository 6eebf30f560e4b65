// The library for browsers as a bundler sees it: no module of Node, nothing that makes code at run time, small; and its names
// mean the same as the library's for Node.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import * as browser from '../../src/browser.ts';
import * as index from '../../src/index.ts';

/** KB, compressed. The page that is built on the library must stay under 600 in all. */
const MOST_KB = 260;

let code: string;
let inputs: string[];
let imports: unknown[];
const found = (pattern: RegExp) => [...code.matchAll(pattern)].map(([text]) => text);
beforeAll(async () => {
  // Fails where a module of Node is imported: esbuild has none for browsers.
  const { outputFiles, metafile } = await build({
    entryPoints: ['src/browser.ts'],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  code = outputFiles[0]!.text;
  inputs = Object.keys(metafile.inputs);
  imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
});

describe('the bundle', () => {
  it('imports nothing, of Node or of anyone', () => {
    expect(imports).toEqual([]);
    // The engine's, asked for on Node 20 only.
    expect(found(/["'`]node:\w+/g)).toEqual(['"node:v8']);
  });

  it('has the twins in place of the files that need Node', () => {
    const twins = inputs.filter((file) => file.endsWith('-browser.ts'));
    expect(twins.length).toBe(7);
    for (const twin of twins) expect(inputs).not.toContain(twin.replace('-browser.ts', '.ts'));
  });

  it('makes no code at run time, and starts no worker by itself: a strict content security policy forbids both', () => {
    expect(found(/\bnew Function\b|\beval\(|\bFunction\(|new Worker\(|createObjectURL/g)).toEqual([]);
    expect(inputs.filter((file) => /node_modules\/(ajv|undici|csv-parse|pino)\//.test(file))).toEqual([]);
  });

  it(`takes at most ${MOST_KB} KB compressed`, () => {
    const kilobytes = gzipSync(code, { level: 9 }).length / 1000;
    expect(kilobytes).toBeLessThan(MOST_KB);
    expect(kilobytes).toBeGreaterThan(100); // or else the engine is missing
  });
});

describe('the names', () => {
  /** What only browsers need: in Node the same is done with files. */
  const ONLY = ['decryptSeed', 'encryptSeed', 'KeystoreError', 'textOf'];

  it('mean what they mean in Node', () => {
    const exported = Object.entries(browser).filter(([name]) => !ONLY.includes(name));
    for (const [name, value] of exported) expect((index as Record<string, unknown>)[name], name).toBe(value);
    expect(exported.length).toBeGreaterThan(25);
    for (const name of ONLY) expect(Object.keys(browser)).toContain(name);
  });
});
