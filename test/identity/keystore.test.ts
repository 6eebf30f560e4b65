// Keystores: every seed can be read back, ethers agrees on the format, and only the right password opens one.
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decryptKeystoreJson, encryptKeystoreJson, Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { OutputFileError } from '../../src/files/output-file.ts';
import { KeystoreError, readKeystore, STRONG_SCRYPT, WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import { keyOf } from '../support/chain.ts';
import { drawBytes } from '../support/ledger.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-keystore-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
const fresh = () => join(folder, `${++files}.json`);
const weak = { scrypt: WEAK_SCRYPT };
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

async function written(seed = drawBytes('seed', 32), password = 'correct horse', role = 'hospital'): Promise<string> {
  const file = fresh();
  await writeKeystore(file, password, { seed, role }, weak);
  return file;
}

describe('a keystore', () => {
  it.each([
    ['one', Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0))],
    ['the order of secp256k1 less one', Uint8Array.from(Buffer.from((ORDER - 1n).toString(16), 'hex'))],
    ['a key', keyOf('any')],
  ])('gives back a seed of %s, and its role', async (_, seed) => {
    const file = await written(seed, 'pass', 'insurer');
    expect(await readKeystore(file, 'pass')).toEqual({ seed, role: 'insurer' });
  });

  it.each([
    ['zeros', new Uint8Array(32)],
    ['ones', new Uint8Array(32).fill(0xff)],
    ['the order of secp256k1', Uint8Array.from(Buffer.from(ORDER.toString(16), 'hex'))],
  ])('refuses a seed of %s without showing it', async (_, seed) => {
    await expect(written(seed)).rejects.toThrow(
      'seed is "(not shown)"; it must be from 1 to the order of secp256k1 − 1',
    );
  });

  it('is not written with an empty password', async () => {
    const file = fresh();
    await expect(writeKeystore(file, '', { seed: drawBytes('seed', 32), role: 'server' }, weak)).rejects.toThrow(
      new KeystoreError(file, 'is not written: the password is empty'),
    );
    await expect(stat(file)).rejects.toThrow('ENOENT');
    const spaces = await written(keyOf('w'), ' ');
    expect((await readKeystore(spaces, ' ')).seed).toEqual(keyOf('w'));
  });

  it('is opened by ethers as Web3 secret storage', async () => {
    const { privateKey, address } = await decryptKeystoreJson(
      await readFile(await written(keyOf('w')), 'utf8'),
      'correct horse',
    );
    expect(privateKey).toBe(toHex(keyOf('w')));
    expect(address).toBe(new Wallet(toHex(keyOf('w'))).address);
  });

  it("made by ethers opens here, once it names MIStore's role", async () => {
    const account = { address: new Wallet(toHex(keyOf('w'))).address, privateKey: toHex(keyOf('w')) };
    const { Crypto, version } = JSON.parse(await encryptKeystoreJson(account, 'pässword', { scrypt: WEAK_SCRYPT }));
    const file = fresh();
    await writeFile(file, JSON.stringify({ version, Crypto, mistore: { role: 'server' } }));
    expect(await readKeystore(file, 'pässword')).toEqual({ seed: keyOf('w'), role: 'server' });
    await writeFile(file, JSON.stringify({ version, Crypto }));
    await expect(readKeystore(file, 'pässword')).rejects.toThrow(/is not a MIStore keystore/);
  });

  it('says what it is, and shows neither seed nor password', async () => {
    const text = await readFile(await written(), 'utf8');
    expect(JSON.parse(text).mistore).toMatchObject({
      role: 'hospital',
      note: expect.stringMatching(/not the private key/),
    });
    expect(text).not.toContain('correct horse');
    expect(text).not.toContain(toHex(drawBytes('seed', 32)).slice(2));
    expect(JSON.parse(text)).not.toHaveProperty('address');
  });

  it('differs each time', async () => {
    const [a, b] = await Promise.all(
      [written(), written()].map(async (file) => JSON.parse(await readFile(await file, 'utf8'))),
    );
    expect(a.Crypto.ciphertext).not.toBe(b.Crypto.ciphertext);
    expect(a.Crypto.kdfparams.salt).not.toBe(b.Crypto.kdfparams.salt);
  });

  it('takes a password in any Unicode form', async () => {
    const file = await written(undefined, 'Ångström');
    expect((await readKeystore(file, 'A\u030angstro\u0308m')).role).toBe('hospital');
  });

  it('is strong by default', async () => {
    const file = fresh();
    await writeKeystore(file, 'pass', { seed: drawBytes('seed', 32), role: 'server' });
    expect(JSON.parse(await readFile(file, 'utf8')).Crypto.kdfparams).toMatchObject({ n: STRONG_SCRYPT.N, r: 8, p: 1 });
    expect((await readKeystore(file, 'pass')).seed).toEqual(drawBytes('seed', 32));
  });
});

describe('the file', () => {
  it('is readable by its owner only, and leaves nothing beside it', async () => {
    const file = await written();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is not replaced unless `overwrite` is set', async () => {
    const file = await written();
    const before = await readFile(file, 'utf8');
    const other = { seed: drawBytes('other', 32), role: 'server' };
    await expect(writeKeystore(file, 'new', other, weak)).rejects.toThrow(/the file exists, and is not replaced/);
    expect(await readFile(file, 'utf8')).toBe(before);
    await writeKeystore(file, 'new', other, { ...weak, overwrite: true });
    expect(await readKeystore(file, 'new')).toEqual(other);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['notes', 'notes'],
    ['nothing', ''],
    ['JSON of another kind', '{"format":"mistore-receipts/1"}'],
    ["a wallet's keystore", '{"version":3,"crypto":{"kdf":"scrypt","kdfparams":{"n":2,"r":8,"p":1,"dklen":32}}}'],
    ['bytes that are not text', Uint8Array.of(0xff, 0xff, 0x00)],
  ])('is not written over %s, even with `overwrite`', async (_, content) => {
    const file = fresh();
    await writeFile(file, content);
    const seed = drawBytes('seed', 32);
    await expect(writeKeystore(file, 'p', { seed, role: 'r' }, { ...weak, overwrite: true })).rejects.toThrow(
      new OutputFileError(file, 'the file exists, and is not replaced; it is not a keystore'),
    );
    expect(await readFile(file)).toEqual(Buffer.from(content));
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([true, false])(
    'is not written to a pipe, a device or a link to nothing (overwrite: %s)',
    async (overwrite) => {
      const [pipe, gone, keep] = [fresh(), fresh(), await written()];
      execFileSync('mkfifo', ['-m', '644', pipe]);
      await symlink('nothing', gone);
      const { mode } = await stat('/dev/null');
      for (const file of [pipe, gone, '/dev/null', folder]) {
        const writing = writeKeystore(file, 'p', { seed: drawBytes('seed', 32), role: 'r' }, { ...weak, overwrite });
        await expect(writing).rejects.toThrow(OutputFileError);
      }
      expect((await stat(pipe)).mode & 0o777).toBe(0o644);
      expect((await stat('/dev/null')).mode).toBe(mode);
      await expect(stat(join(folder, 'nothing'))).rejects.toThrow('ENOENT');
      // A link to a keystore is followed to it.
      const linked = fresh();
      await symlink(keep, linked);
      const writing = writeKeystore(linked, 'q', { seed: drawBytes('other', 32), role: 'r' }, { ...weak, overwrite });
      if (overwrite) await writing;
      else await expect(writing).rejects.toThrow(/exists, and is not replaced$/);
      expect((await readKeystore(keep, overwrite ? 'q' : 'correct horse')).role).toBe(overwrite ? 'r' : 'hospital');
      expect(await readlink(linked)).toBe(keep);
    },
  );

  it('that is not UTF-8 is refused in words', async () => {
    const file = await written();
    const bytes = await readFile(file);
    bytes[bytes.indexOf('hospital')] = 0xe4;
    await writeFile(file, bytes);
    await expect(readKeystore(file, 'correct horse')).rejects.toThrow(/is not valid UTF-8 in line \d+; convert it/);
  });

  it('is one of several written at the same moment', async () => {
    const file = fresh();
    const writes = ['a', 'b', 'c', 'd'].map((role) =>
      writeKeystore(file, 'p', { seed: drawBytes(role, 32), role }, weak),
    );
    const won = (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled');
    expect(won.length).toBe(1);
    const { role, seed } = await readKeystore(file, 'p');
    expect(seed).toEqual(drawBytes(role, 32));
  });

  it('faults are typed', async () => {
    await expect(readKeystore(join(folder, 'none.json'), 'p')).rejects.toThrow(
      /none.json: there is no such file or folder/,
    );
    await expect(readKeystore(folder, 'p')).rejects.toThrow(`${folder}: it is a folder`);
    await expect(
      writeKeystore(join(folder, 'no/such/place'), 'p', { seed: keyOf('w'), role: 'r' }, weak),
    ).rejects.toThrow(/place: cannot be written: there is no such folder/);
    await expect(writeKeystore(fresh(), 'p', { seed: new Uint8Array(31), role: 'r' }, weak)).rejects.toThrow(
      /seed is 31 bytes/,
    );
  });
});

describe('a file that is not a keystore, or has another password: refused', () => {
  it('a wrong password is named as the reason, and nothing of it is shown', async () => {
    const error = await readKeystore(await written(), 'correct horsf').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeystoreError);
    expect((error as Error).message).toMatch(/the password is wrong$/);
    expect(JSON.stringify(error)).not.toMatch(/horsf/);
  });

  // biome-ignore lint/suspicious/noExplicitAny: the file's JSON, to be spoilt
  const change: [string, RegExp, (content: any) => void][] = [
    ['another version', /not a MIStore keystore/, (c) => Object.assign(c, { version: 1 })],
    ['no role', /not a MIStore keystore/, (c) => Object.assign(c.mistore, { role: 7 })],
    ['another cipher', /that can be read/, (c) => Object.assign(c.Crypto, { cipher: 'aes-256-gcm' })],
    ['another derivation', /derivation/, (c) => Object.assign(c.Crypto, { kdf: 'pbkdf2' })],
    ['no parameters', /scrypt parameters/, (c) => Object.assign(c.Crypto, { kdfparams: undefined })],
    ['N = 0', /scrypt parameters/, (c) => Object.assign(c.Crypto.kdfparams, { n: 0 })],
    ['N = 1', /scrypt parameters/, (c) => Object.assign(c.Crypto.kdfparams, { n: 1 })],
    ['N that is not a power of two', /scrypt parameters/, (c) => Object.assign(c.Crypto.kdfparams, { n: 3 })],
    ['N that takes all memory', /scrypt parameters/, (c) => Object.assign(c.Crypto.kdfparams, { n: 2 ** 40 })],
    ['r as text', /scrypt parameters/, (c) => Object.assign(c.Crypto.kdfparams, { r: '8' })],
    ['a long key', /scrypt parameters/, (c) => Object.assign(c.Crypto.kdfparams, { dklen: 64 })],
    ['another salt', /password is wrong/, (c) => Object.assign(c.Crypto.kdfparams, { salt: '00' })],
    ['no iv', /that can be read/, (c) => Object.assign(c.Crypto, { cipherparams: {} })],
    [
      'a long ciphertext',
      /password is wrong/,
      (c) => Object.assign(c.Crypto, { ciphertext: `${c.Crypto.ciphertext}00` }),
    ],
    ['a flipped ciphertext bit', /password is wrong/, (c) => flip(c.Crypto, 'ciphertext')],
    ['a flipped MAC bit', /password is wrong/, (c) => flip(c.Crypto, 'mac')],
    ['a flipped salt bit', /password is wrong/, (c) => flip(c.Crypto.kdfparams, 'salt')],
  ];
  const flip = (object: Record<string, string>, name: string) => {
    object[name] = (object[name]!.startsWith('0') ? '1' : '0') + object[name]!.slice(1);
  };
  it.each(change)('%s', async (_, message, alter) => {
    const file = await written();
    const content = JSON.parse(await readFile(file, 'utf8'));
    alter(content);
    await writeFile(file, JSON.stringify(content));
    const error = await readKeystore(file, 'correct horse').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeystoreError);
    expect((error as Error).message).toMatch(message);
  });

  it('the parameters that are checked are those that are used, whatever else the file has', async () => {
    const file = await written();
    const { Crypto, ...rest } = JSON.parse(await readFile(file, 'utf8'));
    const huge = { ...Crypto, kdfparams: { ...Crypto.kdfparams, n: 2 ** 24 } };
    const decoy = { ...Crypto, kdfparams: { N: 2 ** 24, ...Crypto.kdfparams } };
    await writeFile(file, JSON.stringify({ CRYPTO: huge, ...rest, Crypto: decoy }));
    expect((await readKeystore(file, 'correct horse')).role).toBe('hospital');
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"version":3,"mistore":"hospital"}',
    '{"version":3,"mistore":{"role":"r"},"crypto":7}',
  ])('the text %s', async (text) => {
    const file = fresh();
    await writeFile(file, text);
    await expect(readKeystore(file, 'p')).rejects.toThrow(KeystoreError);
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read (root may read anything)', async () => {
    const file = await written();
    await chmod(file, 0);
    await expect(readKeystore(file, 'p')).rejects.toThrow(/permission denied/);
  });
});
