// The hospital's memory does not grow with the rows, except for the tables of records and ids that were seen. Measured in a
// process of its own, after forced garbage collections, while dealing 60,000 rows without sending them, and while
// sending them; what is pending is bounded, and small compared with what the test looks for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { openIngestLedger } from '../support/ingest-files.ts';
import type { Cast } from '../support/parties.ts';
import { Program } from '../support/process.ts';
import { sampleRows, writeCsv } from '../support/sample.ts';

const MIB = 2 ** 20;

let chain: TestChain;
let ledger: Cast;
let folder: string;
let program: Program;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-memory-'));
  chain = await startChain();
  ledger = await openIngestLedger(chain);
  program = await Program.bundle('test/ingest/memory-ingest.ts');
});
afterAll(async () => {
  await chain?.stop();
  program?.end();
  await rm(folder, { recursive: true });
});

/** Bytes held after each eighth of the rows. */
async function heldAlong(rows: number, dryRun: boolean): Promise<number[]> {
  const file = join(folder, 'encounters.csv');
  await writeCsv(file, sampleRows(rows, 'memory'));
  const { ledgerId, hospitalSeed } = ledger;
  const place = [chain.node.url, toHex(chain.address), toHex(hospitalSeed), toHex(ledgerId)];
  const { code, stderr, json } = await program.start([...place, file, `${rows}`, `${dryRun}`]).ended;
  expect(code, stderr).toBe(0);
  expect(json.stored).toBe(rows);
  expect(json.samples.length).toBe(8);
  return json.samples;
}

/** Bytes of a table of records that doubles when it is half full; `slot` bytes a record. */
const table = (records: number, slot: number) => slot * 2 ** Math.ceil(Math.log2(2 * records));

it.each([
  // MiB that may vary with what is pending. 200 bytes kept of every row would be more, and so would the log of every batch.
  ['dealing', true, 2],
  ['sending', false, 7],
])('does not grow while %s 60,000 rows', async (_, dryRun, slack) => {
  const rows = 60_000;
  const samples = await heldAlong(rows, dryRun);
  // From the second quarter on: by then as much is pending as there ever will be.
  const growth = Math.min(...samples.slice(5)) - Math.min(...samples.slice(1, 4));
  const tables = table(rows, 20) - table(rows / 4, 20);
  const megabytes = samples.map((sample) => (sample / MIB).toFixed(1)).join(', ');
  expect(growth, `MiB after each eighth: ${megabytes}`).toBeLessThan(tables + slack * MIB);
});
