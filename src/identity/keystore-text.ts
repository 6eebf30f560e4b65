// A role's seed as the text of a keystore file: Web3 secret storage version 3, as ethers writes and reads it (scrypt,
// AES-128-CTR, keccak MAC). The 32 secret bytes are a MIStore seed, not an account's key; a field `mistore` says so and names
// the role. Whoever has both the text and its password can act as the role. Runs in browsers too.
import { computeAddress, decryptKeystoreJson, encryptKeystoreJson, isError } from 'ethers';
import { equalBytes, fromHex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { ArgumentError } from '../errors.ts';
import { accountKey, SEED_BYTES } from './keys.ts';
import { checkKeystore, KeystoreError, keystoreLabel, type ScryptCost } from './keystore-format.ts';

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
  // The address of this key is nobody's account: nobody should send anything there. That of the role's is in the label.
  delete file.address;
  const mistore = keystoreLabel(role, accountOf(accountKey(seed)));
  return `${JSON.stringify({ mistore, ...file }, null, 2)}\n`;
}

/**
 * Throws KeystoreError if the text is not a keystore, has another password, or states an account that is not its seed's.
 * `file`: its name, for errors.
 */
export async function decryptSeed(file: string, text: string, password: string): Promise<Keystore> {
  const { role, account, storage } = checkKeystore(file, text);
  const seed = await openStorage(file, storage, password);
  if (account !== undefined && !equalBytes(account, accountOf(accountKey(seed)))) {
    throw new KeystoreError(file, 'the account that it states is not that of its seed: somebody has changed the file');
  }
  return { seed, role };
}

async function openStorage(file: string, storage: string, password: string): Promise<Uint8Array> {
  try {
    return fromHex((await decryptKeystoreJson(storage, password)).privateKey);
  } catch (error) {
    const wrong = isError(error, 'INVALID_ARGUMENT') && error.argument === 'password';
    throw new KeystoreError(
      file,
      wrong ? 'the password is wrong' : 'is not a Web3 secret storage file that can be read',
    );
  }
}
