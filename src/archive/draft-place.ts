// The two paths of an archive that is being written: FILE, and beside it FILE.part, which takes FILE's place when it is whole.
// Nothing else is written or replaced: links of FILE are followed to the file itself, FILE.part is not a link, and FILE is
// replaced only if it is still what it was when the export began.
import { constants, copyFile, type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { fileFault } from '../files/faults.ts';
import { checkRegular } from '../files/output-file.ts';
import { ArchiveError } from './format.ts';

/** What distinguishes a file from any other, and from itself after a change. */
type FileState = readonly bigint[];

export class DraftPlace {
  readonly file: string;
  readonly part: string;
  /** FILE when the export began; undefined if there was none. */
  readonly #before: FileState | undefined;

  private constructor(file: string, before: FileState | undefined) {
    this.file = file;
    this.part = `${file}.part`;
    this.#before = before;
  }

  /**
   * Throws OutputFileError if FILE or FILE.part is a folder, a pipe or a device, and ArchiveError if FILE is a link to
   * nothing or FILE.part a link, symbolic or hard, to anything.
   */
  static async at(path: string): Promise<DraftPlace> {
    await checkRegular(path);
    const before = await stateOf(path);
    const isLink = (await linkStats(path))?.isSymbolicLink() ?? false;
    if (isLink && before === undefined) {
      throw new ArchiveError(path, 'is a symbolic link to a file that does not exist');
    }
    const place = new DraftPlace(isLink ? await realpath(path) : path, before);
    await checkRegular(place.part);
    const part = await linkStats(place.part);
    if (part && (part.isSymbolicLink() || part.nlink > 1)) {
      throw new ArchiveError(place.part, 'is a link to a file, which would be changed too; remove the link');
    }
    return place;
  }

  /** Makes the part a copy of FILE. */
  async copy(): Promise<void> {
    await rm(this.part, { force: true });
    await orArchiveError(
      this.part,
      copyFile(this.file, this.part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
    );
  }

  /** Opens the part for writing; makes it if there is none. */
  openPart(): Promise<FileHandle> {
    const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
    return orArchiveError(this.part, open(this.part, O_WRONLY | O_CREAT | O_APPEND | (O_NOFOLLOW ?? 0)));
  }

  /** Puts the part in FILE's place. Throws ArchiveError if FILE is not what it was; the part stays then. */
  async publish(): Promise<void> {
    const now = await stateOf(this.file);
    if (`${now}` !== `${this.#before}`) {
      throw new ArchiveError(this.file, `has changed since the export began; the new archive is ${this.part}`);
    }
    await orArchiveError(this.file, rename(this.part, this.file));
  }
}

/** Opens a file for reading; null if there is none. Throws ArchiveError if it cannot be read. */
export async function openToRead(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw archiveError(file, error);
  }
}

/** The fault of the file system as an ArchiveError that names the file. */
export async function orArchiveError<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw archiveError(file, error);
  }
}

function archiveError(file: string, cause: unknown): ArchiveError {
  return new ArchiveError(file, fileFault(cause) ?? (cause as Error).message, {}, { cause });
}

async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw archiveError(path, error);
  }
}

/** Of the path itself, not of what it may lead to; undefined if there is nothing. */
const linkStats = (path: string) => lstat(path).catch(() => undefined);
