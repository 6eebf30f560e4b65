// `mistore dev` as a person meets it: one command, then the others in its folder by names alone; it ends at Ctrl-C, and what it
// held is there again, also when it was killed.
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { bundleCli, Cli, freePort } from '../../support/cli.ts';
import type { Running } from '../../support/process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
let outside: Cli;
let inside: Cli;
let running: Running;
let port: number;

beforeAll(async () => {
  const program = await bundleCli();
  outside = new Cli(program, await mkdtemp(join(tmpdir(), 'mistore-dev-')));
  inside = new Cli(program, join(outside.folder, 'mistore-dev'));
  inside.env = { MISTORE_PASSWORD_FILE: 'password' };
  port = await freePort();
});
afterAll(() => outside?.close());

/** Starts the network and waits until it is ready. */
async function begin(cli: Cli, args: string[]): Promise<Running> {
  const started = cli.spawn(['dev', ...args]);
  await expect.poll(() => started.stdout, { timeout: 60_000 }).toMatch(/Ctrl-C stops|"ready":true/);
  return started;
}

const batches = async () => (await inside.run(['ledger', 'show', 'bills', '--json'])).json.batches;

it('sets a network up, and says what there is and what to type', async () => {
  running = await begin(outside, ['--servers', '2', '--port', `${port}`]);
  const { stdout } = running;
  expect(stdout).toContain(`A development network in mistore-dev: chain 31337 at http://127.0.0.1:${port}`);
  expect(stdout).toContain('any 2 of its 2 servers');
  for (const name of ['hospital', 'server2', 'acme', 'operator']) expect(stdout).toContain(`${name}.json`);
  expect(stdout).toMatch(/protects nothing/);
  expect(stdout).toContain('cd mistore-dev\n');
  expect(stdout).not.toMatch(/0x/);
});

it('its next command works as it is printed, and the servers say what they do', async () => {
  const [, command] = /^ {2}mistore (ingest .*)$/m.exec(running.stdout)!;
  const { code, stdout, stderr } = await inside.run(command!.split(' '));
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain('200 stored');
  expect(await batches()).toBe(1);
  await expect
    .poll(() => running.stderr, { timeout: 20_000 })
    .toMatch(/server1: Ledger bills, batch 0: 200 of 200 shares/);
  expect(running.stderr).toContain('server2: ');
});

it('cannot run twice', async () => {
  const { code, stderr } = await inside.run(['dev', '--port', `${await freePort()}`]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `error: the network in . is running already, at http://127.0.0.1:${port}\n`,
  });
});

it('killed outright, it goes on with all that was there, in its own folder too', async () => {
  running.child.kill('SIGKILL');
  await running.ended;
  // The chain ends by itself, and writes its state.
  await expect.poll(async () => (await inside.run(['ledger', 'list'])).code, { timeout: 20_000 }).toBe(1);
  running = await begin(inside, ['--json']);
  expect(running.json).toMatchObject({
    folder: '.',
    url: `http://127.0.0.1:${port}`,
    servers: 2,
    threshold: 2,
    resumed: true,
    ready: true,
    accounts: { acme: expect.stringMatching(/^0x\w{40}$/) },
  });
  expect(await batches()).toBe(1);
});

it('ends at Ctrl-C, also where that is pressed twice, and shows no secret', async () => {
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/Stopped\. The same command goes on/);
  const password = (await readFile(join(inside.folder, 'password'), 'utf8')).trim();
  expect(outside.printed + inside.printed).not.toContain(password);
});

it('says what is wrong with what is asked', async () => {
  const said = async (...args: string[]) => (await outside.run(['dev', ...args])).stderr;
  expect(await said('--servers', '3')).toBe(
    'error: the network in mistore-dev has servers 2, not 3: a network keeps what it was made with. Name another folder for another network, or remove this one\n',
  );
  expect(await said('--dir', 'other', '--servers', '1')).toMatch(/threshold 2 \(the default\) with 1 server;/);
  expect(await said('--dir', '.')).toMatch(/holds other files and no development network/);
});
