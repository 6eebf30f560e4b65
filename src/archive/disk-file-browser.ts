// In place of disk-file.ts in browsers, where there are no paths: an archive is a File that a person has chosen.
import { ArgumentError } from '../errors.ts';
import type { OpenFile } from './file-bytes.ts';

export const openDiskFile = (file: string): Promise<OpenFile> =>
  Promise.reject(new ArgumentError('archive', file, 'a Blob or File, in a browser'));
