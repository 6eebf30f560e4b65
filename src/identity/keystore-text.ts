// A role's seed as the text of a keystore file: Web3 secret storage version 3, as ethers writes and reads it (scrypt,
// AES-128-CTR, keccak MAC). The 32 secret bytes are a MIStore seed, not an account's key; a field `mistore` says so and names
// the role. Whoever has both the text and its password can act as the role. Runs in browsers too.
import { computeAddress, decryptKeystoreJson, encryptKeystoreJson, isError } from 'ethers';
import { fromHex, toHex } from '../bytes.ts';
import { ArgumentError, MIStoreError } from '../errors.ts';
import { SEED_BYTES } from './keys.ts';

/** A keystore that cannot be read, written or opened. `file` names it. */
export class KeystoreError extends MIStoreError {
  constructor(file: string, message: string, options?: ErrorOptions) {
    super('KEYSTORE', `${file}: ${message}`, { file }, options);
  }
}

const NOTE =
  'The secret in this file is a MIStore seed, not the private key of an account. Do not import it into a wallet.';

/** What it costs to try a password: scrypt's parameters. */
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

/** What a keystore holds. */
export interface Keystore {
  /** 32 bytes. SECRET. */
  seed: Uint8Array;
  /** The name that writeKeystore was given. */
  role: string;
}

/** The file's content. The format is for secp256k1 keys, so a seed that is not a valid one (1 in 2^128) is refused. */
export async function encryptSeed(
  seed: Uint8Array,
  role: string,
  password: string,
  scrypt: ScryptCost,
): Promise<string> {
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

/** Throws KeystoreError if the text is not a keystore, or has another password. `file`: its name, for errors. */
export async function decryptSeed(file: string, text: string, password: string): Promise<Keystore> {
  const { role, storage } = checkKeystore(file, text);
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

/**
 * The role, and the secret storage with only the fields that were checked: ethers ignores the case of names, and would take
 * the parameters of "CRYPTO" instead. Throws KeystoreError for a file that is not a MIStore keystore, or whose key derivation
 * would take too much memory.
 */
export function checkKeystore(file: string, text: string): { role: string; storage: string } {
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
