// Ingest: every row once, whatever happens. Interrupted at awkward places, given again, grown, overlapping with another
// input; and what is refused before anything is sent. Changed inputs: changed-input.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { NO_NONCE } from '../../src/ingest/dealer.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { sourceName } from '../../src/records/source.ts';
import { seedOf } from '../support/chain.ts';
import { all, CAPACITY, Intake } from '../support/ingest-rows.ts';
import { fault, hospitalOf, linesOf, openAnother, storedLines } from '../support/parties.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await Intake.open('ingest');
});
afterAll(() => intake?.chain.stop());

async function* brokenAfter(rows: readonly IngestRow[], count: number): AsyncGenerator<IngestRow> {
  yield* rows.slice(0, count);
  throw new Error('the disk is gone');
}

describe('an interrupted ingest', () => {
  it('stores every row once when it is given again, wherever it stopped', async () => {
    const here = await intake.ledger();
    const rows = all.slice(0, 2 * CAPACITY + 100);
    const stored: number[] = [];
    for (const stop of [0, 1, CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY - 1, 2 * CAPACITY, rows.length]) {
      expect(await fault(intake.give(here, brokenAfter(rows, stop)))).toMatchObject({ message: 'the disk is gone' });
      stored.push(await intake.size(here));
    }
    // Whole batches are on chain when reading the rows fails, and no part of one.
    expect(stored).toEqual([0, 0, 0, CAPACITY, CAPACITY, CAPACITY, 2 * CAPACITY, 2 * CAPACITY]);
    const last = await intake.give(here, rows);
    expect(last).toMatchObject({ sent: 100, alreadyStored: 2 * CAPACITY, repeated: [], conflicts: [] });
    expect(last.stored.length).toBe(rows.length);
    expect(await storedLines(here, rows)).toEqual(linesOf(rows));
    expect(await intake.give(here, rows)).toMatchObject({ sent: 0, alreadyStored: rows.length, transactions: [] });
  });

  it('waits for its transactions to settle before it ends, also when reading the rows fails', async () => {
    const here = await intake.ledger();
    await fault(intake.give(here, brokenAfter(all, 2 * CAPACITY + 1)));
    expect(await intake.size(here)).toBe(2 * CAPACITY);
  });

  it('is continued when the file has grown, after a part batch too', async () => {
    const here = await intake.ledger();
    const sent: number[] = [];
    for (const length of [1, 10, 10, CAPACITY + 9, 2 * CAPACITY, all.length]) {
      sent.push((await intake.give(here, all.slice(0, length))).sent);
    }
    expect(sent).toEqual([1, 9, 0, CAPACITY - 1, CAPACITY - 9, CAPACITY]);
    expect(await storedLines(here, all)).toEqual(linesOf(all));
  });

  it('sends nothing for no rows', async () => {
    const here = await intake.ledger();
    expect(await intake.give(here, [])).toMatchObject({ sent: 0, alreadyStored: 0, transactions: [] });
    expect(await intake.size(here)).toBe(0);
  });
});

describe('another input', () => {
  it('with some of the same ids: the same content is skipped, other content is rejected, the rest is stored', async () => {
    const here = await intake.ledger();
    await intake.give(here, all.slice(0, 60), 'january.csv');
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
    expect(await intake.give(here, second, 'february.csv')).toMatchObject({ ...expected, sent: 2 });
    expect(await intake.give(here, second, 'february.csv')).toMatchObject({ ...expected, sent: 0, alreadyStored: 2 });
    // The first input can be given again, and can still grow past what the second has stored.
    const march = await intake.give(
      here,
      [...all.slice(0, 60), { ...all[100]!, row: 61 }, { ...all[102]!, row: 62 }],
      'january.csv',
    );
    expect(march).toMatchObject({ alreadyStored: 60, sent: 1, repeated: [61] });
    const kept = [...all.slice(0, 60), all[100]!, all[101]!, all[102]!];
    expect(await storedLines(here, kept)).toEqual(linesOf(kept));
  });

  it('without ids is identified by its rows: the same rows under another name are other records', async () => {
    const here = await intake.ledger();
    const rows = all.slice(0, 5).map((row): IngestRow => ({ ...row, id: undefined }));
    expect(await intake.give(here, rows, 'x.csv')).toMatchObject({ sent: 5 });
    expect(await intake.give(here, rows, 'x.csv')).toMatchObject({ sent: 0, alreadyStored: 5 });
    expect(await intake.give(here, rows, 'y.csv')).toMatchObject({ sent: 5 });
    expect(await storedLines(here, rows)).toEqual(linesOf([...rows, ...rows]));
  });

  it('read by another profile is another input', async () => {
    const here = await intake.ledger();
    const source = (profile: number) => ({ source: sourceName('a.csv', new Uint8Array(32).fill(profile)) });
    await intake.give(here, all.slice(0, 3), '', source(1));
    expect(await intake.give(here, all.slice(1, 5), '', source(2))).toMatchObject({ sent: 2, repeated: [2, 3] });
  });
});

describe('batches', () => {
  it('are the same bytes whoever deals them again, and with worker threads', async () => {
    const here = await intake.ledger();
    const contents = {
      source: new Uint8Array(32),
      tags: new Uint8Array(40).fill(1),
      keys: new Uint8Array(16).fill(2),
      messages: new Uint8Array(64).fill(3),
    };
    const threaded = await intake.chain.site(here.hospitalSeed, { threads: 2 });
    const dealers = [here.hospital, (await hospitalOf(here)).hospital, new Hospital(threaded, here.hospitalSeed)];
    const dealt = async (hospital: Hospital, index = 0, previous = NO_NONCE) => {
      const dealer = await hospital.dealer(here.ledgerId);
      const place = dealer.name(index, previous, contents);
      return toHex(await dealer.deal(place, contents)) + toHex(place.nonce);
    };
    const batches = await Promise.all(dealers.map((hospital) => dealt(hospital)));
    await threaded.pool.close();
    expect(new Set(batches).size).toBe(1);
    // At another place, or after another batch, they are others.
    const elsewhere = [await dealt(here.hospital, 1), await dealt(here.hospital, 0, new Uint8Array(16).fill(1))];
    expect(new Set([...batches, ...elsewhere]).size).toBe(3);
  });

  it('are not sent in a dry run, which counts them', async () => {
    const here = await intake.ledger();
    const { unsent, sent, transactions } = await intake.give(here, all.slice(0, CAPACITY + 1), 'a.csv', {
      dryRun: true,
    });
    expect({ unsent, sent, transactions }).toEqual({
      unsent: { records: CAPACITY + 1, batches: 2, bytes: 124 * (CAPACITY + 1) },
      sent: 0,
      transactions: [],
    });
    expect(await intake.size(here)).toBe(0);
  });
});

describe('refused before anything is sent', () => {
  it('an amount or a number of lanes that no record can hold', async () => {
    const here = await intake.ledger();
    const row = all[0]!;
    for (const amounts of [
      [2n ** 61n, 0n],
      [0n, -(2n ** 61n)],
    ]) {
      const refused = { sent: 0, stored: [], conflicts: [], outOfRange: [1] };
      expect(await intake.give(here, [{ ...row, amounts }])).toMatchObject(refused);
    }
    expect(await fault(intake.give(here, [{ ...row, amounts: [] }]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await fault(intake.give(here, [{ ...row, amounts: [1n, 2n, 3n, 4n, 5n] }]))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    for (const amounts of [[1n], [1n, 2n, 3n]]) {
      expect(await fault(intake.give(here, [{ ...row, amounts }]))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: `amounts of row 1 is an array of ${amounts.length}; it must be one for each lane of the ledger, 2`,
      });
    }
    expect(await fault(intake.give(here, [{ ...row, patient: '' }]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await intake.size(here)).toBe(0);
  });

  it('a ledger of another hospital, one that is not active, one that does not exist', async () => {
    const stranger = seedOf('ingest: stranger');
    const hospital = new Hospital(await intake.chain.site(stranger), stranger);
    expect(await fault(hospital.dealer(intake.cast.ledgerId))).toMatchObject({ code: 'NOT_THE_HOSPITAL' });
    expect(await fault(intake.cast.hospital.dealer(new Uint8Array(32).fill(99)))).toMatchObject({
      code: 'UNKNOWN_LEDGER',
    });
    expect(await fault(intake.give(await openAnother(intake.cast, { join: false }), all.slice(0, 1)))).toMatchObject({
      code: 'LEDGER_NOT_ACTIVE',
    });
  });
});
