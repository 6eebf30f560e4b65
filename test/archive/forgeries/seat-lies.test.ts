// Forged archives whose counts and digests are right: whatever they say about seats that change hands that the other events or
// the contract's storage contradict is found and named. And archives that are extended when a seat has changed hands.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../../src/archive/export.ts';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { MIStoreContract } from '../../../src/contract/client.ts';
import { committeeAfter } from '../../../src/contract/ledger-id.ts';
import { startEndpoint } from '../../support/endpoint/proxy.ts';
import { type FeeStory, tellFees } from './fee-story.ts';
import {
  type Change,
  change,
  drop,
  type EditableEvent,
  type Forger,
  type Forgery,
  find,
  set,
  startForgerOf,
  twice,
} from './forger.ts';

let forger: Forger<FeeStory>;
let story: FeeStory;
let folder: string;
/** An archive that ends before the seat changes hands. */
let early: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-archive-'));
  early = join(folder, 'early');
  forger = await startForgerOf((chain) =>
    tellFees(chain, async ({ ledgerId, hospital }) => {
      await exportArchive({ contract: hospital, ledgerId, file: early });
    }),
  );
  story = forger.story;
});
afterAll(async () => {
  await forger?.stop();
  await rm(folder, { recursive: true, force: true });
});

const stranger = `0x${'22'.repeat(20)}`;
const accountOf = (who: 'insurer' | 'newcomer' | 'former') => toHex(story[who].account);

/** The seat goes to another from the second epoch on: what the change, the committee hash and the join say fits together. */
const toAnother =
  (to: () => string): Change =>
  (events) => {
    const { ledgerId } = story.ledger;
    find(events, 'SeatChanged').args.to = to();
    find(events, 'EpochBegun', 1).args.committee = toHex(committeeAfter(ledgerId, { seat: 2, server: fromHex(to()) }));
    for (const { name, args } of events) {
      if (name === 'ServerJoined' && args.epoch === 2n && args.seat === 2n) args.server = to();
      if (name === 'FeeEarned' && args.queryId === story.later) args.server = to();
    }
    return undefined;
  };

const SEATS: Forgery[] = [
  ['a change left out', /^ledger/, /committee hash of epoch 2 is not 0x/, drop('SeatChanged')],
  ['another newcomer', /^ledger/, /committee hash of epoch 2 is not 0x/, set('SeatChanged', () => ({ to: stranger }))],
  ['another seat', /^ledger/, /gives up seat 3 without having it/, set('SeatChanged', () => ({ seat: 3n }))],
  ['no seat', /^ledger/, /gives up seat 0 without having it/, set('SeatChanged', () => ({ seat: 0n, from: stranger }))],
  [
    'another former holder',
    /^ledger/,
    /0x2222\w* gives up seat 2 without having it/,
    set('SeatChanged', () => ({ from: stranger })),
  ],
  ['another epoch', /^ledger/, /changes hands in epoch 3, after epoch 1/, set('SeatChanged', () => ({ epoch: 3n }))],
  [
    'a second seat for a server',
    /^ledger/,
    /gets a second seat/,
    set('SeatChanged', () => ({ to: toHex(story.ledger.servers[0]!.account) })),
  ],
  ['a change twice', /^ledger/, /seats 2 and 2 change hands in one epoch/, twice('SeatChanged')],
  [
    'a change whose epoch does not begin',
    /^ledger/,
    /EpochBegun of epoch 2 is missing/,
    (events) => events.slice(0, events.indexOf(find(events, 'SeatChanged')) + 1),
  ],
  [
    'a newcomer with a key, throughout',
    /^ledger/,
    /the contract has another committee hash/,
    toAnother(() => accountOf('insurer')),
  ],
  [
    'the former holder joining',
    /^ledger/,
    /does not have seat 2/,
    change(
      (events) => events.find(({ name, args }) => name === 'ServerJoined' && args.epoch === 2n && args.seat === 2n)!,
      () => ({ server: accountOf('former') }),
    ),
  ],
  [
    "the hospital's channel to the newcomer left out",
    /^seat 2/,
    /channel to 0x\w* is missing/,
    (events) =>
      events.filter(
        ({ name, args }) =>
          !(
            name === 'ChannelOpened' &&
            args.from.toLowerCase() === toHex(story.ledger.hospital.account) &&
            args.to.toLowerCase() === accountOf('newcomer')
          ),
      ),
  ],
  [
    "an insurer's channel to the newcomer left out",
    /^channel/,
    /it is missing/,
    (events) =>
      events.filter(
        ({ name, args }) =>
          !(
            name === 'ChannelOpened' &&
            args.from.toLowerCase() === accountOf('insurer') &&
            args.to.toLowerCase() === accountOf('newcomer')
          ),
      ),
  ],
  [
    'a resignation by another',
    /^ledger/,
    /0x2222\w* resigns from seat 2 without having it/,
    set('ServerResigned', () => ({ server: stranger })),
  ],
  [
    'a resignation from another seat',
    /^ledger/,
    /resigns from seat 3 without having it/,
    set('ServerResigned', () => ({ seat: 3n })),
  ],
];

describe('a lie about seats', () => {
  it.each(SEATS)('%s is found', async (_name, about, what, change) => {
    const { fault } = await forger.forged(change);
    expect(fault?.what).toMatch(what);
    expect(fault?.about).toMatch(about);
  });
});

describe('a true archive', () => {
  it('is found right, also with a resignation left out, which storage does not vouch for', async () => {
    expect(await forger.check(forger.file)).toMatchObject({ fault: null, queries: 8, unsigned: 0, whole: true });
    expect(await forger.forged(drop('ServerResigned'))).toMatchObject({ fault: null });
  });

  it('that ends before a seat changes hands has, when it is extended, the channels that the newcomer had before', async () => {
    const { insurer, newcomer, ledger } = story;
    expect(await forger.check(early)).toMatchObject({ fault: null, queries: 7 });
    await exportArchive({ contract: insurer, ledgerId: ledger.ledgerId, file: early });
    expect(await forger.check(early)).toMatchObject({ fault: null, queries: 8 });
    expect(newcomer.account).toEqual((await insurer.getServers(ledger.ledgerId))[1]);
  });
});

describe('without the state of its last block', () => {
  it('seats that are held by others than in the contract are found all the same', async () => {
    const proxy = await startEndpoint((call, forward) => {
      const old = /eth_(call|getStorageAt)/.test(call.method) && call.params.at(-1) !== 'latest';
      return old ? { error: { code: -32000, message: 'missing trie node' } } : forward();
    }, forger.chain.node.url);
    const contract = await MIStoreContract.connect({ rpc: proxy.url, address: forger.chain.address });
    expect(await forger.check(forger.file, contract)).toMatchObject({ whole: false, fault: null });
    expect(await forger.check(early, contract)).toMatchObject({ whole: false, fault: null });
    // A newcomer with a key who has not joined; nobody has answered in their epoch.
    const { fault } = await forger.forged((events) => {
      toAnother(() => accountOf('insurer'))(events);
      const ofSeat = ({ name, args }: EditableEvent) =>
        name === 'ServerJoined' && args.epoch === 2n && args.seat === 2n;
      return events.filter(
        (event) =>
          !ofSeat(event) &&
          !(event.name === 'EpochActivated' && event.args.epoch === 2n) &&
          event.args.queryId !== story.later,
      );
    }, contract);
    expect(fault).toMatchObject({
      about: 'seat 2',
      what: expect.stringMatching(/from epoch 2 to before 0 here; in the contract it is seat 0/),
    });
    await proxy.stop();
  });
});
