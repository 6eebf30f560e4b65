// Events that are not the contract's: an archive holds what whoever made it wrote, and an honest node would never notice.
// Nobody deals, asks or answers on the word of events that the contract's storage contradicts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex } from '../../src/bytes.ts';
import type { AnswerCall, ContractEvent } from '../../src/contract/types.ts';
import type { Site } from '../../src/ledger/site.ts';
import { audit } from '../../src/parties/audit.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server.ts';
import { deviating } from '../support/adversary.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf } from '../support/chain.ts';
import { fault } from '../support/parties.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

let scene: Scene;
let spies: Uint8Array[];
beforeAll(async () => {
  scene = await openScene('forged events');
  spies = [];
  for (const name of ['spy 1', 'spy 2', 'spy 3']) {
    const seed = seedOf(`forged events: ${name}`);
    const spy = new Server(await scene.chain.site(seed), seed);
    await spy.register();
    spies.push(spy.address);
  }
});
afterAll(() => scene?.chain.stop());

/** The site with each event as `forge` tells it. */
function told(site: Site, forge: (event: ContractEvent) => object): Site {
  const events: Site['events'] = {
    readBatches: (ledgerId, from) => site.events.readBatches(ledgerId, from),
    async *read(names, where) {
      for await (const event of site.events.read(names, where)) yield { ...event, ...forge(event as ContractEvent) };
    },
  };
  return { ...site, events };
}

describe('forged terms of a ledger', () => {
  const FORGERIES: [string, () => object][] = [
    ['servers', () => ({ servers: spies })],
    ['order of the servers', () => ({ servers: scene.cast.servers.map(({ address }) => address).toReversed() })],
    ['number of servers', () => ({ servers: spies.slice(0, 2) })],
    ['threshold', () => ({ threshold: 1 })],
    ['hospital', () => ({ hospital: spies[0] })],
  ];

  it.each(FORGERIES)('with other %s are believed by nobody, and cost nothing', async (_, forgery) => {
    const { cast, insurerSite, chain } = scene;
    const forged = (site: Site) => told(site, ({ event }) => (event === 'LedgerOpened' ? forgery() : {}));
    const receipts = await cast.hospital.receipts(cast.ledgerId, scene.patient.address);
    const consent = await scene.consentTo([0, 1]);
    const before = await chain.rpc.call<string>('eth_blockNumber');
    const believers = [
      new Hospital(forged(cast.hospitalSite), cast.hospitalSeed).dealer(cast.ledgerId),
      new Insurer(forged(insurerSite), seedOf('forged events: insurer')).query(consent),
      new Server(forged(cast.serverSites[0]!), cast.serverSeeds[0]!).pending(cast.ledgerId),
      checkReceipts(forged(insurerSite), receipts),
    ];
    for (const refusal of await Promise.all(believers.map(fault)))
      expect(refusal).toMatchObject({ code: 'FORGED_TERMS' });
    expect((await audit(forged(insurerSite), cast.ledgerId)).faults[0]).toMatchObject({ batch: null });
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
  });
});

describe('a node that lags', () => {
  it('does not make the hospital look like a cheat to a server, nor the query refused', async () => {
    const { cast, insurer } = scene;
    const { queryId } = await insurer.query(await scene.consentTo([5, 6]));
    const [site, seed] = [cast.serverSites[0]!, cast.serverSeeds[0]!];
    const sealed = await scene.sealed(queryId);
    const none: Site['events'] = { read: (...given) => site.events.read(...given), async *readBatches() {} };
    expect(await fault(new Server({ ...site, events: none }, seed).prepare(sealed))).toMatchObject({
      code: 'INCOMPLETE_LOGS',
      details: { found: 0, count: 2 },
    });
    expect(await new Server(site, seed).prepare(sealed)).toHaveProperty('y');
    await sendAnswers(cast.servers[0]!, [(await cast.servers[0]!.prepare(sealed)) as AnswerCall]);
  });
});

describe('a sum', () => {
  it('is read without sending anything, also where a node knows nothing of the channels yet', async () => {
    const { cast, insurer, insurerSite, chain } = scene;
    const { queryId } = await insurer.query(await scene.consentTo([7, 8]));
    const sealed = await scene.sealed(queryId);
    for (const server of cast.servers.slice(0, 2))
      await sendAnswers(server, [(await server.prepare(sealed)) as AnswerCall]);
    const before = await chain.rpc.call<string>('eth_blockNumber');
    const reader = deviating(insurerSite, {
      channelOpened: () => async () => false,
      openChannel: () => () => expect.unreachable('a channel is opened'),
    });
    const { amounts } = await new Insurer(reader, seedOf('forged events: insurer')).sum(queryId);
    expect(amounts).toEqual([7, 8].map((id) => rows[id]!.amounts).reduce((a, b) => a.map((x, l) => x + b[l]!)));
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
  });
});

describe('a forged query', () => {
  it('is not pending for a server: the contract knows none of this id', async () => {
    const { cast, insurer } = scene;
    const { queryId } = await insurer.query(await scene.consentTo([2, 3]));
    const [site, seed] = [cast.serverSites[0]!, cast.serverSeeds[0]!];
    const forged = told(site, ({ event }) => (event === 'QuerySealed' ? { queryId: new Uint8Array(32).fill(7) } : {}));
    expect(await new Server(forged, seed).pending(cast.ledgerId)).toEqual([]);
    expect(await new Server(site, seed).pending(cast.ledgerId)).toMatchObject([{ queryId: fromHex(queryId) }]);
  });
});
