// A daemon and its endpoints: one that announces blocks wakes it, one that fails in every way that providers are known for does not
// stop it, and logs that are withheld are noticed or asked for again.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Hex } from '../../../src/bytes.ts';
import { quantity } from '../../../src/chain/rpc.ts';
import type { ContractEvent, EventName } from '../../../src/contract/types.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { sourceName } from '../../../src/records/source.ts';
import { hostile, startEndpoint } from '../../support/endpoint/proxy.ts';
import { storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';
import { openScene, type Scene } from '../../support/scene.ts';
import { daemonOf, until } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;

beforeAll(async () => {
  scene = await openScene('daemon endpoint');
  for (const name of ['b', 'c']) {
    await storeRows(scene.cast, rowsOf(sampleCsv(3, name, 1)), sourceName(`${name}.csv`, new Uint8Array(32)));
  }
});
afterAll(() => scene?.chain.stop());

const ask = async (records: number[]): Promise<Hex> =>
  (await scene.insurer.query(await scene.consentTo(records, scene.insurer.address))).queryId;

/** The site of seat 1 without the events for which `hides` holds. */
function hiding(site: Site, hides: (event: ContractEvent) => boolean): Site {
  const events: Site['events'] = {
    readBatches: (...given) => site.events.readBatches(...given),
    readBatch: (...given) => site.events.readBatch(...given),
    async *read<N extends EventName>(...given: Parameters<typeof site.events.read<N>>) {
      for await (const event of site.events.read<N>(...given)) if (!hides(event as ContractEvent)) yield event;
    },
  };
  return { ...site, events };
}

describe('an endpoint that announces blocks', () => {
  it('wakes a daemon that would rest for weeks', async () => {
    const { serverSites, serverSeeds } = scene.cast;
    const websocket = scene.chain.node.url.replace('http', 'ws');
    const one = daemonOf(serverSites[0]!, serverSeeds[0]!, { interval: 2 ** 31 - 1, websocket });
    void one.start();
    await until(() => one.of('heads').length > 0 && one.rounds() > 0);
    const queryId = await ask([0]);
    await until(() => one.of('answered').some(({ queryIds }) => queryIds.includes(queryId)));
    await one.stop();
    expect(one.of('heads')).toEqual([{ kind: 'heads', error: null }]);
  });

  it('that is not there is reported, and the daemon works without it', async () => {
    const { serverSites, serverSeeds } = scene.cast;
    const one = daemonOf(serverSites[0]!, serverSeeds[0]!, { websocket: 'ws://127.0.0.1:1' });
    void one.start();
    const queryId = await ask([1]);
    await until(() => one.of('answered').some(({ queryIds }) => queryIds.includes(queryId)));
    await until(() => one.of('heads').length > 0);
    await one.stop();
    expect(one.of('heads')).toMatchObject([{ error: { code: 'CONNECTION_FAILED' } }]);
  });
});

describe('an endpoint that fails every fourth time', () => {
  it.each([1, 2])('in one of ten ways delays the work, and nothing else (seed %i)', async (seed) => {
    const faults: unknown[] = [];
    const onFault = (error: unknown) => faults.push(error);
    process.on('unhandledRejection', onFault);
    onTestFinished(() => void process.off('unhandledRejection', onFault));
    const { serverSeeds } = scene.cast;
    const endpoint = await startEndpoint((_, forward) => forward(), scene.chain.node.url);
    onTestFinished(() => endpoint.stop());
    const site = await scene.chain.site(serverSeeds[1]!, { rpc: endpoint.url, lasting: true });
    endpoint.answer = hostile(seed, 4);
    const two = daemonOf(site, serverSeeds[1]!);
    void two.start();
    const queryId = await ask([2 + seed]);
    await until(() => two.of('checked').length === 3);
    await until(async () => {
      const { answeredSeats } = await scene.insurerSite.contract.queryState(Buffer.from(queryId.slice(2), 'hex'));
      return answeredSeats.includes(2);
    });
    endpoint.answer = (_, forward) => forward();
    await two.stop();
    expect(two.of('checked').map(({ batch, bad }) => [batch, bad])).toEqual([0, 1, 2].map((batch) => [batch, []]));
    expect(faults).toEqual([]);
  });
});

describe('logs that are withheld', () => {
  const checkedBy = async (hides: (event: ContractEvent) => boolean) => {
    const { serverSites, serverSeeds, ledgerId } = scene.cast;
    const one = daemonOf(hiding(serverSites[2]!, hides), serverSeeds[2]!, { ledgerId });
    await one.daemon.once();
    return one;
  };
  const isBatch = (event: ContractEvent, ...indexes: number[]) =>
    event.event === 'BatchAppended' && indexes.includes(event.index);

  it.each([[[0]], [[1]], [[2]], [[0, 1]], [[1, 2]], [[0, 1, 2]]])(
    'of the batches %j are missed, and asked for',
    async (hidden) => {
      const one = await checkedBy((event) => isBatch(event, ...hidden));
      expect(one.of('checked').map(({ batch }) => batch)).toEqual([0, 1, 2]);
      expect(one.daemon.summary.leftOut).toEqual([]);
    },
  );

  it('of a query by a backend that lags are read with the next blocks', async () => {
    const { serverSites, serverSeeds } = scene.cast;
    let isLagging = true;
    const site = hiding(serverSites[0]!, ({ event }) => isLagging && event === 'QueryOpened');
    const one = daemonOf(site, serverSeeds[0]!);
    await one.daemon.once();
    const queryId = await ask([5]);
    await one.daemon.once();
    isLagging = false;
    await one.daemon.once();
    expect(one.of('answered')).toEqual([]);
    await scene.chain.mine();
    await one.daemon.once();
    expect(one.of('answered')).toMatchObject([{ queryIds: [queryId] }]);
  });

  it('of a block that the endpoint does not have end a round with an error that names it', async () => {
    const { serverSeeds } = scene.cast;
    const endpoint = await startEndpoint((_, forward) => forward(), scene.chain.node.url);
    onTestFinished(() => endpoint.stop());
    const site = await scene.chain.site(serverSeeds[0]!, { rpc: endpoint.url });
    const head = Number(await scene.chain.rpc.call('eth_blockNumber'));
    endpoint.answer = ({ method, params }, forward) =>
      method === 'eth_getBlockByNumber' && params[0] === quantity(head - 2) ? { result: null } : forward();
    const one = daemonOf(site, serverSeeds[0]!, { depth: 2 });
    await expect(one.daemon.once()).rejects.toMatchObject({ code: 'BLOCK_MISSING', details: { number: head - 2 } });
  });
});
