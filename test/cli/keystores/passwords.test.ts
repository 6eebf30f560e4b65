// Where passwords come from, in which order, and what is said about weak ones; none of them is ever shown.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { weaknessOf } from '../../../src/cli/input/password-strength.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../../src/identity/keystore.ts';
import { seedOf } from '../../support/chain.ts';
import { bundleCli, Cli, refusedBy } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 60_000 });
let cli: Cli;
const CONTRACT = `0x${'cd'.repeat(20)}`;
/** Opens the keystore, and sends nothing. */
const open = [
  'account',
  '--keystore',
  'k.json',
  '--fingerprint',
  '--contract',
  CONTRACT,
  '--rpc',
  'http://127.0.0.1:1',
];

beforeAll(async () => {
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-passwords-')));
  const secret = { seed: seedOf('passwords'), role: 'server' };
  await writeKeystore(join(cli.folder, 'k.json'), 'the pässword', secret, { scrypt: WEAK_SCRYPT });
  await writeFile(join(cli.folder, 'right'), 'the pässword\n');
  await writeFile(join(cli.folder, 'wrong'), 'secret-of-another\n');
});
afterAll(() => {
  expect(cli.printed).not.toMatch(/the pässword|secret-of-another/);
  cli?.close();
});

describe('MISTORE_PASSWORD_COMMAND', () => {
  const withCommand = (MISTORE_PASSWORD_COMMAND: string, more = {}) => ({ env: { MISTORE_PASSWORD_COMMAND, ...more } });

  it.each([['cat right'], ['printf "the p\\303\\244ssword"'], ["tr -d '\\n' <right; printf '\\r\\n'"]])(
    '%s: opens the keystore with what it prints, but for one line end',
    async (line) => {
      const { code, stderr } = await cli.run(open, withCommand(line));
      expect(code, stderr).toBe(0);
    },
  );

  it('may say something on standard error, and reads nothing of standard input', async () => {
    const line = 'cat; echo asking for it >&2; cat right';
    const { code, stderr } = await cli.run(open, { ...withCommand(line), input: 'secret-of-another' });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('asking for it\n');
  });

  it('gives way to a file and to MISTORE_PASSWORD', async () => {
    const wrong = withCommand('cat wrong').env;
    expect((await cli.run([...open, '--password-file', 'right'], { env: wrong })).code).toBe(0);
    expect((await cli.run(open, { env: { ...wrong, MISTORE_PASSWORD_FILE: 'right' } })).code).toBe(0);
    expect((await cli.run(open, { env: { ...wrong, MISTORE_PASSWORD: 'the pässword' } })).code).toBe(0);
    expect(await refusedBy(cli, open, { env: wrong })).toBe('KEYSTORE: k.json: the password is wrong');
    const both = { MISTORE_PASSWORD: 'x', MISTORE_PASSWORD_FILE: 'right' };
    expect((await cli.run(open, { env: both })).code).toBe(0);
  });

  it.each([
    ['cat right; exit 3', 'ended with status 3'],
    ['cat right; kill -9 $$', 'was ended by SIGKILL'],
    ['true', 'printed nothing'],
    ['echo', 'printed nothing'],
    ['no-such-program secret-of-another', 'ended with status 127'],
    ['yes secret-of-another', 'printed more than 65536 bytes'],
  ])('%s: is an error that shows neither the command nor what it printed', async (line, what) => {
    const options = withCommand(`${line} 2>/dev/null`.replace(/; (exit|kill)(.*) 2>.*$/, '; $1$2'));
    expect(await refusedBy(cli, open, options)).toBe(
      `PASSWORD_COMMAND: MISTORE_PASSWORD_COMMAND ${what}; it must print the password and end with status 0`,
    );
  });

  it('that prints what is not text is refused', async () => {
    expect(await refusedBy(cli, open, withCommand("printf 'p\\344ssword'"))).toMatch(
      /^INVALID_ENCODING: the output of MISTORE_PASSWORD_COMMAND: is not valid UTF-8/,
    );
  });

  it('is named where no password is given', async () => {
    expect(await refusedBy(cli, open)).toMatch(/^NO_PASSWORD: .*MISTORE_PASSWORD or MISTORE_PASSWORD_COMMAND/);
  });
});

describe('a weak password', () => {
  it.each([
    ['', 'has fewer than 12 characters'],
    ['Tr0ub4dor&3', 'has fewer than 12 characters'],
    ['ääääääääääää', 'has fewer than 5 different characters'],
    ['123123123123', 'has fewer than 5 different characters'],
    ['314159265358', 'has digits only'],
    ['Password1234!', 'is a word that everybody tries first'],
    ['2024-Hospital-', 'is a word that everybody tries first'],
    ['qwertyuiop123', 'is a word that everybody tries first'],
  ])('%j %s', (password, why) => {
    expect(weaknessOf(password)).toContain(why);
  });

  it.each(['correct horse', 'gx7!Kw2#pQ9z', 'über den Wolken', '診療所の鍵は引き出しの中にある', 'K3gw-Yt5b-77Qm'])(
    '%s is not',
    (password) => {
      expect(weaknessOf(password)).toBeUndefined();
    },
  );

  it('is said by keygen, which makes the keystore all the same', async () => {
    const made = (MISTORE_PASSWORD: string, out: string) =>
      cli.run(['keygen', '--out', out, '--role', 'server'], { env: { MISTORE_PASSWORD } });
    const weak = await made('weakling', 'weak.json');
    expect(weak).toMatchObject({ code: 0, stdout: expect.stringContaining('Wrote weak.json') });
    expect(weak.stderr).toContain('Warning: the password is weak: it has fewer than 12 characters.');
    expect(weak.stderr + weak.stdout).not.toContain('weakling');
    expect((await made('correct horse', 'strong.json')).stderr).not.toContain('Warning');
  });
});
