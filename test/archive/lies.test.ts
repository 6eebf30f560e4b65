// Lies in an archive whose counts and digests are right: whatever the contract's storage can give away is found and named.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { engine } from '../support/ledger.ts';
import { buildArchive } from './codec.ts';
import {
  after,
  copy,
  drop,
  type Forger,
  type Forgery,
  find,
  flipped,
  hexOf,
  set,
  startForger,
  twice,
  without,
} from './forger.ts';
import type { Story } from './story.ts';

let forger: Forger;
let story: Story;

beforeAll(async () => {
  forger = await startForger();
  story = forger.story;
});
afterAll(() => forger?.stop());

const IDENTITIES: Forgery[] = [
  ['another key', /^key of 0x/, /not the one/, set('Registered', ({ args }) => ({ kemKey: flipped(args.kemKey, 7) }))],
  ['a key of nobody', /^key of 0x/, /not the one/, set('Registered', () => ({ account: `0x${'22'.repeat(20)}` }))],
  [
    "a server's key left out",
    /^ledger/,
    /the key of 0x.*, seat 1, is missing/,
    (events) =>
      without(
        events,
        events.find(
          ({ name, args }) =>
            name === 'Registered' && args.account.toLowerCase() === toHex(story.ledger.servers[0]!.account),
        )!,
      ),
  ],
  [
    'a channel that is none',
    /^channel of 0x/,
    /knows of none/,
    set('ChannelOpened', () => ({ from: `0x${'22'.repeat(20)}` })),
  ],
  [
    "the hospital's channel left out",
    /^ledger/,
    /hospital's channel to 0x.*, seat 2, is missing/,
    (events) =>
      without(
        events,
        events.find(
          ({ name, args }) =>
            name === 'ChannelOpened' && args.to.toLowerCase() === toHex(story.ledger.servers[1]!.account),
        )!,
      ),
  ],
  [
    "an insurer's channel left out",
    /^channel of 0x/,
    /^it is missing$/,
    (events) =>
      without(
        events,
        events.find(
          ({ name, args }) => name === 'ChannelOpened' && args.from.toLowerCase() === toHex(story.insurer.account),
        )!,
      ),
  ],
];

const LEDGER: Forgery[] = [
  [
    'another threshold',
    /^ledger \d+$/,
    /opened with threshold 3, the contract has 2/,
    set('LedgerOpened', () => ({ threshold: 3 })),
  ],
  ['another dealing', /^ledger/, /opened with dealing 2/, set('LedgerOpened', () => ({ dealing: 2 }))],
  [
    'another minimum',
    /^ledger/,
    /opened with minRecords 9, the contract has 1/,
    set('LedgerOpened', () => ({ minRecords: 9 })),
  ],
  [
    'a lane more',
    /^ledger/,
    /opened with 3 lanes, the contract has 2/,
    set('LedgerOpened', ({ args }) => ({ lanes: [...args.lanes, 'x'] })),
  ],
  [
    'a server less',
    /^ledger/,
    /opened with 2 seats, the contract has 3/,
    set('LedgerOpened', ({ args }) => ({ servers: args.servers.slice(1) })),
  ],
  [
    'servers in another order',
    /^ledger/,
    /seat 1 is 0x.*, in the contract 0x/,
    set('LedgerOpened', ({ args }) => ({ servers: [args.servers[1], args.servers[0], args.servers[2]] })),
  ],
  ['another hospital', /^ledger/, /hospital is 0x/, set('LedgerOpened', () => ({ hospital: `0x${'22'.repeat(20)}` }))],
  ['another ledger', /^ledger/, /LedgerOpened is of ledger 7/, set('LedgerOpened', () => ({ ledgerId: 7n }))],
  ['two openings', /^ledger/, /opened twice/, twice('LedgerOpened')],
  ['no opening', /^ledger/, /ServerJoined stands before LedgerOpened/, drop('LedgerOpened')],
  ['a wrong seat', /^ledger/, /0x.* does not have seat 2/, set('ServerJoined', () => ({ seat: 2 }))],
  ['a seat that is none', /^ledger/, /does not have seat 9/, set('ServerJoined', () => ({ seat: 9 }))],
  ['seat 0', /^ledger/, /does not have seat 0/, set('ServerJoined', () => ({ seat: 0 }))],
  [
    'a stranger who joins',
    /^ledger/,
    /0x2222\w* does not have seat 1/,
    set('ServerJoined', () => ({ server: `0x${'22'.repeat(20)}` })),
  ],
  ['one who joins twice', /^ledger/, /seat 1 joins twice/, twice('ServerJoined')],
  ['one who does not join', /^ledger/, /activated before all/, drop('ServerJoined')],
  ['two activations', /^ledger/, /activated twice/, twice('LedgerActivated')],
  ['no activation', /^batch 0$/, /stands before LedgerActivated/, drop('LedgerActivated')],
];

const BATCHES: Forgery[] = [
  [
    'a changed tag',
    'batch 1',
    /root of its records is 0x\w{64}; the contract stores 0x/,
    set('BatchAppended', ({ args }) => ({ records: flipped(args.records, 3) }), 1),
  ],
  [
    'a changed key',
    'batch 1',
    /root of its records/,
    set('BatchAppended', ({ args }) => ({ records: flipped(args.records, 20) }), 1),
  ],
  [
    'a changed commitment',
    'batch 1',
    /root of its records/,
    set('BatchAppended', ({ args }) => ({ records: flipped(args.records, 28 + 63) }), 1),
  ],
  [
    'another root',
    'batch 2',
    /the event says 0x/,
    set('BatchAppended', ({ args }) => ({ root: flipped(args.root, 0) }), 2),
  ],
  ['another count', 'batch 0', /holds 564 bytes; 5 records have 940/, set('BatchAppended', () => ({ count: 5n }))],
  [
    'another first record',
    'batch 1',
    /begins with record 4 according to the event; the batches before it end at 2/,
    set('BatchAppended', () => ({ firstRecordId: 4n }), 1),
  ],
  [
    'half a record',
    'batch 3',
    /holds 935 bytes; 5 records have 940/,
    set('BatchAppended', ({ args }) => ({ records: args.records.slice(0, -10) }), 3),
  ],
  ['another ledger', 'batch 0', /is of ledger 9/, set('BatchAppended', () => ({ ledgerId: 9n }))],
  ['a batch left out', 'batch 2', /stands where batch 1 should be/, drop('BatchAppended', 1)],
  ['the last batch left out', /^ledger/, /batch 3 is missing: there were 4 batches/, drop('BatchAppended', 3)],
  ['a batch twice', 'batch 0', /stands where batch 1 should be/, twice('BatchAppended')],
  [
    'a batch that is none',
    'batch 4',
    /contract has no such batch/,
    (events) =>
      after(
        events,
        find(events, 'BatchAppended', 3),
        copy(find(events, 'BatchAppended', 3), { index: 4n, firstRecordId: 11n }),
      ),
  ],
  [
    "batches in each other's place",
    'batch 1',
    /stands where batch 0/,
    (events) => {
      const [first, second] = [find(events, 'BatchAppended', 0), find(events, 'BatchAppended', 1)];
      return events.map((event) => (event === first ? second : event === second ? first : event));
    },
  ],
];

const QUERIES: Forgery[] = [
  [
    'a revocation that is none',
    /^query 0x/,
    /not revoked but none/,
    set('ConsentRevoked', ({ args }) => ({ queryId: flipped(args.queryId, 0) })),
  ],
  [
    'a revocation of a query',
    /^query 0x/,
    /not revoked but sealed/,
    set('ConsentRevoked', () => ({ queryId: story.sealed })),
  ],
  [
    'another deadline in the consent',
    /^query 0x/,
    /another digest/,
    set('QueryOpened', ({ args }) => ({ consent: { ...args.consent, deadline: 1n } })),
  ],
  [
    'another insurer',
    /^query 0x/,
    /it is of 0x2222.*, its consent for/,
    set('QueryOpened', () => ({ insurer: `0x${'22'.repeat(20)}` })),
  ],
  ['a query opened twice', /^query 0x/, /opened twice/, twice('QueryOpened')],
  ['a query not opened', /^query 0x/, /QueryExtended stands before its QueryOpened/, drop('QueryOpened')],
  [
    'another record',
    /^query 0x/,
    /names record 0 after record 0/,
    set('QueryExtended', ({ args }) => ({ recordIds: args.recordIds.map(() => 0n) })),
  ],
  [
    'a record of somebody else',
    /^query 0x/,
    /over record 1, which is of 0x/,
    set('QueryExtended', ({ args }) => ({ recordIds: [0n, 1n], progress: { ...args.progress, lastRecordId: 1n } })),
  ],
  [
    'a record that is not there',
    /^query 0x/,
    /no batch has its record 99/,
    set(
      'QueryExtended',
      ({ args }) => ({
        recordIds: [...args.recordIds.slice(0, -1), 99n],
        progress: { ...args.progress, lastRecordId: 99n },
      }),
      2,
    ),
  ],
  [
    "other records of the patient's",
    /^query 0x/,
    /its records have another hash/,
    set('QueryExtended', ({ args }) => ({ recordIds: [5n, ...args.recordIds.slice(1)] }), 2),
  ],
  ['a step left out', /^query 0x/, /over 5 records and claims 6|over 4 records and claims 6/, drop('QueryExtended', 1)],
  ['a step without records', /^query 0x/, /by no record/, set('QueryExtended', () => ({ recordIds: [] }))],
  [
    'a wrong count',
    /^query 0x/,
    /over 2 records and claims 3/,
    set('QueryExtended', ({ args }) => ({ progress: { ...args.progress, count: 3n } })),
  ],
  [
    'a wrong last record',
    /^query 0x/,
    /last record is not 77/,
    set('QueryExtended', ({ args }) => ({ progress: { ...args.progress, lastRecordId: 77n } })),
  ],
  [
    'wrong sums while open',
    /^query 0x/,
    /sums are not those of its records/,
    set(
      'QueryExtended',
      ({ args }) => ({ progress: { ...args.progress, sums: hexOf(engine.sumPoints(new Uint8Array(0), 2)) } }),
      -1,
    ),
  ],
  [
    'other sums when sealed',
    /^query 0x/,
    /other sums than it came to/,
    set('QuerySealed', ({ args }) => ({ sums: flipped(args.sums, 5) })),
  ],
  [
    'other sums throughout',
    /^query 0x/,
    /sums are not those of its records/,
    (events) => {
      const sums = hexOf(engine.decompress(engine.commit(new Uint8Array(64).fill(1), new Uint8Array(64).fill(2))));
      find(events, 'QueryExtended', 2).args.progress.sums = sums;
      find(events, 'QuerySealed').args.sums = sums;
      return undefined;
    },
  ],
  [
    'another count when sealed',
    /^query 0x/,
    /sealed over 5 records and has 6/,
    set('QuerySealed', () => ({ count: 5n })),
  ],
  [
    'a mask less',
    /^query 0x/,
    /128 bytes of masks/,
    set('QuerySealed', ({ args }) => ({ masks: args.masks.slice(0, -128) })),
  ],
  [
    'sealed by another',
    /^query 0x/,
    /sealed by 0x2222/,
    set('QuerySealed', () => ({ insurer: `0x${'22'.repeat(20)}` })),
  ],
  ['sealed twice', /^query 0x/, /sealed twice/, twice('QuerySealed')],
  [
    'extended when sealed',
    /^query 0x/,
    /extended after it was sealed/,
    (events) => after(events, find(events, 'QuerySealed'), copy(find(events, 'QueryExtended', 2))),
  ],
  [
    'sealed without records',
    /^query 0x/,
    /sealed over no records/,
    (events) => {
      const extended = events.filter(({ name, args }) => name === 'QueryExtended' && args.queryId === story.sealed);
      return events.filter((event) => !extended.includes(event));
    },
  ],
  ['opened without records', /^query 0x/, /its QueryExtended is missing/, drop('QueryExtended', -1)],
  ['not sealed', /^query 0x/, /seat 1 answers before it is sealed/, drop('QuerySealed')],
  [
    'not sealed, nor answered',
    /^query 0x/,
    /it is open here, sealed in the contract/,
    (events) => events.filter(({ name }) => name !== 'QuerySealed' && name !== 'AnswerAccepted'),
  ],
  [
    'sealed, though the contract says open',
    /^query 0x/,
    /its consent is for other records/,
    (events) => {
      const [open, sealed] = [find(events, 'QueryExtended', -1), find(events, 'QuerySealed')];
      const { queryId, progress } = open.args;
      return after(events, open, copy(sealed, { queryId, count: progress.count, sums: progress.sums }));
    },
  ],
  [
    'a wrong answer',
    /^query 0x/,
    /answer of seat 1 is wrong/,
    set('AnswerAccepted', ({ args }) => ({ y: args.y ^ 1n })),
  ],
  [
    'a wrong blinding',
    /^query 0x/,
    /answer of seat 3 is wrong/,
    set('AnswerAccepted', ({ args }) => ({ w: args.w ^ 1n }), 1),
  ],
  [
    'an answer that is no scalar',
    /^query 0x/,
    /does not decode: .*canonical/,
    set('AnswerAccepted', () => ({ y: 2n ** 256n - 1n })),
  ],
  [
    'another mask of a seat that answered',
    /^query 0x/,
    /answer of seat 1 is wrong|does not decode/,
    set('QuerySealed', ({ args }) => ({ masks: `0x${args.masks.slice(130, 258)}${args.masks.slice(130)}` })),
  ],
  ['an answer twice', /^query 0x/, /seat 1 answers twice/, twice('AnswerAccepted')],
  ['an answer left out', /^query 0x/, /answer of seat 3 is missing/, drop('AnswerAccepted', 1)],
  [
    'an answer that nobody gave',
    /^query 0x/,
    /contract has no answer of seat 2/,
    (events) => after(events, find(events, 'AnswerAccepted'), copy(find(events, 'AnswerAccepted'), { seat: 2 })),
  ],
  ['an answer of a seat that is none', /^query 0x/, /there is no seat 4/, set('AnswerAccepted', () => ({ seat: 4 }))],
  ['an answer of seat 0', /^query 0x/, /there is no seat 0/, set('AnswerAccepted', () => ({ seat: 0 }))],
];

describe('a lie about', () => {
  describe.each([
    ['identities', IDENTITIES],
    ['the ledger', LEDGER],
    ['batches', BATCHES],
    ['queries', QUERIES],
  ])('%s', (_, forgeries) => {
    it.each(forgeries)('%s is found', async (_name, about, what, change) => {
      const { fault } = await forger.forged(change);
      expect(fault?.what).toMatch(what);
      expect(fault?.about).toMatch(about);
    });
  });

  it("blocks is found: the hash of each checkpoint must be the chain's", async () => {
    const path = join(forger.folder, 'fork');
    const { header, parts } = forger.archive;
    const middle = { ...parts[9]!, kind: 'checkpoint' as const, blockHash: Buffer.alloc(32, 7) };
    await writeFile(path, buildArchive({ header, parts: [...parts.slice(0, 10), middle, ...parts.slice(10)] }));
    const { fault } = await forger.check(path);
    expect(fault?.about).toBe(`block ${middle.block}`);
    expect(fault?.what).toMatch(/none with hash 0x0707.*: was it reorganised/);
  });

  it('counts what was right before it', async () => {
    const verdict = await forger.forged(set('BatchAppended', ({ args }) => ({ records: flipped(args.records, 3) }), 2));
    expect(verdict).toMatchObject({ batches: 2, records: 5, queries: 0 });
  });
});
