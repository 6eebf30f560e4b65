// The ingest end to end: CSV file to settled transactions on an embedded chain, with the memory of this process, the
// hospital's, on the way: what the system gave it (RSS), and what it holds once garbage is collected.
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startNode } from '../../src/chain/embedded-node.ts';
import { DemoContract, openCast } from '../../src/demo/cast.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { ingestFile } from '../../src/ingest/file.ts';
import { readJournal } from '../../src/ingest/journal.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { profileHash } from '../../src/records/profile.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { sourceName } from '../../src/records/source.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function measureMemory() {
  const rss = process.memoryUsage.rss();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { rssMiB: Math.round(rss / 2 ** 20), heldMiB: Math.round((heapUsed + external) / 2 ** 20) };
}

export async function endToEnd(file: string, rows: number, threads: number, rejectedFile: string) {
  const chain = await startNode();
  try {
    const engine = await createEngine();
    const profile = presetProfile('synthea-encounters');
    const { ledgerId, hospital } = await openCast(await DemoContract.deploy(chain, engine), 3, 5, profile);
    const { address: contract } = hospital.site.contract;
    const site = await openSite({ rpc: chain.url, contract, account: accountKey(hospital.seed), engine, threads });
    const dealer = await new Hospital(site, hospital.seed).dealer(ledgerId);

    const memory: { rows: number; rssMiB: number; heldMiB: number }[] = [];
    const step = Math.max(1, Math.floor(rows / 10));
    const started = performance.now();
    const cpu = process.cpuUsage();
    const stored = await ingestFile(site, dealer, {
      file,
      profile,
      rejectedFile,
      accounts: hospital.role.accounts(),
      onProgress: ({ rows: at }) => {
        if (at >= step * (memory.length + 1)) memory.push({ rows: at, ...measureMemory() });
      },
    });
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const before = performance.now();
    const { table } = await readJournal(dealer, sourceName(basename(file), profileHash(profile)), rows);
    const journalSeconds = (performance.now() - before) / 1000;
    await site.pool.close();
    if (table.size !== rows) throw new Error(`${rows} rows, ${table.size} records in the journal`);
    const { nextRecordId } = await site.contract.getLedger(ledgerId);
    if (stored.stored !== rows || nextRecordId !== rows) {
      throw new Error(`${rows} rows, ${stored.stored} stored, ${nextRecordId} records on chain`);
    }
    const gas = stored.transactions.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
    return {
      records: rows,
      seconds,
      recordsPerSecond: rows / seconds,
      /** Processor time of the hospital's process, all its threads, for each second of the clock. */
      hospitalCores: (user + system) / 1e6 / seconds,
      batches: stored.batches,
      gasPerRecord: Math.round(Number(gas) / rows),
      /** Reading and opening the whole ledger again, as an ingest that resumes does first. */
      journal: { seconds: journalSeconds, recordsPerSecond: rows / journalSeconds },
      memory,
    };
  } finally {
    await chain.stop();
  }
}
