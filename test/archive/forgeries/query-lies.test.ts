// Forged archives whose counts and digests are right: whatever they say about queries and their answers that the records, the
// patient's signature or the contract's storage contradict is found and named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEdges } from '../../../src/records/query-bytes.ts';
import { engine } from '../../support/ledger.ts';
import { edgeAt } from '../../support/query.ts';
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
  hexOf,
  set,
  startForger,
  twice,
} from './forger.ts';

let forger: Forger;
let story: Story;

beforeAll(async () => {
  forger = await startForger();
  story = forger.story;
});
afterAll(() => forger?.stop());

const stranger = `0x${'22'.repeat(20)}`;
/** The hex with these bytes from byte `at` on. */
const patched = (hex: string, at: number, bytes: readonly number[]) =>
  hex.slice(0, 2 + 2 * at) + hexOf(Uint8Array.from(bytes)).slice(2) + hex.slice(2 + 2 * (at + bytes.length));
/** Changes edge `k` of the continuation of the sealed query: +3, −4, +7 of Ann's series. Offsets: see EDGE_BYTES. */
const edge = (k: number, at: number, bytes: readonly number[]) =>
  set('QueryContinued', ({ args }) => ({ edges: patched(args.edges, 41 * k + at, bytes) }));
const consent = (args: (event: EditableEvent) => object) => set('QueryOpened', args);
/** A point, and not one of the archive's. */
const point = hexOf(engine.decompress(engine.commit(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))));
/** Lets the query that is open go on with an edge of Bob's series. */
const goesOn = (position: number, isSealed: boolean) => (events: EditableEvent[]) => {
  const edges = hexOf(encodeEdges([edgeAt(story.ledger, 'Bob', position)]));
  const place = events.find(({ name, args }) => name === 'QueryOpened' && args.queryId === story.open)!;
  const more = copy(find(events, 'QueryContinued'), { queryId: story.open, edges, isSealed });
  return after(events, place, more);
};
const ofSealed = (name: string) => (events: EditableEvent[]) =>
  events.filter(
    (event) => event.name !== 'AnswerAccepted' && !(event.name === name && event.args.queryId === story.sealed),
  );

const CONSENTS: Forgery[] = [
  [
    'a revocation that nobody sent',
    /^query 0x/,
    /not revoked; its status is none/,
    set('ConsentRevoked', ({ args }) => ({ queryId: flipped(args.queryId, 0) })),
  ],
  [
    'a revocation of a query',
    /^query/,
    /not revoked; its status is sealed/,
    set('ConsentRevoked', () => ({ queryId: story.sealed })),
  ],
  [
    'a revocation by another',
    /^query/,
    /revoked by 0x2222\w*, not by its patient/,
    set('ConsentRevoked', () => ({ patient: stranger })),
  ],
  ['a revocation twice', /^query/, /it is revoked when it is revoked/, twice('ConsentRevoked')],
  ['a revocation left out', /^query/, /it is open here, revoked in the contract/, drop('ConsentRevoked')],
  ['another deadline', /^query 0x/, /another digest/, consent(() => ({ deadline: 1n }))],
  [
    'another hash of the runs',
    /^query/,
    /another digest/,
    consent(({ args }) => ({ runsHash: flipped(args.runsHash, 0) })),
  ],
  ['another patient', /^query/, /another digest/, consent(() => ({ patient: stranger }))],
  ['another salt', /^query/, /another digest/, consent(({ args }) => ({ salt: flipped(args.salt, 0) }))],
  ['another insurer', /^query/, /another digest/, consent(() => ({ insurer: stranger }))],
  ['another query', /^query/, /another digest/, consent(({ args }) => ({ queryId: flipped(args.queryId, 0) }))],
  [
    'another ledger',
    /^ledger/,
    /its QueryOpened is of ledger 0x7777/,
    consent(() => ({ ledgerId: `0x${'77'.repeat(32)}` })),
  ],
  ['another epoch', /^query/, /opened in epoch 1, and says 2/, consent(() => ({ epoch: 2n }))],
];

const QUERIES: Forgery[] = [
  ['a query opened twice', /^query/, /opened twice/, twice('QueryOpened')],
  ['a query not opened', /^query/, /QueryContinued comes before its QueryOpened/, drop('QueryOpened')],
  [
    'one mask fewer',
    /^query/,
    /its masks are 128 bytes/,
    consent(({ args }) => ({ masks: args.masks.slice(0, -128) })),
  ],
  ['another mask', /^query/, /add up to other sums/, consent(({ args }) => ({ masks: point + args.masks.slice(130) }))],
  ...[1, 2].map(
    (nth): Forgery => [
      `another mask of ${nth === 1 ? 'an open' : 'a revoked'} query`,
      /^query/,
      nth === 1 ? /add up to other sums/ : /does not decode/,
      set(
        'QueryOpened',
        ({ args }) => ({ masks: nth === 1 ? point + args.masks.slice(130) : flipped(args.masks, 63) }),
        nth,
      ),
    ],
  ),
  ['a mask that is no point', /^query/, /does not decode/, consent(({ args }) => ({ masks: flipped(args.masks, 63) }))],
  [
    'half an edge',
    /^query/,
    /edges: are 121 bytes/,
    set('QueryContinued', ({ args }) => ({ edges: args.edges.slice(0, -4) })),
  ],
  ['no edge', /^query/, /continued by no edge/, set('QueryContinued', () => ({ edges: '0x' }))],
  ['a sign that is none', /^query/, /sign byte 2/, edge(0, 0, [2])],
  ['another sign', /^query/, /edge 1 is "the end of a run"; it must be the beginning/, edge(1, 0, [1])],
  ['a position again', /^query/, /edge 0 is "at position 1"; it must be above position 1/, edge(0, 21, [0, 0, 0, 1])],
  ['position 0', /^query/, /position of edge 0 is 0/, edge(0, 21, [0, 0, 0, 0])],
  ['another position', /^query/, /not the patient's at this place/, edge(0, 21, [0, 0, 0, 2])],
  ['another series', /^query/, /not the patient's|of another series/, edge(2, 13, [255])],
  ['another salt of an edge', /^query/, /not the patient's at this place/, edge(2, 25, [1, 2, 3])],
  ['another batch', /^query/, /record \d+ is not in batch 2/, edge(0, 1, [0, 0, 0, 2])],
  ['a batch that does not exist', /^query/, /record \d+ is not in batch 77/, edge(0, 1, [0, 0, 0, 77])],
  ['a record that does not exist', /^query/, /record 99 is not in batch 1/, edge(0, 5, [0, 0, 0, 0, 0, 0, 0, 99])],
  ['an edge at a void record', /^query/, /edge at record \d+, which is void/, goesOn(4, false)],
  ['fewer records than the minimum', /^query/, /covers 2 records; the ledger's minimum is 4/, goesOn(3, true)],
  ['all edges, and not sealed', /^query/, /all its edges are there, and it is not sealed/, goesOn(3, false)],
  ['more edges than the contract had', /^query/, /add up to other sums/, goesOn(2, false)],
  [
    'other records',
    /^query/,
    /not those that the patient signed/,
    (events) => {
      const [opened, continued] = [find(events, 'QueryOpened'), find(events, 'QueryContinued')];
      const runs = [edgeAt(story.ledger, 'Ann', 1, -1), edgeAt(story.ledger, 'Ann', 7)];
      opened.args.edges = hexOf(encodeEdges(runs.slice(0, 1)));
      continued.args.edges = hexOf(encodeEdges(runs.slice(1)));
      return undefined;
    },
  ],
  ['a step left out', /^query/, /it is open here, sealed in the contract/, ofSealed('QueryContinued')],
  [
    'continued by another',
    /^query/,
    /continued by 0x2222\w*, not by its insurer/,
    set('QueryContinued', () => ({ insurer: stranger })),
  ],
  ['continued when sealed', /^query/, /continued when it is sealed/, twice('QueryContinued')],
  [
    'continued when revoked',
    /^query/,
    /continued when it is revoked/,
    (events) =>
      after(events, find(events, 'ConsentRevoked'), copy(find(events, 'QueryContinued'), { queryId: story.stopped })),
  ],
  ['sealed before its end', /^query/, /sealed before its last run ends/, consent(() => ({ isSealed: true }))],
  ['not sealed', /^query/, /seat 1 answers when it is open/, set('QueryContinued', () => ({ isSealed: false }))],
];

const ANSWERS: Forgery[] = [
  ['a wrong answer', /^query/, /answer of seat 1 is wrong/, set('AnswerAccepted', ({ args }) => ({ y: args.y ^ 1n }))],
  [
    'a wrong blinding',
    /^query/,
    /answer of seat 3 is wrong/,
    set('AnswerAccepted', ({ args }) => ({ w: args.w ^ 1n }), 1),
  ],
  [
    'an answer that is no scalar',
    /^query/,
    /does not decode: .*canonical/,
    set('AnswerAccepted', () => ({ y: 2n ** 256n - 1n })),
  ],
  ['an answer twice', /^query/, /seat 1 answers twice/, twice('AnswerAccepted')],
  ['an answer left out', /^query/, /answer of seat 3 is missing/, drop('AnswerAccepted', 1)],
  [
    'an answer that nobody gave',
    /^query/,
    /contract has no answer of seat 2/,
    (events) => after(events, find(events, 'AnswerAccepted'), copy(find(events, 'AnswerAccepted'), { seat: 2 })),
  ],
  [
    'an answer of seat 4 of 3',
    /^query/,
    /seat 4 answers, which does not exist/,
    set('AnswerAccepted', () => ({ seat: 4 })),
  ],
  ['an answer of seat 0', /^query/, /seat 0 answers, which does not exist/, set('AnswerAccepted', () => ({ seat: 0 }))],
  [
    'an answer to another query',
    /^query/,
    /AnswerAccepted comes before its QueryOpened/,
    change(
      (events) => find(events, 'AnswerAccepted'),
      () => ({ queryId: story.open }),
    ),
  ],
];

describe('a lie about', () => {
  describe.each([
    ['consents', CONSENTS],
    ['queries', QUERIES],
    ['answers', ANSWERS],
  ])('%s', (_, forgeries) => {
    it.each(forgeries)('%s is found', async (_name, about, what, change) => {
      const { fault } = await forger.forged(change);
      expect(fault?.what).toMatch(what);
      expect(fault?.about).toMatch(about);
    });
  });
});
