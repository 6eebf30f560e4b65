// Events that are not the contract's: an archive holds what whoever made it wrote, and an honest node would never notice.
// Nobody deals, asks or answers on the word of events that the contract's storage contradicts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import type { Site } from '../../src/ledger/site.ts';
import { audit } from '../../src/parties/audit.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf } from '../support/chain.ts';
import { type Lies, lyingSite } from '../support/endpoint/liar.ts';
import { fault } from '../support/parties.ts';
import { openScene, type Scene } from '../support/scene.ts';

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

const FORGERIES: [string, Lies['events']][] = [
  ['servers', { LedgerOpened: ({ terms }) => ({ terms: { ...terms, servers: spies } }) }],
  [
    'order of the servers',
    { LedgerOpened: ({ terms }) => ({ terms: { ...terms, servers: terms.servers.toReversed() } }) },
  ],
  ['number of servers', { LedgerOpened: ({ terms }) => ({ terms: { ...terms, servers: spies.slice(0, 2) } }) }],
  ['threshold', { LedgerOpened: ({ terms }) => ({ terms: { ...terms, threshold: 1 } }) }],
  ['hospital', { LedgerOpened: () => ({ hospital: spies[0] }) }],
  ['lanes', { LedgerOpened: ({ terms }) => ({ terms: { ...terms, lanes: terms.lanes.toReversed() } }) }],
  ['categories', { LedgerOpened: ({ terms }) => ({ terms: { ...terms, categories: terms.categories.slice(1) } }) }],
  ['committee', { EpochBegun: () => ({ committee: new Uint8Array(32).fill(5) }) }],
];
/** Epochs that the contract has and no event tells. */
const WITHHELD: [string, Lies['events']][] = [
  ['number of the epoch', { EpochBegun: () => ({ epoch: 2 }) }],
  ['epochs, of which there are none', { EpochBegun: () => [] }],
];
const LIES = [
  ...FORGERIES.map(([name, events]) => ({ name, events, code: 'FORGED_TERMS' })),
  ...WITHHELD.map(([name, events]) => ({ name, events, code: 'INCOMPLETE_LOGS' })),
];

describe('forged terms of a ledger', () => {
  it.each(LIES)('with other $name are believed by nobody, and cost nothing', async ({ events, code }) => {
    const { cast, insurerSite, chain, receipts } = scene;
    const forged = (site: Site) => lyingSite(site, { events });
    const consent = await scene.consentTo(scene.recordsOf('ambulatory').slice(0, 2));
    const before = await chain.rpc.call<string>('eth_blockNumber');
    const believers = [
      new Hospital(forged(cast.hospitalSite), cast.hospitalSeed).dealer(cast.ledgerId),
      new Insurer(forged(insurerSite), scene.insurerSeed).query(consent),
      new Server(forged(cast.serverSites[0]!), cast.serverSeeds[0]!).pending(cast.ledgerId),
      checkReceipts(forged(insurerSite), receipts),
      audit(forged(insurerSite), cast.ledgerId),
    ];
    for (const refusal of await Promise.all(believers.map(fault))) {
      expect(refusal).toMatchObject({ code });
    }
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
  });
});

describe('a sum', () => {
  it('is read without sending anything, also where a node knows nothing of the channels yet', async () => {
    const { cast, insurer, insurerSite, chain } = scene;
    const records = scene.recordsOf('ambulatory').slice(0, 3);
    const { queryId } = await insurer.query(await scene.consentTo(records));
    for (const server of cast.servers.slice(0, 2)) {
      const answer = (await server.prepare(cast.ledgerId, fromHex(queryId))) as AnswerCall;
      await sendAnswers(server, cast.ledgerId, [answer]);
    }
    const before = await chain.rpc.call<string>('eth_blockNumber');
    const reader = lyingSite(insurerSite, {
      views: {
        channelOpened: () => async () => new Uint8Array(32),
        openChannel: () => () => expect.unreachable('a channel is opened'),
      },
    });
    const { amounts } = await new Insurer(reader, scene.insurerSeed).sum(queryId);
    expect(amounts).toEqual(scene.sumOf(records));
    expect(await chain.rpc.call<string>('eth_blockNumber')).toBe(before);
  });
});

describe('a forged query', () => {
  it('is not pending for a server: the contract knows none of this id', async () => {
    const { cast, insurer } = scene;
    const { queryId } = await insurer.query(await scene.consentTo(scene.recordsOf('wellness').slice(0, 2)));
    const [site, seed] = [cast.serverSites[0]!, cast.serverSeeds[0]!];
    const forged = lyingSite(site, { events: { QueryOpened: () => ({ queryId: new Uint8Array(32).fill(7) }) } });
    expect(await new Server(forged, seed).pending(cast.ledgerId)).toEqual([]);
    expect((await new Server(site, seed).pending(cast.ledgerId)).map(toHex)).toContain(queryId);
  });
});
