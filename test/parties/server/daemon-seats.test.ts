// Daemons while a seat changes hands: the newcomer's joins by itself, the old holder's goes on with the queries of its time.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { rows } from '../../support/scene.ts';
import { type Newcomer, openSeatScene, type SeatScene } from '../seats/seat-scene.ts';
import { daemonOf, type TestDaemon, until } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
const CATEGORY = 'ambulatory';

let scene: SeatScene;
let newcomer: Newcomer;
/** Daemons of the first holders of the seats 1 and 2. */
let [first, former]: TestDaemon[] = [];

beforeAll(async () => {
  scene = await openSeatScene('daemon seats');
  newcomer = await scene.newcomer('newcomer');
  const { serverSites, serverSeeds } = scene.cast;
  [first, former] = [0, 1].map((s) => daemonOf(serverSites[s]!, serverSeeds[s]!));
  for (const { start, rounds } of [first!, former!]) {
    void start();
    await until(() => rounds() > 1);
  }
});
afterAll(async () => {
  await Promise.all([first?.stop(), former?.stop()]);
  await scene?.chain.stop();
});

const answeredBy = ({ of }: TestDaemon) => of('answered').flatMap(({ queryIds }) => queryIds);

describe('a seat changes hands while daemons run', () => {
  it('each serves the queries of its time, and checks the batches of its time', async () => {
    const { cast } = scene;
    const ledgerId = toHex(cast.ledgerId);
    // Two of three servers answer it; before they have, the seat is the newcomer's.
    await former!.stop();
    const old = await scene.askAll(CATEGORY, rows);
    await (await scene.hospital()).changeSeat(cast.ledgerId, 2, newcomer.server.address);

    const own = daemonOf(newcomer.site, newcomer.seed, { accept: [cast.hospital.address] });
    void own.start();
    await until(() => own.of('joined').length > 0);
    expect(own.of('joined')).toMatchObject([{ ledgerId, epoch: 2 }]);
    await until(() => own.of('checked').length > 0);
    await until(() => first!.of('joined').length > 0);

    const again = daemonOf(await scene.chain.site(cast.serverSeeds[1]!), cast.serverSeeds[1]!);
    void again.start();
    await until(() => answeredBy(again).length > 0);
    expect(again.of('replaced')).toEqual([{ kind: 'replaced', ledgerId, seat: 2, epoch: 2 }]);
    await until(() => answeredBy(first!).includes(toHex(old.queryId)));
    expect((await scene.insurer.sum(toHex(old.queryId))).amounts).toEqual(old.sums);

    await cast.servers[2]!.join(cast.ledgerId);
    const all = [...rows, ...(await scene.storeMore(6, 'daemon seats'))];
    const later = await scene.askAll(CATEGORY, all);
    await until(() => answeredBy(own).length > 0);
    await until(async () => (await scene.insurer.answers(later.queryId)).length >= 2);
    expect((await scene.insurer.sum(toHex(later.queryId))).amounts).toEqual(later.sums);
    await until(() => own.of('checked').length > 1);
    const rounds = again.rounds();
    await until(() => again.rounds() > rounds + 3);
    expect(answeredBy(again)).toEqual([toHex(old.queryId)]);
    expect(answeredBy(own)).toEqual([toHex(later.queryId)]);
    // It neither joins again nor checks what is stored now, and nothing of that is reported as a fault.
    expect(again.reported.map(({ kind }) => kind).sort()).toEqual(['answered', 'replaced']);
    expect(own.reported.filter(({ kind }) => ['refused', 'left-out'].includes(kind))).toEqual([]);
    await Promise.all([own.stop(), again.stop()]);
  });

  it('one that is not accepted is told of its seat, and takes part in nothing', async () => {
    const { cast } = scene;
    const { server, site, seed } = await scene.newcomer('reluctant');
    await (await scene.hospital()).changeSeat(cast.ledgerId, 3, server.address);
    const reluctant = daemonOf(site, seed);
    await reluctant.daemon.once();
    expect(reluctant.reported).toMatchObject([
      { kind: 'invited', ledgerId: toHex(cast.ledgerId), why: expect.stringMatching(/not one of those/) },
    ]);
    expect(reluctant.daemon.summary).toMatchObject({ notJoined: [toHex(cast.ledgerId)], leftOut: [] });
    // It is replaced before it has joined: then there is nothing to join.
    const other = await scene.newcomer('ready');
    await (await scene.hospital()).changeSeat(cast.ledgerId, 3, other.server.address);
    await reluctant.daemon.once();
    expect(reluctant.reported.length).toBe(1);
    expect(reluctant.daemon.summary).toMatchObject({ notJoined: [], leftOut: [] });
  });
});
