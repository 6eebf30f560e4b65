// `mistore ingest` as its user runs it: standard input, gzip, a dry run, a file that has changed. What it refuses costs
// nothing: the account's nonce does not change.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { readNonce } from '../../src/chain/state.ts';
import { ledgerIdOf } from '../../src/contract/ledger-id.ts';
import { ContractViews } from '../../src/contract/views.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import { digestOfEpoch } from '../../src/ledger/epoch-keys.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { RecordKeys } from '../../src/records/record.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn, ingestArguments } from '../support/cli.ts';
import { CAPACITY, expectStored, openIngestLedger } from '../support/ingest-files.ts';
import { type Cast, storedRecords } from '../support/parties.ts';
import type { Ended } from '../support/process.ts';
import { changedRow, otherCent, sampleRows, writeCsv } from '../support/sample.ts';

const rows = sampleRows(2 * CAPACITY + 200, 'command');

let chain: TestChain;
let cli: Cli;
let ledger: Cast;
let file: string;
let ledgers = 0;

beforeAll(async () => {
  chain = await startChain();
  cli = await cliOn(chain);
});
afterAll(async () => {
  await chain?.stop();
  cli?.close();
});
beforeEach(async () => {
  ledger = await openIngestLedger(chain, `command ${ledgers++}`);
  file = join(cli.folder, `encounters-${ledgers}.csv`);
});

async function mistoreIngest(args: readonly string[], inputFile?: string): Promise<Ended> {
  return cli.run([...(await ingestArguments(cli, ledger)), ...args], inputFile === undefined ? {} : { inputFile });
}

const nonce = () => readNonce(chain.rpc, ledger.hospital.address);

/** Record of a row of the file: records stand in a batch by their tags. */
async function recordOf(line: string): Promise<number> {
  const key = new RecordKeys(dealingKey(ledger.hospitalSeed), ledger.ledgerId).key({ id: line.split(',')[0]! });
  return (await storedRecords(ledger)).find((record) => record.key === toHex(key))!.recordId;
}

/** What an ingest reports if every row is stored, now or already. */
const account = (stored: number, sent: number, more: object = {}) => ({
  code: 0,
  json: { rows: stored, stored, sent, rejected: 0, skipped: 0, ...more },
});

describe('standard input', () => {
  it('needs a name, and is resumed and continued by it', async () => {
    await writeCsv(file, rows.slice(0, CAPACITY + 5));
    const before = await nonce();
    expect((await mistoreIngest(['-'], file)).json.error.code).toBe('NO_SOURCE');
    expect(await nonce()).toBe(before);
    const rejected = ['--rejected', `${file}.rejected.csv`];
    expect(await mistoreIngest(['-', '--source', 'export', ...rejected], file)).toMatchObject(
      account(CAPACITY + 5, CAPACITY + 5),
    );
    await writeCsv(file, rows);
    expect(await mistoreIngest(['-', '--source', 'export', ...rejected], file)).toMatchObject(
      account(rows.length, rows.length - CAPACITY - 5),
    );
    // The name is what counts, not where the bytes come from.
    expect(await mistoreIngest([file, '--source', 'export'])).toMatchObject(account(rows.length, 0));
    await expectStored(ledger, file);
  });
});

describe('gzip', () => {
  it('is read as what it holds, from a file and from standard input; cut short, it stores no more than whole batches', async () => {
    await writeCsv(file, rows);
    const packed = `${file}.gz`;
    const bytes = gzipSync(await readFile(file));
    const named = ['--source', 'export', '--rejected', `${file}.rejected.csv`];
    await writeFile(packed, bytes.subarray(0, Math.floor(0.9 * bytes.length)));
    const cut = await mistoreIngest([packed, ...named]);
    expect(cut).toMatchObject({ code: 1, json: { error: { code: 'INPUT_COMPRESSION' } } });
    const { nextRecordId } = await new ContractViews(chain.rpc, chain.address).getLedger(ledger.ledgerId);
    expect(nextRecordId % CAPACITY).toBe(0);
    await writeFile(packed, bytes);
    expect(await mistoreIngest([packed, ...named])).toMatchObject(account(rows.length, rows.length - nextRecordId));
    expect(await mistoreIngest(['-', ...named], packed)).toMatchObject(account(rows.length, 0));
    await expectStored(ledger, file);
  });
});

describe('a dry run', () => {
  it('sends nothing, says what would be sent, and finds what would be refused', async () => {
    await writeCsv(file, rows.slice(0, CAPACITY));
    await mistoreIngest([file]);
    const before = await nonce();
    const lines = [...rows, 'no row at all'];
    await writeCsv(file, lines);
    const dry = await mistoreIngest([file, '--dry-run']);
    const left = rows.length - CAPACITY;
    expect(dry).toMatchObject({
      code: 0,
      json: {
        rows: lines.length,
        stored: rows.length,
        rejected: 1,
        sent: 0,
        batches: 0,
        unsent: { records: left, batches: 2, bytes: 156 * left },
      },
    });
    expect(dry.stderr).toContain(`${left} would be sent, in 2 batches`);
    await writeCsv(file, lines.with(3, changedRow(rows[3]!, 'TOTAL_CLAIM_COST', otherCent)));
    expect((await mistoreIngest([file, '--dry-run'])).json.error).toMatchObject({
      code: 'SOURCE_CHANGED',
      details: { row: null, recordId: await recordOf(rows[3]!) },
    });
    expect(await nonce()).toBe(before);
  });

  it('opens no channel that is missing, and neither do reading back and an ingest', async () => {
    const hospitalSeed = seedOf('without channels');
    const hospitalSite = await chain.site(hospitalSeed);
    const { terms, committee } = await LedgerView.load(hospitalSite, ledger.ledgerId);
    const hospital = new Hospital(hospitalSite, hospitalSeed);
    const salt = new Uint8Array(32);
    const ledgerId = ledgerIdOf(deploymentOf(hospitalSite), { hospital: hospital.address, terms, salt });
    const digest = digestOfEpoch(hospitalSite, dealingKey(hospitalSeed), { committee }, ledgerId);
    await hospitalSite.contract.openLedger(terms, salt, digest);
    ledger = { ...ledger, ledgerId, hospitalSeed, hospitalSite, hospital };
    await writeCsv(file, rows.slice(0, 3));
    expect(await mistoreIngest([file, '--dry-run'])).toMatchObject({ code: 0, json: { unsent: { records: 3 } } });
    expect(await storedRecords(ledger)).toEqual([]);
    expect(await nonce()).toBe(1);
    // Nobody could join, so nothing is sent.
    expect((await mistoreIngest([file])).json.error.code).toBe('LEDGER_NOT_ACTIVE');
    expect(await nonce()).toBe(1);
  });
});

describe('a file that has changed', () => {
  it('is refused with the record that is not met, in words and for programs, and quotes nothing of it', async () => {
    await writeCsv(file, rows.slice(0, 30));
    await mistoreIngest([file]);
    const before = await nonce();
    const recordId = await recordOf(rows[19]!);
    const secret = changedRow(rows[19]!, 'PATIENT', () => 'Jane Doe');
    await writeCsv(file, rows.slice(0, 30).with(19, secret));
    const { code, json, stderr } = await mistoreIngest([file]);
    expect({ code, json }).toMatchObject({
      code: 1,
      json: { error: { code: 'SOURCE_CHANGED', details: { row: null, recordId } } },
    });
    expect(stderr).toContain(`record ${recordId}, which this ledger stored from this input, is met by no row`);
    expect(stderr + JSON.stringify(json)).not.toMatch(/Jane|Doe/);
    expect(await nonce()).toBe(before);
  });

  it('lets the program end at a terminal, where it had begun to show its progress', async () => {
    await writeCsv(file, rows.slice(0, 30));
    const args = (await ingestArguments(cli, ledger)).filter((arg) => arg !== '--json');
    const done = await cli.run([...args, file], { atTerminal: true });
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('30 rows = 30 stored (30 sent now)') });
    await writeCsv(file, rows.slice(0, 29));
    const { code, stderr } = await cli.run([...args, file], { atTerminal: true });
    expect(code).toBe(1);
    expect(stderr).toContain(`error: record ${await recordOf(rows[29]!)}, which this ledger stored from this input,`);
    // The cursor, hidden for the bar, is shown again.
    expect(stderr.lastIndexOf('\x1b[?25h')).toBeGreaterThan(stderr.lastIndexOf('\x1b[?25l'));
  });
});
