// An archive on disk, open for reading. In browsers disk-file-browser.ts stands in for this file, with the same exports.
import { close, open, read, stat } from 'node:fs';
import { promisify } from 'node:util';
import { kindOfFile } from '../files/faults.ts';
import { orArchiveError } from './draft-place.ts';
import type { OpenFile } from './file-bytes.ts';
import { ArchiveError } from './format.ts';

/**
 * By descriptor: a reader lives as long as its party, and Node warns about a FileHandle that nobody closes. Throws
 * ArchiveError.
 */
export async function openDiskFile(file: string): Promise<OpenFile> {
  // A pipe would not even be opened until somebody writes to it.
  const found = await orArchiveError(file, promisify(stat)(file));
  if (!found.isFile()) throw new ArchiveError(file, `is ${kindOfFile(found)}; it must be a regular file`);
  const descriptor = await orArchiveError(file, promisify(open)(file, 'r'));
  let closed: Promise<void> | undefined;
  return {
    name: file,
    read: (buffer, offset, length, position) => promisify(read)(descriptor, buffer, offset, length, position),
    close: () => {
      closed ??= promisify(close)(descriptor);
      return closed;
    },
  };
}
