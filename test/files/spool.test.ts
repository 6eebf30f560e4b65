// Text of many owners in one temporary file: each gets their own lines back, in order, however little memory there was, and nothing
// stays on disk.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Spool } from '../../src/files/spool.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-spool-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each([0, 1, 50, 10 ** 6])('with room for %i characters', (room) => {
  it('gives each owner their lines, in order', async () => {
    const spool = await Spool.create(folder, room);
    const expected = new Map<number, string[]>();
    for (let k = 0; k < 500; k++) {
      const owner = (k * k) % 7;
      const line = `${owner}:${k} ä€𝄞 ${'x'.repeat(k % 13)}`;
      await spool.add(owner, line);
      expected.set(owner, [...(expected.get(owner) ?? []), line]);
    }
    for (let owner = 0; owner < 8; owner++) expect(await spool.linesOf(owner)).toEqual(expected.get(owner) ?? []);
    // And again, and after more.
    await spool.add(3, 'last');
    expect(await spool.linesOf(3)).toEqual([...(expected.get(3) ?? []), 'last']);
    await spool.close();
    expect(await readdir(folder)).toEqual([]);
  });
});

it('is a file that only its owner reads', async () => {
  const spool = await Spool.create(folder, 0);
  await spool.add(0, 'private');
  const [file] = await readdir(folder);
  expect((await stat(join(folder, file!))).mode & 0o777).toBe(0o600);
  await spool.close();
});

it('names the folder that it cannot write to', async () => {
  await expect(Spool.create(join(folder, 'none'))).rejects.toMatchObject({ code: 'OUTPUT_FILE' });
});
