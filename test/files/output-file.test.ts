// Files that a run writes: nothing that stands in their place is lost unasked, the run's own input never, by whatever
// link; devices, pipes and folders stay as they are; nobody else can read a byte at any time; nothing is left behind.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  OutputFile,
  OutputFileError,
  type OutputFileOptions,
  removeUnfinishedFiles,
  withOutputFile,
} from '../../src/files/output-file.ts';

const root = await mkdtemp(join(tmpdir(), 'mistore-output-'));
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'test-'));
  path = join(folder, 'out.txt');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const write = (name: string, content: string, options: OutputFileOptions = {}) =>
  withOutputFile(name, options, (file) => file.write(content));
const text = (file = path) => readFile(file, 'utf8');
const names = async () => (await readdir(folder)).sort();
const refusal = (message: string, file = path) => new OutputFileError(file, message);

describe('a file that is not there yet', () => {
  it('appears whole and in one step, with mode 0600 from the first byte', async () => {
    const file = await OutputFile.create(path);
    await file.write('one ');
    await file.write(Uint8Array.of(0x74, 0x77, 0x6f));
    const [temporary, ...others] = await names();
    expect(others).toEqual([]);
    expect(statSync(join(folder, temporary!)).mode & 0o777).toBe(0o600);
    await file.keep();
    expect(await names()).toEqual(['out.txt']);
    expect(await text()).toBe('one two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('discarded, never was', async () => {
    const file = await OutputFile.create(path);
    await file.write('one');
    await file.discard();
    await file.discard();
    expect(await names()).toEqual([]);
  });

  it('is not written over one that came meanwhile', async () => {
    const file = await OutputFile.create(path);
    await file.write('late');
    await writeFile(path, 'early');
    await expect(file.keep()).rejects.toThrow(refusal('the file exists, and is not replaced'));
    expect(await text()).toBe('early');
    expect(await names()).toEqual(['out.txt']);
  });

  it('of many that are written at once, one is kept', async () => {
    const written = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((one) => write(path, one)));
    const kept = written.flatMap(({ status }, i) => (status === 'fulfilled' ? ['abcde'[i]] : []));
    expect(kept).toEqual([await text()]);
    expect(await names()).toEqual(['out.txt']);
  });

  it('may have the longest name', async () => {
    const long = join(folder, 'x'.repeat(255));
    await write(long, 'long');
    expect(await text(long)).toBe('long');
    await expect(write(`${long}x`, '')).rejects.toThrow(/cannot be written: the name is too long|name is too/);
  });
});

describe('a file that is there', () => {
  beforeEach(() => writeFile(path, 'before', { mode: 0o644 }));

  it('is not replaced unasked, and the refusal says what would', async () => {
    await expect(write(path, 'after')).rejects.toThrow(refusal('the file exists, and is not replaced'));
    const advice = '--force replaces it';
    await expect(write(path, 'after', { advice })).rejects.toThrow(
      refusal('the file exists, and is not replaced; --force replaces it'),
    );
    expect(await text()).toBe('before');
    expect(await names()).toEqual(['out.txt']);
  });

  it('replaced, has mode 0600', async () => {
    await write(path, 'after', { replace: true });
    expect(await text()).toBe('after');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('stays until the new one is whole', async () => {
    const file = await OutputFile.create(path, { replace: true });
    await file.write('after');
    expect(await text()).toBe('before');
    await file.discard();
    expect(await text()).toBe('before');
    expect(await names()).toEqual(['out.txt']);
  });

  it('is replaced where its first bytes say so, and looked at again at the end', async () => {
    const replace = (head: Uint8Array) => Buffer.from(head).toString() === 'before';
    const file = await OutputFile.create(path, { replace });
    await writeFile(path, 'another');
    await expect(file.keep()).rejects.toThrow(refusal('the file exists, and is not replaced'));
    await expect(OutputFile.create(path, { replace })).rejects.toThrow(OutputFileError);
    await writeFile(path, 'before');
    await write(path, 'after', { replace });
    expect(await text()).toBe('after');
  });

  it('reached by a link, is replaced itself, and the link stays', async () => {
    const name = join(folder, 'link');
    await symlink('out.txt', name);
    await expect(write(name, 'after')).rejects.toThrow(refusal('the file exists, and is not replaced', name));
    await write(name, 'after', { replace: true });
    expect(await text()).toBe('after');
    expect((await names()).filter((found) => found.startsWith('.'))).toEqual([]);
    expect(existsSync(name)).toBe(true);
  });
});

describe("the run's own input", () => {
  beforeEach(() => writeFile(path, 'input'));

  it.each([
    ['by its name', async () => path],
    ['by another spelling of its path', async () => `${folder}/./out.txt`],
    ['by a symbolic link', async (name: string) => symlink(path, name).then(() => name)],
    ['by a hard link', async (name: string) => link(path, name).then(() => name)],
  ])('%s is refused, also where all may be replaced', async (_, made) => {
    const name = await made(join(folder, 'other'));
    const options = { inputs: [join(folder, 'none'), path], replace: true };
    await expect(OutputFile.create(name, options)).rejects.toThrow(/is a file that this run reads/);
    // The other way round: the input is named by the link.
    await expect(OutputFile.create(path, { ...options, inputs: [name] })).rejects.toThrow(/that this run reads/);
    expect(await text()).toBe('input');
  });
});

describe('what is not a regular file', () => {
  const all = { replace: true };

  it('a pipe, a folder, a device stay as they are', async () => {
    execFileSync('mkfifo', ['-m', '644', path]);
    await expect(OutputFile.create(path, all)).rejects.toThrow(refusal('is a pipe; it must be a regular file'));
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    await mkdir(join(folder, 'folder'));
    await expect(OutputFile.create(join(folder, 'folder'), all)).rejects.toThrow('is a folder; it must be');
    const { mode } = await stat('/dev/null');
    await expect(OutputFile.create('/dev/null', all)).rejects.toThrow('/dev/null: is a device; it must be');
    await symlink('/dev/null', join(folder, 'null'));
    await expect(OutputFile.create(join(folder, 'null'), all)).rejects.toThrow('is a device; it must be');
    expect((await stat('/dev/null')).mode).toBe(mode);
  });

  it('a link to nothing is not followed', async () => {
    await symlink('elsewhere', path);
    await expect(OutputFile.create(path, all)).rejects.toThrow(
      refusal('is a symbolic link to a file that does not exist'),
    );
    expect(await names()).toEqual(['out.txt']);
  });

  it('a folder that is not there is named', async () => {
    const nowhere = join(folder, 'no', 'out.txt');
    await expect(OutputFile.create(nowhere)).rejects.toThrow(
      refusal('cannot be written: there is no such folder', nowhere),
    );
    await writeFile(path, '');
    const inFile = join(path, 'out.txt');
    await expect(OutputFile.create(inFile)).rejects.toThrow(
      refusal('cannot be written: a part of the path is not a folder', inFile),
    );
  });
});

it('work that fails leaves all as it was', async () => {
  await writeFile(path, 'before');
  const work = async (file: OutputFile) => {
    await file.write('half');
    throw new Error('the work');
  };
  await expect(withOutputFile(path, { replace: true }, work)).rejects.toThrow('the work');
  await expect(withOutputFile(path, {}, () => expect.fail('begun'))).rejects.toThrow('is not replaced');
  expect(await text()).toBe('before');
  expect(await names()).toEqual(['out.txt']);
});

describe('what is unfinished', () => {
  it('is removed when asked, and no listener stays', async () => {
    const before = process.listenerCount('exit');
    const [one, two] = [await OutputFile.create(path), await OutputFile.create(join(folder, 'two'))];
    expect(process.listenerCount('exit')).toBe(before + 1);
    removeUnfinishedFiles();
    expect(await names()).toEqual([]);
    await one.discard();
    await two.discard();
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('is removed when the program exits', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { OutputFile } from './src/files/output-file.ts';
          await (await OutputFile.create(process.argv[1])).write('half'); process.exit(7);`,
        resolveDir: new URL('../..', import.meta.url).pathname,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', outputFiles[0]!.text, path]);
    await expect(run).rejects.toMatchObject({ code: 7 });
    expect(await names()).toEqual([]);
  });
});
