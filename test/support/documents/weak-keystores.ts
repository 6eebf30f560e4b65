// Keystores that a document has made, sealed again so that they open at once: a good one takes half a second for each of the
// commands that follow.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeystore, WEAK_SCRYPT, writeKeystore } from '../../../src/identity/keystore.ts';

/** All keystores of a folder, whose password is in its file "password", if there is one. */
export async function weakenKeystores(folder: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  if (!existsSync(passwordFile)) return;
  const password = (await readFile(passwordFile, 'utf8')).trim();
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (!name.endsWith('.json') || !(await isStrong(file))) continue;
    await writeKeystore(file, password, await readKeystore(file, password), { overwrite: true, scrypt: WEAK_SCRYPT });
  }
}

async function isStrong(file: string): Promise<boolean> {
  const { mistore, Crypto } = JSON.parse(await readFile(file, 'utf8'));
  return mistore !== undefined && Crypto !== undefined && Crypto.kdfparams.n > WEAK_SCRYPT.N;
}
