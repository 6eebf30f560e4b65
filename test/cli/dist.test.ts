// What `npm ci` leaves in dist/ runs: the program by its path, and the library by the package's own name. Whether it is
// what the sources say now, only a build can tell.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
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
