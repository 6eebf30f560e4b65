// `mistore node` says whether it keeps its state, and where, and keeps it.
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { bundleCli, Cli, freePort } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 60_000 });
let cli: Cli;
beforeAll(async () => {
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-node-')));
});
afterAll(() => cli?.close());

/** All that it says, stopped when it is ready. */
async function said(...words: string[]): Promise<string> {
  const running = cli.spawn(['node', '--port', `${await freePort()}`, ...words]);
  await running.firstLine('stderr');
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  expect(code).toBe(0);
  return stderr;
}

it('says that nothing is kept', async () => {
  expect(await said()).toContain(
    'Nothing is kept then: contract, ledgers and ether are gone. --state FILE keeps them.',
  );
});

it('says where it is kept, and keeps it', async () => {
  const stderr = await said('--state', 'chain.json');
  expect(stderr).toContain('The chain is kept in chain.json, which the next "mistore node --state" reads.');
  expect(stderr).toContain('Stopped; the chain is kept in chain.json.');
  expect(existsSync(join(cli.folder, 'chain.json'))).toBe(true);
});
