// Keystore files: a role's seed, encrypted, written completely or not at all, readable by its owner only. What stands in
// them: keystore-text.ts.
import { EncodingError } from '../errors.ts';
import { fileFault } from '../files/faults.ts';
import { withOutputFile } from '../files/output-file.ts';
import { textOf } from '../files/text.ts';
import { readTextFile } from '../files/text-file.ts';
import {
  checkKeystore,
  decryptSeed,
  encryptSeed,
  type Keystore,
  KeystoreError,
  type ScryptCost,
  STRONG_SCRYPT,
} from './keystore-text.ts';

export { type Keystore, KeystoreError, type ScryptCost, STRONG_SCRYPT, WEAK_SCRYPT } from './keystore-text.ts';

/** How a keystore is written. */
export interface WriteKeystoreOptions {
  /** Replace a keystore that exists; never a file of another kind. */
  overwrite?: boolean;
  scrypt?: ScryptCost;
}

/**
 * Writes the file completely or not at all, readable by its owner only. Throws OutputFileError if the file exists, unless
 * `overwrite` is set and it is a keystore, and KeystoreError for an empty password: a variable or file that should hold the password and is empty
 * would leave the seed open to everyone.
 */
export async function writeKeystore(
  file: string,
  password: string,
  { seed, role }: Keystore,
  { overwrite = false, scrypt = STRONG_SCRYPT }: WriteKeystoreOptions = {},
): Promise<void> {
  if (password === '') throw new KeystoreError(file, 'is not written: the password is empty');
  const replace = overwrite && ((head: Uint8Array) => isKeystore(file, head));
  const advice = overwrite ? 'it is not a keystore' : undefined;
  await withOutputFile(file, { replace, ...(advice && { advice }) }, async (output) =>
    output.write(await encryptSeed(seed, role, password, scrypt)),
  );
}

/** Throws KeystoreError if the file is missing, is not a keystore, or has another password; EncodingError if it is not text. */
export async function readKeystore(file: string, password: string): Promise<Keystore> {
  let text: string;
  try {
    text = await readTextFile(file);
  } catch (error) {
    if (error instanceof EncodingError) throw error;
    throw new KeystoreError(file, fileFault(error) ?? `cannot be read: ${(error as Error).message}`);
  }
  return decryptSeed(file, text, password);
}

/** Whether a file that begins with these bytes, up to 64 KiB, is a keystore, whatever its password. */
function isKeystore(file: string, head: Uint8Array): boolean {
  try {
    checkKeystore(file, textOf(head, file));
    return true;
  } catch {
    return false;
  }
}
