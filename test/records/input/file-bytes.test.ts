// Reading ends with an error, at the latest at the end, where a file changes meanwhile in any way. Pipes and devices are
// read as they come.
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { appendFile, mkdtemp, open, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHUNK_BYTES, openBytes } from '../../../src/records/input/file-bytes.ts';
import { readRows } from '../../../src/records/input/rows.ts';
import { parseProfile } from '../../../src/records/profile.ts';

const SIZE = 5 * CHUNK_BYTES + 17;
const PROFILE = parseProfile({ name: 'x', columns: { patient: 'p', lanes: [{ name: 'c', column: 'c' }] } });

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-bytes-'));
  path = join(folder, 'x.csv');
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => writeFile(path, Buffer.alloc(SIZE, 'a')));

async function read(name: string, meanwhile: (chunk: number) => Promise<unknown> = async () => undefined) {
  const { size, bytes } = await openBytes(name);
  let length = 0;
  let chunk = 0;
  for await (const { length: more } of bytes) {
    length += more;
    await meanwhile(chunk++);
  }
  return { size, length };
}

async function overwrite(text: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(text, 10);
  await file.close();
}

/** Paths of what this process has open. */
const openFiles = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // that of the folder itself
    }
  });

const CHANGES: [string, () => Promise<unknown>][] = [
  ['is emptied', () => truncate(path)],
  ['is cut', () => truncate(path, SIZE - 1)],
  ['grows', () => appendFile(path, 'a')],
  ['is written over, with the same size', () => overwrite('b')],
  [
    'is replaced by one of the same size',
    async () => {
      await writeFile(`${path}.new`, Buffer.alloc(SIZE, 'a'));
      await rename(`${path}.new`, path);
    },
  ],
  ['is removed', () => rm(path)],
];

describe('a file', () => {
  test('that stays the same is read', async () => {
    expect(await read(path)).toEqual({ size: SIZE, length: SIZE });
    await writeFile(path, '');
    expect(await read(path)).toEqual({ size: 0, length: 0 });
  });

  test.each(CHANGES)('that %s while it is read is an error, at the beginning and at the end', async (_, change) => {
    for (const when of [0, 5]) {
      await writeFile(path, Buffer.alloc(SIZE, 'a'));
      await utimes(path, 1, 1);
      const given = read(path, async (chunk) => {
        if (chunk === when) await change();
      });
      await expect(given).rejects.toMatchObject({ code: 'INPUT_CHANGED', message: expect.stringContaining(path) });
    }
  });

  test('that changed before it was read is as good as any', async () => {
    for (const [, change] of CHANGES.slice(0, 4)) {
      await change();
      const { size, length } = await read(path);
      expect(length).toBe(size);
    }
  });

  test('is compared with its size on the disk, not with that of the text in it', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `patient ${(i * 7919) % 50_000},${i}.25\n`).join('');
    await writeFile(path, gzipSync(`p,c\n${rows}`));
    const all = async (change?: () => Promise<unknown>) => {
      let count = 0;
      for await (const entry of readRows(path, PROFILE)) {
        if (++count === 10) await change?.();
        expect(entry.kind).toBe('row');
      }
      return count;
    };
    expect(await all()).toBe(50_000);
    await expect(all(() => appendFile(path, gzipSync('z,1.00\n')))).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });

  test.skipIf(process.platform !== 'linux')('is closed when the reader leaves', async () => {
    const { bytes } = await openBytes(path);
    for await (const _ of bytes) {
      expect(openFiles()).toContain(path);
      break;
    }
    // What a reader before this one has left behind may still be closing.
    await vi.waitFor(() => expect(openFiles()).not.toContain(path));
  });
});

test('a pipe has no size and is not compared', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [done] = await Promise.all([read(pipe), writeFile(pipe, Buffer.alloc(100_000))]);
  expect(done).toEqual({ size: null, length: 100_000 });
});

test('a device has no size', async () => {
  expect(await read('/dev/null')).toEqual({ size: null, length: 0 });
});

test.each(['absent.csv', '.'])('%s cannot be read, and is named', async (name) => {
  await expect(openBytes(join(folder, name))).rejects.toMatchObject({
    code: 'INPUT_UNREADABLE',
    message: expect.stringContaining(join(folder, name)),
  });
});
