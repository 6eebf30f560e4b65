// Carry records: what an ingest makes of void records that end a series, and what it does not. The complaints are false: nobody
// but the complaining seat can tell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestRow } from '../../../src/ingest/ingest.ts';
import { TAG_BYTES } from '../../../src/records/record.ts';
import { CAPACITY } from '../../support/ingest-rows.ts';
import { hospitalOf, storedRecords } from '../../support/parties.ts';
import { isOfSeries, lastOfSeries, later, renumbered, rows, VoidScene } from './void-scene.ts';

let scene: VoidScene;
beforeAll(async () => {
  scene = await VoidScene.open('carries');
});
afterAll(() => scene?.intake.chain.stop());

/** The end of a series that `later` does not go on with. */
const last = lastOfSeries(rows, (row) => !later.some(isOfSeries(row)));
const others = later.filter(({ patient }) => patient !== last.patient);

describe('the next batch of rows', () => {
  it('carries on a series that ends in a void record, by a record of amount 0', async () => {
    const { here, recordId } = await scene.withVoid(last);
    const grown = await scene.intake.give(here, [...rows, ...later]);
    expect(grown.voids).toEqual({ carried: [recordId], waiting: [], unknown: [] });
    expect(grown).toMatchObject({ sent: later.length, alreadyStored: rows.length });
    expect(await scene.intake.size(here)).toBe(rows.length + later.length + 1);
    const { records } = await scene.receipts(here, last.patient);
    const series = records.filter(({ category }) => category === last.category);
    expect(series.map(({ position }) => position)).toEqual(series.map((_, k) => k + 1));
    expect(series.at(-1)).toMatchObject({ carries: recordId, amounts: ['0.00', '0.00'] });
    expect(records.filter(({ carries }) => carries !== undefined)).toHaveLength(1);
    // The hospital knows it again without its patients' ids too.
    const carry = series.at(-1)!.recordId;
    const read = await storedRecords(here);
    expect(read.filter(({ carries }) => carries !== undefined)).toMatchObject([{ recordId: carry, carries: recordId }]);
    expect(read[carry]!.total).toEqual(read[recordId]!.total);
  });

  it('is for an observer like any other: bytes, order, keys and tags tell nothing', async () => {
    const { here } = await scene.withVoid(last);
    await scene.intake.give(here, [...rows, ...later]);
    const { ledger } = await here.hospital.dealer(here.ledgerId);
    const batch = await ledger.batch(1);
    const { tags, keys, commitments, corrections, count } = batch.columns;
    expect(count).toBe(later.length + 1);
    const parts = (column: Uint8Array, size: number) =>
      Array.from({ length: column.length / size }, (_, k) => Buffer.from(column.subarray(size * k, size * (k + 1))));
    const before = (await ledger.batch(0)).columns;
    for (const [column, old, size] of [
      [tags, before.tags, TAG_BYTES],
      [keys, before.keys, 8],
      [commitments, before.commitments, 32],
      [corrections, before.corrections, 32],
    ] as const) {
      const seen = [...parts(column, size), ...parts(old, size)].map((part) => part.toString('hex'));
      expect(new Set(seen).size).toBe(seen.length);
    }
    const ordered = parts(tags, TAG_BYTES);
    expect(ordered.toSorted(Buffer.compare)).toEqual(ordered);
  });

  it('keeps room for it: rows fill the rest, and no batch is one of carry records', async () => {
    const { here, recordId } = await scene.withVoid(last);
    const full = Array.from({ length: CAPACITY }, (_, i) => ({ ...others[0]!, row: i + 1, id: `full ${i}` }));
    const given = await scene.intake.give(here, full, 'full.csv', { patients: [last.patient] });
    expect(given.voids.carried).toEqual([recordId]);
    const { ledger } = await here.hospital.dealer(here.ledgerId);
    const counts = [(await ledger.batch(1)).count, (await ledger.batch(2)).count];
    expect(counts).toEqual([CAPACITY, 1]);
  });

  it('does not, where the same batch goes on with the series: its next total carries it', async () => {
    const goesOn = { ...last, id: 'goes on', row: rows.length + 1 };
    const { here } = await scene.withVoid(last);
    const grown = await scene.intake.give(here, [...rows, goesOn]);
    expect(grown.voids).toEqual({ carried: [], waiting: [], unknown: [] });
    expect(await scene.intake.size(here)).toBe(rows.length + 1);
    // Nor does any later one.
    const again = await scene.intake.give(here, renumbered(others), 'b.csv', { patients: [last.patient] });
    expect(again.voids).toEqual({ carried: [], waiting: [], unknown: [] });
  });

  it('carries a void carry record on in turn', async () => {
    const { here, recordId } = await scene.withVoid(last);
    await scene.intake.give(here, [...rows, later[0]!]);
    const first = await scene.recordOf(here, last);
    expect(first).not.toBe(recordId);
    await scene.complain(here, first, [2, 3]);
    const next = await scene.intake.give(here, [...rows, ...later.slice(0, 2)]);
    expect(next.voids).toEqual({ carried: [first], waiting: [], unknown: [] });
    const series = (await scene.receipts(here, last.patient)).records.filter((one) => one.category === last.category);
    expect(series.slice(-2)).toMatchObject([{ carries: recordId }, { carries: first, amounts: ['0.00', '0.00'] }]);
    expect((await storedRecords(here)).flatMap(({ carries }) => carries ?? [])).toEqual([recordId, first]);
  });

  it('carries on a series of a former account too', async () => {
    const { here, recordId } = await scene.withVoid(last);
    const moved: [string, `0x${string}`[]][] = [[last.patient, [`0x${'77'.repeat(20)}`]]];
    const { hospital } = await hospitalOf(here);
    const former = hospital.accounts().accounts(last.patient)[0]!;
    const accounts = hospital.accounts(moved);
    // Named by the accounts, they need no row.
    const given = await scene.intake.give(here, renumbered(others), 'b.csv', { accounts });
    expect(given.voids.carried).toEqual([recordId]);
    const { records } = await hospital.receipts(here.ledgerId, last.patient, former);
    expect(records.filter(({ carries }) => carries === recordId)).toMatchObject([{ category: last.category }]);
  });
});

describe('a void record is not carried on', () => {
  it('by a batch of its own: it waits for rows', async () => {
    const { here, recordId } = await scene.withVoid(last);
    const nothing = await scene.intake.give(here, rows);
    expect(nothing).toMatchObject({ sent: 0, transactions: [] });
    expect(nothing.voids).toEqual({ carried: [], waiting: [recordId], unknown: [] });
    const dry = await scene.intake.give(here, [...rows, later[0]!], 'a.csv', { dryRun: true });
    expect(dry).toMatchObject({ unsent: { records: 1, batches: 1, bytes: 248 }, voids: { carried: [recordId] } });
    expect(await scene.intake.size(here)).toBe(rows.length);
  });

  it('where nobody says whose it is', async () => {
    const { here, recordId } = await scene.withVoid(last);
    const unknown = await scene.intake.give(here, renumbered(others.slice(0, 5)), 'b.csv');
    expect(unknown.voids).toEqual({ carried: [], waiting: [], unknown: [recordId] });
    const patients = ['nobody', last.patient];
    const known = await scene.intake.give(here, renumbered(others.slice(5)), 'c.csv', { patients });
    expect(known.voids).toEqual({ carried: [recordId], waiting: [], unknown: [] });
  });

  it('where it is in the middle of its series', async () => {
    const middle = rows.find((row, i) => rows.slice(i + 1).some(isOfSeries(row)))!;
    const here = await scene.intake.ledger();
    await scene.intake.give(here, rows.slice(0, middle.row));
    const recordId = await scene.recordOf(here, middle);
    await scene.intake.give(here, rows);
    await scene.complain(here, recordId);
    const grown = await scene.intake.give(here, [...rows, ...later]);
    expect(grown.voids).toEqual({ carried: [], waiting: [], unknown: [] });
    expect(await scene.intake.size(here)).toBe(rows.length + later.length);
  });

  it('where only so many seats complain that t others are left', async () => {
    const here = await scene.intake.ledger();
    await scene.intake.give(here, rows);
    await scene.complain(here, await scene.recordOf(here, last), [3]);
    const grown = await scene.intake.give(here, [...rows, ...later]);
    expect(grown.voids).toEqual({ carried: [], waiting: [], unknown: [] });
    expect(await scene.intake.size(here)).toBe(rows.length + later.length);
  });

  for (const [how, end] of [
    ['a complaint was withdrawn', 'withdraw'],
    ['a complaint was justified', 'justify'],
  ] as const) {
    it(`where ${how} while the batch was made`, async () => {
      const { here, recordId } = await scene.withVoid(last);
      const by = await hospitalOf(here);
      async function* meanwhile(): AsyncGenerator<IngestRow> {
        yield* [...rows, ...later];
        if (end === 'withdraw') await here.servers[0]!.withdrawComplaint(here.ledgerId, recordId);
        else await by.hospital.justify(here.ledgerId, recordId, 1);
      }
      const grown = await scene.intake.give(here, meanwhile(), 'a.csv', {}, by);
      expect(grown.voids).toEqual({ carried: [], waiting: [], unknown: [] });
      expect(await scene.intake.size(here)).toBe(rows.length + later.length);
    });
  }
});
