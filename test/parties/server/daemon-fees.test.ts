// Daemons of servers that want to be paid: the minimum is stated once, a query that pays less is left alone and said once, and what
// was earned is counted.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { ConnectionError } from '../../../src/chain/errors.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { deviating } from '../../support/adversary.ts';
import { openScene, type Scene } from '../../support/scene.ts';
import { daemonOf, until } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;
beforeAll(async () => {
  scene = await openScene('daemon fees');
});
afterAll(() => scene?.chain.stop());

const paid = (seat: number, minimumFee: bigint, change = (site: Site) => site) =>
  daemonOf(change(scene.cast.serverSites[seat - 1]!), scene.cast.serverSeeds[seat - 1]!, {}, { minimumFee });
const minimumOf = (seat: number) => scene.insurerSite.contract.minimumFee(scene.cast.servers[seat - 1]!.address);
const consent = () => scene.consentTo(scene.recordsOf('ambulatory').slice(0, 3));

describe('a daemon with a minimum fee', () => {
  it('states it once, and again where it is another one; 0 only where another stands there', async () => {
    const first = paid(1, 5n);
    await first.daemon.once();
    await first.daemon.once();
    expect(first.of('fee-stated')).toEqual([{ kind: 'fee-stated', fee: 5n, gasUsed: expect.any(BigInt) }]);
    expect(await minimumOf(1)).toBe(5n);
    for (const [fee, stated] of [
      [5n, 0],
      [6n, 1],
      [0n, 1],
      [0n, 0],
    ] as const) {
      const next = paid(1, fee);
      await next.daemon.once();
      expect({ fee, stated: next.of('fee-stated').length }).toEqual({ fee, stated });
      expect(await minimumOf(1)).toBe(fee);
    }
  });

  it('tries again where the endpoint is away, and serves all the same', async () => {
    let calls = 0;
    const own = paid(2, 5n, (site) =>
      deviating(site, {
        minimumFee: (honest) => async (server) => {
          if (calls++ === 0) throw new ConnectionError('http://node', 'gone');
          return honest.minimumFee(server);
        },
      }),
    );
    void own.start();
    await until(() => own.of('fee-stated').length > 0);
    expect(own.of('fee-not-stated')).toMatchObject([{ error: { code: 'CONNECTION_FAILED' } }]);
    expect(own.of('checked').length).toBe(1);
    expect(await minimumOf(2)).toBe(5n);
    await own.stop();
  });

  it('answers what pays enough, refuses the rest once, and has earned its share', async () => {
    const [one, two] = [paid(1, 5n), paid(2, 5n)];
    const unpaid = deviating(scene.insurerSite, { minimumFee: () => async () => 0n });
    const cheap = await new Insurer(unpaid, scene.insurerSeed).query(await consent(), { fee: 4n });
    const enough = await scene.insurer.query(await consent(), { fee: 5n });
    for (const { daemon } of [one, two, one, two]) await daemon.once();
    for (const { of } of [one, two]) {
      expect(of('refused')).toMatchObject([
        { queryId: cheap.queryId, reason: 'it pays less than the minimum fee of this server' },
      ]);
      expect(of('answered').flatMap(({ queryIds }) => queryIds)).toEqual([enough.queryId]);
    }
    const own = { queryId: enough.queryId, ledgerId: toHex(scene.cast.ledgerId), share: 5n };
    for (const server of scene.cast.servers.slice(0, 2)) {
      expect(await server.earnings()).toEqual({ owed: 5n, earned: 5n, answers: [own] });
    }
  });
});
