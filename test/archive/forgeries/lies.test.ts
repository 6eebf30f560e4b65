// Forged archives whose counts and digests are right: whatever they say about identities or batches that
// the contract's storage contradicts is found and named.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { buildArchive } from '../codec.ts';
import type { Story } from '../story.ts';
import {
  after,
  change,
  copy,
  drop,
  type EditableEvent,
  type Forger,
  type Forgery,
  find,
  flipped,
  set,
  startForger,
  twice,
  without,
} from './forger.ts';

let forger: Forger;
let story: Story;

beforeAll(async () => {
  forger = await startForger();
  story = forger.story;
});
afterAll(() => forger?.stop());

const stranger = `0x${'22'.repeat(20)}`;
const ofServer = (name: string, argument: string, seat: number) => (events: EditableEvent[]) =>
  events.find(
    (event) =>
      event.name === name && event.args[argument].toLowerCase() === toHex(story.ledger.servers[seat - 1]!.account),
  )!;
const ofInsurer = (events: EditableEvent[]) =>
  events.find(
    ({ name, args }) => name === 'ChannelOpened' && args.from.toLowerCase() === toHex(story.insurer.account),
  )!;
const IDENTITIES: Forgery[] = [
  [
    'another key',
    /^key of 0x/,
    /has the hash of another key/,
    set('Registered', ({ args }) => ({ kemKey: flipped(args.kemKey, 7) })),
  ],
  ['a key of nobody', /^key of 0x/, /has the hash of another key/, set('Registered', () => ({ account: stranger }))],
  ['a key twice', /^key of 0x/, /registered twice/, twice('Registered')],
  [
    "a server's key left out",
    'seat 1',
    /the key of 0x.* is missing/,
    (events) => without(events, ofServer('Registered', 'account', 1)(events)),
  ],
  [
    "another signature of a server's key",
    'seat 3',
    /the key of 0x.* is not signed by it/,
    change(ofServer('Registered', 'account', 3), ({ args }) => ({ signature: flipped(args.signature, 40) })),
  ],
  [
    'a channel that nobody opened',
    /^channel of 0x2222/,
    /another ciphertext, or of none/,
    set('ChannelOpened', () => ({ from: stranger })),
  ],
  [
    'another ciphertext',
    /^channel of 0x/,
    /another ciphertext, or of none/,
    set('ChannelOpened', ({ args }) => ({ ciphertext: flipped(args.ciphertext, 0) }), -1),
  ],
  ['a channel twice', /^channel of 0x/, /opened twice/, twice('ChannelOpened')],
  [
    "the hospital's channel left out",
    'seat 2',
    /hospital's channel to 0x.* is missing/,
    (events) => without(events, ofServer('ChannelOpened', 'to', 2)(events)),
  ],
  [
    "another signature of the hospital's channel",
    'seat 2',
    /hospital's channel to 0x.* is not signed by the hospital/,
    change(ofServer('ChannelOpened', 'to', 2), ({ args }) => ({ signature: flipped(args.signature, 3) })),
  ],
  [
    "an insurer's channel left out",
    /^channel of 0x/,
    /^it is missing$/,
    (events) => without(events, ofInsurer(events)),
  ],
];

const record = (at: number) => set('BatchAppended', ({ args }) => ({ records: flipped(args.records, at) }), 1);
const wrongRoot = /root of its records is 0x\w{64}; the contract stores 0x/;

const BATCHES: Forgery[] = [
  ['a changed tag', 'batch 1', wrongRoot, record(3)],
  ['a changed key', 'batch 1', wrongRoot, record(20)],
  ['a changed commitment', 'batch 1', wrongRoot, record(28 + 63)],
  ['a changed correction', 'batch 1', wrongRoot, record(28 + 64)],
  ['another nonce', 'batch 1', wrongRoot, set('BatchAppended', ({ args }) => ({ nonce: flipped(args.nonce, 0) }), 1)],
  [
    'another source',
    'batch 1',
    wrongRoot,
    set('BatchAppended', ({ args }) => ({ source: flipped(args.source, 31) }), 1),
  ],
  [
    'another root',
    'batch 2',
    /the event says 0x/,
    set('BatchAppended', ({ args }) => ({ root: flipped(args.root, 0) }), 2),
  ],
  ['another epoch', 'batch 1', /of epoch 2, in epoch 1/, set('BatchAppended', () => ({ epoch: 2n }), 1)],
  ['another count', 'batch 0', /holds 372 bytes; 5 records have 620/, set('BatchAppended', () => ({ count: 5n }))],
  [
    'another first record',
    'batch 1',
    /begins with record 4 according to the event; the batches before it end at 2/,
    set('BatchAppended', () => ({ firstRecordId: 4n }), 1),
  ],
  [
    'half a record',
    'batch 3',
    /holds 610 bytes; 5 records have 620/,
    set('BatchAppended', ({ args }) => ({ records: args.records.slice(0, -20) }), 3),
  ],
  [
    'another ledger',
    /^ledger/,
    /its BatchAppended is of ledger 0x9999/,
    set('BatchAppended', () => ({ ledgerId: `0x${'99'.repeat(32)}` })),
  ],
  ['a batch left out', 'batch 2', /is in the place of batch 1/, drop('BatchAppended', 1)],
  [
    'the last batch left out',
    /^ledger/,
    /batch 3 is missing: there were 4 batches/,
    (events) =>
      events.filter(
        ({ name, args }) => !(name === 'BatchAppended' && args.index === 3n) && !/^(Quer|Answ|Comp)/.test(name),
      ),
  ],
  ['a batch twice', 'batch 0', /is in the place of batch 1/, twice('BatchAppended')],
  ...[4n, 2n ** 32n - 1n].map(
    (index): Forgery => [
      `batch ${index}, which nobody appended,`,
      `batch ${index}`,
      /contract has no such batch/,
      (events) => {
        const last = find(events, 'BatchAppended', 3);
        return after(events, last, copy(last, { index, firstRecordId: 11n }));
      },
    ],
  ),
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
