// What `npm ci` leaves in dist/ runs: the program by its path, the library and the engine alone by the package's own name.
// Whether it is what the sources say now, only a build can tell.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = new URL('../..', import.meta.url).pathname;
const node = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout.trim();

it('the program tells its version', async () => {
  expect(await node(manifest.bin.mistore, '--version')).toBe(manifest.version);
});

it('the library is found by its name, and has its parties', async () => {
  const names = await node(
    '--input-type=module',
    '-e',
    `console.log(Object.keys(await import('${manifest.name}')).join())`,
  );
  expect(names.split(',')).toEqual(
    expect.arrayContaining(['Hospital', 'Server', 'Patient', 'Insurer', 'createEngine', 'startNode']),
  );
});

it('the engine alone is found by its name, and a bundle of it for browsers needs nothing of Node', async () => {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${manifest.name}/engine';`, resolveDir: ROOT },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'engine',
    write: false,
    logLevel: 'silent',
  });
  // of all that is no part of the language, these are what browsers have
  const script = `${outputFiles[0]!.text}
    const one = Uint8Array.from({ length: 32 }, (_, i) => Number(i === 31));
    const G = async (kind) => (await engine.createEngine({ kind })).commit(one, new Uint8Array(32)).join('');
    Promise.all([undefined, 'scalar', 'reference'].map(G)).then((all) => [...Object.keys(engine), ...all].join());`;
  const printed: string = await runInNewContext(script, { TextEncoder, TextDecoder });
  const x = `${'0'.repeat(31)}1`; // G = (1, 2), and 2 is even
  expect(printed.split(',')).toEqual([
    ...['ArgumentError', 'CommitteeSizeError', 'EncodingError', 'EngineUnavailableError', 'MIStoreError'],
    ...['createEngine', 'subsetsOf'],
    ...[x, x, x],
  ]);
});
