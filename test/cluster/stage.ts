// The stage of the cluster test: a chain with a block each second, a hospital whose ledger has threshold 4 and 7 seats, an eighth
// server, three insurers, the patients of a made-up CSV, and a keystore for each server.
import { join } from 'node:path';
import { uint256 } from '../../src/bytes.ts';
import { accountOf, addressText } from '../../src/chain/account.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../src/identity/keystore.ts';
import { type IngestRow, ingest } from '../../src/ingest/ingest.ts';
import { openChannels } from '../../src/ledger/channels.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { sourceName } from '../../src/records/source.ts';
import { profileCategories } from '../../src/records/terms.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { LANES } from '../support/sample.ts';

export const THRESHOLD = 4;
export const SEATS = 7;
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
  readonly insurers: readonly Actor[];
  /** By seat − 1; the last is the eighth, who has no seat at first. */
  readonly serverSeeds: readonly Uint8Array[];
  readonly #sender: Site;

  private constructor(
    parts: Pick<Stage, 'chain' | 'hospital' | 'ledgerId' | 'insurers' | 'serverSeeds'> & { sender: Site },
  ) {
    ({
      chain: this.chain,
      hospital: this.hospital,
      ledgerId: this.ledgerId,
      insurers: this.insurers,
      serverSeeds: this.serverSeeds,
      sender: this.#sender,
    } = parts);
  }

  /** With `folder` for the keystores server1.json … server8.json, password "p". */
  static async set(folder: string): Promise<Stage> {
    const chain = await startChain({ blockTime: 1 });
    try {
      const actor = async (name: string): Promise<Actor> => {
        const seed = seedOf(`cluster: ${name}`);
        return { seed, site: await chain.site(seed, SENDING), address: accountOf(accountKey(seed)) };
      };
      const servers = await Promise.all(Array.from({ length: SEATS + 1 }, (_, s) => actor(`server ${s + 1}`)));
      await Promise.all(servers.map(({ site, seed }) => new Server(site, seed).register()));
      for (const { site } of servers) site.contract.close(); // the processes send from these accounts now
      for (const [s, { seed }] of servers.entries()) {
        const name = `server${s + 1}`;
        await writeKeystore(join(folder, `${name}.json`), 'p', { seed, role: name }, { scrypt: WEAK_SCRYPT });
      }
      const insurers = await Promise.all([1, 2, 3].map((number) => actor(`insurer ${number}`)));
      const [person, post] = [await actor('hospital'), await actor('post of the patients')];
      const role = new Hospital(person.site, person.seed);
      const addresses = servers.map(({ address }) => address);
      const terms = {
        threshold: THRESHOLD,
        servers: addresses.slice(0, SEATS),
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
      const serverSeeds = servers.map(({ seed }) => seed);
      return new Stage({
        chain,
        hospital: { ...person, role },
        ledgerId,
        insurers,
        serverSeeds,
        sender: post.site,
      });
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
