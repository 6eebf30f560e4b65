// Forged archives whose counts and digests are right: whatever they say about complaints that the records or the contract's
// storage contradict is found and named. And what is true of a record that is void for good.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../../src/archive/export.ts';
import { concat, fromBigInt, toBigInt } from '../../../src/bytes.ts';
import { encodeCall } from '../../../src/contract/abi.ts';
import { FIELD_PRIME } from '../../../src/engine/bn254.ts';
import { batchLeaves } from '../../../src/records/batch.ts';
import { BatchTree } from '../../../src/records/merkle.ts';
import { engine, makeBatch, openLedger } from '../../support/ledger.ts';
import { buildArchive, type Event, parseArchive } from '../codec.ts';
import { dealNoKeys, type Story } from '../story.ts';
import {
  after,
  copy,
  drop,
  type EditableEvent,
  type Forger,
  type Forgery,
  find,
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

/** The events in an order with `name` of these arguments after the last event of the kind `place`. */
const added = (place: string, name: string, args: () => object) => (events: EditableEvent[]) => {
  const event = find(events, place, -1);
  return after(events, event, { ...copy(event, args()), name });
};
const notOf = (recordId: () => number) => (events: EditableEvent[]) =>
  events.filter(({ args }) => args.recordId === undefined || Number(args.recordId) !== recordId());

const COMPLAINTS: Forgery[] = [
  ['a complaint twice', /^record \d+$/, /seat 1 complains twice/, twice('ComplaintFiled')],
  [
    'a complaint about a record of another batch',
    /^record/,
    /not in batch 2/,
    set('ComplaintFiled', () => ({ batch: 2n })),
  ],
  [
    'a complaint about a record that does not exist',
    'record 99',
    /its ComplaintFiled comes before its batch/,
    set('ComplaintFiled', () => ({ recordId: 99n })),
  ],
  [
    'a complaint of seat 9 of 3',
    /^record/,
    /seat 9 complains, which does not exist/,
    set('ComplaintFiled', () => ({ seat: 9 })),
  ],
  [
    'a complaint of seat 0',
    /^record/,
    /seat 0 complains, which does not exist/,
    set('ComplaintFiled', () => ({ seat: 0 })),
  ],
  [
    'a complaint that nobody filed',
    'record 0',
    /complaints stand of the seats \[1\] here, \[\] in the contract/,
    added('ComplaintJustified', 'ComplaintFiled', () => ({ recordId: 0n, seat: 1, batch: 0n })),
  ],
  ['a complaint left out', /^ledger/, /a record has been void/, drop('ComplaintFiled', 3)],
  [
    'a withdrawal left out',
    /^record/,
    /stand of the seats \[2\] here, \[\] in the contract/,
    drop('ComplaintWithdrawn'),
  ],
  [
    'a withdrawal that nobody sent',
    /^record/,
    /stand of the seats \[\] here, \[1\] in the contract/,
    added('ComplaintWithdrawn', 'ComplaintWithdrawn', () => ({ recordId: BigInt(story.complaints.standing), seat: 1 })),
  ],
  [
    'a withdrawal of no complaint',
    /^record/,
    /ComplaintWithdrawn is of seat 3, which has no complaint/,
    set('ComplaintWithdrawn', () => ({ seat: 3 })),
  ],
  [
    'another share',
    /^record/,
    /revealed of seat 3 does not open its commitments/,
    set('ComplaintJustified', ({ args }) => ({ share: args.share ^ 1n })),
  ],
  [
    'another blinding',
    /^record/,
    /revealed of seat 3 does not open/,
    set('ComplaintJustified', ({ args }) => ({ blinding: args.blinding ^ 1n })),
  ],
  [
    'a share that is no scalar',
    /^record/,
    /does not decode: .*canonical/,
    set('ComplaintJustified', () => ({ share: 2n ** 256n - 1n })),
  ],
  [
    'a justification of no complaint',
    /^record/,
    /ComplaintJustified is of seat 1, which has no complaint/,
    set('ComplaintJustified', () => ({ seat: 1 })),
  ],
  [
    'a justification left out',
    /^record/,
    /stand of the seats \[3\] here, \[\] in the contract/,
    drop('ComplaintJustified'),
  ],
  [
    'a complaint after its justification',
    /^record/,
    /seat 3 complains after the hospital has justified it/,
    added('ComplaintJustified', 'ComplaintFiled', () => ({ batch: 3n })),
  ],
  [
    'as many shares as open the record',
    /^record/,
    /shares of 2 seats are revealed; at most 1 may be/,
    (events) => {
      const justified = find(events, 'ComplaintJustified');
      const filed = { ...copy(justified, { seat: 1, batch: 3n }), name: 'ComplaintFiled' };
      return after(after(events, justified, filed), filed, copy(justified, { seat: 1 }));
    },
  ],
  [
    'a justification that the hospital has not sent',
    /^record/,
    /contract has no justification of seat 1/,
    (events) => {
      const recordId = story.complaints.standing;
      const { firstRecordId, shares } = story.ledger.made[3]!;
      const opened = shares[0]!.subarray(64 * (recordId - firstRecordId), 64 * (recordId - firstRecordId + 1));
      const [share, blinding] = [toBigInt(opened.subarray(0, 32)), toBigInt(opened.subarray(32))];
      const justified = find(events, 'ComplaintJustified');
      return after(events, justified, copy(justified, { recordId: BigInt(recordId), seat: 1, share, blinding }));
    },
  ],
  [
    'a void record left out',
    /^ledger/,
    /a record has been void: the events that made it so are missing/,
    notOf(() => story.complaints.isVoid),
  ],
  [
    'a point that is said to be none',
    /^record/,
    /its commitment 1 is a point/,
    added('ComplaintJustified', 'RecordVoided', () => ({ recordId: BigInt(story.complaints.justified), position: 1 })),
  ],
  [
    'a commitment that does not exist',
    'record 0',
    /it has no commitment 2/,
    added('ComplaintJustified', 'RecordVoided', () => ({ recordId: 0n, position: 2 })),
  ],
];

describe('a lie about complaints', () => {
  it.each(COMPLAINTS)('%s is found', async (_, about, what, change) => {
    const { fault } = await forger.forged(change);
    expect(fault?.what).toMatch(what);
    expect(fault?.about).toMatch(about);
  });
});

describe('a record that is void for good', () => {
  it('is right in the archive, and missed where it is left out', async () => {
    const { chain, folder, check } = forger;
    const ledger = await openLedger(chain, 'bad point', { threshold: 2, seats: 3 });
    await dealNoKeys(ledger, 1);
    const { call } = makeBatch(ledger, 0, 0, ['Ann', 'Bob']);
    const x = offCurve();
    call.records.set(fromBigInt(x, 32), 124 + 28 + 32); // C_1 of record 1
    await ledger.hospital.appendBatch(call);
    const { ledgerId } = ledger;
    const file = join(folder, 'void');
    const exported = () => exportArchive({ contract: story.insurer, ledgerId, file });
    await exported();
    expect(await check(file)).toMatchObject({ fault: null, whole: true });

    const tree = new BatchTree(engine, batchLeaves(engine, 2, { ...call, index: 0, firstRecordId: 0 }));
    const record = call.records.subarray(124, 124 + 28 + 64);
    const args = [ledgerId, 0, 1, 1, witnessOf(x), record, concat(...tree.path(1))];
    const sender = await chain.sender('bystander');
    await (await sender.submit({ to: chain.address, data: encodeCall('refutePoint', args) })).settled;
    await exported();
    expect(await check(file)).toMatchObject({ fault: null, whole: true, events: expect.any(Number) });
    const { header, parts } = parseArchive(await readFile(file));
    const last = parts.filter(({ kind }) => kind === 'event').at(-1);
    await writeFile(file, buildArchive({ header, parts: parts.filter((part) => part !== last) }));
    expect((await check(file)).fault?.what).toMatch(/a record has been void/);
    const other = parts.map((part) => (part === last ? { ...part, topics: withRecord(part as Event, 0) } : part));
    await writeFile(file, buildArchive({ header, parts: other }));
    expect((await check(file)).fault).toEqual({ about: 'record 0', what: 'its commitment 1 is a point' });
  });
});

const p = FIELD_PRIME;
const curve = (x: bigint) => (x ** 3n + 3n) % p;
const witnessOf = (x: bigint) => power(p - curve(x), (p + 1n) / 4n);

function power(base: bigint, exponent: bigint): bigint {
  let [out, square] = [1n, base % p];
  for (let e = exponent; e > 0n; e >>= 1n, square = (square * square) % p) if (e & 1n) out = (out * square) % p;
  return out;
}

/** The first x that no point of the curve has. */
function offCurve(): bigint {
  for (let x = 1n; ; x++) if (power(curve(x), (p - 1n) / 2n) === p - 1n) return x;
}

const withRecord = ({ topics }: Event, recordId: number) => [
  ...topics.slice(0, 2),
  Buffer.from(fromBigInt(BigInt(recordId), 32)),
];
