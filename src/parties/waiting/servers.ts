// Which servers have joined the current epoch of a ledger, for a hospital that waits for all of them: before that, the contract
// takes no batch. By the contract's views; needs no key.
import { pause } from '../../chain/rpc.ts';
import type { Site } from '../../ledger/site.ts';
import { LedgerView } from '../../ledger/view.ts';
import { notJoined } from '../status.ts';

/** How far the servers of a ledger have come with joining. */
export interface JoinsSoFar {
  /** The current epoch; it changes where keys or seats do meanwhile. */
  epoch: number;
  seats: number;
  /** Who holds a seat and has not joined, 20 bytes each, in the order of the seats; none: the ledger takes batches. */
  missing: Uint8Array[];
  /** Since the waiting began. */
  seconds: number;
}

/** For how long servers are waited for, and what is called meanwhile. */
export interface WaitForServersOptions {
  /** How long to wait at most. */
  seconds: number;
  /** Milliseconds between two looks at the chain; 1000 if not given. */
  interval?: number;
  /** Called at each look at which somebody is missing. */
  onMissing?: (so: JoinsSoFar) => void;
}

/**
 * Waits until all servers have joined the current epoch of a ledger (32 bytes), or for so long; tells how far it has come. Sends
 * nothing. Throws UNKNOWN_LEDGER.
 */
export async function waitForServers(
  site: Site,
  ledgerId: Uint8Array,
  { seconds, interval = 1000, onMissing }: WaitForServersOptions,
): Promise<JoinsSoFar> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  let ledger = await LedgerView.load(site, ledgerId);
  for (;;) {
    const { epoch, joined, seats } = await ledger.state();
    if (epoch !== ledger.currentEpoch.epoch) ledger = await LedgerView.load(site, ledgerId);
    const missing = joined === seats ? [] : await notJoined(site, ledger, ledger.currentEpoch.epoch);
    const so = { epoch: ledger.currentEpoch.epoch, seats, missing, seconds: elapsed() };
    if (missing.length === 0) return so;
    onMissing?.(so);
    const left = seconds - elapsed();
    if (left <= 0) return so;
    await pause(Math.min(interval, 1000 * left));
  }
}
