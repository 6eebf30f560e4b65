// A role's seed in an encrypted file: Web3 secret storage version 3 (scrypt, AES-128-CTR, keccak MAC), the format of
// Ethereum wallets. The 32 secret bytes are a MIStore seed, not an account's key, and may be any; a field `mistore`
// says so and names the role. Whoever has file and password is the role.
import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  randomUUID,
  type ScryptOptions,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { utf8 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { KeystoreError } from './errors.ts';

const SEED_BYTES = 32;
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
/** For tests only: a password could be searched for quickly. */
export const WEAK_SCRYPT: ScryptCost = { N: 2, r: 8, p: 1 };
/** A file that asks for more than this is refused, rather than taking the machine's memory. */
const MAX_SCRYPT_BYTES = 1 << 30;

export interface Keystore {
  /** 32 bytes. SECRET. */
  seed: Uint8Array;
  /** As it was given to writeKeystore. */
  role: string;
}

export interface WriteKeystoreOptions {
  /** Replace a file that exists. */
  overwrite?: boolean;
  scrypt?: ScryptCost;
}

/** Writes the file whole or not at all, readable by its owner only. Refuses to replace a file unless told to. */
export async function writeKeystore(
  file: string,
  password: string,
  { seed, role }: Keystore,
  { overwrite = false, scrypt = STRONG_SCRYPT }: WriteKeystoreOptions = {},
): Promise<void> {
  const text = await encryptSeed(seed, role, password, scrypt);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // link() fails where the target exists, in the same step that creates it; rename() would replace it.
    if (overwrite) await rename(temporary, file);
    else await link(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeystoreError(
      file,
      code === 'EEXIST' ? 'the file exists, and is not overwritten' : `cannot be written (${code})`,
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Throws KeystoreError for a file that is none or a wrong password. */
export async function readKeystore(file: string, password: string): Promise<Keystore> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeystoreError(file, code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`);
  }
  return decryptSeed(file, text, password);
}

/** The file's content. */
export async function encryptSeed(seed: Uint8Array, role: string, password: string, cost: ScryptCost): Promise<string> {
  if (seed.length !== SEED_BYTES) throw new ArgumentError('seed', seed, `${SEED_BYTES} bytes`);
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  const key = await derive(password, salt, cost);
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(seed), cipher.final()]);
  const content = {
    mistore: { version: 1, role, note: NOTE },
    version: 3,
    id: randomUUID(),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: cost.N, r: cost.r, p: cost.p, salt: salt.toString('hex') },
      mac: macOf(key, ciphertext).toString('hex'),
    },
  };
  key.fill(0);
  return `${JSON.stringify(content, null, 2)}\n`;
}

async function decryptSeed(file: string, text: string, password: string): Promise<Keystore> {
  const { role, cost, salt, iv, ciphertext, mac } = parse(file, text);
  const key = await derive(password, salt, cost);
  try {
    if (!timingSafeEqual(macOf(key, ciphertext), mac)) throw new KeystoreError(file, 'the password is wrong');
    const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), iv);
    return { seed: new Uint8Array(Buffer.concat([decipher.update(ciphertext), decipher.final()])), role };
  } finally {
    key.fill(0);
  }
}

/** What may stand in a file, unchecked. */
interface Stored {
  version?: unknown;
  mistore?: { role?: unknown };
  crypto?: {
    cipher?: unknown;
    cipherparams?: { iv?: unknown };
    ciphertext?: unknown;
    kdf?: unknown;
    kdfparams?: { n?: unknown; r?: unknown; p?: unknown; dklen?: unknown; salt?: unknown };
    mac?: unknown;
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function parse(file: string, text: string) {
  const bytes = (value: unknown, name: string, length: number): Buffer => {
    const decoded = typeof value === 'string' ? Buffer.from(value, 'hex') : Buffer.alloc(0);
    if (decoded.length !== length || 2 * length !== String(value).length) {
      throw new KeystoreError(file, `${name} is not ${length} bytes of hex`);
    }
    return decoded;
  };
  let content: Stored | null;
  try {
    content = JSON.parse(text) as Stored | null;
  } catch {
    throw new KeystoreError(file, 'is not JSON');
  }
  const { mistore, version, crypto } = content ?? {};
  if (version !== 3 || typeof mistore?.role !== 'string') throw new KeystoreError(file, 'is not a MIStore keystore');
  if (crypto?.cipher !== 'aes-128-ctr' || crypto.kdf !== 'scrypt') {
    throw new KeystoreError(file, 'uses a cipher or key derivation other than aes-128-ctr and scrypt');
  }
  const { n: N, r, p, salt, dklen } = crypto.kdfparams ?? {};
  if (
    !isCount(N) ||
    !isCount(r) ||
    !isCount(p) ||
    dklen !== 32 ||
    N < 2 ||
    (N & (N - 1)) !== 0 ||
    128 * N * r * p > MAX_SCRYPT_BYTES
  ) {
    throw new KeystoreError(file, 'has scrypt parameters out of range');
  }
  return {
    role: mistore.role,
    cost: { N, r, p },
    salt: bytes(salt, 'salt', 32),
    iv: bytes(crypto.cipherparams?.iv, 'iv', 16),
    ciphertext: bytes(crypto.ciphertext, 'ciphertext', SEED_BYTES),
    mac: bytes(crypto.mac, 'mac', 32),
  };
}

/** 32 bytes from the password (Unicode NFKC, UTF-8): cipher key ‖ MAC key. */
function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 2 * MAX_SCRYPT_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(utf8(password.normalize('NFKC')), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

const macOf = (key: Buffer, ciphertext: Buffer): Buffer => Buffer.from(keccak256(key.subarray(16, 32), ciphertext));
