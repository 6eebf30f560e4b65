// Opens a site for a party: connected to the contract, with worker threads that deal and check batches. In browsers, and to
// send or read only: connect-site.ts.
import { VssPool } from '../vss/pool.ts';
import { connectSite, type SiteConnection } from './connect-site.ts';
import type { Site } from './site.ts';

/** Where and with which account a party works, and on how many threads. */
export interface SiteOptions extends SiteConnection {
  /** Number of worker threads that deal and check batches; 0 if not given. They end with the process. */
  threads?: number;
}

/** As connectSite, and what it throws. */
export async function openSite({ threads, ...connection }: SiteOptions): Promise<Site> {
  const site = await connectSite(connection);
  return { ...site, pool: new VssPool(site.engine, threads) };
}
