// What stands in a keystore file, but for its secret: the role that it is for, its account, and the parameters of its
// encryption. Reading it needs no password, and no library that decrypts. Runs in browsers too.
import { addressText, parseAddress } from '../address.ts';
import { ArgumentError, MIStoreError } from '../errors.ts';

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

/** What everybody can read in a keystore. Nothing vouches for it until the keystore is opened. */
export interface KeystoreLabel {
  /** The name that writeKeystore was given. */
  role: string;
  /** The account of the seed, 20 bytes. Not in keystores made by version 0.1.0. */
  account?: Uint8Array;
}

/** A keystore's label, and its secret storage as ethers opens it. */
export interface CheckedKeystore extends KeystoreLabel {
  storage: string;
}

/**
 * The label, and the secret storage with only the fields that were checked: ethers ignores the case of names, and would take
 * the parameters of "CRYPTO" instead. Throws KeystoreError for a file that is not a MIStore keystore, or whose key derivation
 * would take too much memory.
 */
export function checkKeystore(file: string, text: string): CheckedKeystore {
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
  const account = accountIn(file, mistore.account);
  return { role: mistore.role, ...(account && { account }), storage: JSON.stringify(storage) };
}

function accountIn(file: string, text: unknown): Uint8Array | undefined {
  if (text === undefined) return undefined;
  try {
    return parseAddress(String(text), 'account');
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error; // Hashing may have no room: see keccak.ts.
    throw new KeystoreError(file, error.message);
  }
}

/** What stands in the file beside its secret. `account`: 20 bytes. */
export const keystoreLabel = (role: string, account: Uint8Array) => ({
  version: 1,
  role,
  account: addressText(account),
  note: NOTE,
});
