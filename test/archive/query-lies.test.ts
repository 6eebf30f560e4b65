// Forged archives whose counts and digests are right: whatever they say about queries and their answers that the records or
// the contract's storage contradict is found and named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine } from '../support/ledger.ts';
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
} from './forger.ts';
import type { Story } from './story.ts';

let forger: Forger;
let story: Story;

beforeAll(async () => {
  forger = await startForger();
  story = forger.story;
});
afterAll(() => forger?.stop());

const QUERIES: Forgery[] = [
  [
    'a revocation that nobody sent',
    /^query 0x/,
    /not revoked; its status is none/,
    set('ConsentRevoked', ({ args }) => ({ queryId: flipped(args.queryId, 0) })),
  ],
  [
    'a revocation of a query',
    /^query 0x/,
    /not revoked; its status is sealed/,
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
    /its insurer is 0x2222.*; its consent is for/,
    set('QueryOpened', () => ({ insurer: `0x${'22'.repeat(20)}` })),
  ],
  ['a query opened twice', /^query 0x/, /opened twice/, twice('QueryOpened')],
  ['a query not opened', /^query 0x/, /QueryExtended comes before its QueryOpened/, drop('QueryOpened')],
  [
    'another record',
    /^query 0x/,
    /names record 0 after record 0/,
    set('QueryExtended', ({ args }) => ({ recordIds: args.recordIds.map(() => 0n) })),
  ],
  [
    'a record of another patient',
    /^query 0x/,
    /over record 1, which is of 0x/,
    set('QueryExtended', ({ args }) => ({ recordIds: [0n, 1n], progress: { ...args.progress, lastRecordId: 1n } })),
  ],
  [
    'a record that does not exist',
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
    /other sums than it had reached/,
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
    'one mask fewer',
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
    'an answer that is not a scalar',
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
  [
    'an answer of a seat that does not exist',
    /^query 0x/,
    /seat 4 answers, which does not exist/,
    set('AnswerAccepted', () => ({ seat: 4 })),
  ],
  [
    'an answer of seat 0',
    /^query 0x/,
    /seat 0 answers, which does not exist/,
    set('AnswerAccepted', () => ({ seat: 0 })),
  ],
];

describe('a lie about queries', () => {
  it.each(QUERIES)('%s is found', async (_, about, what, change) => {
    const { fault } = await forger.forged(change);
    expect(fault?.what).toMatch(what);
    expect(fault?.about).toMatch(about);
  });
});
