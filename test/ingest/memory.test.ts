// The hospital's memory does not grow with the rows, but for the tables of records and ids that were seen. Measured in a
// process of its own, after forced garbage collections, while dealing 60,000 rows without sending them, and while
// sending them; what is in flight is bounded, and small against what is looked for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type IngestLedger, openIngestLedger, sampleRows, writeCsv } from '../support/ingest-ledger.ts';
import { compile, endOf, firstLine } from '../support/run-source.ts';

const MIB = 2 ** 20;

let chain: TestChain;
let ledger: IngestLedger;
let folder: string;
let program: Awaited<ReturnType<typeof compile>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-memory-'));
  chain = await startChain();
  ledger = await openIngestLedger(chain);
  program = await compile(`
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    import { fromHex } from './src/bytes.ts';
    import { createEngine } from './src/engine/load.ts';
    import { accountKey } from './src/identity/keys.ts';
    import { Hospital } from './src/parties/hospital.ts';
    import { ingestCsv } from './src/ingest/csv.ts';
    import { openSite } from './src/ledger/site.ts';
    import { presetProfile } from './src/records/profile-presets.ts';

    const [url, contract, seedText, ledger, file, rows, dryRun] = process.argv.slice(2);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    /** Bytes that are held: the heap, and buffers outside of it. */
    const held = () => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const seed = fromHex(seedText);
    const site = await openSite({
      rpc: url, contract: fromHex(contract), account: accountKey(seed), engine: await createEngine(),
      sending: { pollInterval: 20 },
    });
    const hospital = new Hospital(site, seed);
    const samples = [];
    const { stored } = await ingestCsv(site, await hospital.dealer(BigInt(ledger)), {
      file, profile: presetProfile('synthea-encounters'), rejectedFile: file + '.rejected.csv', tags: hospital.tags(),
      dryRun: dryRun === 'true',
      onProgress: (progress) => {
        if (progress.rows * 8 >= (samples.length + 1) * Number(rows)) samples.push(held());
      },
    });
    console.log(JSON.stringify({ stored, samples }));
  `);
});
afterAll(async () => {
  await chain?.stop();
  await program?.remove();
  await rm(folder, { recursive: true });
});

/** Bytes held after each eighth of the rows. */
async function heldAlong(rows: number, dryRun: boolean): Promise<number[]> {
  const file = join(folder, 'encounters.csv');
  await writeCsv(file, sampleRows(rows, 'memory'));
  const { ledgerId, hospitalSeed } = ledger;
  const place = [chain.node.url, toHex(chain.address), toHex(hospitalSeed), `${ledgerId}`];
  const child = program.start(...place, file, `${rows}`, `${dryRun}`);
  const { stored, samples } = JSON.parse(await firstLine(child));
  expect(await endOf(child)).toBe(0);
  expect(stored).toBe(rows);
  expect(samples.length).toBe(8);
  return samples;
}

/** Bytes of a table of records that doubles when it is half full; `slot` bytes a record. */
const table = (records: number, slot: number) => slot * 2 ** Math.ceil(Math.log2(2 * records));

it.each([
  // MiB that may vary with what is in flight. Two hundred bytes kept of every row are more, and so is the log of every batch.
  ['dealing', true, 2],
  ['sending', false, 7],
])('does not grow while %s 60,000 rows', async (_, dryRun, slack) => {
  const rows = 60_000;
  const samples = await heldAlong(rows, dryRun);
  // From the second quarter on: by then as much is in flight as there will be.
  const growth = Math.min(...samples.slice(5)) - Math.min(...samples.slice(1, 4));
  const tables = table(rows, 16) - table(rows / 4, 16);
  const megabytes = samples.map((sample) => (sample / MIB).toFixed(1)).join(', ');
  expect(growth, `MiB after each eighth: ${megabytes}`).toBeLessThan(tables + slack * MIB);
});
