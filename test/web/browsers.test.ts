// What `npm run test:web` stands on, without a browser: which ones it finds, that it says when there is none, and that it counts failures.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { findBrowsers } from './browser/browsers.ts';
import { Checks } from './browser/checks.ts';

const folder = mkdtempSync(join(tmpdir(), 'mistore-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('finds the browsers that CHROME and FIREFOX name, else those of the usual names in PATH', () => {
  for (const name of ['chromium', 'firefox-esr', 'mine']) {
    writeFileSync(join(folder, name), '#!/bin/sh');
    chmodSync(join(folder, name), 0o755);
  }
  const paths = (env: Record<string, string>) => findBrowsers(env).map(({ name, path }) => [name, path]);
  expect(paths({ PATH: folder })).toEqual([
    ['chrome', join(folder, 'chromium')],
    ['firefox', join(folder, 'firefox-esr')],
  ]);
  expect(paths({ PATH: folder, CHROME: join(folder, 'mine'), FIREFOX: '/nowhere' })).toEqual([
    ['chrome', join(folder, 'mine')],
  ]);
});

it('without any does nothing, says so on one line, and ends with 2', () => {
  const env = { ...process.env, CHROME: '/nowhere', FIREFOX: '/nowhere' };
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'test:web'], { env, encoding: 'utf8' });
  expect(stderr).toMatch(/^test:web did nothing: .*set CHROME or FIREFOX to a binary\n$/);
  expect([status, stdout]).toEqual([2, '']);
}, 60_000);

it('counts what has passed and what has failed, and goes on after a failure', async () => {
  const said = vi.spyOn(console, 'error').mockReturnValue();
  const checks = new Checks();
  const within = checks.within('a story');
  await within.check('first', () => Promise.reject(new Error('no button')));
  await within.check('second', () => undefined);
  expect([checks.passed, checks.failed.length]).toEqual([1, 1]);
  expect(said.mock.calls).toEqual([[expect.stringContaining('FAILED: a story: first: Error: no button')]]);
  said.mockRestore();
});
