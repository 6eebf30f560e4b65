// Fees and seats through the program: a server that wants to be paid, an insurer who pays, cancels and takes back, a seat that
// changes hands. Money is exact: wei as decimal strings for programs, ether with all its decimals for people.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { readBalance } from '../../../src/chain/state.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { formatSignedConsent, type SignedConsent } from '../../../src/records/consent-file.ts';
import { type FeeScene, openFeeScene } from '../../parties/fees/fee-scene.ts';
import { seedOf } from '../../support/chain.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 240_000 });
const NEWCOMER = seedOf('seats and fees: newcomer');

let scene: FeeScene;
let cli: Cli;
let ledger: string;

beforeAll(async () => {
  scene = await openFeeScene('seats and fees');
  const { serverSeeds, hospitalSeed } = scene.cast;
  const servers = Object.fromEntries(serverSeeds.map((seed, s) => [`server${s + 1}`, seed]));
  cli = await cliOn(scene.chain, {
    ...servers,
    hospital: hospitalSeed,
    insurer: scene.insurerSeed,
    server9: NEWCOMER,
    hospital2: seedOf('seats and fees: another hospital'),
    insurer2: seedOf('seats and fees: another insurer'),
  });
  ledger = `0x${Buffer.from(scene.cast.ledgerId).toString('hex')}`;
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const as = (role: string) => ({ env: { MISTORE_KEYSTORE: `${role}.json` } });
/** What the command prints with --json; it must end with status 0. */
async function done(role: string, ...args: string[]) {
  const { code, json, stderr } = await cli.run([...args, '--json'], as(role));
  expect(code, stderr).toBe(0);
  return json;
}
/** What it prints for people. */
async function told(role: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(args, as(role));
  expect(code, stderr).toBe(0);
  return stdout;
}
const write = async (name: string, signed: SignedConsent) =>
  writeFile(join(cli.folder, name), formatSignedConsent(signed));
/** What it prints for people on its way, which must say the cost before it sends, and what it was in the end. */
async function saidCost(role: string, transactions: number, ...args: string[]) {
  const { code, json, stderr } = await cli.run([...args, '--json'], as(role));
  expect(code, stderr).toBe(0);
  const takes = transactions === 1 ? 'This takes about' : `This takes ${transactions} transactions: about`;
  const [, before] = new RegExp(`^${takes} ([\\d,]+) gas, [\\d.]+ ether at [\\d.]+ gwei a gas`, 'm').exec(stderr)!;
  const [, after] = new RegExp(`^Sent ${transactions} transactions?: ([\\d,]+) gas, [\\d.]+ ether\\.$`, 'm').exec(
    stderr,
  )!;
  expect(stderr.indexOf(takes)).toBeLessThan(stderr.indexOf('Sent '));
  const [reckoned, used] = [before, after].map((text) => Number(text!.replaceAll(',', '')));
  expect(String(used)).toBe(json.gas);
  return { json, off: Math.abs(reckoned! / used! - 1) };
}
const serve = (role: string, ...more: string[]) => done(role, 'server', 'run', '--once', '--ledger', ledger, ...more);

/** What a transaction took, which the object of each command that sends has. */
const SPENT = { gas: expect.stringMatching(/^[1-9]\d+$/), fees: expect.stringMatching(/^[1-9]\d+$/) };

describe('fees', () => {
  it('a server that wants a fee says so on chain, and a query that pays less is not sent', async () => {
    await serve('server1', '--min-fee', '0.002');
    await serve('server2', '--min-fee', '0.000000000000000003');
    const { contract } = scene.insurerSite;
    const [first, second] = scene.cast.servers;
    expect(await contract.minimumFee(first!.address)).toBe(2_000_000_000_000_000n);
    expect(await contract.minimumFee(second!.address)).toBe(3n);
    await write('consent.json', await scene.consentTo(scene.recordsOf('ambulatory').slice(0, 3)));
    for (const fee of [[], ['--fee', '0.000000000000000002']]) {
      expect(await refusedBy(cli, ['query', 'ask', 'consent.json', ...fee], as('insurer'))).toMatch(
        /^FEE_TOO_LOW: .* 1 of 3 servers would answer; the sum takes 2, which want 0\.000000000000000003 ether/,
      );
    }
    for (const fee of ['-1', '1e-3', '0.0000000000000000001', 'all']) {
      const { code, stderr } = await cli.run(['query', 'ask', 'consent.json', `--fee=${fee}`], as('insurer'));
      expect({ fee, code }).toEqual({ fee, code: 1 });
      expect(stderr).toContain('It must be a number from 0 up to 1000000, with at most 18 decimals.');
    }
  });

  it('a query that pays is answered, and says what it costs', async () => {
    const text = await told('insurer', 'query', 'ask', 'consent.json', '--fee', '0.002', '--pay-days', '2');
    expect(text).toContain('Paid 0.004 ether: 0.002 for each of 2 answers.');
    expect(await done('insurer', 'query', 'ask', 'consent.json', '--fee', '0.002')).toMatchObject({
      transactions: 0,
      share: '2000000000000000',
      paid: '0',
    });
    const list = ['query', 'list', '--insurer', addressText(scene.insurer.address)];
    const fee = { share: '2000000000000000', offered: '4000000000000000' };
    const [listed] = (await done('insurer', ...list)).queries;
    expect(listed).toMatchObject({ state: 'sealed', answers: 0, threshold: 2 });
    expect(listed.fee).toMatchObject({ ...fee, earned: '0', left: '4000000000000000', refundable: '0' });
    const days = (Date.parse(listed.fee.payUntil) - Date.now()) / 86_400_000;
    expect(days > 1.9 && days < 2.1).toBe(true);
    expect(await told('insurer', ...list)).toMatch(
      /sealed, 0 of 2 answers.*0\.004 offered, 0 earned, the rest refundable after/,
    );
    await serve('server1', '--min-fee', '0.002');
    await serve('server2');
    expect(await done('insurer', 'query', 'show', listed.query)).toMatchObject({
      state: 'complete',
      fee: { ...fee, earned: '4000000000000000', left: '0' },
    });
    expect(await told('insurer', 'query', 'show', listed.query)).toMatch(
      /fee, ether │ 0\.004 offered, 0\.004 earned +│/,
    );
    expect((await done('insurer', 'sum', 'open', listed.query)).seats).toEqual([1, 2]);
  });

  it('what a server has earned goes to the account that it names', async () => {
    expect(await done('server1', 'server', 'earnings')).toMatchObject({
      owed: '2000000000000000',
      earned: '2000000000000000',
      answers: [{ ledger, share: '2000000000000000' }],
    });
    expect(await told('server1', 'server', 'earnings')).toContain('Earned 0.002 ether. 0.002 can be withdrawn');
    const to = new Uint8Array(20).fill(0xcc);
    expect(await done('server1', 'server', 'withdraw', '--to', addressText(to))).toEqual({
      withdrawn: '2000000000000000',
      to: addressText(to),
      ...SPENT,
    });
    expect(await readBalance(scene.chain.rpc, to)).toBe(2_000_000_000_000_000n);
    expect(await refusedBy(cli, ['server', 'withdraw'], as('server1'))).toMatch(/^NOTHING_OWED/);
    expect(await done('server1', 'server', 'earnings')).toMatchObject({ owed: '0', earned: '2000000000000000' });
    expect(await told('server2', 'server', 'withdraw')).toMatch(/^Sent 0\.002 ether to 0x/);
  });

  it('counts what a query pays into --max-total', async () => {
    await write('dear.json', await scene.twoRuns());
    expect(
      await refusedBy(cli, ['query', 'ask', 'dear.json', '--fee', '0.3', '--max-total', '0.5'], as('insurer')),
    ).toMatch(/^BUDGET: the budget of 0\.5 ether/);
    expect(await done('insurer', 'query', 'ask', 'dear.json', '--fee', '0.2', '--max-total', '0.5')).toMatchObject({
      paid: '400000000000000000',
    });
  });

  it('a query that is not sealed is cancelled, and its fee taken back', async () => {
    const signed = await scene.twoRuns();
    await write('given-up.json', signed);
    await scene.begin(signed, { fee: 10n ** 16n });
    expect(await refusedBy(cli, ['query', 'refund', 'given-up.json'], as('insurer'))).toMatch(/^REFUND_TOO_EARLY/);
    const { json: cancelled, off } = await saidCost('insurer', 1, 'query', 'cancel', 'given-up.json');
    expect(cancelled).toEqual({
      query: expect.stringMatching(/^0x/),
      cancelled: true,
      returned: '20000000000000000',
      ...SPENT,
    });
    expect(off).toBeLessThan(0.25); // What clears storage is given back at the end, and estimates hold the most.
    expect(await done('insurer', 'query', 'show', cancelled.query)).toMatchObject({ state: 'cancelled', edges: 1 });
    const refund = await saidCost('insurer', 1, 'query', 'refund', 'given-up.json');
    expect(refund.json).toEqual({
      query: cancelled.query,
      refunded: '0',
      withdrawn: '20000000000000000',
      ...SPENT,
    });
    expect(refund.off).toBeLessThan(0.25);
    expect(await refusedBy(cli, ['query', 'refund', 'given-up.json'], as('insurer'))).toMatch(/^NOTHING_TO_REFUND/);
    expect(await refusedBy(cli, ['query', 'cancel', 'consent.json'], as('insurer'))).toMatch(/^QUERY_NOT_OPEN/);
    expect(await refusedBy(cli, ['query', 'cancel', 'given-up.json'], as('insurer2'))).toMatch(/^NOT_THE_INSURER/);
  });
});

describe('a seat', () => {
  it('is resigned, given to another server, and the rest of the ledger goes on', async () => {
    const address = addressText(new Server(scene.insurerSite, NEWCOMER).address);
    expect(await done('server2', 'server', 'resign', ledger)).toEqual({ ledger, resigned: true, ...SPENT });
    const former = addressText(scene.cast.servers[1]!.address);
    expect(await done('hospital', 'ledger', 'show', ledger)).toMatchObject({ resigned: [former], notJoined: [] });
    const replace = ['ledger', 'replace', ledger, '--seat', '2', '--server', address];
    expect(await refusedBy(cli, replace, as('hospital'))).toMatch(/^NOT_REGISTERED/);
    await scene.chain.site(NEWCOMER); // Funds it.
    await done('server9', 'register');
    expect(await refusedBy(cli, replace, as('hospital2'))).toMatch(/^NOT_THE_HOSPITAL/);
    const { code, stdout, stderr } = await cli.run(replace, as('hospital'));
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`Seat 2 of ledger ${ledger} is ${address}'s from epoch 2 on.\n`);
    expect(stderr).toContain('still knows its shares of every record stored until now');
    expect(await done('hospital', ...replace)).toEqual({
      gas: '0',
      fees: '0',
      ledger,
      seat: 2,
      server: address,
      epoch: 2,
    });
    const servers = scene.cast.servers.map(({ address: one }) => addressText(one)).with(1, address);
    expect(await done('hospital', 'ledger', 'show', ledger)).toMatchObject({ servers, epoch: 2, notJoined: servers });
    for (const role of ['server1', 'server9', 'server3']) await done(role, 'ledger', 'join', ledger);
    expect(await refusedBy(cli, ['ledger', 'join', ledger], as('server2'))).toMatch(/^NOT_THE_HOLDER/);
    expect(await refusedBy(cli, ['server', 'resign', ledger], as('server2'))).toMatch(/^NOT_THE_HOLDER/);
    expect(await done('hospital', 'ledger', 'show', ledger)).toMatchObject({
      active: true,
      notJoined: [],
      resigned: [],
    });
    for (const one of [address, former]) {
      expect((await done('hospital', 'ledger', 'list', '--of', one)).ledgers).toMatchObject([{ ledger }]);
    }
  });
});
