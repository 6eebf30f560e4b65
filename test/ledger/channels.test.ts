// A server that has registered bytes which are no key: no channel can be opened to it, so a ledger that names it could
// never become active. The contract cannot tell; the hospital must, before it pays for the ledger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { signKey } from '../../src/contract/signing.ts';
import { kemKeys } from '../../src/identity/kem.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { openChannels, receiveChannel, sendingSecrets } from '../../src/ledger/channels.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Server } from '../../src/parties/server/server.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { lyingSite } from '../support/endpoint/liar.ts';
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

const TERMS = { threshold: 1, lanes: LANES, scale: 2, currency: 'USD', minRecords: 1, categories: [''] };

describe('a ledger', () => {
  it('is not opened with a server whose key is none, or that has none that it signed, and nothing is sent', async () => {
    const [good, bad, absent] = [await named('good'), await named('bad'), await named('absent')];
    const unsigned = await named('unsigned');
    await good.server.register();
    const noKey = new Uint8Array(1216).fill(255);
    await bad.site.contract.register(noKey, signKey(accountKey(bad.seed), deploymentOf(bad.site), noKey));
    const { publicKey } = kemKeys(good.seed);
    await unsigned.site.contract.register(publicKey, signKey(accountKey(good.seed), deploymentOf(bad.site), publicKey));
    const { seed, site } = await named('hospital');
    const open = (...servers: Server[]) =>
      new Hospital(site, seed).openLedger({ ...TERMS, servers: servers.map(({ address }) => address) });
    const before = await chain.rpc.call<string>('eth_blockNumber');
    const refused: [Server, string][] = [
      [bad.server, 'INVALID_KEY'],
      [absent.server, 'NOT_REGISTERED'],
      [unsigned.server, 'NOT_REGISTERED'],
    ];
    for (const [server, code] of refused) {
      expect(await fault(open(good.server, server))).toMatchObject({
        code,
        details: { account: toHex(server.address) },
      });
    }
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
    const ledgerId = await open(good.server);
    expect(await site.contract.isOpen(ledgerId)).toBe(true);
    expect(await good.server.ledgers()).toEqual([ledgerId]);
  });

  it('that is opened again is the same one, and sends nothing', async () => {
    const [server, { seed, site }] = [await named('again: server'), await named('again: hospital')];
    await server.server.register();
    const hospital = new Hospital(site, seed);
    const terms = { ...TERMS, servers: [server.server.address] };
    const ledgerId = await hospital.openLedger(terms);
    const before = await chain.rpc.call<string>('eth_blockNumber');
    expect(await hospital.openLedger(terms)).toEqual(ledgerId);
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
    expect(await hospital.openLedger(terms, new Uint8Array(32).fill(1))).not.toEqual(ledgerId);
    expect(await hospital.openLedger({ ...terms, minRecords: 2 })).not.toEqual(ledgerId);
  });
});

describe('a channel', () => {
  it('gives both ends the same secret, and each pair another', async () => {
    const [a, b, c] = [await named('ends: a'), await named('ends: b'), await named('ends: c')];
    for (const { server } of [a, b, c]) await server.register();
    const to = [b.server.address, c.server.address];
    const secrets = await openChannels(a.site, a.seed, a.server.address, to);
    expect(await sendingSecrets(a.site, a.seed, a.server.address, to)).toEqual(secrets);
    expect(await receiveChannel(b.site, b.seed, b.server.address, a.server.address)).toEqual(secrets[0]);
    expect(await receiveChannel(c.site, c.seed, c.server.address, a.server.address)).toEqual(secrets[1]);
    expect(secrets[0]).not.toEqual(secrets[1]);
    const before = await chain.rpc.call<string>('eth_blockNumber');
    expect(await openChannels(a.site, a.seed, a.server.address, to)).toEqual(secrets);
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
  });

  it('whose log is withheld is no missing channel: the storage knows of it', async () => {
    const [a, b] = [await named('withheld: a'), await named('withheld: b')];
    for (const { server } of [a, b]) await server.register();
    await openChannels(a.site, a.seed, a.server.address, [b.server.address]);
    const site = lyingSite(b.site, { events: { ChannelOpened: () => [] } });
    const receive = receiveChannel(site, b.seed, b.server.address, a.server.address);
    expect(await fault(receive)).toMatchObject({ code: 'INCOMPLETE_LOGS' });
    const none = receiveChannel(b.site, b.seed, b.server.address, b.server.address);
    expect(await fault(none)).toMatchObject({ code: 'CHANNEL_MISSING' });
  });
});
