// The custodial seeds of all patients in keystores of their own, each with a password of its own. Can be stopped at any moment
// and given again: a keystore that is there is left, and one that is not gets the password that lies ready for it.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addressText } from '../../address.ts';
import type { Hex } from '../../bytes.ts';
import { accountOf } from '../../chain/account.ts';
import { withOutputFile } from '../../files/output-file.ts';
import { readTextFile } from '../../files/text-file.ts';
import { accountKey, custodialSeed } from '../../identity/keys.ts';
import { writeKeystore } from '../../identity/keystore.ts';
import type { Output } from '../output.ts';
import { IndexFile } from './index-file.ts';
import { patientFileName } from './names.ts';
import { makePassword } from './passwords.ts';

export interface AllKeystores {
  /** The hospital's. SECRET. */
  seed: Uint8Array;
  patients: readonly string[];
  ledger: Hex;
  folder: string;
  /** Of all keystores; each gets one of its own if not given. SECRET. */
  password?: string;
}

export interface KeystoresWritten {
  index: string;
  /** Folder of the passwords that were made; null if one was given. */
  passwords: string | null;
  written: number;
  /** Keystores that were there already. */
  unchanged: number;
}

export async function writeAllKeystores(output: Output, all: AllKeystores): Promise<KeystoresWritten> {
  const { seed, patients, ledger, folder, password } = all;
  const index = await IndexFile.open(folder, 'keystores', ledger);
  const passwords = password === undefined ? join(folder, 'passwords') : null;
  if (passwords !== null) await mkdir(passwords, { recursive: true, mode: 0o700 });
  const bar = output.progress('Keystores', patients.length, 'files');
  const found = { written: 0, unchanged: 0 };
  for (const [done, patient] of patients.entries()) {
    const name = patientFileName(patient);
    const own = custodialSeed(seed, patient);
    const path = join(folder, `${name}.json`);
    if (await isThere(path)) found.unchanged++;
    else {
      const secret = password ?? (await passwordIn(join(passwords!, `${name}.password`)));
      await writeKeystore(path, secret, { seed: own, role: 'patient' });
      found.written++;
    }
    index.set({ patient, account: addressText(accountOf(accountKey(own))), file: `${name}.json` });
    bar.update(done + 1);
  }
  bar.done();
  await index.write();
  return { index: index.path, passwords, ...found };
}

/** The password in the file; a new one where there is none. */
async function passwordIn(path: string): Promise<string> {
  if (await isThere(path)) return (await readTextFile(path)).replace(/\r?\n$/, '');
  const made = makePassword();
  await withOutputFile(path, {}, (file) => file.write(`${made}\n`));
  return made;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
