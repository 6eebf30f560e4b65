// What servers in processes of their own need around them: a chain with a block each second, a hospital with a ledger that names
// them, insurers, the patients of a made-up CSV, and a keystore for each server. The cluster test and the bench of latency use it.
import { join } from 'node:path';
import { addressText } from '../../../src/address.ts';
import { uint256 } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { accountKey, custodialSeed } from '../../../src/identity/keys.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../../src/identity/keystore.ts';
import { type IngestRow, ingest } from '../../../src/ingest/ingest.ts';
import { openChannels } from '../../../src/ledger/channels.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { Hospital } from '../../../src/parties/hospital.ts';
import { Patient } from '../../../src/parties/patient.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { sourceName } from '../../../src/records/source.ts';
import { profileCategories } from '../../../src/records/terms.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { LANES } from '../../support/sample.ts';

export interface StageOptions {
  /** For the keystores server1.json, server2.json, …, password "p". */
  folder: string;
  threshold: number;
  seats: number;
  /** At least as many as seats; those above have none at first. */
  servers: number;
  insurers: number;
}

/** Wei for an answer, of which the servers want at least as much. */
export const MINIMUM_FEE = 10n ** 12n;

/** How often senders of this process look at the chain. */
const SENDING = { sending: { pollInterval: 250, rebroadcastAfter: 5000 } };

export interface Actor {
  seed: Uint8Array;
  site: Site;
  address: Uint8Array;
}

export class Stage {
  readonly chain: TestChain;
  readonly hospital: Actor & { role: Hospital };
  readonly ledgerId: Uint8Array;
  readonly threshold: number;
  readonly insurers: readonly Actor[];
  /** By seat − 1; those above the seats have none at first. */
  readonly serverSeeds: readonly Uint8Array[];
  readonly #sender: Site;

  private constructor(parts: StageParts) {
    ({
      chain: this.chain,
      hospital: this.hospital,
      ledgerId: this.ledgerId,
      threshold: this.threshold,
      insurers: this.insurers,
      serverSeeds: this.serverSeeds,
      sender: this.#sender,
    } = parts);
  }

  static async set(options: StageOptions): Promise<Stage> {
    const chain = await startChain({ blockTime: 1 });
    try {
      return new Stage(await cast(chain, options));
    } catch (error) {
      await chain.stop();
      throw error;
    }
  }

  /** What the processes of the servers are told. `rpc`: another way to the chain. */
  environment(rpc = this.chain.node.url): Record<string, string> {
    return { MISTORE_RPC: rpc, MISTORE_CONTRACT: addressText(this.chain.address), MISTORE_PASSWORD: 'p' };
  }

  /** Stores rows from a source of this name. `site`: the hospital's, or one that changes what it sends. */
  async store(rows: readonly IngestRow[], source: string, site = this.hospital.site): Promise<void> {
    const refuse = ({ row }: IngestRow) => {
      throw new Error(`row ${row} of ${source} is refused`);
    };
    const { role } = this.hospital;
    await ingest(site, await role.dealer(this.ledgerId), rows, {
      source: sourceName(source, new Uint8Array(32)),
      accounts: role.accounts(),
      onConflict: refuse,
      onOutOfRange: refuse,
    });
  }

  /** A patient, who can send. */
  patient(id: string): Patient {
    return new Patient(this.#sender, custodialSeed(this.hospital.seed, id));
  }

  receipts(patientId: string): Promise<Receipts> {
    return this.hospital.role.receipts(this.ledgerId, patientId);
  }

  /** Whether all holders of seats have joined the current epoch. */
  async isActive(): Promise<boolean> {
    const { joined, seats } = await this.hospital.site.contract.getLedger(this.ledgerId);
    return joined === seats;
  }
}

type StageParts = Pick<Stage, 'chain' | 'hospital' | 'ledgerId' | 'threshold' | 'insurers' | 'serverSeeds'> & {
  sender: Site;
};

/** Registers the servers, opens the ledger, and all channels. */
async function cast(chain: TestChain, options: StageOptions): Promise<StageParts> {
  const { threshold, seats } = options;
  const actor = async (name: string): Promise<Actor> => {
    const seed = seedOf(`cluster: ${name}`);
    return { seed, site: await chain.site(seed, SENDING), address: accountOf(accountKey(seed)) };
  };
  const actors = (name: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => actor(`${name} ${i + 1}`)));
  const servers = await actors('server', options.servers);
  await Promise.all(servers.map(({ site, seed }) => new Server(site, seed).register()));
  for (const { site } of servers) site.contract.close(); // the processes send from these accounts now
  for (const [s, { seed }] of servers.entries()) {
    const file = join(options.folder, `server${s + 1}.json`);
    await writeKeystore(file, 'p', { seed, role: 'server' }, { scrypt: WEAK_SCRYPT });
  }
  const insurers = await actors('insurer', options.insurers);
  const hospital = await actor('hospital');
  const role = new Hospital(hospital.site, hospital.seed);
  const addresses = servers.map(({ address }) => address);
  const terms = {
    threshold,
    servers: addresses.slice(0, seats),
    lanes: LANES,
    scale: 2,
    currency: 'USD',
    minRecords: 1,
    categories: profileCategories(presetProfile('synthea-encounters')),
  };
  const [ledgerId] = await Promise.all([
    role.openLedger(terms, uint256(1)),
    ...insurers.map(({ site, seed, address }) => openChannels(site, seed, address, addresses)),
  ]);
  return {
    chain,
    hospital: { ...hospital, role },
    ledgerId,
    threshold,
    insurers,
    serverSeeds: servers.map(({ seed }) => seed),
    sender: (await actor('post of the patients')).site,
  };
}
