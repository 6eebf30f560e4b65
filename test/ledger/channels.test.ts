// A server that has registered bytes which are no key: no channel can be opened to it, so a ledger that names it could
// never become active. The contract cannot tell; the hospital must, before it pays for the ledger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Server } from '../../src/parties/server.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { fault } from '../support/parties.ts';
import { LANES } from '../support/sample.ts';

let chain: TestChain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain?.stop());

const named = async (name: string) => {
  const seed = seedOf(`unusable key: ${name}`);
  const site = await chain.site(seed);
  return { seed, site, server: new Server(site, seed) };
};

describe('a ledger', () => {
  it('is not opened with a server whose key is none, or that has none, and nothing is sent', async () => {
    const [good, bad, absent] = [await named('good'), await named('bad'), await named('absent')];
    await good.server.register();
    await bad.site.contract.register(new Uint8Array(1216).fill(255));
    const { seed, site } = await named('hospital');
    const open = (...servers: Server[]) =>
      new Hospital(site, seed).openLedger({
        threshold: 1,
        servers: servers.map(({ address }) => address),
        lanes: LANES,
        scale: 2,
        currency: 'USD',
        minRecords: 1,
      });
    const before = await chain.rpc.call<string>('eth_blockNumber');
    expect(await fault(open(good.server, bad.server))).toMatchObject({
      code: 'INVALID_KEY',
      details: { account: toHex(bad.server.address) },
    });
    expect(await fault(open(good.server, absent.server))).toMatchObject({
      code: 'NOT_REGISTERED',
      details: { account: toHex(absent.server.address) },
    });
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
    expect(await site.contract.ledgerCount()).toBe(0n);
    expect(await open(good.server)).toBe(1n);
  });
});
