// The hospital and the servers of a development network: they set its ledger up, and the servers then run as daemons. The
// hospital acts no more after that: its account is for the commands that people type.
import type { Engine } from '../engine/engine.ts';
import { accountKey } from '../identity/keys.ts';
import { openSite } from '../ledger/open-site.ts';
import type { Site } from '../ledger/site.ts';
import type { PinnedContract } from '../network/network-file.ts';
import { Hospital } from '../parties/hospital.ts';
import { ServerDaemon } from '../parties/server/daemon/daemon.ts';
import type { DaemonEvent } from '../parties/server/daemon/daemon-events.ts';
import { Server } from '../parties/server/server.ts';
import { presetProfile } from '../records/profile-presets.ts';
import { profileCategories, profileTerms } from '../records/terms.ts';
import type { DevAccount, DevAccounts } from './accounts.ts';
import type { DevPlan } from './plan.ts';

interface Place {
  url: string;
  contract: PinnedContract;
  engine: Engine;
}

interface RunningServer {
  name: string;
  site: Site;
  server: Server;
}

export class DevParties {
  readonly #hospital: Hospital;
  readonly #hospitalSite: Site;
  readonly #servers: readonly RunningServer[];
  readonly #stop = new AbortController();
  #running: Promise<void>[] = [];

  private constructor(hospital: Hospital, hospitalSite: Site, servers: readonly RunningServer[]) {
    this.#hospital = hospital;
    this.#hospitalSite = hospitalSite;
    this.#servers = servers;
  }

  static async open(place: Place, { hospital, servers }: DevAccounts): Promise<DevParties> {
    const site = await siteOf(place, hospital);
    const opened = servers.map(async (account) => {
      const own = await siteOf(place, account);
      return { name: account.name, site: own, server: new Server(own, account.seed) };
    });
    return new DevParties(new Hospital(site, hospital.seed), site, await Promise.all(opened));
  }

  /** Registers the servers, opens the ledger and has them join; what is done already is not done again. Returns its id, 32 bytes. */
  async setUpLedger({ threshold, preset }: DevPlan): Promise<Uint8Array> {
    const servers = this.#servers.map(({ server }) => server);
    await Promise.all(servers.map((server) => server.register()));
    const profile = presetProfile(preset);
    const ledgerId = await this.#hospital.openLedger({
      ...profileTerms(profile),
      categories: profileCategories(profile),
      threshold,
      servers: servers.map(({ address }) => address),
      minRecords: 1,
    });
    await Promise.all(servers.map((server) => server.join(ledgerId)));
    this.#hospitalSite.contract.close();
    return ledgerId;
  }

  /** Starts the servers, which join further ledgers of the hospital by themselves. */
  run(onEvent: (server: string, event: DaemonEvent) => void): void {
    const accept = [this.#hospital.address];
    const { signal } = this.#stop;
    this.#running = this.#servers.map(({ name, site, server }) =>
      new ServerDaemon(site, server, { accept, signal, onEvent: (event) => onEvent(name, event) }).run(),
    );
  }

  /** Ends the servers. Can be called before run(). */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    for (const { site } of this.#servers) site.contract.close();
    this.#hospitalSite.contract.close();
  }
}

/** The contract as an account reaches it. */
const siteOf = ({ url, contract, engine }: Place, { seed }: DevAccount): Promise<Site> =>
  openSite({ rpc: url, ...contract, account: accountKey(seed), engine, lasting: true });
