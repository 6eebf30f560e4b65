// ServerDaemon as a library user runs it: what it reports, what ends it, and what does not.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Hex, toHex } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { ConnectionError } from '../../../src/chain/errors.ts';
import { TransactionLimitError } from '../../../src/chain/sending/errors.ts';
import { ledgerIdOf } from '../../../src/contract/ledger-id.ts';
import type { TransactionOutcome } from '../../../src/contract/outcome.ts';
import type { LedgerTerms } from '../../../src/contract/types.ts';
import { accountKey } from '../../../src/identity/keys.ts';
import { deploymentOf } from '../../../src/ledger/site.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import type { DaemonOptions } from '../../../src/parties/server/daemon/daemon.ts';
import { sourceName } from '../../../src/records/source.ts';
import { deviating } from '../../support/adversary.ts';
import { seedOf } from '../../support/chain.ts';
import { fault, storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';
import { daemonOf, until, watched } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;
/** Whether the node gives no logs of ledgers. */
let away = false;
/** Reads of events so far. */
let reads = 0;

beforeAll(async () => {
  scene = await openScene('daemon');
});
afterAll(() => scene?.chain.stop());
beforeEach(() => {
  away = false;
});

/** A daemon of the server of a seat. */
function daemon(seat: number, options: DaemonOptions = {}) {
  const { serverSites, serverSeeds } = scene.cast;
  const site = watched(serverSites[seat - 1]!, (names) => {
    reads++;
    if (away && names.includes('LedgerOpened')) throw new ConnectionError('http://node', `gone for ${reads} times`);
  });
  return daemonOf(site, serverSeeds[seat - 1]!, options);
}

/** Id of a new query over the patient's records with these ids. */
async function ask(records: number[], insurer = scene.insurer): Promise<Hex> {
  return (await insurer.query(await scene.consentTo(records, insurer.address))).queryId;
}

/** An insurer that opens no channels. */
async function careless(): Promise<Insurer> {
  const seed = seedOf('daemon: careless');
  const skip = () => () => Promise.resolve({} as TransactionOutcome);
  return new Insurer(deviating(await scene.chain.site(seed), { openChannel: skip }), seed);
}

describe('once', () => {
  it('checks, answers and refuses, and reports each once', async () => {
    const ledgerId = toHex(scene.cast.ledgerId);
    const one = daemon(1);
    const [answered, refused] = [await ask([0, 1]), await ask([2], await careless())];
    await one.daemon.once();
    expect(one.reported).toEqual([
      {
        kind: 'refused',
        ledgerId,
        queryId: refused,
        insurer: toHex(accountOf(accountKey(seedOf('daemon: careless')))),
        reason: 'the insurer has opened no channel to this server',
      },
      { kind: 'checked', ledgerId, batch: 0, records: rows.length, bad: [], isOld: true },
      {
        kind: 'answered',
        ledgerId,
        queryIds: [answered],
        insurers: [toHex(scene.insurer.address)],
        gasUsed: expect.any(BigInt),
      },
    ]);
    const summary = { records: rows.length, badRecords: [], complaints: 0, answered: 1, refused: 1, notJoined: [] };
    expect(one.daemon.summary).toEqual({ ...summary, leftOut: [], away: null });
    await one.daemon.once();
    expect(one.reported.length).toBe(3);
    const all = { batches: 1, records: rows.length, bad: 0 };
    expect(one.of('serving')).toMatchObject([
      { ledgerId, seat: 1, epoch: 1, ...all, terms: { threshold: 2, seats: 3 } },
    ]);
    expect(one.daemon.summary).toEqual({ ...summary, leftOut: [], away: null });
  });

  it('serves its ledgers beside one that it has not joined and one that does not name it', async () => {
    const stranger = await scene.chain.site(seedOf('daemon: stranger'));
    const { terms } = (await scene.cast.hospital.dealer(scene.cast.ledgerId)).ledger;
    const open = async (changed: Partial<LedgerTerms>) => {
      const opening = {
        hospital: stranger.contract.account,
        terms: { ...terms, ...changed },
        salt: new Uint8Array(32),
      };
      await stranger.contract.openLedger(opening.terms, opening.salt, new Uint8Array(32).fill(1));
      return ledgerIdOf(deploymentOf(stranger), opening);
    };
    const ledgerId = toHex(await open({}));
    const two = daemon(2);
    await two.daemon.once();
    await two.daemon.once();
    expect(two.of('invited')).toMatchObject([{ ledgerId, hospital: toHex(stranger.contract.account) }]);
    expect(two.daemon.summary).toMatchObject({ records: rows.length, notJoined: [ledgerId], leftOut: [] });

    const other = await open({ threshold: 1, servers: [terms.servers[0]!] });
    const told = daemon(2, { ledgerId: other });
    await told.daemon.once();
    await told.daemon.once();
    expect(told.reported).toMatchObject([
      { kind: 'left-out', ledgerId: toHex(other), task: 'join', error: { code: 'NOT_A_MEMBER' } },
    ]);
    expect(told.daemon.summary.leftOut.map((left) => left.ledgerId)).toEqual([toHex(other)]);
  });

  it('throws where the ledgers cannot be read', async () => {
    away = true;
    const one = daemon(1);
    expect(await fault(one.daemon.once())).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(one.reported).toEqual([]);
  });
});

describe('what went wrong', () => {
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  it('with an answer is reported once however often it is tried, and forgotten when others have answered', async () => {
    const { serverSites, serverSeeds } = scene.cast;
    const tooLarge = () => () => Promise.reject(new TransactionLimitError('gas', 2, 1));
    const one = daemonOf(deviating(serverSites[0]!, { answer: tooLarge }), serverSeeds[0]!);
    void one.start();
    const queryId = await ask([5]);
    await until(() => one.of('left-out').length > 0);
    await pause(2500); // It is tried again after 1 s and after 2 s more.
    expect(one.of('left-out')).toMatchObject([{ queryId, task: 'answer', error: { code: 'TRANSACTION_GAS_CAP' } }]);
    expect(one.daemon.summary.leftOut).toHaveLength(1);
    for (const seat of [2, 3]) await daemon(seat).daemon.once();
    await until(() => one.daemon.summary.leftOut.length === 0);
    await one.stop();
  });

  it('before a batch could be looked for is forgotten when there is none', async () => {
    const { serverSites, serverSeeds } = scene.cast;
    let failures = 1;
    const site = deviating(serverSites[0]!, {
      getBatch:
        (honest) =>
        (...given) =>
          failures-- > 0 ? Promise.reject(new ConnectionError('http://node', 'gone')) : honest.getBatch(...given),
    });
    const folder = await mkdtemp(join(tmpdir(), 'mistore-daemon-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const cacheFile = join(folder, 'cache.json');
    await daemonOf(serverSites[0]!, serverSeeds[0]!, { cacheFile }).daemon.once();
    const one = daemonOf(site, serverSeeds[0]!, { cacheFile });
    void one.start();
    await until(() => one.of('left-out').length > 0);
    expect(one.of('left-out')).toMatchObject([{ task: 'check' }]);
    await until(() => one.daemon.summary.leftOut.length === 0);
    await one.stop();
    expect(one.of('checked')).toEqual([]);
  });
});

describe('run', () => {
  it('goes on until the signal is aborted, through an endpoint that is away, and checks nothing twice', async () => {
    const ledgerId = toHex(scene.cast.ledgerId);
    const listeners = process.listenerCount('SIGINT');
    const three = daemon(3);
    const first = await ask([0]);
    const running = three.start();
    await until(() => three.of('answered').length > 0);
    // The query of the first test has its two answers, and is left alone.
    expect(three.of('answered').flatMap(({ queryIds }) => queryIds)).toEqual([first]);
    away = true;
    await scene.chain.mine(); // Without a new block there is nothing to read.
    await until(() => three.of('away').length > 0);
    expect(three.daemon.summary.away).toMatchObject({ code: 'CONNECTION_FAILED' });
    const before = reads;
    await until(() => reads >= before + 2);
    away = false;
    await until(() => three.of('back').length > 0);
    const queryId = await ask([3]);
    await until(() => three.of('answered').some(({ queryIds }) => queryIds.includes(queryId)));
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    await three.stop();
    await running;
    // It is said once, although its words have another number each time.
    expect(three.reported.filter(({ kind }) => ['checked', 'away', 'back'].includes(kind))).toMatchObject([
      { kind: 'checked', ledgerId, batch: 0 },
      { kind: 'away' },
      { kind: 'back' },
    ]);
    expect(three.daemon.summary).toMatchObject({ records: rows.length, away: null });
  });

  it('asks an idle chain for its head only', async () => {
    const { rpc } = scene.chain;
    const site = await scene.chain.site(scene.cast.serverSeeds[2]!);
    const methods: string[] = [];
    const call = site.contract.rpc.call.bind(site.contract.rpc);
    site.contract.rpc.call = ((method: string, ...rest: []) => {
      methods.push(method);
      return call(method, ...rest);
    }) as typeof call;
    const three = daemonOf(site, scene.cast.serverSeeds[2]!);
    void three.start();
    await until(() => three.rounds() > 3);
    methods.length = 0;
    const rounds = three.rounds();
    await until(() => three.rounds() > rounds + 5);
    await three.stop();
    expect(rpc).toBeDefined();
    expect([...new Set(methods)]).toEqual(['eth_getBlockByNumber']);
  });

  it('ends without waiting for the next round', async () => {
    const one = daemon(1, { interval: 2 ** 31 - 1 });
    const running = one.start();
    await until(() => one.of('answered').length > 0);
    await one.stop();
    await running;
  });

  it('ends after the batch at hand, before the next batch', async () => {
    const { ledgerId } = scene.cast;
    await storeRows(scene.cast, rowsOf(sampleCsv(3, 'second batch', 1)), sourceName('b.csv', new Uint8Array(32)));
    const one = daemon(1, { ledgerId, onEvent: ({ kind }) => kind === 'checked' && void one.stop() });
    await one.start();
    expect(one.of('checked')).toMatchObject([{ batch: 0 }]);
  });

  it.each([
    ['interval', 0],
    ['interval', 0.5],
    ['interval', Number.NaN],
    ['interval', 2 ** 31],
    ['depth', -1],
    ['patience', -1],
  ])('refuses %s: %d', (name, value) => {
    expect(() => daemon(1, { [name]: value })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
