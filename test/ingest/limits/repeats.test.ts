// Inputs whose rows repeat each other or cannot be read: what ends their ingest, what it has sent by then, and that it goes
// on exactly once it is allowed to, or is read by the right columns.
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readNonce } from '../../../src/chain/state.ts';
import type { FileInput } from '../../../src/ingest/file.ts';
import { LimitError } from '../../../src/ingest/limits.ts';
import { parseProfile } from '../../../src/records/profile.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { CAPACITY, ingestAnew, openIngestLedger } from '../../support/ingest-files.ts';
import { type Cast, storedRecords, storedRows } from '../../support/parties.ts';
import { LANES as COLUMNS, sampleRows, writeCsv } from '../../support/sample.ts';

const LANES = COLUMNS.map((column) => ({ name: column, column }));
/** By the claim only, or by claim and line. */
const profileBy = (...id: string[]) =>
  parseProfile({ name: 'lines', columns: { patient: 'PATIENT', lanes: LANES, id }, amounts: { decimal: '.' } });
const BY_CLAIM = profileBy('CLAIM');
const BY_LINE = profileBy('CLAIM', 'LINE');

let chain: TestChain;
let folder: string;
let ledger: Cast;
let file: string;
let ledgers = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-repeats-'));
  chain = await startChain();
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  ledger = await openIngestLedger(chain, `repeats ${ledgers++}`, { categories: [''] });
  file = join(folder, `lines-${ledgers}.csv`);
});

const give = (profile: FileInput['profile'], more: Partial<FileInput> = {}) =>
  ingestAnew(ledger, file, { profile, ...more });
const nonce = () => readNonce(chain.rpc, ledger.hospital.address);

async function ended(given: Promise<unknown>): Promise<LimitError> {
  const error = await given.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LimitError);
  return error as LimitError;
}

/** Those of writeClaims. */
const patients = Array.from({ length: 7 }, (_, p) => ({ patient: `P${p}` }));

/** Claims of some lines each, all of one amount and patient. */
async function writeClaims(claims: number, lines: number): Promise<string[]> {
  const rows = Array.from({ length: claims * lines }, (_, i) => {
    const claim = Math.floor(i / lines);
    return `C${claim},${(i % lines) + 1},P${claim % 7},37.50,0.25`;
  });
  await writeFile(file, `CLAIM,LINE,PATIENT,${COLUMNS.join(',')}\n${rows.join('\n')}\n`);
  return rows;
}

describe('a claim number that comes again on each line', () => {
  it('ends the run before anything is sent; with all columns of the id each line is stored', async () => {
    const rows = await writeClaims(CAPACITY, 4);
    const before = await nonce();
    const { code, details, message } = await ended(give(BY_CLAIM));
    expect(code).toBe('TOO_MANY_REPEATS');
    expect(message).toMatch(/"CLAIM" the id of one record only.*Nothing was sent$/);
    const { rows: read, stored, unsent, rejected, skipped } = details as Record<string, number>;
    expect({ stored, rejected, skipped }).toEqual({ stored: 0, rejected: 0, skipped: 101 });
    expect(read).toBe(unsent! + 101);
    expect(await nonce()).toBe(before);

    const all = rows.length;
    expect(await give(BY_LINE)).toMatchObject({ rows: all, stored: all, sent: all, skipped: 0, rejected: 0 });
    expect(await give(BY_LINE)).toMatchObject({ rows: all, stored: all, sent: 0, skipped: 0 });
    const records = await storedRows(ledger, patients);
    expect(new Set(records.map(({ key }) => key)).size).toBe(all);
    expect(records.every(({ amounts }) => amounts.join() === '3750,25')).toBe(true);
  });

  it('can be meant so: repeats are skipped when they are allowed, each with the line that it repeats', async () => {
    const rows = await writeClaims(3, 3);
    expect((await ended(give(BY_CLAIM))).details).toMatchObject({ rows: 9, stored: 0, unsent: 3, skipped: 6 });
    for (const sent of [3, 0]) {
      const { skippedFile, ...account } = await give(BY_CLAIM, { allowRepeats: true });
      expect(account).toMatchObject({ rows: 9, stored: 3, skipped: 6, sent });
      expect(skippedFile).toBe(`${file}.skipped.csv`);
      const skipped = [3, 4, 6, 7, 9, 10].map((line) => {
        const first = 3 * Math.floor((line - 2) / 3) + 2;
        return { line: `${line}`, repeats_line: `${first}`, repeats_record: '', raw: rows[line - 2] };
      });
      expect(parse(await readFile(skippedFile, 'utf8'), { columns: true })).toEqual(skipped);
    }
    // Stored already, and still too many.
    expect((await ended(give(BY_CLAIM))).details).toMatchObject({ rows: 9, stored: 3, unsent: 0, skipped: 6 });
  });

  it('ends the run before a batch that the last row fills', async () => {
    const rows = await writeClaims(CAPACITY - 1, 1);
    await appendFile(file, `${rows.slice(0, 100).join('\n')}\nC-last,1,P1,1.00,0.00\n`);
    const before = await nonce();
    const counts = { rows: CAPACITY + 100, stored: 0, unsent: CAPACITY, skipped: 100 };
    expect((await ended(give(BY_CLAIM))).details).toMatchObject(counts);
    expect(await nonce()).toBe(before);
  });

  it('in the middle of a file ends the run before its next batch, and is resumed exactly', async () => {
    const rows = await writeClaims(2 * CAPACITY, 1);
    const repeats = rows.slice(0, 400);
    await appendFile(file, `${repeats.join('\n')}\nC-last,1,P1,1.00,0.00\n`);
    const { details } = await ended(give(BY_CLAIM));
    expect(details).toMatchObject({ stored: 2 * CAPACITY, unsent: 0 });
    expect(await storedRecords(ledger)).toHaveLength(2 * CAPACITY);
    expect(await give(BY_CLAIM, { allowRepeats: true })).toMatchObject({
      rows: 2 * CAPACITY + 401,
      stored: 2 * CAPACITY + 1,
      skipped: 400,
      sent: 1,
    });
  });
});

describe('rows that cannot be read', () => {
  it('and no others: the run says so, and sends nothing, unless that is allowed', async () => {
    await writeFile(file, `CLAIM,LINE,PATIENT,TOTAL_CLAIM_COST,PAYER_COVERAGE\n${'a,1,P,1,2,\n'.repeat(5)}`);
    const { code, details } = await ended(give(BY_LINE));
    expect({ code, ...details }).toMatchObject({
      code: 'ALL_REJECTED',
      rows: 5,
      stored: 0,
      unsent: 0,
      rejected: 5,
      skipped: 0,
      rejections: { 'too-many-fields': 5 },
    });
    expect(await give(BY_LINE, { allowRejected: true })).toMatchObject({ rows: 5, stored: 0, rejected: 5 });
    expect(parse(await readFile(`${file}.rejected.csv`), { columns: true })).toHaveLength(5);
  });

  it('end the run at the limit, and what is written of them is bounded', async () => {
    const good = (await writeClaims(CAPACITY + 10, 1)).length;
    await appendFile(file, `${'x'.repeat(100)}\n`.repeat(100_000));
    const { code, details } = await ended(give(BY_LINE));
    expect(code).toBe('TOO_MANY_REJECTED');
    expect(details).toMatchObject({ rejected: 1001, rows: good + 1001, stored: CAPACITY, unsent: 10 });
    expect((await readFile(`${file}.rejected.csv`)).length).toBeLessThan(1001 * 200);
    expect((await ended(give(BY_LINE, { maxRejected: 3 }))).details).toMatchObject({ rejected: 4 });
    expect(await give(BY_LINE, { maxRejected: 100_000 })).toMatchObject({ stored: good, rejected: 100_000, sent: 10 });
  });
});

it('a place where rejected rows cannot be written is refused before anything is read on, and the input is closed', async () => {
  await writeClaims(CAPACITY, 4);
  const before = await nonce();
  const given = give(BY_LINE, { rejectedFile: join(folder, 'absent', 'x.csv') });
  await expect(given).rejects.toMatchObject({ code: 'OUTPUT_FILE' });
  expect(await nonce()).toBe(before);
  const open = readdirSync('/proc/self/fd').filter((fd) => existsSync(`/proc/self/fd/${fd}`));
  expect(open.map((fd) => readlinkSync(`/proc/self/fd/${fd}`))).not.toContain(file);
});

describe('a file that changes while it is read', () => {
  const rows = sampleRows(CAPACITY + 20, 'changing');
  beforeEach(async () => {
    ledger = await openIngestLedger(chain, `changing ${ledgers++}`);
  });
  it.each([
    ['is cut off', (at: string) => truncate(at, 20_000)],
    ['grows', (at: string) => appendFile(at, 'x')],
  ])('and %s ends the run before its last batch', async (_, change) => {
    await writeCsv(file, [...rows, ...sampleRows(3 * CAPACITY, 'more').slice(rows.length)]);
    let changed = false;
    const given = ingestAnew(ledger, file, {
      onProgress: ({ rows: read }) => {
        if (changed || read < CAPACITY) return;
        changed = true;
        void change(file);
      },
    });
    await expect(given).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    expect(changed).toBe(true);
    const stored = await storedRecords(ledger);
    expect(stored.length % CAPACITY).toBe(0);
    expect(stored.length).toBeLessThan(3 * CAPACITY);
  });
});
