// The process of following.ts: takes one message, does what "server run" does until it has caught up, and answers with one.
import { once } from 'node:events';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import { ServerDaemon } from '../../src/parties/server/daemon/daemon.ts';
import { Server } from '../../src/parties/server/server.ts';
import type { Follow, Followed } from './following.ts';

const [{ rpc, contract, ledgerId, seed, cacheFile, records }] = (await once(process, 'message')) as [Follow];
const site = await openSite({ rpc, contract, engine: await createEngine(), account: accountKey(seed) });
const end = new AbortController();
const rssMiB: number[] = [];
let [checked, behind, seconds] = [0, false, 0];
const daemon = new ServerDaemon(site, new Server(site, seed), {
  ledgerId,
  cacheFile,
  signal: end.signal,
  onEvent: (event) => {
    if (event.kind === 'checked') {
      checked += event.records;
      behind = checked < records;
      if (event.bad.length > 0) throw new Error(`wrong shares in batch ${event.batch}`);
      while (checked >= (records / 10) * (rssMiB.length + 1)) rssMiB.push(toMiB(process.memoryUsage.rss()));
    }
    if (event.kind !== 'round' || behind || end.signal.aborted) return;
    seconds = performance.now() / 1000;
    end.abort();
  },
});
await daemon.run();
const followed: Followed = { seconds, checked, maxRssMiB: toMiB(1024 * process.resourceUsage().maxRSS), rssMiB };
site.contract.close();
process.send!(followed, () => process.disconnect());

function toMiB(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
