// Receipts and consents: written as src/files/output-file.ts writes, over an earlier file only with --force, and removed if
// Ctrl-C comes before they are whole.
import { removeUnfinishedFiles, withOutputFile } from '../files/output-file.ts';
import { onInterrupt } from './signals.ts';

export interface OutFlags {
  out: string;
  force?: boolean;
}

/**
 * Writes what `make` makes to the file of --out, and gives it back. Throws OutputFileError, before it is made, if the file
 * must not be written.
 */
export async function writePrivate<T>(
  { out, force = false }: OutFlags,
  make: () => Promise<T>,
  format: (made: T) => string,
): Promise<T> {
  return unlessInterrupted(() =>
    withOutputFile(out, { replace: force, advice: '--force replaces it' }, async (file) => {
      const made = await make();
      await file.write(format(made));
      return made;
    }),
  );
}

/** Does work that writes files; those that are not whole when a signal ends the program are removed. */
export async function unlessInterrupted<T>(work: () => Promise<T>): Promise<T> {
  const interruptible = onInterrupt(removeUnfinishedFiles);
  try {
    return await work();
  } finally {
    interruptible();
  }
}
