// Files that a run writes for people: receipts, consents, keystores, rejected rows. Such a file is written beside its
// place, readable by its owner only from the first byte on, and takes its place in one step when it is whole. Nothing
// that stands there is lost unasked: a file is replaced only where the caller says so, the run's own input never, and
// what is not a regular file (a device, a pipe, a folder) is refused and left as it is.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MIStoreError } from '../errors.ts';
import { fileFault, kindOfFile } from './faults.ts';

export class OutputFileError extends MIStoreError {
  constructor(file: string, message: string, options?: ErrorOptions) {
    super('OUTPUT_FILE', `${file}: ${message}`, { file }, options);
  }
}

export interface OutputFileOptions {
  /** Paths that the run reads. The files that they lead to are never replaced, by whatever name or link. */
  inputs?: readonly string[];
  /** Whether a file that exists is replaced: false (the default), true, or decided by its first bytes, up to 64 KiB. */
  replace?: boolean | ((head: Uint8Array) => boolean);
  /** What the refusal to replace a file adds, such as "--force replaces it". */
  advice?: string;
}

const HEAD_BYTES = 65_536;

export class OutputFile {
  readonly #path: string;
  readonly #options: OutputFileOptions;
  readonly #temporary: string;
  readonly #handle: FileHandle;

  private constructor(path: string, options: OutputFileOptions, temporary: string, handle: FileHandle) {
    this.#path = path;
    this.#options = options;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** Throws OutputFileError if `path` cannot be written or must not be replaced; nothing has changed then. */
  static async create(path: string, options: OutputFileOptions = {}): Promise<OutputFile> {
    const { target } = await placeOf(path, options);
    const { handle, temporary } = await openTemporary(dirname(target), path);
    return new OutputFile(path, options, temporary, handle);
  }

  async write(content: string | Uint8Array): Promise<void> {
    await orFailure(this.#path, this.#handle.appendFile(content));
  }

  /**
   * Puts the file in its place. Throws OutputFileError if that place has been taken since create() by a file that must
   * not be replaced, or if the disk is full; what was written is gone then.
   */
  async keep(): Promise<void> {
    try {
      await orFailure(this.#path, this.#handle.sync());
      await this.#handle.close();
      const { target, exists } = await placeOf(this.#path, this.#options);
      // rename() replaces what is there. The name is taken first, by an empty file, which fails if another has it.
      // (link() would do both in one step, but not on every file system that a keystore is carried on.)
      if (!exists) await orFailure(this.#path, reserve(target));
      await orFailure(this.#path, rename(this.#temporary, target));
      ended(this.#temporary);
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Leaves what stands in the file's place as it is. To be called when the file is not to be kept; can be repeated. */
  async discard(): Promise<void> {
    await removeTemporary(this.#handle, this.#temporary);
  }
}

/**
 * Does work that writes a file, and puts the file in its place if the work ends well. Throws OutputFileError before the
 * work begins where `path` must not be written.
 */
export async function withOutputFile<T>(
  path: string,
  options: OutputFileOptions,
  work: (file: OutputFile) => Promise<T>,
): Promise<T> {
  const file = await OutputFile.create(path, options);
  try {
    const result = await work(file);
    await file.keep();
    return result;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * A new file for its owner only, which goes when the program ends, by a signal too; removeTemporary() takes it away before.
 * `path`: what an OutputFileError names.
 */
export async function openTemporary(folder: string, path = folder): Promise<{ handle: FileHandle; temporary: string }> {
  // A short name of its own: that of a file in its place may be as long as the file system allows.
  const temporary = join(folder, `.mistore-${randomUUID()}.tmp`);
  const handle = await orFailure(path, open(temporary, 'wx+', 0o600));
  begun(temporary);
  return { handle, temporary };
}

/** Closes and removes such a file. */
export async function removeTemporary(handle: FileHandle, temporary: string): Promise<void> {
  await handle.close().catch(() => undefined);
  await rm(temporary, { force: true });
  ended(temporary);
}

/** Throws OutputFileError where such a file cannot be written: for before the work that it is to hold. */
export async function checkOutput(path: string, options: OutputFileOptions = {}): Promise<void> {
  await (await OutputFile.create(path, options)).discard();
}

/** Throws OutputFileError if `path` leads to the file of one of `inputs`, by whatever name or link. */
export async function checkNotInput(path: string, inputs: readonly string[]): Promise<void> {
  const found = await statOf(path);
  for (const input of found === undefined ? [] : inputs) {
    const read = await statOf(input).catch(() => undefined);
    if (read?.dev !== found!.dev || read.ino !== found!.ino) continue;
    const other = input === path ? '' : ` (${input})`;
    throw new OutputFileError(path, `is a file that this run reads${other}; name another for what it writes`);
  }
}

/** Throws OutputFileError if something that is not a regular file stands in the path's place. */
export async function checkRegular(path: string): Promise<void> {
  const found = await statOf(path);
  if (found && !found.isFile()) throw new OutputFileError(path, `is ${kindOfFile(found)}; it must be a regular file`);
}

/** Removes what is written but not in its place yet: for a program that a signal ends. On exit it happens by itself. */
export function removeUnfinishedFiles(): void {
  for (const file of unfinished) rmSync(file, { force: true });
}

const unfinished = new Set<string>();

function begun(temporary: string): void {
  if (unfinished.size === 0) process.on('exit', removeUnfinishedFiles);
  unfinished.add(temporary);
}

function ended(temporary: string): void {
  if (unfinished.delete(temporary) && unfinished.size === 0) process.off('exit', removeUnfinishedFiles);
}

/** Where the file goes: links are followed. Throws OutputFileError if it must not go there. */
async function placeOf(path: string, options: OutputFileOptions): Promise<{ target: string; exists: boolean }> {
  const found = await statOf(path);
  if (found === undefined) {
    const isLink = await lstat(path).then(
      () => true,
      () => false,
    );
    if (isLink) throw new OutputFileError(path, 'is a symbolic link to a file that does not exist');
    return { target: path, exists: false };
  }
  await checkRegular(path);
  await checkNotInput(path, options.inputs ?? []);
  if (!(await mayReplace(path, options.replace ?? false))) {
    const advice = options.advice === undefined ? '' : `; ${options.advice}`;
    throw new OutputFileError(path, `the file exists, and is not replaced${advice}`);
  }
  return { target: await orFailure(path, realpath(path)), exists: true };
}

async function mayReplace(path: string, replace: NonNullable<OutputFileOptions['replace']>): Promise<boolean> {
  if (typeof replace === 'boolean') return replace;
  const handle = await orFailure(path, open(path, 'r'));
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return replace(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** What the path leads to; undefined if there is nothing. */
async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure(path, error);
  }
}

async function reserve(path: string): Promise<void> {
  await (await open(path, 'wx', 0o600)).close();
}

async function orFailure<T>(path: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    throw failure(path, error);
  }
}

function failure(path: string, cause: unknown): OutputFileError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EEXIST') return new OutputFileError(path, 'the file exists, and is not replaced', { cause });
  const why = code === 'ENOENT' ? 'there is no such folder' : (fileFault(cause) ?? (cause as Error).message);
  return new OutputFileError(path, `cannot be written: ${why}`, { cause });
}
