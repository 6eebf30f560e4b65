// Where an export writes: nothing but an archive of the same ledger is replaced, no link leads the writing elsewhere, devices
// and pipes are left as they are, and every fault of the file system is an ArchiveError that names the file.
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, link, lstat, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { addressText } from '../../src/address.ts';
import { ArchiveError } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { toHex } from '../../src/bytes.ts';
import { OutputFileError } from '../../src/files/output-file.ts';
import { Program } from '../support/process.ts';
import { type Exports, openExports } from './exports.ts';

let exports: Exports;
let exported: Exports['exported'];
let exists: Exports['exists'];
let folder: string;
let tests = 0;
/** A path in a folder of this test's own; its name for `exported`. */
const name = (file: string) => `${folder}/${file}`;
const path = (file: string) => exports.path(name(file));
const write = (file: string) => exported(name(file));

beforeAll(async () => {
  exports = await openExports();
  ({ exported, exists } = exports);
  await exported('right');
});
afterAll(() => exports?.stop());
beforeEach(async () => {
  folder = `${++tests}`;
  await mkdir(exports.path(folder));
});

const right = () => readFile(exports.path('right'));
async function fault(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('nothing was refused'),
    (reason: Error) => reason,
  );
}

describe('FILE', () => {
  it.each([
    ['a pipe', () => execFileSync('mkfifo', ['-m', '644', path('there')])],
    ['a folder', () => mkdir(path('there'), { mode: 0o755 })],
    ['a link to a device', () => symlink('/dev/null', path('there'))],
    ['a link to a folder', () => symlink('..', path('there'))],
  ])('that is %s is refused and left as it is', async (_, make) => {
    await make();
    const before = await stat(path('there'));
    const error = await fault(write('there'));
    expect(error).toBeInstanceOf(OutputFileError);
    expect(error.message).toMatch(/there: is a (pipe|folder|device); it must be a regular file$/);
    const after = await stat(path('there'));
    expect([after.mode, after.ino, after.size]).toEqual([before.mode, before.ino, before.size]);
    expect(await exists(name('there.part'))).toBe(false);
  });

  it('that is a link to an archive of the ledger stays a link, and the archive is extended', async () => {
    await copyFile(exports.path('right'), path('archive'));
    await symlink('archive', path('link'));
    await exports.chain.mine(2);
    const { block } = await write('link');
    expect(await readlink(path('link'))).toBe('archive');
    const reader = await ArchiveReader.open(path('archive'));
    expect(reader.block).toBe(block);
    await reader.close();
  });

  it.each([
    ['something else', (file: string) => writeFile(file, 'notes'), /link: is not an archive|notes: is not an archive/],
    ['nothing', async () => undefined, /is a symbolic link to a file that does not exist/],
  ])('that is a link to %s is refused', async (_, make, message) => {
    await make(path('notes'));
    await symlink('notes', path('link'));
    const error = await fault(write('link'));
    expect(error).toBeInstanceOf(ArchiveError);
    expect(error.message).toMatch(message);
    expect(await readlink(path('link'))).toBe('notes');
    expect(await exists(name('link.part'))).toBe(false);
  });

  it('that appears or changes while the export runs is not replaced; the new archive stays in the part', async () => {
    const { endpoint, through } = exports;
    for (const file of ['new', 'old']) {
      if (file === 'old') await writeFile(path(file), await right());
      await exports.chain.mine();
      endpoint.answer = async (call, forward) => {
        if (call.method === 'eth_getLogs') await writeFile(path(file), 'notes');
        return forward();
      };
      const error = await fault(exported(name(file), through));
      expect(error).toBeInstanceOf(ArchiveError);
      const message = `${path(file)}: has changed since the export began; the new archive is ${path(file)}.part`;
      expect(error.message).toBe(message);
      expect(await readFile(path(file), 'utf8')).toBe('notes');
      const reader = await ArchiveReader.open(path(`${file}.part`));
      expect(reader.events).toBeGreaterThan(0);
      await reader.close();
    }
  });
});

describe('FILE.part', () => {
  it.each([
    ['a symbolic link to an archive of the ledger', (other: string) => symlink(other, path('new.part'))],
    ['a hard link to an archive of the ledger', (other: string) => link(other, path('new.part'))],
    ['a link to nothing', () => symlink('nothing', path('new.part'))],
    ['a link to a device', () => symlink('/dev/null', path('new.part'))],
  ])('that is %s is refused, and the archive left as it is', async (_, make) => {
    await writeFile(path('other'), (await right()).subarray(0, -1));
    const before = await readFile(path('other'));
    await make(path('other'));
    const error = await fault(write('new'));
    expect(error.message).toMatch(/new\.part: is (a link to a file, which would be changed|a device; it must be)/);
    expect((await readFile(path('other'))).equals(before)).toBe(true);
    expect((await lstat(path('new.part'))).isSymbolicLink() || (await stat(path('new.part'))).nlink === 2).toBe(true);
    expect(await exists(name('new'))).toBe(false);
    expect(await exists(name('nothing'))).toBe(false);
  });

  it('that is FILE by another name is refused', async () => {
    await writeFile(path('archive'), await right());
    await link(path('archive'), path('archive.part'));
    expect((await fault(write('archive'))).message).toMatch(/archive\.part: is a link to a file/);
    expect((await readFile(path('archive'))).equals(await right())).toBe(true);
  });

  it('that an export begun before anything was written left behind is continued', async () => {
    await writeFile(path('new.part'), '');
    expect((await write('new')).events).toBeGreaterThan(0);
  });
});

describe('a fault of the file system', () => {
  it('is an ArchiveError that names the file', async () => {
    const error = await fault(write('no/such/folder'));
    expect(error).toBeInstanceOf(ArchiveError);
    expect(error.message).toMatch(/no\/such\/folder.part: there is no such file or folder$/);
    await writeFile(path('plain'), '');
    expect((await fault(write('plain/file'))).message).toMatch(/plain\/file: cannot be written: a part of the path/);
  });

  it.skipIf(process.getuid?.() === 0)('such as a file that may not be read (root may read anything)', async () => {
    await writeFile(path('secret'), await right(), { mode: 0 });
    expect((await fault(write('secret'))).message).toMatch(/secret: permission denied$/);
    await chmod(path('secret'), 0o600);
  });

  it('in the middle of the writing ends the export, and there is no FILE', async () => {
    const program = await Program.bundle('src/cli/main.ts');
    onTestFinished(() => program.end());
    const contract = addressText(exports.chain.address);
    const args = [
      'archive',
      'export',
      '--ledger',
      toHex(exports.story.ledger.ledgerId),
      '--out',
      path('new'),
      '--json',
    ];
    const run = program.start([...args, '--rpc', exports.chain.node.url, '--contract', contract], {
      // No file may grow beyond 1 KiB.
      shell: 'ulimit -f 1; exec "$@"',
    });
    const { code, json } = await run.ended;
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ code: 'ARCHIVE', message: expect.stringMatching(/new\.part: .*EFBIG/) });
    expect(await exists(name('new'))).toBe(false);
  });
});
