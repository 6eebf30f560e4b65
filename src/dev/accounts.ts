// Who plays in a development network: each role's keystore in the network's folder, called as the role is, and one password
// for all of them in a file beside them. These keys protect nothing: the password lies there, and guessing it would be quick too.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accountOf } from '../chain/account.ts';
import { MIStoreError } from '../errors.ts';
import { withOutputFile } from '../files/output-file.ts';
import { readTextFile } from '../files/text-file.ts';
import { accountKey } from '../identity/keys.ts';
import { readKeystore, WEAK_SCRYPT, writeKeystore } from '../identity/keystore.ts';

export interface DevAccount {
  /** hospital, server1, server2, …, acme (the insurer), operator. */
  name: string;
  role: 'hospital' | 'server' | 'insurer' | 'operator';
  /** Path of the keystore. */
  keystore: string;
  /** 32 bytes. SECRET in any other network. */
  seed: Uint8Array;
  /** 20 bytes. */
  address: Uint8Array;
}

export interface DevAccounts {
  hospital: DevAccount;
  /** By seat − 1. */
  servers: DevAccount[];
  insurer: DevAccount;
  operator: DevAccount;
}

export const PASSWORD_FILE = 'password';
const PASSWORD_BYTES = 15;

/**
 * The accounts of a folder; those that are missing are made, unless `isUsed`: the chain then knows the folder's accounts, and
 * new ones would be strangers to it (NO_KEYSTORE).
 */
export async function openAccounts(folder: string, servers: number, isUsed: boolean): Promise<DevAccounts> {
  const password = await passwordOf(folder, isUsed);
  const open = (name: string, role: DevAccount['role']) =>
    openAccount({ name, role, keystore: join(folder, `${name}.json`) }, password, isUsed);
  return {
    hospital: await open('hospital', 'hospital'),
    servers: await Promise.all(Array.from({ length: servers }, (_, k) => open(`server${k + 1}`, 'server'))),
    insurer: await open('acme', 'insurer'),
    operator: await open('operator', 'operator'),
  };
}

export const allOf = ({ hospital, servers, insurer, operator }: DevAccounts): DevAccount[] => [
  hospital,
  ...servers,
  insurer,
  operator,
];

async function passwordOf(folder: string, isUsed: boolean): Promise<string> {
  const file = join(folder, PASSWORD_FILE);
  if (existsSync(file)) return (await readTextFile(file)).trimEnd();
  if (isUsed) throw missing(file);
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  await withOutputFile(file, {}, (output) => output.write(`${password}\n`));
  return password;
}

async function openAccount(
  { name, role, keystore }: Pick<DevAccount, 'name' | 'role' | 'keystore'>,
  password: string,
  isUsed: boolean,
): Promise<DevAccount> {
  if (!existsSync(keystore)) {
    if (isUsed) throw missing(keystore);
    await writeKeystore(keystore, password, { seed: randomBytes(32), role }, { scrypt: WEAK_SCRYPT });
  }
  const { seed } = await readKeystore(keystore, password);
  return { name, role, keystore, seed, address: accountOf(accountKey(seed)) };
}

function missing(file: string): MIStoreError {
  const message = `${file} is missing, and the network cannot go on without it: put it back, or remove the folder to begin anew`;
  return new MIStoreError('NO_KEYSTORE', message, { file });
}
