// Forged archives whose counts and digests are right: whatever they say about fees and cancelled queries that the other events
// or the contract's storage contradict is found and named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { type FeeStory, SHARE, tellFees } from './fee-story.ts';
import {
  after,
  change,
  copy,
  type EditableEvent,
  type Forger,
  type Forgery,
  startForgerOf,
  without,
} from './forger.ts';

let forger: Forger<FeeStory>;
let story: FeeStory;

beforeAll(async () => {
  forger = await startForgerOf((chain) => tellFees(chain));
  story = forger.story;
});
afterAll(() => forger?.stop());

const stranger = `0x${'22'.repeat(20)}`;
type Name = Exclude<keyof FeeStory, 'ledger' | 'insurer' | 'newcomer' | 'former'>;
/** The event of this kind of a query of the story. */
const at = (events: EditableEvent[], name: string, query: Name, nth = 0) =>
  events.filter((event) => event.name === name && event.args.queryId === story[query]).at(nth)!;
const alter = (name: string, query: Name, args: (event: EditableEvent) => object) =>
  change((events) => at(events, name, query), args);
const gone =
  (name: string, query: Name, nth = 0) =>
  (events: EditableEvent[]) =>
    without(events, at(events, name, query, nth));
/** The event again, with other arguments. */
const again =
  (name: string, query: Name, args: () => object = () => ({})) =>
  (events: EditableEvent[]) =>
    after(events, at(events, name, query), copy(at(events, name, query), args()));
const accountOf = (who: 'insurer' | 'newcomer' | 'former') => toHex(story[who].account);

const FEES: Forgery[] = [
  [
    'another share',
    /^query/,
    /is paid 10{15} wei; 5 were offered/,
    alter('FeeOffered', 'earned', () => ({ share: 5n })),
  ],
  [
    'another share that nobody has earned',
    /^query/,
    /its fee is 5 wei an answer until \d+ here, 10{15} until \d+ in the contract/,
    alter('FeeOffered', 'open', () => ({ share: 5n })),
  ],
  ['another time', /^query/, /an answer until 7 here/, alter('FeeOffered', 'open', () => ({ payUntil: 7n }))],
  ['an offer twice', /^query/, /offered twice, or after an answer/, again('FeeOffered', 'open')],
  [
    'an offer after an answer',
    /^query/,
    /offered twice, or after an answer/,
    (events) =>
      after(
        without(events, at(events, 'FeeOffered', 'refunded')),
        at(events, 'AnswerAccepted', 'refunded'),
        at(events, 'FeeOffered', 'refunded'),
      ),
  ],
  ['an offer left out', /^query/, /FeeEarned comes without FeeOffered/, gone('FeeOffered', 'earned')],
  [
    'an offer left out of an open query',
    /^query/,
    /it has no fee here, one in the contract/,
    gone('FeeOffered', 'open'),
  ],
  ['an offer left out of a revoked query', /^query/, /its FeeOffered is missing/, gone('FeeOffered', 'revoked')],
  ['a refund without an offer', /^query/, /FeeRefunded comes without FeeOffered/, gone('FeeOffered', 'cancelled')],
  [
    'an offer that nobody made',
    /^query/,
    /it has a fee here, none in the contract|FeeEarned of seat 1 is missing/,
    (events) =>
      after(events, at(events, 'QueryOpened', 'free'), copy(at(events, 'FeeOffered', 'open'), { queryId: story.free })),
  ],
  ['a share left out', /^query/, /FeeEarned of seat 1 is missing/, gone('FeeEarned', 'earned')],
  ['a share left out before a refund', /^query/, /FeeEarned of seat 3 is missing/, gone('FeeEarned', 'refunded')],
  ['a share of another size', /^query/, /is paid 7 wei/, alter('FeeEarned', 'earned', () => ({ share: 7n }))],
  ['a share twice', /^query/, /is paid for no answer/, again('FeeEarned', 'earned')],
  [
    'a share for a stranger',
    /^query/,
    /0x2222\w* is paid for no answer/,
    alter('FeeEarned', 'earned', () => ({ server: stranger })),
  ],
  [
    "the former holder's share for the newcomer",
    /^query/,
    /is paid for no answer/,
    change(
      (events) => at(events, 'FeeEarned', 'earned', 1),
      () => ({ server: accountOf('newcomer') }),
    ),
  ],
  [
    "the newcomer's share for the former holder",
    /^query/,
    /is paid for no answer/,
    alter('FeeEarned', 'later', () => ({ server: accountOf('former') })),
  ],
  [
    'a share for an answer beyond the threshold',
    /^query/,
    /is paid for no answer/,
    (events) => {
      const last = at(events, 'AnswerAccepted', 'earned', -1);
      const server = toHex(story.ledger.servers[2]!.account);
      return after(events, last, copy(at(events, 'FeeEarned', 'earned'), { server }));
    },
  ],
  [
    'a refund left out',
    /^query/,
    /1 shares of its fee are left here, 0 in the contract/,
    gone('FeeRefunded', 'refunded'),
  ],
  [
    'a refund of more',
    /^query/,
    /wei are refunded where 10{15} are left/,
    alter('FeeRefunded', 'refunded', () => ({ amount: 2n * SHARE })),
  ],
  ['a refund twice', /^query/, /10{15} wei are refunded where 0 are left/, again('FeeRefunded', 'refunded')],
  [
    'a refund of nothing',
    /^query/,
    /0 wei are refunded where 0 are left/,
    again('FeeRefunded', 'refunded', () => ({ amount: 0n })),
  ],
  [
    'a refund to another',
    /^query/,
    /refunded to 0x2222\w*, not to its insurer/,
    alter('FeeRefunded', 'refunded', () => ({ insurer: stranger })),
  ],
  [
    'a refund that nobody took',
    /^query/,
    /0 shares of its fee are left here, 2 in the contract/,
    (events) =>
      after(
        events,
        at(events, 'FeeOffered', 'open'),
        copy(at(events, 'FeeRefunded', 'cancelled'), { queryId: story.open }),
      ),
  ],
  [
    'a withdrawal, which is of no ledger',
    /^ledger/,
    /its MinimumFeeStated is of no ledger/,
    (events) =>
      after(events, events.at(-1)!, {
        ...events.at(-1)!,
        name: 'MinimumFeeStated',
        args: { server: stranger, fee: 1n },
      }),
  ],
];

const CANCELLED: Forgery[] = [
  ['a cancellation left out', /^query/, /open here, cancelled in the contract/, gone('QueryCancelled', 'dropped')],
  ['a cancellation twice', /^query/, /cancelled when it is cancelled/, again('QueryCancelled', 'dropped')],
  [
    'a cancellation by another',
    /^query/,
    /cancelled by 0x2222\w*, not by its insurer/,
    alter('QueryCancelled', 'dropped', () => ({ insurer: stranger })),
  ],
  [
    'a cancellation that nobody sent',
    /^query/,
    /cancelled here, open in the contract/,
    (events) =>
      after(
        events,
        at(events, 'FeeOffered', 'open'),
        copy(at(events, 'QueryCancelled', 'dropped'), { queryId: story.open }),
      ),
  ],
  [
    'a cancellation of a sealed query',
    /^query/,
    /cancelled when it is sealed/,
    (events) =>
      after(
        events,
        at(events, 'QueryOpened', 'free'),
        copy(at(events, 'QueryCancelled', 'dropped'), { queryId: story.free }),
      ),
  ],
  [
    'a cancellation of another ledger',
    /^ledger/,
    /its QueryCancelled is of ledger 0x7777/,
    alter('QueryCancelled', 'dropped', () => ({ ledgerId: `0x${'77'.repeat(32)}` })),
  ],
  [
    'the refund of a cancelled query left out',
    /^query/,
    /it is cancelled, and FeeRefunded is missing/,
    gone('FeeRefunded', 'cancelled'),
  ],
];

describe('a lie about', () => {
  describe.each([
    ['fees', FEES],
    ['cancelled queries', CANCELLED],
  ])('%s', (_, forgeries) => {
    it.each(forgeries)('%s is found', async (_name, about, what, change) => {
      const { fault } = await forger.forged(change);
      expect(fault?.what).toMatch(what);
      expect(fault?.about).toMatch(about);
    });
  });
});
