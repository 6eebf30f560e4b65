// The process of new-file.ts: takes one message, does what "hospital ingest --dry-run" does, and answers with one.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createEngine } from '../../src/engine/load.ts';
import { ingestFile } from '../../src/ingest/file.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import type { NewFile, Ready } from './new-file.ts';

const [{ rpc, contract, ledgerId, seed, file }] = (await once(process, 'message')) as [NewFile];
const site = await openSite({ rpc, contract, engine: await createEngine(), threads: availableParallelism() - 1 });
const hospital = new Hospital(site, seed);
const { unsent } = await ingestFile(site, await hospital.dealer(ledgerId), {
  file,
  profile: presetProfile('synthea-encounters'),
  rejectedFile: `${file}.rejected.csv`,
  accounts: hospital.accounts(),
  dryRun: true,
});
const seconds = performance.now() / 1000;
if (unsent.records === 0) throw new Error('there was nothing to send');
await site.pool.close();
const ready: Ready = { seconds, maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
process.send!(ready, () => process.disconnect());
