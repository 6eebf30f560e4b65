// npm run bench:ingest -- [--rows N] [--threads T] [--seed S] [--quick] [--json FILE]
// How fast rows become records. First end to end into an embedded chain at (3, 5) with mainnet's caps, with the
// hospital's memory; then from CSV to signed bytes on one thread, with the share of each stage and nothing sent.
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleEncounters } from '../../src/demo/sample.ts';
import { endToEnd } from './end-to-end.ts';
import { signedBytes } from './signed-bytes.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    threads: { type: 'string', default: `${availableParallelism() - 1}` },
    seed: { type: 'string', default: 'bench' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rows = values.quick ? 2000 : Number(values.rows);
const folder = await mkdtemp(join(tmpdir(), 'mistore-bench-'));
try {
  const file = join(folder, 'encounters.csv');
  const handle = await open(file, 'w');
  for (const piece of sampleEncounters({ rows, patients: Math.ceil(rows / 100), seed: values.seed })) {
    await handle.appendFile(piece);
  }
  await handle.close();
  const machine = { cpu: cpus()[0]!.model, cores: availableParallelism(), node: process.version };
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${rows} rows, (3, 5)`);

  const whole = await endToEnd(file, rows, Number(values.threads), join(folder, 'rejected.csv'));
  console.log(
    `\nEnd to end, ${values.threads} dealing threads: ${Math.round(whole.recordsPerSecond)} records/s, ${whole.gasPerRecord} gas a record`,
  );
  console.log(`  cores of the hospital's process: ${whole.hospitalCores.toFixed(2)}`);
  console.log('  memory in MiB, from the system / held:');
  for (const { rows: at, rssMiB, heldMiB } of whole.memory)
    console.log(`    ${`${at}`.padStart(9)} rows  ${rssMiB} / ${heldMiB}`);

  console.log(`  the ledger read again: ${Math.round(whole.journal.recordsPerSecond)} records/s`);

  const alone = await signedBytes(file);
  console.log(`\nCSV to signed bytes, one thread: ${Math.round(alone.recordsPerSecond)} records/s`);
  for (const [stage, share] of Object.entries(alone.shares))
    console.log(`  ${stage.padEnd(12)} ${(100 * share).toFixed(1)} %`);
  console.log(`  ${alone.batches} batches of up to ${alone.capacity} records`);
  console.log(
    `  a record: ${alone.bytesPerRecord.toFixed(1)} signed bytes, ${Math.round(alone.gasPerRecord)} gas at least`,
  );

  const report = {
    machine,
    rows,
    threshold: 3,
    servers: 5,
    threads: Number(values.threads),
    recordsPerSecond: whole.recordsPerSecond,
    signedBytes: alone,
    endToEnd: whole,
  };
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 1)}\n`);
} finally {
  await rm(folder, { recursive: true });
}
