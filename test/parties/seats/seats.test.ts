// A seat changes hands: the newcomer gets all that its seat can be asked about, the old holder answers what was asked in its
// time and nothing else, and nobody joins with other keys than those that were dealt at first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { sendAnswers } from '../../support/answers.ts';
import { fault } from '../../support/parties.ts';
import { rows } from '../../support/scene.ts';
import { type Newcomer, openSeatScene, type SeatScene } from './seat-scene.ts';

const CATEGORY = 'ambulatory';
const NOT_ITS_TIME = 'another server held the seat when it was opened';

let scene: SeatScene;
let newcomer: Newcomer;
/** The first holder of seat 2. */
let former: Server;
let old: { queryId: Uint8Array; sums: bigint[] };
let later: { queryId: Uint8Array; sums: bigint[] };
let all = rows;

beforeAll(async () => {
  scene = await openSeatScene('seats');
  newcomer = await scene.newcomer('newcomer');
  former = scene.cast.servers[1]!;
  old = await scene.askAll(CATEGORY, rows);
});
afterAll(() => scene?.chain.stop());

const change = async (server = newcomer.server.address, seat = 2) =>
  (await scene.hospital()).changeSeat(scene.cast.ledgerId, seat, server);
const sumOf = async ({ queryId }: { queryId: Uint8Array }) => (await scene.insurer.sum(toHex(queryId))).amounts;

describe('a seat is not given', () => {
  it('to a server that has not registered, to one that has or had a seat, nor a seat that there is not', async () => {
    const { cast, chain } = scene;
    const account = new Uint8Array(20).fill(7);
    expect(await fault(change(account))).toMatchObject({ code: 'NOT_REGISTERED' });
    for (const [s, { address }] of cast.servers.entries()) {
      expect(await fault(change(address))).toMatchObject({ code: 'HAD_A_SEAT', details: { seat: s + 1, epoch: 1 } });
    }
    for (const seat of [0, 4, 1.5]) {
      expect(await fault(change(newcomer.server.address, seat))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    const events = (await chain.reader()).events;
    for await (const _ of events.read('SeatChanged', { ledgerId: cast.ledgerId }))
      throw new Error('a seat was changed');
  });
});

describe('a seat that was given to another server', () => {
  it('is its from the next epoch on, for which all servers are dealt keys', async () => {
    expect(await change()).toBe(2);
    expect(await scene.cast.hospitalSite.contract.getLedger(scene.cast.ledgerId)).toMatchObject({
      epoch: 2,
      joined: 0,
    });
    const servers = await scene.cast.hospitalSite.contract.getServers(scene.cast.ledgerId);
    expect(servers[1]).toEqual(newcomer.server.address);
  });

  it('is the same after the same command, which sends nothing more', async () => {
    const { chain, hospital } = scene;
    const block = () => chain.rpc.call('eth_blockNumber', []);
    const before = await block();
    expect(await (await hospital()).changeSeat(scene.cast.ledgerId, 2, newcomer.server.address)).toBe(2);
    const { ledger } = await (await hospital()).dealer(scene.cast.ledgerId);
    expect(await (await hospital()).openLedger(ledger.terms, ledger.salt)).toEqual(scene.cast.ledgerId);
    expect(await block()).toBe(before);
  });

  it('is found by the newcomer, who joins as the others do, but not by the old holder', async () => {
    const { cast } = scene;
    expect(await newcomer.server.ledgers()).toEqual([cast.ledgerId]);
    for (const server of [cast.servers[0]!, newcomer.server, cast.servers[2]!]) await server.join(cast.ledgerId);
    expect(await fault(former.join(cast.ledgerId))).toMatchObject({
      code: 'NOT_THE_HOLDER',
      details: { untilEpoch: 2 },
    });
    expect(await cast.hospitalSite.contract.getLedger(cast.ledgerId)).toMatchObject({ epoch: 2, joined: 3 });
  });

  it('lets the newcomer check the batches of all epochs', async () => {
    all = [...rows, ...(await scene.storeMore(12, 'second epoch'))];
    const checked: { records: number; bad: number[] }[] = [];
    for await (const { records, bad } of newcomer.server.check(scene.cast.ledgerId)) checked.push({ records, bad });
    expect(checked).toEqual([
      { records: rows.length, bad: [] },
      { records: 12, bad: [] },
    ]);
  });

  it('is answered for by the newcomer where the query is newer, over records of several epochs', async () => {
    const { cast } = scene;
    later = await scene.askAll(CATEGORY, all);
    expect(later.sums).not.toEqual(old.sums);
    expect(await former.prepare(cast.ledgerId, later.queryId)).toBe(NOT_ITS_TIME);
    expect((await newcomer.server.pending(cast.ledgerId)).map(toHex)).toEqual([toHex(later.queryId)]);
    await scene.answer(newcomer.server, later.queryId);
    await scene.answer(cast.servers[0]!, later.queryId);
    expect(await sumOf(later)).toEqual(later.sums);
  });

  it('is answered for by the old holder where the query is older', async () => {
    const { cast } = scene;
    const again = new Server(cast.serverSites[1]!, cast.serverSeeds[1]!);
    expect(await newcomer.server.prepare(cast.ledgerId, old.queryId)).toBe(NOT_ITS_TIME);
    expect((await again.pending(cast.ledgerId)).map(toHex)).toEqual([toHex(old.queryId)]);
    await scene.answer(again, old.queryId);
    await scene.answer(cast.servers[2]!, old.queryId);
    expect(await sumOf(old)).toEqual(old.sums);
    const { seats } = await new Insurer(scene.insurerSite, scene.insurerSeed).sum(toHex(old.queryId));
    expect(seats).toEqual([2, 3]);
  });

  it('leaves the old holder no other right', async () => {
    const { cast, chain } = scene;
    const third = await scene.askAll(CATEGORY, all);
    const call = (await newcomer.server.prepare(cast.ledgerId, third.queryId)) as AnswerCall;
    expect(await fault(sendAnswers(former, cast.ledgerId, [call]))).toMatchObject({ code: 'NOT_THE_HOLDER' });
    expect(await fault(former.complain(cast.ledgerId, 0, [0]))).toMatchObject({ code: 'NOT_THE_HOLDER' });
    expect(await fault(former.resign(cast.ledgerId))).toMatchObject({ code: 'NOT_THE_HOLDER' });
    await newcomer.server.resign(cast.ledgerId);
    const resigned: object[] = [];
    for await (const event of (await chain.reader()).events.read('ServerResigned', { ledgerId: cast.ledgerId })) {
      resigned.push({ seat: event.seat, server: event.server });
    }
    expect(resigned).toEqual([{ seat: 2, server: newcomer.server.address }]);
    await scene.answer(newcomer.server, third.queryId); // It holds the seat all the same.
  });

  it('is never again its old holder’s, and new keys are for those who hold the seats now', async () => {
    const { cast } = scene;
    expect(await fault(change(former.address))).toMatchObject({ code: 'HAD_A_SEAT', details: { seat: 2, epoch: 1 } });
    expect(await fault(change(newcomer.server.address, 1))).toMatchObject({
      code: 'HAD_A_SEAT',
      details: { epoch: 2 },
    });
    expect(await (await scene.hospital()).refresh(cast.ledgerId)).toBe(3);
    for (const server of [cast.servers[0]!, newcomer.server, cast.servers[2]!]) await server.join(cast.ledgerId);
    all = [...all, ...(await scene.storeMore(5, 'third epoch'))];
    const last = await scene.askAll(CATEGORY, all);
    await scene.answer(newcomer.server, last.queryId);
    await scene.answer(cast.servers[2]!, last.queryId);
    expect(await sumOf(last)).toEqual(last.sums);
  });
});
