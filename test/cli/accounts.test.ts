// Accounts and who pays: what a keystore's account is and has, a patient without ether who revokes, a ledger that waits.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex, uint256 } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { fund } from '../../src/chain/embedded-node.ts';
import { readNonce } from '../../src/chain/state.ts';
import { encodeCall } from '../../src/contract/abi.ts';
import { consentDigest } from '../../src/contract/signing.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { formatSignedConsent } from '../../src/records/consent-file.ts';
import { seedOf } from '../support/chain.ts';
import { type Cli, cliOn, type RunOptions } from '../support/cli.ts';
import { type Call, startEndpoint } from '../support/endpoint/proxy.ts';
import { parseLine } from '../support/parse-line.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

vi.setConfig({ testTimeout: 60_000 });
const poor = seedOf('accounts: poor');
let scene: Scene;
let cli: Cli;

beforeAll(async () => {
  scene = await openScene('accounts');
  cli = await cliOn(scene.chain, {
    patient: custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient),
    patient2: seedOf('accounts: another patient'),
    insurer: seedOf('accounts: insurer'),
    server: poor,
  });
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const as = (role: string): RunOptions => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });
const addressOf = (seed: Uint8Array) => addressText(accountOf(accountKey(seed)));

describe('account', () => {
  it('is the address of the seed, with its ether to the last wei', async () => {
    const { url } = scene.chain.node;
    for (const [wei, ether] of [
      [0n, '0'],
      [1n, '0.000000000000000001'],
      [12_340_000_000_000_000_000n, '12.34'],
    ] as const) {
      await fund(url, accountOf(accountKey(poor)), wei);
      const { code, json, stderr } = await cli.run(['account', '--json'], as('server'));
      expect(code, stderr).toBe(0);
      expect(json).toEqual({ address: addressOf(poor), ether });
    }
  });

  it('goes to a file, all of it and nothing else', async () => {
    await fund(scene.chain.node.url, accountOf(accountKey(poor)), 10n ** 18n);
    const { code, stderr } = await cli.run(['account'], { shell: '"$@" > account.txt', ...as('server') });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const text = await readFile(join(cli.folder, 'account.txt'), 'utf8');
    expect(text).toBe(`Account: ${addressOf(poor)}\nIt has 1 ether.\n`);
  });

  it('is shown without an endpoint, a contract and a password, but its fingerprint not without the password', async () => {
    const away = await cli.run(['account', '--rpc', 'http://127.0.0.1:1', '--json'], {
      env: { MISTORE_KEYSTORE: 'server.json', MISTORE_CONTRACT: undefined },
    });
    expect(away.code).toBe(0);
    expect(away.json).toEqual({ address: addressOf(poor), ether: null });
    expect(away.stderr).toContain('not known: no answer from http://127.0.0.1:1: connection refused');
    const withPassword = (MISTORE_PASSWORD: string | undefined) => ({ env: { ...as('server').env, MISTORE_PASSWORD } });
    expect((await cli.run(['account', '--json'], withPassword(undefined))).json.address).toBe(addressOf(poor));
    const wrong = await cli.run(['account', '--fingerprint', '--json'], withPassword('wrong'));
    expect(wrong.code).toBe(1);
    expect(wrong.json.error.code).toBe('KEYSTORE');
    expect(wrong.stdout + wrong.stderr).not.toContain(addressOf(poor));
  });

  it('of a keystore that does not state it is not shown without the password', async () => {
    const keystore = JSON.parse(await readFile(join(cli.folder, 'server.json'), 'utf8'));
    delete keystore.mistore.account;
    await writeFile(join(cli.folder, 'old.json'), JSON.stringify(keystore));
    const shown = await cli.run(['account', '--json'], as('old'));
    expect(shown.json.address, shown.stderr).toBe(addressOf(poor));
    const wrong = await cli.run(['account', '--json'], { env: { ...as('old').env, MISTORE_PASSWORD: 'wrong' } });
    expect(wrong.json.error.code).toBe('KEYSTORE');
    expect(wrong.stdout + wrong.stderr).not.toContain(addressOf(poor));
  });
});

describe('consent revoke by a patient without ether', () => {
  it('takes a payer, who cannot revoke alone', async () => {
    const consent = await scene.consentTo([0, 1, 2]);
    await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(consent));
    const revoke = ['consent', 'revoke', 'consent.json', '--yes', '--json'];
    expect((await cli.run(revoke, as('patient'))).json.error.code).toBe('INSUFFICIENT_FUNDS');
    expect((await cli.run(revoke, as('patient2'))).json.error.code).toBe('INVALID_SIGNATURE');
    expect((await scene.insurerSite.contract.queryState(idOf(consent))).status).toBe('none');
    await writeFile(join(cli.folder, 'payer.password'), 'p\n');
    const wrong = [...revoke, '--payer', 'insurer.json', '--payer-password-file', 'consent.json'];
    expect((await cli.run(wrong, as('patient'))).json.error.code).toBe('KEYSTORE');
    const paid = [...revoke, '--payer', 'insurer.json', '--payer-password-file', 'payer.password'];
    const { code, json, stderr } = await cli.run(paid, as('patient'));
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({
      revoked: true,
      gas: expect.stringMatching(/^\d+$/),
      fees: expect.stringMatching(/^\d+$/),
    });
    expect(stderr).toMatch(/^This takes about 54,\d{3} gas, [\d.]+ ether at [\d.]+ gwei a gas, base fee/m);
    expect(stderr).toMatch(/^Sent 1 transaction: 5\d,\d{3} gas, [\d.]+ ether\.$/m);
    expect(Math.abs(54_178 / Number(json.gas) - 1)).toBeLessThan(0.02);
    expect((await scene.insurerSite.contract.queryState(idOf(consent))).status).toBe('revoked');
  });

  it('says before it asks what it takes, and shows the signature to nobody before the answer', async () => {
    const signed = await scene.consentTo([0, 1, 2]);
    await writeFile(join(cli.folder, 'kept.json'), formatSignedConsent(signed));
    const endpoint = await startEndpoint((_, forward) => forward(), scene.chain.node.url);
    const revoke = (...more: string[]) =>
      cli.run(
        ['consent', 'revoke', 'kept.json', '--payer', 'insurer.json', ...more, '--rpc', endpoint.url],
        as('patient'),
      );
    const { code, stderr } = await revoke();
    expect(code).toBe(1);
    expect(stderr).toMatch(/This takes about 54,\d{3} gas[\s\S]*must be confirmed/);
    const selector = toHex(encodeCall('revokeConsent', [signed.consent, new Uint8Array(65)])).slice(2, 10);
    const isCall = ({ params }: Call) => JSON.stringify(params).includes(selector);
    expect(endpoint.calls.filter(isCall)).toEqual([]);
    expect((await revoke('--yes')).code).toBe(0);
    expect(endpoint.calls.filter(isCall)).not.toEqual([]);
    await endpoint.stop();
  });

  it('takes the same password for both, if no other is given', async () => {
    const consent = await scene.consentTo([3]);
    await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(consent));
    const paid = ['consent', 'revoke', 'consent.json', '--yes', '--payer', 'insurer.json', '--json'];
    expect((await cli.run(paid, as('patient'))).code).toBe(0);
    expect((await scene.insurerSite.contract.queryState(idOf(consent))).status).toBe('revoked');
  });

  const idOf = ({ consent }: Awaited<ReturnType<Scene['consentTo']>>) =>
    consentDigest(deploymentOf(scene.insurerSite), consent);
});

it('ledger show names the servers that have not joined', async () => {
  const { cast } = scene;
  const { terms } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
  const ledgerId = await cast.hospital.openLedger(terms, uint256(77));
  const addresses = cast.servers.map(({ address }) => addressText(address));
  const show = async () => (await cli.run(['ledger', 'show', toHex(ledgerId), '--json'])).json;
  expect(await show()).toMatchObject({ ledger: toHex(ledgerId), joined: 0, active: false, notJoined: addresses });
  await cast.servers[1]!.join(ledgerId);
  expect(await show()).toMatchObject({ joined: 1, active: false, notJoined: [addresses[0], addresses[2]] });
  await cast.servers[0]!.join(ledgerId);
  await cast.servers[2]!.join(ledgerId);
  expect(await show()).toMatchObject({ joined: 3, active: true, notJoined: [] });
});

describe('--max-fee', () => {
  /** What the program makes of it, in wei a gas. */
  async function read(text: string): Promise<bigint> {
    const words = ['query', 'ask', 'consent.json', '--keystore', 'a', '--contract', `0x${'ab'.repeat(20)}`];
    const { options } = await parseLine([...words, ...(text === 'default' ? [] : [`--max-fee=${text}`])]);
    return options.maxFee as bigint;
  }

  it('is in gwei, with decimals, exactly', async () => {
    for (const [text, wei] of [
      ['default', 100_000_000_000n],
      ['1', 1_000_000_000n],
      ['0.5', 500_000_000n],
      ['0.000000001', 1n],
      ['30.123456789', 30_123_456_789n],
      ['1000000', 10n ** 15n],
      ['1000000.000000000', 10n ** 15n],
    ] as const) {
      expect(await read(text), text).toBe(wei);
    }
    for (const text of [
      '',
      '0',
      '0.0',
      '-1',
      '1e3',
      '1.',
      '.5',
      '1,5',
      '1.0000000001',
      '1000000.000000001',
      '12345678',
    ]) {
      await expect(read(text), text).rejects.toThrow('a number above 0 and up to 1000000, with at most 9 decimals');
    }
  });

  it('is what ledger open, query ask and server run offer at most', async () => {
    const { chain, cast, insurer } = scene;
    const { rpc } = chain;
    type Block = { baseFeePerGas: string; transactions: { from: string; maxFeePerGas: string }[] };
    const latest = () => rpc.call<Block>('eth_getBlockByNumber', ['latest', true]);
    /** Runs it with a cap just above the base fee, far below what would be offered without. */
    async function capped(words: string[], role: string, seed: Uint8Array) {
      await writeKeystore(
        join(cli.folder, `${role}.json`),
        'p',
        { seed, role: role.replace(/\d+$/, '') },
        { scrypt: WEAK_SCRYPT, overwrite: true },
      );
      const cap = BigInt((await latest()).baseFeePerGas) + 1000n;
      const gwei = `${cap / 1_000_000_000n}.${(cap % 1_000_000_000n).toString().padStart(9, '0')}`;
      const { code, stderr } = await cli.run([...words, '--max-fee', gwei, '--json'], as(role));
      expect(code, stderr).toBe(0);
      const sent = (await latest()).transactions;
      expect(sent.map(({ from, maxFeePerGas }) => [from.toLowerCase(), BigInt(maxFeePerGas)])).toEqual([
        [addressOf(seed).toLowerCase(), cap],
      ]);
    }
    const servers = cast.servers.flatMap(({ address }) => ['--server', addressText(address)]);
    const open = [
      'ledger',
      'open',
      ...servers,
      '--threshold',
      '2',
      '--preset',
      'synthea-encounters',
      '--salt',
      'capped',
    ];
    await capped(open, 'hospital', cast.hospitalSeed);
    const consent = await scene.consentTo([4, 5]);
    await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(consent));
    expect(addressOf(seedOf('accounts: insurer'))).toBe(addressText(insurer.address));
    await capped(['query', 'ask', 'consent.json'], 'insurer', seedOf('accounts: insurer'));
    await capped(['server', 'run', '--once', '--ledger', toHex(cast.ledgerId)], 'server1', cast.serverSeeds[0]!);
  });
});

describe('--max-total', () => {
  it('ends a command that might take more before it sends anything', async () => {
    await fund(scene.chain.node.url, accountOf(accountKey(poor)), 10n ** 18n);
    for (const command of ['deploy', 'register']) {
      const { code, json } = await cli.run([command, '--max-total', '0.000000001', '--json'], as('server'));
      expect(code, command).toBe(1);
      expect(json, command).toMatchObject({
        error: { code: 'BUDGET', details: { maximum: '1000000000', spent: '0' } },
      });
    }
    expect(await readNonce(scene.chain.rpc, accountOf(accountKey(poor)))).toBe(0);
    const { code, stderr } = await cli.run(['register', '--max-total', '0.1', '--json'], as('server'));
    expect(code, stderr).toBe(0);
  });
});
