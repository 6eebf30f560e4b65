// A role's seed in an encrypted file: Web3 secret storage version 3, as ethers writes and reads it (scrypt, AES-128-CTR,
// keccak MAC). The 32 secret bytes are a MIStore seed, not an account's key; a field `mistore` says so and names the
// role. Whoever has both the file and its password can act as the role.
import { computeAddress, decryptKeystoreJson, encryptKeystoreJson, isError } from 'ethers';
import { fromHex, toHex } from '../bytes.ts';
import { ArgumentError, EncodingError, MIStoreError } from '../errors.ts';
import { fileFault } from '../files/faults.ts';
import { withOutputFile } from '../files/output-file.ts';
import { readTextFile, textOf } from '../files/text-file.ts';
import { SEED_BYTES } from './keys.ts';

/** A keystore file that cannot be read, written or opened. */
export class KeystoreError extends MIStoreError {
  constructor(file: string, message: string, options?: ErrorOptions) {
    super('KEYSTORE', `${file}: ${message}`, { file }, options);
  }
}

const NOTE =
  'The secret in this file is a MIStore seed, not the private key of an account. Do not import it into a wallet.';

export interface ScryptCost {
  /** A power of two; memory is 128·N·r bytes. */
  N: number;
  r: number;
  p: number;
}

/** About half a second and 128 MiB. */
export const STRONG_SCRYPT: ScryptCost = { N: 1 << 17, r: 8, p: 1 };
/** For tests only: passwords can be guessed quickly. */
export const WEAK_SCRYPT: ScryptCost = { N: 2, r: 8, p: 1 };
/** Most memory that a file may ask for. A file that asks for more is refused; the machine might not have it. */
const MAX_SCRYPT_BYTES = 1 << 30;

export interface Keystore {
  /** 32 bytes. SECRET. */
  seed: Uint8Array;
  /** The name that writeKeystore was given. */
  role: string;
}

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

/** The file's content. The format is for secp256k1 keys, so a seed that is not a valid one (1 in 2^128) is refused. */
async function encryptSeed(seed: Uint8Array, role: string, password: string, scrypt: ScryptCost): Promise<string> {
  if (seed.length !== SEED_BYTES) throw new ArgumentError('seed', seed, `${SEED_BYTES} bytes`);
  const privateKey = toHex(seed);
  let address: string;
  try {
    address = computeAddress(privateKey);
  } catch {
    throw new ArgumentError('seed', '(not shown)', 'from 1 to the order of secp256k1 − 1');
  }
  const file = JSON.parse(await encryptKeystoreJson({ address, privateKey }, password, { scrypt }));
  // The address of this key is nobody's account. It is left out, so that nobody sends anything there.
  delete file.address;
  return `${JSON.stringify({ mistore: { version: 1, role, note: NOTE }, ...file }, null, 2)}\n`;
}

async function decryptSeed(file: string, text: string, password: string): Promise<Keystore> {
  const { role, storage } = checkFile(file, text);
  try {
    return { seed: fromHex((await decryptKeystoreJson(storage, password)).privateKey), role };
  } catch (error) {
    const wrong = isError(error, 'INVALID_ARGUMENT') && error.argument === 'password';
    throw new KeystoreError(
      file,
      wrong ? 'the password is wrong' : 'is not a Web3 secret storage file that can be read',
    );
  }
}

/** Whether a file that begins with these bytes, up to 64 KiB, is a keystore, whatever its password. */
function isKeystore(file: string, head: Uint8Array): boolean {
  try {
    checkFile(file, textOf(head, file));
    return true;
  } catch {
    return false;
  }
}

/**
 * The role, and the secret storage with only the fields that were checked: ethers ignores the case of names, and would take
 * the parameters of "CRYPTO" instead. Throws KeystoreError for a file that is not a MIStore keystore, or whose key derivation
 * would take too much memory.
 */
function checkFile(file: string, text: string): { role: string; storage: string } {
  // biome-ignore lint/suspicious/noExplicitAny: any JSON, checked below
  let content: any;
  try {
    content = JSON.parse(text);
  } catch {
    throw new KeystoreError(file, 'is not JSON');
  }
  const { mistore, version, crypto, Crypto } = content ?? {};
  if (version !== 3 || typeof mistore?.role !== 'string') throw new KeystoreError(file, 'is not a MIStore keystore');
  const { cipher, cipherparams, ciphertext, mac, kdf, kdfparams } = Crypto ?? crypto ?? {};
  const { n: N, r, p, dklen, salt } = kdfparams ?? {};
  const whole = [N, r, p].every((value) => Number.isSafeInteger(value) && value > 0);
  if (
    kdf !== 'scrypt' ||
    !whole ||
    dklen !== 32 ||
    N < 2 ||
    (N & (N - 1)) !== 0 ||
    128 * N * r * p > MAX_SCRYPT_BYTES
  ) {
    throw new KeystoreError(file, 'its key derivation is not scrypt, or has scrypt parameters out of range');
  }
  const derivation = { kdf, kdfparams: { n: N, r, p, dklen, salt } };
  const storage = { version, crypto: { cipher, cipherparams, ciphertext, mac, ...derivation } };
  return { role: mistore.role, storage: JSON.stringify(storage) };
}
