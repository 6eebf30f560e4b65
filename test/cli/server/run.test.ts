// `mistore server run` among strangers: a ledger or a query that somebody made up does not keep it from the others, and
// what is wrong is said once, with exit status 1.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex, type Hex, toHex } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { ledgerIdOf } from '../../../src/contract/ledger-id.ts';
import type { TransactionOutcome } from '../../../src/contract/outcome.ts';
import type { LedgerTerms } from '../../../src/contract/types.ts';
import { accountKey, custodialSeed } from '../../../src/identity/keys.ts';
import { openChannels } from '../../../src/ledger/channels.ts';
import { deploymentOf, type Site } from '../../../src/ledger/site.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Patient } from '../../../src/parties/patient.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { deviating } from '../../support/adversary.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { startEndpoint } from '../../support/endpoint/proxy.ts';
import { type Cast, openCast, storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';

vi.setConfig({ testTimeout: 180_000 });
const rows = rowsOf(sampleCsv(30, 'server run', 1));
let chain: TestChain;
let cast: Cast;
let receipts: Receipts;
let cli: Cli;

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'server run', 2, 3);
  await storeRows(cast, rows);
  receipts = await cast.hospital.receipts(cast.ledgerId, rows[0]!.patient);
  cli = await cliOn(chain, Object.fromEntries(cast.serverSeeds.map((seed, s) => [`server${s + 1}`, seed])));
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

/** A query of the patient's first records by the insurer of that name. */
async function ask(name: string, records: number[], openChannels = true): Promise<string> {
  const seed = seedOf(`server run: ${name}`);
  const site = await chain.site(seed);
  const nothing = Promise.resolve({} as TransactionOutcome);
  const careless = deviating(site, { openChannel: () => () => nothing });
  const insurer = new Insurer(openChannels ? site : careless, seed);
  const patient = new Patient(site, custodialSeed(cast.hospitalSeed, rows[0]!.patient));
  return (await insurer.query(patient.consent(insurer.address, receipts, records, await chain.deadline()))).queryId;
}

/** A ledger on the cast's terms but for these changes, with no channel to a server and no keys; its id as text. */
async function openStrangely(stranger: Site, change: Partial<LedgerTerms>): Promise<Hex> {
  const { terms } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
  const opening = { hospital: stranger.contract.account, terms: { ...terms, ...change }, salt: new Uint8Array(32) };
  await stranger.contract.openLedger(opening.terms, opening.salt, new Uint8Array(32).fill(1));
  return toHex(ledgerIdOf(deploymentOf(stranger), opening));
}

const answered = async (queryId: string) =>
  (await cast.hospitalSite.contract.queryState(fromHex(queryId))).answeredSeats;
const runOnce = (server: number, ...more: string[]) =>
  cli.run(['server', 'run', '--once', '--json', '--keystore', `server${server}.json`, ...more]);

describe('server run --once', () => {
  it('answers the honest query beside one whose insurer opened no channel', async () => {
    const rogue = await ask('rogue', [0, 1], false);
    const honest = [await ask('honest', [2, 3]), await ask('honest', [4])];
    const { code, json, stderr } = await runOnce(1);
    expect(code, stderr).toBe(0);
    expect(json).toEqual({
      address: addressText(cast.servers[0]!.address),
      records: rows.length,
      badRecords: [],
      complaints: 0,
      answered: 2,
      refused: 1,
      notJoined: [],
      leftOut: [],
      away: null,
    });
    expect(stderr).toContain(`(${rogue}) is refused: the insurer has opened no channel to this server.`);
    expect(await Promise.all([rogue, ...honest].map(answered))).toEqual([[], [1], [1]]);
  });

  it('serves its ledgers although a stranger opened another that names it', async () => {
    const stranger = await chain.site(seedOf('server run: stranger'));
    const ledgerId = await openStrangely(stranger, {});
    const queryId = await ask('honest', [5, 6]);
    const invited = await runOnce(2);
    expect(invited.code).toBe(0);
    expect(invited.json).toMatchObject({ answered: 3, refused: 1, notJoined: [ledgerId], leftOut: [] });
    expect(invited.stderr).toContain(
      `which does not join it: its hospital is not one of those that this server accepts. To join it: mistore ledger join ${ledgerId}`,
    );
    const { code, json, stderr } = await runOnce(2, '--accept', toHex(stranger.contract.account));
    expect(code).toBe(1);
    const why = `${toHex(stranger.contract.account)} has not opened a channel to ${toHex(cast.servers[1]!.address)}`;
    expect(json.leftOut).toEqual([{ ledger: ledgerId, why }]);
    expect(stderr).toContain(`Ledger ${ledgerId} is left out (join): ${why}. It is tried again.`);
    expect(await answered(queryId)).toEqual([2]);
    expect((await runOnce(2, '--ledger', toHex(cast.ledgerId))).code).toBe(0);
  });

  it('does not serve a ledger that is named to it and that does not name it', async () => {
    const stranger = await chain.site(seedOf('server run: stranger'));
    const ledgerId = await openStrangely(stranger, { threshold: 1, servers: [cast.servers[0]!.address] });
    const { code, json, stderr } = await runOnce(2, '--ledger', ledgerId);
    expect(code).toBe(1);
    const why = `server ${toHex(cast.servers[1]!.address)} has no seat in ledger ${ledgerId}`;
    expect(json).toMatchObject({ notJoined: [], leftOut: [{ ledger: ledgerId, why }] });
    expect(stderr).not.toContain('names this server, which');
  });
});

describe('server run at a node that lacks logs', () => {
  it('answers the queries whose logs it has, and says what is missing', async () => {
    const [lost, kept] = [await ask('honest', [10, 11]), await ask('honest', [12])];
    const endpoint = await startEndpoint(async ({ method, params }, forward) => {
      const answer = await forward();
      // The query's own event, where it is looked for by the query's id; not that the ledger has such a query.
      const asked = method === 'eth_getLogs' && JSON.stringify(params[0].topics).includes(lost);
      return asked ? { result: [] } : answer;
    }, chain.node.url);
    onTestFinished(() => endpoint.stop());
    const { code, json } = await runOnce(1, '--rpc', endpoint.url);
    const why = `the node has no log of an event QueryOpened (query ${lost}), although the contract's storage says that there is one`;
    expect(json.leftOut).toEqual([{ ledger: toHex(cast.ledgerId), why }]);
    expect(code).toBe(1);
    expect([await answered(lost), await answered(kept)]).toEqual([[], [1]]);
    expect((await runOnce(1)).json).toMatchObject({ answered: 1, leftOut: [] });
    expect(await answered(lost)).toEqual([1]);
  });
});

describe('server run', () => {
  it('goes on until Ctrl-C, and answers what comes in the meantime', async () => {
    const running = await cli.start(
      [
        'server',
        'run',
        '--interval',
        '0.2',
        '--patience',
        '0',
        '--ledger',
        toHex(cast.ledgerId),
        '--json',
        '--keystore',
        'server3.json',
      ],
      'stderr',
    );
    const queryId = await ask('honest', [7]);
    while (!(await answered(queryId)).includes(3)) await new Promise((resolve) => setTimeout(resolve, 100));
    const { code, json } = await running.stop('SIGINT');
    expect(code).toBe(0);
    expect(json).toMatchObject({ records: rows.length, refused: 1, leftOut: [] });
    // This one and the two of the test before: the others have the two answers that their sum takes.
    expect(json.answered).toBe(3);
  });

  it('answers an insurer that opens its channel only after the query', async () => {
    const running = await cli.start(
      [
        'server',
        'run',
        '--interval',
        '0.2',
        '--patience',
        '0',
        '--ledger',
        toHex(cast.ledgerId),
        '--json',
        '--keystore',
        'server3.json',
      ],
      'stderr',
    );
    const answeredBy3 = async (queryId: string) => {
      while (!(await answered(queryId)).includes(3)) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const late = await ask('late', [8], false);
    // Asked later and answered: so the earlier one has been refused by then.
    await answeredBy3(await ask('honest', [9]));
    expect(await answered(late)).toEqual([]);
    const seed = seedOf('server run: late');
    const servers = cast.servers.map(({ address }) => address);
    await openChannels(await chain.site(seed), seed, accountOf(accountKey(seed)), servers);
    await answeredBy3(late);
    // Only the query of the test before is refused still.
    expect((await running.stop('SIGINT')).json).toMatchObject({ answered: 2, refused: 1, leftOut: [] });
  });

  it('outlives an endpoint that is away, without checking all anew', async () => {
    const endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
    onTestFinished(() => endpoint.stop());
    const args = [
      'server',
      'run',
      '--interval',
      '0.2',
      '--patience',
      '0',
      '--json',
      '--keystore',
      'server3.json',
      '--rpc',
      endpoint.url,
    ];
    const running = await cli.start(args, 'stderr');
    const before = await ask('honest', [13]);
    while (!(await answered(before)).includes(3)) await new Promise((resolve) => setTimeout(resolve, 100));
    let refusals = 0;
    endpoint.answer = () => {
      refusals++;
      return { status: 503, text: 'away' };
    };
    // More than one call is tried: so a round has ended without the chain.
    while (refusals < 9) await new Promise((resolve) => setTimeout(resolve, 100));
    endpoint.answer = (_, forward) => forward();
    const after = await ask('honest', [14]);
    while (!(await answered(after)).includes(3)) await new Promise((resolve) => setTimeout(resolve, 100));
    const { code, json } = await running.stop('SIGTERM');
    expect(json).toMatchObject({ records: rows.length, away: null, leftOut: [] });
    expect(code).toBe(0);
  });

  it('that meets it at once goes on as well; stopped before it is back, it says so with status 1', async () => {
    const endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
    onTestFinished(() => endpoint.stop());
    const args = [
      'server',
      'run',
      '--interval',
      '0.2',
      '--patience',
      '0',
      '--json',
      '--keystore',
      'server3.json',
      '--rpc',
      endpoint.url,
    ];
    const running = await cli.start(args, 'stderr');
    let refusals = 0;
    endpoint.answer = () => {
      refusals++;
      return { status: 503, text: 'away' };
    };
    while (refusals < 9) await new Promise((resolve) => setTimeout(resolve, 100));
    const { code, json } = await running.stop('SIGTERM');
    expect(code).toBe(1);
    expect([json.away, json.leftOut[0]?.why].join()).toContain('HTTP status 503');
  });
});
