// Files that are ingested again: changed or grown since, or followed by other files with some of the same ids. What the
// ingest refuses costs nothing: the account's nonce does not change.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { readNonce } from '../../src/chain/state.ts';
import { ContractViews } from '../../src/contract/views.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import type { FileInput } from '../../src/ingest/file.ts';
import { RecordKeys } from '../../src/records/record.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { CAPACITY, expectStored, ingestAnew, openIngestLedger } from '../support/ingest-files.ts';
import { type Cast, fault, storedRecords } from '../support/parties.ts';
import { changedRow, HEADER, otherCent, sampleRows, writeCsv } from '../support/sample.ts';

const rows = sampleRows(2 * CAPACITY + 200, 'files');

let chain: TestChain;
let folder: string;
let ledger: Cast;
let file: string;
let ledgers = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-files-'));
  chain = await startChain();
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});

async function newLedger(): Promise<void> {
  ledger = await openIngestLedger(chain, `files ${ledgers++}`);
  file = join(folder, `encounters-${ledgers}.csv`);
}

const give = (path = file, more: Partial<FileInput> = {}) => ingestAnew(ledger, path, more);
const nonce = () => readNonce(chain.rpc, ledger.hospital.address);

/** Record of each row: records stand in a batch by their tags. */
async function recordsOf(lines: readonly string[]): Promise<Map<string, number>> {
  const keys = new RecordKeys(dealingKey(ledger.hospitalSeed), ledger.ledgerId);
  const byKey = new Map((await storedRecords(ledger)).map(({ key, recordId }) => [key as string, recordId]));
  return new Map(lines.map((line) => [line, byKey.get(toHex(keys.key({ id: line.split(',')[0]! })))!]));
}

/** What an ingest reports if every row is stored, now or already. */
const account = (stored: number, sent: number) => ({ rows: stored, stored, sent, rejected: 0, skipped: 0 });

describe('a file that has changed', () => {
  const given = rows.slice(0, CAPACITY + 100);
  const at = (place: number, change: (row: string) => string) =>
    given.map((row, k) => (k === place ? change(row) : row));
  const extra = rows.at(-1)!;
  let recordOf: Map<string, number>;

  beforeAll(async () => {
    await newLedger();
    await writeCsv(file, given);
    expect(await give()).toMatchObject({ ...account(given.length, given.length), batches: 2 });
    recordOf = await recordsOf(given);
  });

  it.each([
    ['an amount', 20, 'unmet', at(19, (row) => changedRow(row, 'TOTAL_CLAIM_COST', otherCent))],
    ['a sign', 7, 'unmet', at(6, (row) => changedRow(row, 'PAYER_COVERAGE', () => '-0.01'))],
    ['a patient', 5, 'unmet', at(4, (row) => changedRow(row, 'PATIENT', () => 'somebody else'))],
    [
      'a category',
      5,
      'unmet',
      at(4, (row) => changedRow(row, 'ENCOUNTERCLASS', (one) => (one === 'home' ? 'snf' : 'home'))),
    ],
    ['a category that is none of the ledger', 5, 'unmet', at(4, (row) => changedRow(row, 'ENCOUNTERCLASS', () => 'x'))],
    ['an id', 5, 'new', at(4, (row) => changedRow(row, 'Id', (id) => `${id}0`))],
    [
      'the last row of a batch',
      CAPACITY,
      'unmet',
      at(CAPACITY - 1, (row) => changedRow(row, 'TOTAL_CLAIM_COST', otherCent)),
    ],
    [
      'the last row',
      given.length,
      'unmet',
      at(given.length - 1, (row) => changedRow(row, 'TOTAL_CLAIM_COST', otherCent)),
    ],
    ['a row gone from the middle', 31, 'unmet', given.toSpliced(30, 1)],
    ['a row gone from the second batch', CAPACITY + 11, 'unmet', given.toSpliced(CAPACITY + 10, 1)],
    ['a row more in the middle', 41, 'new', given.toSpliced(40, 0, extra)],
  ] as const)('in %s (row %i) is refused, and nothing is sent', async (_, row, why, lines) => {
    const before = await nonce();
    // Without and with new rows after the changed one.
    for (const now of [lines, [...lines, ...rows.slice(CAPACITY + 100, -1)]]) {
      await writeCsv(file, now);
      // Where a row is gone and others follow, the first of these stands where the ledger's last row did.
      const fresh =
        why === 'new' ? row : now.length > lines.length && lines.length < given.length ? given.length : null;
      expect(await fault(give())).toMatchObject({
        code: 'SOURCE_CHANGED',
        details:
          fresh === null ? { row: null, recordId: recordOf.get(given[row - 1]!) } : { row: fresh, recordId: null },
        message: expect.stringContaining('nothing was sent'),
      });
    }
    expect(await nonce()).toBe(before);
    await writeCsv(file, given);
    expect(await give()).toMatchObject(account(given.length, 0));
    await expectStored(ledger, file);
  });

  it('because its end is missing is refused too', async () => {
    const before = await nonce();
    for (const length of [0, 1, CAPACITY, given.length - 1]) {
      await writeFile(
        file,
        HEADER +
          given
            .slice(0, length)
            .map((row) => `${row}\n`)
            .join(''),
      );
      expect(await fault(give())).toMatchObject({
        code: 'SOURCE_CHANGED',
        details: { row: null, recordId: Math.min(...given.slice(length).map((row) => recordOf.get(row)!)) },
      });
    }
    expect(await nonce()).toBe(before);
  });

  it('only in the order of its rows is the same, and so is it with the order of a series changed', async () => {
    await writeCsv(file, given.toReversed());
    expect(await give()).toMatchObject(account(given.length, 0));
    await writeCsv(file, given);
    await expectStored(ledger, file);
  });

  it('only in columns that are not stored is the same', async () => {
    await writeCsv(
      file,
      given.map((row) => changedRow(row, 'DESCRIPTION', () => 'renamed')),
    );
    expect(await give()).toMatchObject(account(given.length, 0));
  });
});

describe('a file that has grown', () => {
  it('is continued after its last row, whether that filled a batch or not', async () => {
    await newLedger();
    let had = 0;
    for (const length of [10, 11, CAPACITY, 2 * CAPACITY + 11, rows.length]) {
      await writeCsv(file, rows.slice(0, length));
      expect(await give()).toMatchObject(account(length, length - had));
      had = length;
    }
    await expectStored(ledger, file);
    expect((await new ContractViews(chain.rpc, chain.address).getLedger(ledger.ledgerId)).nextBatch).toBe(6);
  });
});

describe('a further file', () => {
  beforeEach(newLedger);

  it('has rows with known ids skipped and counted; with other content they go to the rejected file', async () => {
    await writeCsv(file, rows.slice(0, 100));
    await give();
    const recordOf = await recordsOf(rows.slice(0, 100));
    const further = `${file}.2.csv`;
    const other = [
      changedRow(rows[10]!, 'TOTAL_CLAIM_COST', otherCent),
      changedRow(rows[11]!, 'PATIENT', () => 'somebody else'),
    ];
    await writeCsv(further, [...rows.slice(0, 10), ...rows.slice(100, 110), ...other, ...rows.slice(12, 15)]);
    const rejected = join(folder, '.rejected.csv');
    const expected = { rows: 25, stored: 10, rejected: 2, skipped: 13, rejections: { 'conflicting-duplicate': 2 } };
    for (const sent of [10, 0]) {
      expect(await give(further, { rejectedFile: rejected, allowRepeats: true })).toMatchObject({ ...expected, sent });
      expect(parse(await readFile(rejected), { columns: true })).toEqual(
        other.map((raw, k) => ({
          line: `${22 + k}`,
          column: 'Id',
          reason: 'conflicting-duplicate',
          message: expect.stringContaining(`another record (record ${recordOf.get(rows[10 + k]!)} of the ledger)`),
          raw,
        })),
      );
      const known = [
        ...rows.slice(0, 10).map((raw, k) => [2 + k, recordOf.get(raw)!, raw]),
        ...[12, 13, 14].map((k) => [k + 12, recordOf.get(rows[k]!)!, rows[k]]),
      ];
      expect(parse(await readFile(join(folder, '.skipped.csv'), 'utf8'), { columns: true })).toEqual(
        known.map(([line, record, raw]) => ({ line: `${line}`, repeats_line: '', repeats_record: `${record}`, raw })),
      );
    }
    // Both files can be given again; the ledger holds the first, and the new rows of the second.
    expect(await give()).toMatchObject(account(100, 0));
    const all = join(folder, 'all.csv');
    await writeCsv(all, rows.slice(0, 110));
    await expectStored(ledger, all);
  });

  it('of the same rows under another name stores nothing', async () => {
    await writeCsv(file, rows.slice(0, 100));
    await give();
    expect(await give(file, { name: 'another name', allowRepeats: true })).toMatchObject({
      rows: 100,
      stored: 0,
      skipped: 100,
      sent: 0,
    });
  });

  it('ingested between two parts of the first disturbs neither', async () => {
    await writeCsv(file, rows.slice(0, CAPACITY));
    await give();
    const further = `${file}.2.csv`;
    await writeCsv(further, rows.slice(CAPACITY + 10, CAPACITY + 30));
    await give(further);
    await writeCsv(file, rows.slice(0, CAPACITY + 40));
    for (const sent of [20, 0]) {
      expect(await give()).toMatchObject({
        rows: CAPACITY + 40,
        stored: CAPACITY + 20,
        skipped: 20,
        rejected: 0,
        sent,
      });
    }
    const records = await storedRecords(ledger);
    expect(new Set(records.map(({ key }) => key)).size).toBe(CAPACITY + 40);
    expect(records.length).toBe(CAPACITY + 40);
  });
});
