// An ingest of one file that prints how many bytes it held after each eighth of the rows (memory.test.ts), after forced
// garbage collections. Arguments: endpoint, contract, the hospital's seed, ledger, file, its rows, whether it is a dry run.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fromHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { ingestFile } from '../../src/ingest/file.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';

const [url, contract, seedText, ledger, file, rows, dryRun] = process.argv.slice(2) as [
  url: string,
  contract: string,
  seed: string,
  ledger: string,
  file: string,
  rows: string,
  dryRun: string,
];
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
  rpc: url,
  contract: fromHex(contract),
  account: accountKey(seed),
  engine: await createEngine(),
  sending: { pollInterval: 20 },
});
const hospital = new Hospital(site, seed);
const samples: number[] = [];
const { stored } = await ingestFile(site, await hospital.dealer(fromHex(ledger, 'ledger', 32)), {
  file,
  profile: presetProfile('synthea-encounters'),
  rejectedFile: `${file}.rejected.csv`,
  accounts: hospital.accounts(),
  dryRun: dryRun === 'true',
  onProgress: (progress) => {
    if (progress.rows * 8 >= (samples.length + 1) * Number(rows)) samples.push(held());
  },
});
console.log(JSON.stringify({ stored, samples }));
