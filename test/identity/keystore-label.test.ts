// What everybody can read in a keystore: its role and account. They are read without the password, and held against the
// seed when it is opened.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { accountOf } from '../../src/chain/account.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { KeystoreError, loadKeystore, readKeystore, WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import { keyOf } from '../support/chain.ts';

const folder = await mkdtemp(join(tmpdir(), 'mistore-label-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;

async function written(seed: Uint8Array, password: string, role: string): Promise<string> {
  const file = join(folder, `${++files}.json`);
  await writeKeystore(file, password, { seed, role }, { scrypt: WEAK_SCRYPT });
  return file;
}

describe('a keystore', () => {
  it('states the account of its seed, which is read without the password', async () => {
    const file = await written(keyOf('w'), 'pass', 'server');
    const account = accountOf(accountKey(keyOf('w')));
    expect(JSON.parse(await readFile(file, 'utf8')).mistore.account).toBe(addressText(account));
    const keystore = await loadKeystore(file);
    expect(keystore).toMatchObject({ role: 'server', account });
    expect(await keystore.open('pass')).toEqual({ seed: keyOf('w'), role: 'server' });
    await expect(keystore.open('other')).rejects.toThrow(new KeystoreError(file, 'the password is wrong'));
  });

  it('that states no account opens; one that states another, or what is no address, does not', async () => {
    const file = await written(keyOf('w'), 'pass', 'server');
    const content = JSON.parse(await readFile(file, 'utf8'));
    const stating = (account: unknown) =>
      writeFile(file, JSON.stringify({ ...content, mistore: { ...content.mistore, account } }));
    await stating(undefined);
    expect(await loadKeystore(file)).not.toHaveProperty('account');
    expect((await readKeystore(file, 'pass')).seed).toEqual(keyOf('w'));
    await stating(addressText(accountOf(keyOf('w')))); // the address of the seed as a key is nobody's account
    await expect(readKeystore(file, 'pass')).rejects.toThrow(
      new KeystoreError(file, 'the account that it states is not that of its seed: somebody has changed the file'),
    );
    for (const account of ['0x12', 5, null, {}]) {
      await stating(account);
      await expect(loadKeystore(file), String(account)).rejects.toThrow(KeystoreError);
      await expect(loadKeystore(file), String(account)).rejects.toThrow(/account is .*it must be an address/);
    }
  });
});
