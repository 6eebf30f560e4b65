// npm run bench:ledger -- [--rows N] [--seed S] [--quick] [--json FILE]
// What a large ledger costs those who come to it: builds one of N records (1,000,000 if not given) at (3, 5) on the
// embedded chain, then measures how long the ingest of a new file takes until it is ready to send, with its memory, what a
// server does to answer a query of two edges, and how its daemon checks all records, and starts again with its cache.
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startNode } from '../../src/chain/embedded-node.ts';
import { DemoContract, openCast } from '../../src/demo/cast.ts';
import { sampleEncounters } from '../../src/demo/sample.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { ingestFile } from '../../src/ingest/file.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { answerQuery } from './answer.ts';
import { followLedger } from './following.ts';
import { ingestNewFile } from './new-file.ts';

/** What is wanted of a ledger of 1,000,000 records. */
const WANTED = { newFileSeconds: 60, newFileMiB: 450, answerMilliseconds: 5, followMiB: 400, restartSeconds: 10 };
/** Enough rows for two full batches, which is when the first is ready. */
const NEW_ROWS = 2000;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: 'bench' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rows = values.quick ? 3000 : Number(values.rows);
const threads = availableParallelism() - 1;
const folder = await mkdtemp(join(tmpdir(), 'mistore-bench-'));
const chain = await startNode();
try {
  const machine = { cpu: cpus()[0]!.model, cores: availableParallelism(), node: process.version };
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; a ledger of ${rows} records, (3, 5)`);
  const engine = await createEngine();
  const profile = presetProfile('synthea-encounters');
  const contract = await DemoContract.deploy(chain, engine);
  const cast = await openCast(contract, 3, 5, profile);
  const { seed } = cast.hospital;
  const site = await openSite({
    rpc: chain.url,
    contract: contract.address,
    account: accountKey(seed),
    engine,
    threads,
  });
  const hospital = new Hospital(site, seed);

  const old = await makeFile('old.csv', rows, values.seed);
  const started = performance.now();
  const rejectedFile = join(folder, 'rejected.csv');
  const input = { file: old, profile, rejectedFile, accounts: hospital.accounts() };
  const { stored } = await ingestFile(site, await hospital.dealer(cast.ledgerId), input);
  if (stored !== rows) throw new Error(`${rows} rows, ${stored} stored`);
  const builtIn = (performance.now() - started) / 1000;
  await site.pool.close();
  console.log(`built in ${builtIn.toFixed(1)} s`);

  const file = await makeFile('new.csv', NEW_ROWS, `${values.seed}, new`);
  const newFile = await ingestNewFile({
    rpc: chain.url,
    contract: contract.address,
    ledgerId: cast.ledgerId,
    seed,
    file,
  });
  console.log(
    `a new file is ready to send after ${newFile.seconds.toFixed(1)} s (wanted: ${WANTED.newFileSeconds}), its process has taken ${newFile.maxRssMiB} MiB at most (wanted: ${WANTED.newFileMiB})`,
  );

  const answer = await answerQuery(chain.url, contract, cast, old, profile);
  console.log(
    `a server prepares its answer to a query of ${answer.edges} edges in ${answer.milliseconds.toFixed(1)} ms with the logs already read (wanted: ${WANTED.answerMilliseconds}), in ${answer.millisecondsWithRpc.toFixed(1)} ms with reading them`,
  );
  const follow = { rpc: chain.url, contract: contract.address, ledgerId: cast.ledgerId, records: rows };
  const { seed: serverSeed } = cast.servers[1]!;
  const following = await followLedger({ ...follow, seed: serverSeed, cacheFile: join(folder, 'cache.json') });
  const { first, restarted } = following;
  console.log(
    `a server's daemon has checked all after ${first.seconds.toFixed(1)} s, its process has taken ${first.maxRssMiB} MiB at most (wanted: ${WANTED.followMiB}); at each tenth: ${first.rssMiB.join(', ')}`,
  );
  console.log(
    `started again with its cache it is ready after ${restarted.seconds.toFixed(1)} s (wanted: ${WANTED.restartSeconds})`,
  );
  const report = { machine, rows, threshold: 3, servers: 5, builtIn, newFile, answer, following, wanted: WANTED };
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 1)}\n`);
} finally {
  await chain.stop();
  await rm(folder, { recursive: true });
}

async function makeFile(name: string, rows: number, seed: string): Promise<string> {
  const file = join(folder, name);
  for (const piece of sampleEncounters({ rows, patients: Math.ceil(rows / 100), seed })) await appendFile(file, piece);
  return file;
}
