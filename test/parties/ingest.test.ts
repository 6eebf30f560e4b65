// Ingest: every row once, whatever happens. Interrupted at awkward places, given again, grown, changed in every way,
// overlapping with another input; and what is refused before anything is sent.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { type IngestRow, type IngestSummary, ingest } from '../../src/parties/ingest.ts';
import { openSite } from '../../src/parties/site.ts';
import { batchCapacity } from '../../src/records/batch.ts';
import { sourceName } from '../../src/records/source.ts';
import {
  type Cast,
  fault,
  linesOf,
  openCast,
  openStage,
  rowsOf,
  type Stage,
  sampleCsv,
  seedOf,
  storedRecords,
} from '../support/parties.ts';

const CAPACITY = batchCapacity({ threshold: 2, seats: 3 });
const all = rowsOf(sampleCsv(3 * CAPACITY, 'ingest'));
const PROFILE = new Uint8Array(32).fill(7);

let stage: Stage;
let cast: Cast;
beforeAll(async () => {
  stage = await openStage();
  cast = await openCast(stage, 'ingest', 2, 3);
});
afterAll(() => stage?.chain.stop());

/** The hospital of the cast in new objects, as another process would have it: a sender is alone on its account. */
async function hospitalAgain() {
  const site = await stage.site(cast.hospitalSeed);
  return { site, hospital: new Hospital(site, cast.hospitalSeed) };
}

/** Opens a ledger of its own on the same servers. */
async function openLedger(): Promise<bigint> {
  const { hospital } = await hospitalAgain();
  const { opening } = (await hospital.dealer(cast.ledgerId)).ledger;
  return hospital.openLedger(opening);
}

/** An active ledger of its own on the same servers. */
async function ledger(): Promise<Cast> {
  const ledgerId = await openLedger();
  for (const server of cast.servers) await server.join(ledgerId);
  return { ...cast, ledgerId };
}

interface Run {
  repeated: number[];
  conflicts: number[];
  stored: number[];
}

/** Ingests with new objects, as another process would. */
async function give(
  to: Cast,
  rows: Iterable<IngestRow> | AsyncIterable<IngestRow>,
  name = 'a.csv',
  more: object = {},
): Promise<IngestSummary & Run> {
  const { site, hospital } = await hospitalAgain();
  const run: Run = { repeated: [], conflicts: [], stored: [] };
  const summary = await ingest(site, await hospital.dealer(to.ledgerId), rows, {
    source: sourceName(name, PROFILE),
    tags: hospital.tags(),
    onStored: ({ row }) => run.stored.push(row),
    onRepeated: ({ row }) => run.repeated.push(row),
    onConflict: ({ row }) => void run.conflicts.push(row),
    ...more,
  });
  return { ...summary, ...run };
}

async function* brokenAfter(rows: readonly IngestRow[], count: number): AsyncGenerator<IngestRow> {
  yield* rows.slice(0, count);
  throw new Error('the disk is gone');
}

const size = async ({ ledgerId }: Cast) => (await cast.hospitalSite.contract.getLedger(ledgerId)).nextRecordId;
const moved = (row: IngestRow, by: number): IngestRow => ({ ...row, row: row.row + by });

describe('an interrupted ingest', () => {
  it('stores every row once when it is given again, whereever it stopped', async () => {
    const here = await ledger();
    const rows = all.slice(0, 2 * CAPACITY + 100);
    const stored: number[] = [];
    for (const stop of [0, 1, CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY - 1, 2 * CAPACITY, rows.length]) {
      expect(await fault(give(here, brokenAfter(rows, stop)))).toMatchObject({ message: 'the disk is gone' });
      stored.push(await size(here));
    }
    // Whole batches are on chain when the rows break off, and no part of one.
    expect(stored).toEqual([0, 0, 0, CAPACITY, CAPACITY, CAPACITY, 2 * CAPACITY, 2 * CAPACITY]);
    const last = await give(here, rows);
    expect(last).toMatchObject({ sent: 100, alreadyStored: 2 * CAPACITY, repeated: [], conflicts: [] });
    expect(last.stored.length).toBe(rows.length);
    expect(await storedRecords(here)).toEqual(linesOf(here, rows));
    expect(await give(here, rows)).toMatchObject({ sent: 0, alreadyStored: rows.length, receipts: [] });
  });

  it('has its transactions settled before it ends, also when the rows break off', async () => {
    const here = await ledger();
    await fault(give(here, brokenAfter(all, 2 * CAPACITY + 1)));
    expect(await size(here)).toBe(2 * CAPACITY);
  });

  it('is continued when the file has grown, after a part batch too', async () => {
    const here = await ledger();
    const sent: number[] = [];
    for (const length of [1, 10, 10, CAPACITY + 9, 2 * CAPACITY, all.length]) {
      sent.push((await give(here, all.slice(0, length))).sent);
    }
    expect(sent).toEqual([1, 9, 0, CAPACITY - 1, CAPACITY - 9, CAPACITY]);
    expect(await storedRecords(here)).toEqual(linesOf(here, all));
  });

  it('sends nothing for no rows', async () => {
    const here = await ledger();
    expect(await give(here, [])).toMatchObject({ sent: 0, alreadyStored: 0, receipts: [] });
    expect(await size(here)).toBe(0);
  });
});

describe('a changed input', () => {
  let here: Cast;
  const rows = all.slice(0, CAPACITY + 50);
  beforeAll(async () => {
    here = await ledger();
    await give(here, rows);
  });

  const at = (place: number, change: (row: IngestRow) => IngestRow) =>
    rows.map((row, i) => (i === place ? change(row) : row));
  const without = (place: number) => [...rows.slice(0, place), ...rows.slice(place + 1).map((row) => moved(row, -1))];
  const inserted = (place: number) => [
    ...rows.slice(0, place),
    { ...all[place + 2 * CAPACITY]!, row: place + 1 },
    ...rows.slice(place).map((row) => moved(row, 1)),
  ];
  const cent = (row: IngestRow): IngestRow => ({ ...row, amounts: [row.amounts[0]! + 1n, row.amounts[1]!] });
  const swapped = (place: number) =>
    rows.map((row, i) =>
      i === place ? { ...rows[place + 1]!, row: row.row } : i === place + 1 ? { ...rows[place]!, row: row.row } : row,
    );

  it.each([
    ['a cent more in the first row', at(0, cent), 1, 0],
    ['a cent more in the last row of a batch', at(CAPACITY - 1, cent), CAPACITY, 0],
    ['a cent more in the second batch', at(CAPACITY + 3, cent), CAPACITY + 4, 1],
    ['a cent more in the last row', at(rows.length - 1, cent), rows.length, 1],
    ['a refund', at(7, ({ amounts, ...row }) => ({ ...row, amounts: amounts.map((a) => -a) })), 8, 0],
    ['another patient', at(9, (row) => ({ ...row, patient: `${row.patient}x` })), 10, 0],
    ['another id', at(9, (row) => ({ ...row, id: `${row.id}x` })), 10, 0],
    ['no id any more', at(9, (row) => ({ ...row, id: undefined })), 10, 0],
    ['lanes swapped', at(9, (row) => ({ ...row, amounts: row.amounts.toReversed() })), 10, 0],
    ['two rows swapped', swapped(20), 21, 0],
    ['a row gone', without(30), 31, 0],
    ['a row gone from the second batch', without(CAPACITY + 30), CAPACITY + 31, 1],
    ['a row more in the middle', inserted(40), 41, 0],
  ])('is refused with its row, and nothing is sent: %s', async (_, changed, row, batch) => {
    const grown = [...changed, ...all.slice(2 * CAPACITY).map((one, i) => ({ ...one, row: changed.length + 1 + i }))];
    const before = await size(here);
    for (const given of [changed, grown]) {
      const { code, details, message } = await fault(give(here, given));
      expect({ code, ...details }).toEqual({ code: 'SOURCE_CHANGED', row, recordId: row - 1, batch });
      expect(message).toContain(`row ${row} is not what this ledger stored`);
    }
    expect(await size(here)).toBe(before);
  });

  it('that is cut off is refused with the last row it has', async () => {
    for (const length of [0, 1, CAPACITY - 1, CAPACITY, rows.length - 1]) {
      const { code, details, message } = await fault(give(here, rows.slice(0, length)));
      expect({ code, ...details }).toMatchObject({ code: 'SOURCE_CHANGED', row: null, recordId: length });
      expect(message).toContain(length === CAPACITY ? 'what follows row 0' : `what follows row ${length}`);
    }
  });

  it('that has a row where one was rejected before is refused, also when the batch would overflow', async () => {
    const gaps = await ledger();
    // Rows 5 and 6 could not be read the first time; now they can.
    const readable = all.slice(0, CAPACITY + 20);
    await give(
      gaps,
      readable.filter(({ row }) => row !== 5 && row !== 6),
    );
    expect(await fault(give(gaps, readable))).toMatchObject({
      code: 'SOURCE_CHANGED',
      details: { row: 5, recordId: 4, batch: 0 },
    });
    const later = readable.map((one) => (one.row > 5 ? one : { ...one, amounts: [1n, 1n] }));
    expect(await fault(give(gaps, later))).toMatchObject({ code: 'SOURCE_CHANGED', details: { row: 1 } });
    expect(await size(gaps)).toBe(CAPACITY + 18);
  });

  it('under another name is another input', async () => {
    expect(await give(here, rows, 'b.csv')).toMatchObject({ sent: 0, repeated: rows.map(({ row }) => row) });
  });
});

describe('another input', () => {
  it('with some of the same ids: the same content is skipped, other content is rejected, the rest is stored', async () => {
    const here = await ledger();
    await give(here, all.slice(0, 60), 'january.csv');
    const second = [
      { ...all[3]!, row: 1 },
      { ...all[100]!, row: 2 },
      { ...all[4]!, row: 3, amounts: [1n, 2n] },
      { ...all[5]!, row: 4, patient: 'someone else' },
      { ...all[101]!, row: 5 },
      { ...all[101]!, row: 6 },
      { ...all[101]!, row: 7, amounts: [0n, 0n] },
    ];
    const expected = { stored: [2, 5], repeated: [1, 6], conflicts: [3, 4, 7] };
    expect(await give(here, second, 'february.csv')).toMatchObject({ ...expected, sent: 2 });
    expect(await give(here, second, 'february.csv')).toMatchObject({ ...expected, sent: 0, alreadyStored: 2 });
    // The first input is still itself, and can still grow past what the second has stored.
    const march = await give(
      here,
      [...all.slice(0, 60), { ...all[100]!, row: 61 }, { ...all[102]!, row: 62 }],
      'january.csv',
    );
    expect(march).toMatchObject({ alreadyStored: 60, sent: 1, repeated: [61] });
    const kept = [...all.slice(0, 60), all[100]!, all[101]!, all[102]!];
    expect(await storedRecords(here)).toEqual(linesOf(here, kept));
  });

  it('without ids is known by its rows: the same rows under another name are other records', async () => {
    const here = await ledger();
    const rows = all.slice(0, 5).map((row): IngestRow => ({ ...row, id: undefined }));
    expect(await give(here, rows, 'x.csv')).toMatchObject({ sent: 5 });
    expect(await give(here, rows, 'x.csv')).toMatchObject({ sent: 0, alreadyStored: 5 });
    expect(await give(here, rows, 'y.csv')).toMatchObject({ sent: 5 });
    expect(await storedRecords(here)).toEqual(linesOf(here, [...rows, ...rows]));
  });

  it('read by another profile is another input', async () => {
    const here = await ledger();
    const source = (profile: number) => ({ source: sourceName('a.csv', new Uint8Array(32).fill(profile)) });
    await give(here, all.slice(0, 3), '', source(1));
    expect(await give(here, all.slice(1, 5), '', source(2))).toMatchObject({ sent: 2, repeated: [2, 3] });
  });
});

describe('batches', () => {
  it('are the same bytes whoever deals them again, and with worker threads', async () => {
    const here = await ledger();
    const contents = {
      index: 0,
      source: new Uint8Array(32),
      tags: new Uint8Array(40).fill(1),
      keys: new Uint8Array(16).fill(2),
      messages: new Uint8Array(64).fill(3),
    };
    const threaded = await openSite({
      rpc: stage.chain.node.url,
      contract: stage.chain.address,
      engine: stage.engine,
      account: accountKey(here.hospitalSeed),
      threads: 2,
    });
    const dealers = [here.hospital, (await hospitalAgain()).hospital, new Hospital(threaded, here.hospitalSeed)];
    const calls = await Promise.all(
      dealers.map(async (hospital) => (await hospital.dealer(here.ledgerId)).deal(contents)),
    );
    await threaded.pool.close();
    expect(new Set(calls.map(({ records, nonce }) => toHex(records) + toHex(nonce))).size).toBe(1);
    const other = await (await here.hospital.dealer(here.ledgerId)).deal({ ...contents, index: 1 });
    expect(toHex(other.nonce)).not.toBe(toHex(calls[0]!.nonce));
  });

  it('are not sent in a dry run, which counts them', async () => {
    const here = await ledger();
    const { unsent, sent, receipts } = await give(here, all.slice(0, CAPACITY + 1), 'a.csv', { dryRun: true });
    expect({ unsent, sent, receipts }).toEqual({
      unsent: { records: CAPACITY + 1, batches: 2, bytes: 188 * (CAPACITY + 1) },
      sent: 0,
      receipts: [],
    });
    expect(await size(here)).toBe(0);
  });
});

describe('refused before anything is sent', () => {
  it('an amount or a number of lanes that no record can hold', async () => {
    const here = await ledger();
    const row = all[0]!;
    expect(await fault(give(here, [{ ...row, amounts: [2n ** 41n, 0n] }]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await fault(give(here, [{ ...row, amounts: [] }]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await fault(give(here, [{ ...row, amounts: [1n, 2n, 3n, 4n, 5n] }]))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    for (const amounts of [[1n], [1n, 2n, 3n]]) {
      expect(await fault(give(here, [{ ...row, amounts }]))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: `amounts of row 1 is an array of ${amounts.length}; it must be one for each lane of the ledger, 2`,
      });
    }
    expect(await fault(give(here, [{ ...row, patient: '' }]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await size(here)).toBe(0);
  });

  it('a ledger of another hospital, one that is not active, one that is not there', async () => {
    const stranger = seedOf('ingest: stranger');
    const hospital = new Hospital(await stage.site(stranger), stranger);
    expect(await fault(hospital.dealer(cast.ledgerId))).toMatchObject({ code: 'NOT_THE_HOSPITAL' });
    expect(await fault(cast.hospital.dealer(99n))).toMatchObject({ code: 'UNKNOWN_LEDGER' });
    expect(await fault(give({ ...cast, ledgerId: await openLedger() }, all.slice(0, 1)))).toMatchObject({
      code: 'LEDGER_NOT_ACTIVE',
    });
  });
});
