// Which ledgers a daemon joins, that it follows new epochs while it runs, and that its seats take turns.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Hex, toHex } from '../../../src/bytes.ts';
import { turnOf } from '../../../src/parties/server/daemon/turns.ts';
import { sourceName } from '../../../src/records/source.ts';
import { type Cast, hospitalOf, openAnother, openCast, storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';
import { daemonOf, type TestDaemon, until } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;

beforeAll(async () => {
  scene = await openScene('daemon joins');
});
afterAll(() => scene?.chain.stop());

const epochOf = async ({ ledgerId, hospitalSite }: Cast) => hospitalSite.contract.getLedger(ledgerId);
const queryBy = async (cast: Cast, records: number[]): Promise<Hex> => {
  const receipts = await cast.hospital.receipts(cast.ledgerId, rows[0]!.patient);
  const deadline = await scene.chain.deadline();
  return (await scene.insurer.query(scene.patient.consent(scene.insurer.address, receipts, records, deadline))).queryId;
};

describe('a ledger is joined', () => {
  it('while the daemon runs, where its hospital is accepted', async () => {
    const { serverSites, serverSeeds, hospitalSite } = scene.cast;
    const accept = [hospitalSite.contract.account];
    const daemons = serverSites.map((site, s) => daemonOf(site, serverSeeds[s]!, { accept }));
    for (const one of daemons) void one.start();
    const opened = await openAnother(scene.cast, { join: false });
    await until(async () => (await epochOf(opened)).joined === 3);
    await Promise.all(daemons.map((one) => one.stop()));
    for (const one of daemons) {
      expect(one.of('joined')).toMatchObject([{ ledgerId: toHex(opened.ledgerId), epoch: 1 }]);
      expect(one.of('invited')).toEqual([]);
    }
  });

  it('where anyone is accepted; where another hospital is, it is said once', async () => {
    const { serverSites, serverSeeds, hospitalSite } = scene.cast;
    const opened = await openAnother(scene.cast, { join: false });
    const ledgerId = toHex(opened.ledgerId);
    const careful = daemonOf(serverSites[0]!, serverSeeds[0]!, { accept: [new Uint8Array(20)] });
    await careful.daemon.once();
    await scene.chain.mine();
    await careful.daemon.once();
    expect(careful.of('invited')).toEqual([
      {
        kind: 'invited',
        ledgerId,
        hospital: toHex(hospitalSite.contract.account),
        terms: expect.objectContaining({ threshold: 2, seats: 3, minRecords: 1 }),
        why: 'its hospital is not one of those that this server accepts',
      },
    ]);
    expect(careful.daemon.summary.notJoined).toEqual([ledgerId]);
    const trusting = daemonOf(serverSites[0]!, serverSeeds[0]!, { accept: 'anyone' });
    await trusting.daemon.once();
    expect(trusting.of('joined')).toMatchObject([{ ledgerId }]);
    expect((await epochOf(opened)).joined).toBe(1);
  });

  it('with threshold 1 only where that is accepted too', async () => {
    const single = await openCast(scene.chain, 'daemon joins: single', 1, 1, {});
    const { serverSites, serverSeeds, hospital } = single;
    const { terms } = (await hospital.dealer(single.ledgerId)).ledger;
    const ledgerId = await hospital.openLedger(terms, new Uint8Array(32).fill(7));
    const careful = daemonOf(serverSites[0]!, serverSeeds[0]!, { accept: 'anyone' });
    await careful.daemon.once();
    const why = 'with threshold 1 each server alone can read every amount';
    expect(careful.reported).toMatchObject([{ kind: 'invited', ledgerId: toHex(ledgerId), why }]);
    const told = daemonOf(serverSites[0]!, serverSeeds[0]!, { accept: 'anyone', minThreshold: 1 });
    await told.daemon.once();
    expect(told.of('joined')).toMatchObject([{ ledgerId: toHex(ledgerId) }]);
  });

  it("only on terms within the operator's limits, which are named where it is not", async () => {
    const { serverSites, serverSeeds } = scene.cast;
    const ledgerId = toHex((await openAnother(scene.cast, { join: false })).ledgerId);
    for (const [limits, why] of [
      [{ minThreshold: 3 }, 'its threshold is 2; this server joins from 3 on'],
      [{ maxServers: 2 }, 'it has 3 servers; this server joins up to 2'],
      [{ minRecords: 5 }, 'it answers queries over 1 record or more; this server joins from 5 on'],
    ] as const) {
      const one = daemonOf(serverSites[0]!, serverSeeds[0]!, { accept: 'anyone', ...limits });
      await one.daemon.once();
      expect(one.of('joined')).toEqual([]);
      expect(one.of('invited').find((event) => event.ledgerId === ledgerId)).toMatchObject({ why });
    }
    const one = daemonOf(serverSites[0]!, serverSeeds[0]!, {
      accept: 'anyone',
      minThreshold: 2,
      maxServers: 3,
      minRecords: 1,
    });
    await one.daemon.once();
    expect(one.of('joined').find((event) => event.ledgerId === ledgerId)).toMatchObject({
      terms: { threshold: 2, seats: 3, minRecords: 1, currency: 'USD' },
    });
  });

  it('by hand while it runs, and is served from then on', async () => {
    const { serverSites, serverSeeds } = scene.cast;
    const opened = await openAnother(scene.cast, { join: false });
    const name = toHex(opened.ledgerId);
    const one = daemonOf(serverSites[0]!, serverSeeds[0]!);
    void one.start();
    await until(() => one.of('invited').some(({ ledgerId }) => ledgerId === name));
    for (const server of scene.cast.servers) await server.join(opened.ledgerId);
    await storeRows(opened, rows);
    await until(() => one.of('checked').some(({ ledgerId }) => ledgerId === name));
    const queryId = await queryBy(opened, [0, 1]);
    await until(() => one.of('answered').some(({ queryIds }) => queryIds.includes(queryId)));
    await one.stop();
    expect(one.daemon.summary.notJoined).not.toContain(name);
  });
});

describe('a new epoch', () => {
  it('is joined by itself, and its batches and queries are served without a restart', async () => {
    const { serverSites, serverSeeds, servers, ledgerId } = scene.cast;
    const name = toHex(ledgerId);
    const one = daemonOf(serverSites[0]!, serverSeeds[0]!);
    void one.start();
    await until(() => one.of('checked').some((event) => event.ledgerId === name));
    const { hospital, site } = await hospitalOf(scene.cast);
    await hospital.refresh(ledgerId);
    await until(() => one.of('joined').some((event) => event.ledgerId === name && event.epoch === 2));
    for (const server of servers.slice(1)) await server.join(ledgerId);
    const cast = { ...scene.cast, hospital, hospitalSite: site };
    await storeRows(cast, rowsOf(sampleCsv(5, 'epoch 2', 1)), sourceName('epoch2.csv', new Uint8Array(32)));
    await until(() => one.of('checked').some((event) => event.ledgerId === name && event.batch === 1));
    expect(one.of('checked').find((event) => event.ledgerId === name && event.batch === 1)).toMatchObject({ bad: [] });
    // Of edges in both epochs, by a query that was opened in the second.
    const queryId = await queryBy(cast, [0, 3]);
    await until(() => one.of('answered').some(({ queryIds }) => queryIds.includes(queryId)));
    await one.stop();
    expect(one.daemon.summary.leftOut).toEqual([]);
  });
});

describe('turns', () => {
  const answers = async (queryId: Hex) =>
    (await scene.cast.hospitalSite.contract.queryState(Buffer.from(queryId.slice(2), 'hex'))).answeredSeats;

  /** Daemons of all seats but one, for which no patience is short enough. */
  async function run(without: number | undefined, patience: number): Promise<TestDaemon[]> {
    const { serverSites, serverSeeds } = scene.cast;
    const seats = [1, 2, 3].filter((seat) => seat !== without);
    const running = seats.map((seat) => daemonOf(serverSites[seat - 1]!, serverSeeds[seat - 1]!, { patience }));
    for (const one of running) void one.start();
    await until(() => running.every((one) => one.rounds() > 0));
    return running;
  }

  it('let t seats answer, and the others keep their gas', async () => {
    const running = await run(undefined, 2 ** 31 - 1);
    const queryId = await queryBy(scene.cast, [2]);
    await until(async () => (await answers(queryId)).length === 2);
    for (const one of running) {
      const before = one.rounds();
      await until(() => one.rounds() > before + 3);
      await one.stop();
    }
    const place = { threshold: 2, seats: 3 };
    const first = [1, 2, 3].filter((seat) => turnOf(Buffer.from(queryId.slice(2), 'hex'), seat, place) === 0);
    expect(await answers(queryId)).toEqual(first);
  });

  it('come to the next seat where one of the first is missing', async () => {
    const place = { threshold: 2, seats: 3 };
    const queryId = await queryBy(scene.cast, [4]);
    const missing = [1, 2, 3].find((seat) => turnOf(Buffer.from(queryId.slice(2), 'hex'), seat, place) === 0)!;
    const running = await run(missing, 300);
    await until(async () => (await answers(queryId)).length === 2);
    for (const one of running) await one.stop();
    expect(await answers(queryId)).toEqual([1, 2, 3].filter((seat) => seat !== missing));
  });
});
