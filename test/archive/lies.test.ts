// Forged archives whose counts and digests are right: whatever they say about identities, the ledger or its batches that
// the contract's storage contradicts is found and named.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { buildArchive } from './codec.ts';
import {
  after,
  copy,
  drop,
  type Forger,
  type Forgery,
  find,
  flipped,
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
  [
    'another key',
    /^key of 0x/,
    /has the hash of another key/,
    set('Registered', ({ args }) => ({ kemKey: flipped(args.kemKey, 7) })),
  ],
  [
    'a key of nobody',
    /^key of 0x/,
    /has the hash of another key/,
    set('Registered', () => ({ account: `0x${'22'.repeat(20)}` })),
  ],
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
    'a channel that nobody opened',
    /^channel of 0x/,
    /has no such channel/,
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
    'one more lane',
    /^ledger/,
    /opened with 3 lanes, the contract has 2/,
    set('LedgerOpened', ({ args }) => ({ lanes: [...args.lanes, 'x'] })),
  ],
  [
    'one server fewer',
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
  ['no opening', /^ledger/, /ServerJoined comes before LedgerOpened/, drop('LedgerOpened')],
  ['a wrong seat', /^ledger/, /0x.* does not have seat 2/, set('ServerJoined', () => ({ seat: 2 }))],
  ['a seat that does not exist', /^ledger/, /does not have seat 9/, set('ServerJoined', () => ({ seat: 9 }))],
  ['seat 0', /^ledger/, /does not have seat 0/, set('ServerJoined', () => ({ seat: 0 }))],
  [
    'a stranger who joins',
    /^ledger/,
    /0x2222\w* does not have seat 1/,
    set('ServerJoined', () => ({ server: `0x${'22'.repeat(20)}` })),
  ],
  ['a server that joins twice', /^ledger/, /seat 1 joins twice/, twice('ServerJoined')],
  ['a server that does not join', /^ledger/, /activated before all/, drop('ServerJoined')],
  ['two activations', /^ledger/, /activated twice/, twice('LedgerActivated')],
  ['no activation', /^batch 0$/, /comes before LedgerActivated/, drop('LedgerActivated')],
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
  ['a batch left out', 'batch 2', /is in the place of batch 1/, drop('BatchAppended', 1)],
  ['the last batch left out', /^ledger/, /batch 3 is missing: there were 4 batches/, drop('BatchAppended', 3)],
  ['a batch twice', 'batch 0', /is in the place of batch 1/, twice('BatchAppended')],
  [
    'a batch that nobody appended',
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
    /is in the place of batch 0/,
    (events) => {
      const [first, second] = [find(events, 'BatchAppended', 0), find(events, 'BatchAppended', 1)];
      return events.map((event) => (event === first ? second : event === second ? first : event));
    },
  ],
];

describe('a lie about', () => {
  describe.each([
    ['identities', IDENTITIES],
    ['the ledger', LEDGER],
    ['batches', BATCHES],
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
