// Forged archives whose counts and digests are right: whatever they say about a ledger's terms, epochs, keys and joins that its
// id or the contract's storage contradicts is found and named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drop, type Forger, type Forgery, find, flipped, set, startForger, twice } from './forger.ts';

let forger: Forger;

beforeAll(async () => {
  forger = await startForger();
});
afterAll(() => forger?.stop());

const stranger = `0x${'22'.repeat(20)}`;
const terms = (change: object) => set('LedgerOpened', ({ args }) => ({ terms: { ...args.terms, ...change } }));

const LEDGER: Forgery[] = [
  ...(
    [
      ['threshold', { threshold: 3 }],
      ['minimum', { minRecords: 9n }],
      ['lane', { lanes: ['TOTAL', 'Zuzahlung'] }],
      ['scale', { scale: 3 }],
      ['currency', { currency: 'USD' }],
      ['category', { categories: ['dental'] }],
      ['list of servers', { servers: [] }],
    ] as const
  ).map(([name, other]): Forgery => [`another ${name}`, /^ledger 0x/, /terms do not hash to its id/, terms(other)]),
  [
    'servers in another order',
    /^ledger/,
    /terms do not hash to its id/,
    set('LedgerOpened', ({ args }) => ({ terms: { ...args.terms, servers: args.terms.servers.toReversed() } })),
  ],
  [
    'another salt',
    /^ledger/,
    /terms do not hash/,
    set('LedgerOpened', ({ args }) => ({ salt: flipped(args.salt, 31) })),
  ],
  ['another hospital', /^ledger/, /terms do not hash/, set('LedgerOpened', () => ({ hospital: stranger }))],
  [
    'another ledger',
    /^ledger/,
    /its LedgerOpened is of ledger 0x7777/,
    set('LedgerOpened', () => ({ ledgerId: `0x${'77'.repeat(32)}` })),
  ],
  ['two openings', /^ledger/, /opened twice/, twice('LedgerOpened')],
  ['no opening', /^ledger/, /EpochBegun comes before LedgerOpened/, drop('LedgerOpened')],
];

const EPOCHS: Forgery[] = [
  [
    'another committee hash',
    /^ledger/,
    /committee hash of epoch 2 is not 0x/,
    set('EpochBegun', ({ args }) => ({ committee: flipped(args.committee, 0) }), 1),
  ],
  [
    'another digest',
    /^ledger/,
    /digest of epoch 1 is 0x\w{64} in the contract/,
    set('EpochBegun', ({ args }) => ({ digest: flipped(args.digest, 0) })),
  ],
  [
    'a first epoch left out',
    /^ledger/,
    /epoch 2 begins where epoch 1 should/,
    (events) => {
      const gone = events.filter(({ name, args }) => 'epoch' in args && args.epoch === 1n && name !== 'BatchAppended');
      return events.filter((event) => !gone.includes(event) && !/^(Batch|Quer|Answ|Comp)/.test(event.name));
    },
  ],
  ['an epoch twice', /^ledger/, /epoch 2 begins where epoch 3 should/, twice('EpochBegun', 1)],
  [
    'a last epoch left out',
    /^ledger/,
    /EpochBegun of epoch 2 is missing/,
    (events) => events.filter(({ args }) => args.epoch !== 2n),
  ],
  [
    'no epoch',
    /^ledger/,
    /joins epoch 1 in epoch 0/,
    (events) => events.filter(({ name }) => name !== 'EpochBegun' && name !== 'KeysDealt'),
  ],
  [
    'another list of keys',
    /^ledger/,
    /list of keys of epoch 2 does not hash/,
    (events) => {
      find(events, 'KeysDealt', 4).args.ciphertext = flipped(find(events, 'KeysDealt', 4).args.ciphertext, 9);
      return undefined;
    },
  ],
  ['a list of keys left out', /^ledger/, /list of keys of epoch 1 is not all there/, drop('KeysDealt')],
  ['keys of a seat left out', /^ledger/, /keys for seat 3 of epoch 1 are not all there/, drop('KeysDealt', 3)],
  [
    'keys of an epoch to come',
    /^ledger/,
    /keys of epoch 3 are dealt before it begins/,
    set('KeysDealt', () => ({ epoch: 3n }), -1),
  ],
  [
    'keys of a seat that does not exist',
    /^ledger/,
    /keys are dealt to seat 4/,
    set('KeysDealt', () => ({ seat: 4 }), -1),
  ],
  ['a wrong seat', /^ledger/, /0x.* does not have seat 2/, set('ServerJoined', () => ({ seat: 2 }))],
  ['a seat that does not exist', /^ledger/, /does not have seat 9/, set('ServerJoined', () => ({ seat: 9 }))],
  ['seat 0', /^ledger/, /does not have seat 0/, set('ServerJoined', () => ({ seat: 0 }))],
  [
    'a stranger who joins',
    /^ledger/,
    /0x2222\w* does not have seat 1/,
    set('ServerJoined', () => ({ server: stranger })),
  ],
  ['a server that joins twice', /^ledger/, /seat 1 joins epoch 1 twice/, twice('ServerJoined')],
  [
    'a server that joins another epoch',
    /^ledger/,
    /seat 2 joins epoch 1 in epoch 2/,
    set('ServerJoined', () => ({ epoch: 1n }), 4),
  ],
  [
    'a server that does not join',
    /^ledger/,
    /epoch 1 is activated before all servers have joined/,
    drop('ServerJoined'),
  ],
  [
    'two servers that do not join the last epoch',
    /^ledger/,
    /3 servers have joined; the file has 1 event ServerJoined/,
    (events) => {
      const gone = [
        find(events, 'ServerJoined', -1),
        find(events, 'ServerJoined', -2),
        find(events, 'EpochActivated', -1),
      ];
      return events.filter((event) => !gone.includes(event));
    },
  ],
  ['two activations', /^ledger/, /epoch 1 is activated twice/, twice('EpochActivated')],
  [
    'the activation of another epoch',
    /^ledger/,
    /epoch 2 is activated in epoch 1/,
    set('EpochActivated', () => ({ epoch: 2n })),
  ],
  ['no activation', 'batch 0', /comes before EpochActivated of epoch 1/, drop('EpochActivated')],
  ['no activation in the end', /^ledger/, /EpochActivated of epoch 2 is missing/, drop('EpochActivated', 1)],
];

describe('a lie about', () => {
  describe.each([
    ['the ledger', LEDGER],
    ['its epochs', EPOCHS],
  ])('%s', (_, forgeries) => {
    it.each(forgeries)('%s is found', async (_name, about, what, change) => {
      const { fault } = await forger.forged(change);
      expect(fault?.what).toMatch(what);
      expect(fault?.about).toMatch(about);
    });
  });
});
