// An input that differs from what the ledger stored under its name is refused, and nothing is sent: with the first row that is
// new where the ledger had reached further, or with the first record that no row meets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import { RecordKeys } from '../../src/records/record.ts';
import { all, CAPACITY, Intake } from '../support/ingest-rows.ts';
import { type Cast, fault, linesOf, storedLines, storedRows } from '../support/parties.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await Intake.open('changed input');
});
afterAll(() => intake?.chain.stop());

const moved = (row: IngestRow, by: number): IngestRow => ({ ...row, row: row.row + by });

describe('a changed input', () => {
  let here: Cast;
  const rows = all.slice(0, CAPACITY + 50);
  /** Record of each row, in the rows' order: records stand in a batch by their tags. */
  let records: number[];
  beforeAll(async () => {
    here = await intake.ledger();
    await intake.give(here, rows);
    const keys = new RecordKeys(dealingKey(here.hospitalSeed), here.ledgerId);
    const byKey = new Map((await storedRows(here, rows)).map(({ key, recordId }) => [key, recordId]));
    records = rows.map(({ id }) => byKey.get(toHex(keys.key({ id: id! })))!);
    expect(records.toSorted((a, b) => a - b)).toEqual(rows.map((_, k) => k));
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
  /** The second row of the first one's series. */
  const next = rows.findIndex(
    ({ row, patient, category }) => row > 1 && patient === rows[0]!.patient && category === rows[0]!.category,
  );
  /** The first row a cent more, and the next of its series a cent less: the totals after it stay. */
  const moreAndLess = () => {
    const less = ({ amounts: [a, b], ...row }: IngestRow): IngestRow => ({ ...row, amounts: [a! - 1n, b!] });
    return rows.map((row, i) => (i === 0 ? cent(row) : i === next ? less(row) : row));
  };
  const swapped = (place: number) =>
    rows.map((row, i) =>
      i === place ? { ...rows[place + 1]!, row: row.row } : i === place + 1 ? { ...rows[place]!, row: row.row } : row,
    );

  it.each([
    ['a cent more in the first row', at(0, cent), 1],
    ['a cent more in the last row of a batch', at(CAPACITY - 1, cent), CAPACITY],
    ['a cent more in the second batch', at(CAPACITY + 3, cent), CAPACITY + 4],
    ['a cent more in the last row', at(rows.length - 1, cent), rows.length],
    ['a refund', at(7, ({ amounts, ...row }) => ({ ...row, amounts: amounts.map((a) => -a) })), 8],
    ['another patient', at(9, (row) => ({ ...row, patient: `${row.patient}x` })), 10],
    [
      "another's patient",
      at(9, (row) => ({ ...row, patient: rows.find((one) => one.patient !== row.patient)!.patient })),
      10,
    ],
    ['another category', at(9, (row) => ({ ...row, category: row.category === 'home' ? 'virtual' : 'home' })), 10],
    ['lanes swapped', at(9, (row) => ({ ...row, amounts: row.amounts.toReversed() })), 10],
    ['a cent more and one less in the same series', moreAndLess(), 1, next + 1],
  ] as [string, IngestRow[], ...number[]][])(
    'is refused with the record that the row no longer meets, and nothing is sent: %s',
    async (_, changed, ...changes) => {
      const recordId = Math.min(...changes.map((row) => records[Number(row) - 1]!));
      await refused(changed, () => ({ row: null, recordId }));
    },
  );

  it.each([
    ['another id', at(9, (row) => ({ ...row, id: `${row.id}x` })), 10],
    ['no id any more', at(9, (row) => ({ ...row, id: undefined })), 10],
    ['a row more in the middle', inserted(40), 41],
    ['a row more at the start', inserted(0), 1],
  ])('is refused with the row that is new, and nothing is sent: %s', async (_, changed, row) => {
    await refused(changed, () => ({ row, recordId: null }));
  });

  it.each([
    ['', 30],
    [' from the second batch', CAPACITY + 30],
  ])('with a row gone%s is refused, and nothing is sent', async (_, gone) => {
    // With rows after it, one of them now has the number of the last row that was stored.
    await refused(without(gone), (grown) =>
      grown ? { row: rows.length, recordId: null } : { row: null, recordId: records[gone]! },
    );
  });

  /** Gives the changed rows, without and with new rows after them. */
  async function refused(
    changed: IngestRow[],
    details: (grown: boolean) => { row: number | null; recordId: number | null },
  ): Promise<void> {
    const grown = [...changed, ...all.slice(2 * CAPACITY).map((one, i) => ({ ...one, row: changed.length + 1 + i }))];
    const before = await intake.size(here);
    for (const given of [changed, grown]) {
      const expected = details(given === grown);
      const found = await fault(intake.give(here, given));
      expect({ code: found.code, ...found.details }).toEqual({ code: 'SOURCE_CHANGED', ...expected });
      const what = expected.row === null ? `record ${expected.recordId}, which` : `row ${expected.row} is new`;
      expect(found.message).toContain(what);
      expect(found.message).toContain('nothing was sent');
    }
    expect(await intake.size(here)).toBe(before);
  }

  it('whose rows only stand in another order is the same: the ledger has their order in each series already', async () => {
    const ends = { sent: 0, alreadyStored: rows.length, conflicts: [], repeated: [] };
    expect(await intake.give(here, swapped(20))).toMatchObject(ends);
    const backwards = rows.toReversed().map((row, k) => ({ ...row, row: k + 1 }));
    expect(await intake.give(here, backwards)).toMatchObject(ends);
    expect(await storedLines(here, rows)).toEqual(linesOf(rows));
  });

  it('that is cut off is refused with the first record that is not met', async () => {
    for (const length of [0, 1, CAPACITY - 1, CAPACITY, rows.length - 1]) {
      const { code, details, message } = await fault(intake.give(here, rows.slice(0, length)));
      const recordId = Math.min(...records.slice(length));
      expect({ code, ...details }).toEqual({ code: 'SOURCE_CHANGED', row: null, recordId });
      expect(message).toContain(`record ${recordId}, which this ledger stored from this input, is met by no row`);
    }
  });

  it('that has a row where one was rejected before is refused, also when the batch would overflow', async () => {
    const gaps = await intake.ledger();
    // Rows 5 and 6 could not be read the first time; now they can.
    const readable = all.slice(0, CAPACITY + 20);
    await intake.give(
      gaps,
      readable.filter(({ row }) => row !== 5 && row !== 6),
    );
    expect(await fault(intake.give(gaps, readable))).toMatchObject({
      code: 'SOURCE_CHANGED',
      details: { row: 5, recordId: null },
    });
    const later = readable.map((one) => (one.row > 5 ? one : { ...one, amounts: [1n, 1n] }));
    expect(await fault(intake.give(gaps, later))).toMatchObject({ code: 'SOURCE_CHANGED', details: { row: 5 } });
    expect(await intake.size(gaps)).toBe(CAPACITY + 18);
  });

  it('under another name is another input', async () => {
    expect(await intake.give(here, rows, 'b.csv')).toMatchObject({ sent: 0, repeated: rows.map(({ row }) => row) });
  });
});
