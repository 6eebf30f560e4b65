// Changes of a network file: nothing that it has is lost, whoever else changes it at the same time.
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { MIStoreError } from '../../src/errors.ts';
import { changeNetwork, checkWritable, readNetwork, withName } from '../../src/network/change.ts';

const folder = await mkdtemp(join(tmpdir(), 'mistore-network-'));
const path = join(folder, 'mistore.json');
const bytes = (n: number, length = 20) => new Uint8Array(length).fill(n);
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => rm(path, { force: true }));

const add = (name: string, n: number) =>
  changeNetwork(path, (network) => withName(network, 'account', name, bytes(n), path));

it('a file that is missing is made; reading one that is missing makes none', async () => {
  expect((await readNetwork(path)).names.size).toBe(0);
  expect(await readdir(folder)).toEqual([]);
  await add('acme', 1);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ names: { acme: `0x${'01'.repeat(20)}` } });
});

it('names that many add at once are all there', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, n) => add(`name${n}`, n + 1)));
  expect([...(await readNetwork(path)).names.keys()].sort()).toEqual(Array.from({ length: 8 }, (_, n) => `name${n}`));
  expect(await readdir(folder)).toEqual(['mistore.json']);
});

it('the lock of a program that was killed keeps nobody waiting for ever', async () => {
  await writeFile(`${path}.lock`, '');
  const long = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, long, long);
  await add('acme', 1);
  expect(await readdir(folder)).toEqual(['mistore.json']);
});

it('what the file has stays: fields, their order, the mode, a link to it', async () => {
  const file = {
    $schema: 'x',
    chainId: '1',
    contract: `0x${'11'.repeat(20)}`,
    codeHash: `0x${'12'.repeat(32)}`,
    endpoint: 'https://a',
    witnesses: ['https://b'],
    names: { zeta: `0x${'22'.repeat(20)}` },
    ledgers: { bills: `0x${'13'.repeat(32)}` },
  };
  await writeFile(path, JSON.stringify(file));
  await chmod(path, 0o644);
  const linked = join(folder, 'link.json');
  await symlink(path, linked);
  await changeNetwork(linked, (network) => withName(network, 'account', 'acme', bytes(1), path));
  await rm(linked);
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  const text = await readFile(path, 'utf8');
  expect(JSON.parse(text)).toEqual({ ...file, names: { ...file.names, acme: `0x${'01'.repeat(20)}` } });
  expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(file));
});

it('a name keeps its meaning, and an account its name', async () => {
  await add('acme', 1);
  await add('acme', 1); // again: nothing to do
  const before = await readFile(path, 'utf8');
  await expect(add('acme', 2)).rejects.toThrow(`${path}: the name acme stands for another account`);
  await expect(add('umbrella', 1)).rejects.toThrow(`${path}: this account has the name acme already`);
  const both = (kind: 'account' | 'ledger') =>
    changeNetwork(path, (now) => withName(now, kind, 'acme', bytes(3, 32), path));
  await expect(both('account')).rejects.toThrow(MIStoreError);
  expect(await readFile(path, 'utf8')).toBe(before);
  expect((await both('ledger')).ledgers.get('acme')).toEqual(bytes(3, 32)); // ledgers have names of their own
});

it('a file that is no network file is left as it is', async () => {
  for (const text of ['', '{', '{"names":1}', '{"other":1}']) {
    await writeFile(path, text);
    await expect(add('acme', 1)).rejects.toThrow(path);
    expect(await readFile(path, 'utf8')).toBe(text);
  }
});

it('a change that could not be read again is not written', async () => {
  await add('acme', 1);
  const two = (now: Awaited<ReturnType<typeof readNetwork>>) => ({
    ...now,
    names: new Map([...now.names, ['b', bytes(1)]] as const),
  });
  await expect(changeNetwork(path, two)).rejects.toThrow('names.acme and names.b are the same');
  expect((await readNetwork(path)).names.size).toBe(1);
});

it('a place that cannot be written is found before, and nothing is left', async () => {
  await checkWritable(path);
  expect(await readdir(folder)).toEqual([]);
  await expect(checkWritable(folder)).rejects.toThrow('is a folder');
  await expect(checkWritable(join(folder, 'none', 'mistore.json'))).rejects.toThrow('there is no such folder');
});
