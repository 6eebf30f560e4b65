// Carry records and the journal: an ingest that begins again knows those of its input, carries nothing on twice, and still
// notices a changed input.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import type { IngestRow } from '../../../src/ingest/ingest.ts';
import { lyingSite } from '../../support/endpoint/liar.ts';
import { all, CAPACITY } from '../../support/ingest-rows.ts';
import { type Cast, fault, hospitalOf, storedRecords } from '../../support/parties.ts';
import { isOfSeries, lastOfSeries, later, rows, VoidScene } from './void-scene.ts';

let scene: VoidScene;
beforeAll(async () => {
  scene = await VoidScene.open('carries, resuming');
});
afterAll(() => scene?.intake.chain.stop());

const last = lastOfSeries(rows, (row) => !later.some(isOfSeries(row)));
const nothing = { carried: [], waiting: [], unknown: [] };

const carriesOf = async (here: Cast) => (await storedRecords(here)).flatMap(({ carries }) => carries ?? []);

it('the same input again meets every row, whether the record is still void or not', async () => {
  const { here, recordId } = await scene.withVoid(last);
  const grown = [...rows, ...later];
  await scene.intake.give(here, grown);
  const again = { sent: 0, alreadyStored: grown.length, transactions: [], repeated: [], conflicts: [], voids: nothing };
  expect(await scene.intake.give(here, grown)).toMatchObject(again);
  await here.servers[0]!.withdrawComplaint(here.ledgerId, recordId);
  expect(await scene.intake.give(here, grown)).toMatchObject(again);
  // … and goes on, with the series that was carried on too.
  const more = [
    { ...last, id: 'more', row: grown.length + 1 },
    { ...all[200]!, row: grown.length + 2 },
  ];
  expect(await scene.intake.give(here, [...grown, ...more])).toMatchObject({ sent: 2, alreadyStored: grown.length });
  expect(await carriesOf(here)).toEqual([recordId]);
  const series = (await scene.receipts(here, last.patient)).records.filter((one) => one.category === last.category);
  expect(series.at(-2)).toMatchObject({ carries: recordId });
});

it('an ingest that ends after the batch that carries on finishes when it is given again', async () => {
  const { here, recordId } = await scene.withVoid(last);
  // Enough for two batches, none of the void record's series.
  const more = all.slice(60).filter((row) => !isOfSeries(last)(row));
  const long = [...rows, ...more.slice(0, CAPACITY + 50)];
  async function* broken(count: number): AsyncGenerator<IngestRow> {
    yield* long.slice(0, count);
    throw new Error('killed');
  }
  // Before its first batch, after it, and in the middle of the second.
  const sizes: number[] = [];
  for (const count of [rows.length + 3, rows.length + CAPACITY - 1, rows.length + CAPACITY + 10]) {
    expect(await fault(scene.intake.give(here, broken(count)))).toMatchObject({ message: 'killed' });
    sizes.push(await scene.intake.size(here));
  }
  expect(sizes).toEqual([rows.length, rows.length + CAPACITY, rows.length + CAPACITY]);
  const done = await scene.intake.give(here, long);
  expect(done).toMatchObject({ alreadyStored: rows.length + CAPACITY - 1, voids: nothing });
  expect(done.stored).toHaveLength(long.length);
  expect(await scene.intake.size(here)).toBe(long.length + 1);
  expect(await carriesOf(here)).toEqual([recordId]);
});

it('a changed input is noticed beside a carry record', async () => {
  const { here } = await scene.withVoid(last);
  const grown = [...rows, ...later];
  await scene.intake.give(here, grown);
  const lost = grown.slice(0, -1);
  const code = { code: 'SOURCE_CHANGED' };
  expect(await fault(scene.intake.give(here, lost))).toMatchObject(code);
  const changed = grown.map((row) => (row === later[3] ? { ...row, amounts: [1n, 2n] } : row));
  expect(await fault(scene.intake.give(here, changed))).toMatchObject(code);
  const fresh = grown.map((row) => (row === later[3] ? { ...row, id: 'other' } : row));
  expect(await fault(scene.intake.give(here, fresh))).toMatchObject(code);
  expect(await scene.intake.size(here)).toBe(grown.length + 1);
});

it('an endpoint that withholds the complaints is noticed: nothing is stored as if no record were void', async () => {
  const { here } = await scene.withVoid(last);
  const { site, hospital } = await hospitalOf(here);
  const by = { site: lyingSite(site, { events: { ComplaintFiled: () => [] } }), hospital };
  const refused = await fault(scene.intake.give(here, [...rows, ...later], 'a.csv', {}, by));
  expect(refused.code).toBe('INCOMPLETE_LOGS');
  expect(refused.message).toContain(`ComplaintFiled (ledger ${toHex(here.ledgerId)})`);
  expect(await scene.intake.size(here)).toBe(rows.length);
});
