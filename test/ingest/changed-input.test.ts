// An input that differs from what the ledger stored under its name is refused with the first row that differs, and nothing
// is sent.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import { all, CAPACITY, Intake } from '../support/ingest-rows.ts';
import { type Cast, fault } from '../support/parties.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await Intake.open('changed input');
});
afterAll(() => intake?.chain.stop());

const moved = (row: IngestRow, by: number): IngestRow => ({ ...row, row: row.row + by });

describe('a changed input', () => {
  let here: Cast;
  const rows = all.slice(0, CAPACITY + 50);
  beforeAll(async () => {
    here = await intake.ledger();
    await intake.give(here, rows);
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
    const before = await intake.size(here);
    for (const given of [changed, grown]) {
      const { code, details, message } = await fault(intake.give(here, given));
      expect({ code, ...details }).toEqual({ code: 'SOURCE_CHANGED', row, recordId: row - 1, batch });
      expect(message).toContain(`row ${row} is not what this ledger stored`);
    }
    expect(await intake.size(here)).toBe(before);
  });

  it('that is cut off is refused with the last row it has', async () => {
    for (const length of [0, 1, CAPACITY - 1, CAPACITY, rows.length - 1]) {
      const { code, details, message } = await fault(intake.give(here, rows.slice(0, length)));
      expect({ code, ...details }).toMatchObject({ code: 'SOURCE_CHANGED', row: null, recordId: length });
      expect(message).toContain(length === CAPACITY ? 'what follows row 0' : `what follows row ${length}`);
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
      details: { row: 5, recordId: 4, batch: 0 },
    });
    const later = readable.map((one) => (one.row > 5 ? one : { ...one, amounts: [1n, 1n] }));
    expect(await fault(intake.give(gaps, later))).toMatchObject({ code: 'SOURCE_CHANGED', details: { row: 1 } });
    expect(await intake.size(gaps)).toBe(CAPACITY + 18);
  });

  it('under another name is another input', async () => {
    expect(await intake.give(here, rows, 'b.csv')).toMatchObject({ sent: 0, repeated: rows.map(({ row }) => row) });
  });
});
