// Who plays in the demonstration: an embedded chain with the contract on it, and a hospital with its servers and a ledger
// that they have joined. Seeds are random, and gone with the process.
import { randomBytes } from 'node:crypto';
import { accountOf } from '../chain/account.ts';
import { type EmbeddedNode, fund } from '../chain/embedded-node.ts';
import { createSender } from '../chain/sending/sender.ts';
import { deploy } from '../contract/client.ts';
import type { Engine } from '../engine/engine.ts';
import { accountKey } from '../identity/keys.ts';
import { openSite } from '../ledger/open-site.ts';
import type { Site } from '../ledger/site.ts';
import { Hospital } from '../parties/hospital.ts';
import { Insurer } from '../parties/insurer.ts';
import { Server } from '../parties/server/server.ts';
import type { Profile } from '../records/profile.ts';
import { profileCategories, profileTerms } from '../records/terms.ts';

/** Wei that every account gets. */
const FUNDS = 10n ** 21n;

interface Player<Role> {
  /** 32 bytes. SECRET. */
  seed: Uint8Array;
  site: Site;
  role: Role;
}

export interface Cast {
  ledgerId: Uint8Array;
  hospital: Player<Hospital>;
  /** By seat − 1. */
  servers: Player<Server>[];
}

/** The contract on an embedded chain, as each account reaches it. */
export class DemoContract {
  /** 20 bytes. */
  readonly address: Uint8Array;
  readonly #rpc: string;
  readonly #engine: Engine;

  private constructor(address: Uint8Array, rpc: string, engine: Engine) {
    this.address = address;
    this.#rpc = rpc;
    this.#engine = engine;
  }

  static async deploy({ url }: EmbeddedNode, engine: Engine): Promise<DemoContract> {
    const operator = randomBytes(32);
    await fund(url, accountOf(operator), FUNDS);
    const sender = await createSender({ rpc: url, privateKey: operator });
    const { address } = await deploy(sender);
    sender.close();
    return new DemoContract(address, url, engine);
  }

  /** For the account of this seed, which gets ether. */
  async site(seed: Uint8Array): Promise<Site> {
    const account = accountKey(seed);
    await fund(this.#rpc, accountOf(account), FUNDS);
    return openSite({ rpc: this.#rpc, contract: this.address, account, engine: this.#engine });
  }

  /** To read only. */
  reader(): Promise<Site> {
    return openSite({ rpc: this.#rpc, contract: this.address, engine: this.#engine });
  }
}

/** A hospital and `seats` servers, with a ledger for rows of this profile that all servers have joined. */
export async function openCast(
  contract: DemoContract,
  threshold: number,
  seats: number,
  profile: Profile,
): Promise<Cast> {
  const seed = randomBytes(32);
  const site = await contract.site(seed);
  const hospital = { seed, site, role: new Hospital(site, seed) };
  const servers = await Promise.all(Array.from({ length: seats }, () => openServer(contract)));
  const ledgerId = await hospital.role.openLedger({
    ...profileTerms(profile),
    categories: profileCategories(profile),
    threshold,
    servers: servers.map(({ role }) => role.address),
    minRecords: 1,
  });
  await Promise.all(servers.map(({ role }) => role.join(ledgerId)));
  return { ledgerId, hospital, servers };
}

/** A registered server. */
async function openServer(contract: DemoContract): Promise<Player<Server>> {
  const seed = randomBytes(32);
  const site = await contract.site(seed);
  const role = new Server(site, seed);
  await role.register();
  return { seed, site, role };
}

export async function openInsurer(contract: DemoContract): Promise<Insurer> {
  const seed = randomBytes(32);
  return new Insurer(await contract.site(seed), seed);
}
