// Reorganisations under a daemon: what was read of blocks that are gone is read again, answers and batches that went with them
// are made up for, and a daemon that stays behind the head does not notice what is undone above its depth.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromHex, type Hex } from '../../../src/bytes.ts';
import { sourceName } from '../../../src/records/source.ts';
import { hospitalOf, storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';
import { openScene, type Scene } from '../../support/scene.ts';
import { daemonOf, until } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;

beforeEach(async () => {
  scene = await openScene('daemon reorganisation');
});
afterEach(() => scene?.chain.stop());

/** Blocks are replaced by empty ones; anvil forgets their transactions. */
const reorganise = (depth: number) => scene.chain.rpc.call('anvil_reorg', [depth, []]);
const ask = async (records: number[]) =>
  (await scene.insurer.query(await scene.consentTo(records, scene.insurer.address))).queryId;
const answers = async (queryId: Hex) =>
  (await scene.cast.hospitalSite.contract.queryState(fromHex(queryId))).answeredSeats;
/** The site as a daemon has it: its sender begins anew when a reorganisation has cut it off. */
const lasting = (seat: number) =>
  scene.chain.site(scene.cast.serverSeeds[seat - 1]!, { lasting: true, sending: { replaceAfter: 300 } });

describe('a reorganisation', () => {
  it('that removes an answer has it sent again', async () => {
    const one = daemonOf(await lasting(1), scene.cast.serverSeeds[0]!);
    void one.start();
    const queryId = await ask([0, 1]);
    await until(async () => (await answers(queryId)).includes(1));
    await until(() => one.of('answered').length === 1);
    const rounds = one.rounds();
    await until(() => one.rounds() > rounds + 1);
    await reorganise(1);
    expect(await answers(queryId)).toEqual([]);
    await until(() => one.of('reorganised').length === 1);
    // Blocks go on, as they do: by them a sender that is cut off sees that it is.
    await until(async () => {
      await scene.chain.mine();
      return (await answers(queryId)).includes(1);
    });
    await one.stop();
    expect(one.of('checked')).toHaveLength(1);
    expect(one.daemon.summary.leftOut).toEqual([]);
  });

  it('that removes a query has it forgotten; asked again, it is answered', async () => {
    const one = daemonOf(await lasting(1), scene.cast.serverSeeds[0]!, { patience: 2 ** 31 - 1 });
    const queryId = await ask([0]);
    await one.daemon.once();
    expect(await answers(queryId)).toEqual([1]);
    await reorganise(2);
    await one.daemon.once();
    expect(one.of('reorganised')).toHaveLength(1);
    expect(await answers(queryId)).toEqual([]);
    expect(one.daemon.summary.leftOut).toEqual([]);
  });

  it('that replaces a batch has the new one checked, and the old ones not', async () => {
    const one = daemonOf(await lasting(1), scene.cast.serverSeeds[0]!);
    const more = (name: string) => rowsOf(sampleCsv(4, name, 1));
    await storeRows(scene.cast, more('first'), sourceName('b.csv', new Uint8Array(32)));
    await one.daemon.once();
    expect(one.of('checked').map(({ batch }) => batch)).toEqual([0, 1]);
    await reorganise(1);
    const { hospital, site } = await hospitalOf(scene.cast);
    const cast = { ...scene.cast, hospital, hospitalSite: site };
    await storeRows(cast, more('second'), sourceName('c.csv', new Uint8Array(32)));
    await one.daemon.once();
    expect(one.of('reorganised')).toHaveLength(1);
    expect(one.of('checked').map(({ batch, bad }) => ({ batch, bad }))).toEqual([
      { batch: 0, bad: [] },
      { batch: 1, bad: [] },
      { batch: 1, bad: [] },
    ]);
    expect(one.daemon.summary.leftOut).toEqual([]);
  });

  it('of all that was remembered has everything read again, and what still stands is not checked again', async () => {
    await scene.chain.mine(4);
    const one = daemonOf(await lasting(1), scene.cast.serverSeeds[0]!);
    await one.daemon.once();
    const queryId = await ask([0]);
    const snapshot = one.daemon.summary;
    await reorganise(5);
    await one.daemon.once();
    expect(one.of('reorganised')).toMatchObject([{ to: null }]);
    expect(one.of('checked')).toHaveLength(1);
    expect(one.daemon.summary).toEqual(snapshot);
    expect(await answers(queryId)).toEqual([]);
  });
});

describe('a daemon that stays two blocks behind', () => {
  it('answers when a query is that deep, and does not notice what happens above', async () => {
    const one = daemonOf(await lasting(1), scene.cast.serverSeeds[0]!, { depth: 2 });
    await scene.chain.mine(2);
    await one.daemon.once();
    const queryId = await ask([0]);
    await scene.chain.mine();
    await one.daemon.once();
    expect(one.of('answered')).toEqual([]);
    await reorganise(1);
    await scene.chain.mine();
    await one.daemon.once();
    expect(one.of('answered')).toMatchObject([{ queryIds: [queryId] }]);
    expect(one.of('reorganised')).toEqual([]);
    // The answer is not deep enough yet to be seen; it is not sent twice.
    await one.daemon.once();
    await scene.chain.mine(3);
    await one.daemon.once();
    expect(one.of('answered')).toHaveLength(1);
    expect(one.daemon.summary.leftOut).toEqual([]);
  });

  it('sends an answer again that a reorganisation above its depth removed', async () => {
    const one = daemonOf(await lasting(1), scene.cast.serverSeeds[0]!, { depth: 2 });
    const queryId = await ask([0]);
    await scene.chain.mine(2);
    void one.start();
    await until(() => one.of('answered').length === 1);
    await reorganise(1);
    await until(async () => {
      await scene.chain.mine();
      return (await answers(queryId)).includes(1);
    });
    await one.stop();
    expect(one.of('reorganised')).toEqual([]);
  });
});
