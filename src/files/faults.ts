// What is wrong with a file that a person named, in words: for messages in place of the system's codes.
import type { StatsBase } from 'node:fs';

const FAULTS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk can only be read',
  ELOOP: 'its symbolic links lead in a circle',
  ENXIO: 'it is a socket, or nothing is connected to it',
  ENAMETOOLONG: 'the name is too long',
};

/** The fault of the file system that `error` is, in words; undefined for one that has no words here. */
export const fileFault = (error: unknown): string | undefined => FAULTS[(error as NodeJS.ErrnoException).code ?? ''];

/** What a thing that is not a regular file is: "a folder", "a pipe", "a device". */
export function kindOfFile(stats: Pick<StatsBase<unknown>, 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
