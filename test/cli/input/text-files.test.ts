// Text that people give the program: files as Windows and Unix write them, arguments, environment. What is not text is
// refused in words; it never opens, names or seals something else.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../../src/identity/keystore.ts';
import { formatSignedConsent } from '../../../src/records/consent-file.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { seedOf } from '../../support/chain.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { csv, openScene, rows, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;

beforeAll(async () => {
  scene = await openScene('text files');
  cli = await cliOn(scene.chain, {
    hospital: scene.cast.hospitalSeed,
    insurer: seedOf('text files: insurer'),
    patient: custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient),
  });
  const sealed = { seed: seedOf('text files: sealed'), role: 'server' };
  await writeKeystore(join(cli.folder, 'sealed.json'), 'pässword', sealed, { scrypt: WEAK_SCRYPT });
  await write('encounters.csv', Buffer.from(csv));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const write = (name: string, content: Uint8Array) => writeFile(join(cli.folder, name), content);
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const FORMS: [string, (text: string) => Buffer][] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16BE with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
];

async function run(role: string, args: string[], env: Record<string, string | undefined> = {}) {
  return cli.run([...args, '--json'], { env: { MISTORE_KEYSTORE: `${role}.json`, ...env } });
}
async function refusal(role: string, args: string[], env: Record<string, string | undefined> = {}): Promise<string> {
  const { code, json, stderr } = await run(role, args, env);
  expect(code, stderr).toBe(1);
  return `${json.error.code}: ${json.error.message}`;
}

describe('a password file', () => {
  const open = ['account', '--fingerprint', '--password-file', 'password'];

  it.each(FORMS.flatMap(([name, encode]) => ['', '\n', '\r\n'].map((end) => [name, end, encode] as const)))(
    '%s that ends with %j opens the keystore',
    async (_, end, encode) => {
      await write('password', encode(`pässword${end}`));
      const { code, stderr } = await run('sealed', open);
      expect(code, stderr).toBe(0);
    },
  );

  it('in another encoding opens nothing and seals nothing', async () => {
    for (const [content, words] of [
      [latin1('pässword\n'), /^INVALID_ENCODING: password: is not valid UTF-8 in line 1; .*iconv -f WINDOWS-1252/],
      [Buffer.from('password', 'utf16le'), /^INVALID_ENCODING: password: has zero bytes.*iconv -f UTF-16LE/],
    ] as const) {
      await write('password', content);
      expect(await refusal('sealed', open)).toMatch(words);
      expect(await refusal('', ['keygen', '--out', 'new.json', '--password-file', 'password'])).toMatch(words);
      await expect(readFile(join(cli.folder, 'new.json'))).rejects.toThrow('ENOENT');
    }
  });

  it('from a pipe serves two keystores', async () => {
    await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(await scene.consentTo([0])));
    const args = [
      'consent',
      'revoke',
      'consent.json',
      '--yes',
      '--keystore',
      'patient.json',
      '--payer',
      'insurer.json',
    ];
    const options = { shell: `printf 'p\\n' | "$@"` };
    const { json, stderr } = await cli.run([...args, '--password-file', '/dev/stdin', '--json'], options);
    expect(json, stderr).toMatchObject({ revoked: true });
  });
});

describe('a profile, accounts, receipts, a consent', () => {
  const ingest = () => [
    'ingest',
    'encounters.csv',
    '--ledger',
    toHex(scene.cast.ledgerId),
    '--dry-run',
    '--allow-repeats',
  ];

  it.each(FORMS)('%s are read', async (_, encode) => {
    await write('profile.json', encode(JSON.stringify(presetProfile('synthea-encounters'))));
    const account = addressText(scene.insurer.address);
    await write('accounts.json', encode(JSON.stringify({ nöbody: account })));
    await write('receipts.json', encode(formatReceipts(scene.receipts)));
    await write('consent.json', encode(formatSignedConsent(await scene.consentTo([1, 2]))));
    for (const [role, args] of [
      ['hospital', [...ingest(), '--profile', 'profile.json', '--accounts', 'accounts.json']],
      ['insurer', ['verify', 'receipts.json']],
      [
        'patient',
        [
          'consent',
          'sign',
          '--receipts',
          'receipts.json',
          '--insurer',
          account,
          '--out',
          'signed.json',
          '--force',
          '--yes',
        ],
      ],
      ['insurer', ['query', 'ask', 'consent.json']],
    ] as const) {
      const { code, stderr } = await run(role, [...args]);
      expect(code, `${args}: ${stderr}`).toBe(0);
    }
  });

  it('in another encoding are refused, and not quoted', async () => {
    await write('private.json', latin1('{"secret-diagnösis": 1}'));
    const preset = ['--preset', 'synthea-encounters'];
    for (const [role, args] of [
      ['hospital', [...ingest(), '--profile', 'private.json']],
      ['hospital', [...ingest(), ...preset, '--accounts', 'private.json']],
      ['insurer', ['verify', 'private.json']],
      ['patient', ['consent', 'revoke', 'private.json']],
      ['insurer', ['query', 'ask', 'private.json']],
      ['private', ['account']],
    ] as const) {
      const said = await refusal(role, [...args]);
      expect(said).toMatch(/private\.json: .*is not valid UTF-8 in line 1; .*iconv -f WINDOWS-1252/);
      expect(said).not.toContain('secret');
    }
  });

  it('with a name twice in one object are refused', async () => {
    const [one, other] = [scene.insurer.address, scene.patient.address].map(addressText);
    await write('accounts.json', Buffer.from(`{"p": "${one}", "q": "${one}", "p": "${other}"}`));
    expect(
      await refusal('hospital', [...ingest(), '--preset', 'synthea-encounters', '--accounts', 'accounts.json']),
    ).toBe('INVALID_ENCODING: accounts.json: the name "p" stands twice in one object');
    const profile = JSON.stringify(presetProfile('synthea-encounters')).replace('"scale":2', '"scale":2,"scale":0');
    await write('profile.json', Buffer.from(profile));
    expect(await refusal('hospital', [...ingest(), '--profile', 'profile.json'])).toMatch(
      /^INVALID_PROFILE: .*the name "scale" stands twice/,
    );
  });
});

describe.skipIf(process.platform !== 'linux')('bytes that are not UTF-8', () => {
  const shell = async (script: string, args: string[]) =>
    (await cli.run([...args, '--json'], { shell: script, env: { MISTORE_KEYSTORE: 'hospital.json' } })).json;

  it('are refused as an argument: a patient whose id is not text is no other patient', async () => {
    const args = [
      'handover',
      '--ledger',
      toHex(scene.cast.ledgerId),
      '--out',
      'p.json',
      '--patient-password-file',
      'password',
    ];
    const { error } = await shell(`exec "$@" --patient "$(printf 'p\\344tient')"`, args);
    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('argument 10 has bytes') });
    await expect(readFile(join(cli.folder, 'p.json'))).rejects.toThrow('ENOENT');
  });

  it('are refused in the environment', async () => {
    const { error } = await shell(`MISTORE_PASSWORD=$(printf 'p\\344ssword') exec "$@"`, ['account']);
    expect(error.message).toBe(
      'MISTORE_PASSWORD has bytes that are not UTF-8, which is how this program reads its environment',
    );
    expect(await shell(`OTHER=$(printf '\\344') exec "$@"`, ['account'])).toMatchObject({
      address: expect.stringMatching(/^0x/),
    });
  });

  it('are told from U+FFFD that was given as such', async () => {
    const { error } = await shell('exec "$@"', [
      'receipts',
      '--ledger',
      toHex(scene.cast.ledgerId),
      '--out',
      'r.json',
      '--patient',
      'p\ufffd',
    ]);
    expect(error.message).toContain('has the character U+FFFD, which stands for one that was lost');
    const variable = `MISTORE_KEYSTORE=$(printf 'k\\357\\277\\275.json') exec "$@"`;
    expect((await shell(variable, ['account'])).error.code).toBe('KEYSTORE');
  });
});
