// Keystore files: a role's seed, encrypted, written completely or not at all, readable by its owner only. What stands in
// them: keystore-text.ts.
import { EncodingError } from '../errors.ts';
import { fileFault } from '../files/faults.ts';
import { withOutputFile } from '../files/output-file.ts';
import { textOf } from '../files/text.ts';
import { readTextFile } from '../files/text-file.ts';
import { checkKeystore, KeystoreError, type KeystoreLabel, type ScryptCost, STRONG_SCRYPT } from './keystore-format.ts';
import type { Keystore } from './keystore-text.ts';

export {
  KeystoreError,
  type KeystoreLabel,
  type ScryptCost,
  STRONG_SCRYPT,
  WEAK_SCRYPT,
} from './keystore-format.ts';
export type { Keystore } from './keystore-text.ts';

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
  const { encryptSeed } = await import('./keystore-text.ts'); // ethers takes a quarter of a second to load
  await withOutputFile(file, { replace, ...(advice && { advice }) }, async (output) =>
    output.write(await encryptSeed(seed, role, password, scrypt)),
  );
}

/** A keystore that was read from its file and can be opened. */
export interface ClosedKeystore extends KeystoreLabel {
  /**
   * Takes half a second. Throws KeystoreError for another password, and for a file whose stated account is not its seed's;
   * only what is opened without an error is vouched for.
   */
  open(password: string): Promise<Keystore>;
}

/** Reads a keystore, which may be a pipe, without its password. Throws KeystoreError if the file is missing or no keystore; EncodingError if it is not text. */
export async function loadKeystore(file: string): Promise<ClosedKeystore> {
  const text = await readFileText(file);
  const { role, account } = checkKeystore(file, text);
  const open = async (password: string) => {
    const { decryptSeed } = await import('./keystore-text.ts');
    return decryptSeed(file, text, password);
  };
  return { role, ...(account && { account }), open };
}

/** Throws what loadKeystore and the keystore's open throw. */
export async function readKeystore(file: string, password: string): Promise<Keystore> {
  return (await loadKeystore(file)).open(password);
}

async function readFileText(file: string): Promise<string> {
  try {
    return await readTextFile(file);
  } catch (error) {
    if (error instanceof EncodingError) throw error;
    throw new KeystoreError(file, fileFault(error) ?? `cannot be read: ${(error as Error).message}`);
  }
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
