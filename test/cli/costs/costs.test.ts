// What a command would cost is said before it sends, with the price and the cap, and what it cost at its end; a dry run sends
// nothing, and its estimate is what is spent then.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { readNonce } from '../../../src/chain/state.ts';
import { accountKey } from '../../../src/identity/keys.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn, type RunOptions } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });
const ROLES = ['hospital', 'server1', 'server2', 'server3', 'operator'];
const seeds = Object.fromEntries(ROLES.map((role) => [role, seedOf(`costs ${role}`)]));
const accountOfRole = (role: string) => accountOf(accountKey(seeds[role]!));
let chain: TestChain;
let cli: Cli;
beforeAll(async () => {
  chain = await startChain();
  for (const role of ROLES) await chain.site(seeds[role]!);
  cli = await cliOn(chain, seeds);
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

const as = (role: string): RunOptions => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });
const sentBy = (role: string) => readNonce(chain.rpc, accountOfRole(role));
/** Runs a command that must succeed, with --json. */
async function done(role: string, ...args: string[]) {
  const ended = await cli.run([...args, '--json'], as(role));
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}
/** How far an estimate may be from what was spent: nodes round up. */
const near = (estimate: string, spent: string) => Math.abs(Number(estimate) / Number(spent) - 1);
const PLAN =
  /about [\d,]+ gas, [\d.]+ ether at [\d.]+ gwei a gas, base fee [\d.]+ gwei now\. At most [\d.]+ ether, at --max-fee 100 gwei\.$/m;

describe('a command that sends', () => {
  it('says its cost before and after, and its object has gas and fees', async () => {
    for (const server of ['server1', 'server2', 'server3']) {
      const { stderr, json } = await done(server, 'register');
      expect(stderr).toMatch(PLAN);
      expect(stderr.indexOf('This takes about')).toBeLessThan(stderr.indexOf('Sent 1 transaction:'));
      expect(Number(json.gas)).toBeGreaterThan(50_000);
      expect(json.fees).toMatch(/^\d+$/);
    }
  });

  it('says that nothing is to be done when it is given again', async () => {
    const before = await sentBy('server1');
    const { stderr, json } = await done('server1', 'register');
    expect(stderr).toContain('Nothing is to be sent.');
    expect(stderr).toContain('had been registered before; nothing was sent.');
    expect(json).toMatchObject({ registered: true, gas: '0', fees: '0' });
    expect(await sentBy('server1')).toBe(before);
  });
});

describe('deploy', () => {
  it('--dry-run says what it would take, and sends and writes nothing', async () => {
    const before = await sentBy('operator');
    const dry = await done('operator', 'deploy', '--out', 'other.json', '--dry-run');
    expect(dry.stderr).toMatch(PLAN);
    expect(await sentBy('operator')).toBe(before);
    const real = await done('operator', 'deploy', '--out', 'other.json');
    expect(near(dry.json.gas, real.json.gas)).toBeLessThan(0.02);
    expect(real.stderr).toMatch(PLAN);
    await rm(join(cli.folder, 'other.json'));
  });
});

describe('ledger open', () => {
  const open = () => [
    ...['ledger', 'open', '--threshold', '2', '--preset', 'synthea-encounters'],
    ...['server1', 'server2', 'server3'].flatMap((role) => ['--server', addressText(accountOfRole(role))]),
  ];

  it('--dry-run reckons with all its transactions, before the ledger exists', async () => {
    const before = await sentBy('hospital');
    const dry = await done('hospital', ...open(), '--dry-run');
    expect(dry.json).toMatchObject({ opened: false, dryRun: true, transactions: 8 });
    expect(dry.stderr).toContain('This takes 8 transactions: about');
    expect(await sentBy('hospital')).toBe(before);
    const real = await done('hospital', ...open());
    expect(await sentBy('hospital')).toBe(before + 8);
    expect(near(dry.json.gas, real.json.gas)).toBeLessThan(0.1);
    expect(BigInt(dry.json.most)).toBeGreaterThan(BigInt(real.json.fees));
  });

  it('given again says that nothing was to do, and who is missing', async () => {
    const { stderr } = await done('hospital', ...open());
    expect(stderr).toContain('had been opened before, with all channels and keys; nothing was sent.');
    expect(stderr).toContain('0 of 3 so far: mistore ledger join');
  });

  it('is joined with its terms said, and joined again with nothing to do', async () => {
    const { json } = await done('hospital', ...open());
    const first = await done('server1', 'ledger', 'join', json.ledger);
    expect(first.stderr).toContain('threshold 2 of 3 seats, lanes TOTAL_CLAIM_COST, PAYER_COVERAGE in USD');
    expect(first.stderr).toContain(`Joined. Of 3 servers of ledger ${json.ledger}, 1 has joined.`);
    const again = await done('server1', 'ledger', 'join', json.ledger);
    expect(again.stderr).toContain('This server had joined before; nothing was sent.');
    expect(again.json).toMatchObject({ joined: 1, gas: '0' });
  });
});
