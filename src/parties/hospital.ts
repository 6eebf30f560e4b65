// A hospital: opens a ledger and deals its keys, gives its seats to other servers, appends its records, reads them back, and
// gives its patients their receipts. It needs its seed, its patients' ids and the contract, and keeps nothing else.
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { committeeAfter, ledgerIdOf, type SeatChange } from '../contract/ledger-id.ts';
import type { LedgerTerms } from '../contract/types.ts';
import { checkInteger, MIStoreError } from '../errors.ts';
import { PatientAccounts } from '../identity/accounts.ts';
import { accountKey, checkSeed, dealingKey } from '../identity/keys.ts';
import { Dealer, NO_NONCE } from '../ingest/dealer.ts';
import { openChannels, sendingSecrets } from '../ledger/channels.ts';
import { LedgerComplaints } from '../ledger/complaints.ts';
import { checkOwnKeys, dealKeys, digestOfEpoch } from '../ledger/epoch-keys.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import { type Epoch, LedgerView } from '../ledger/view.ts';
import { decodeLanes } from '../records/lanes.ts';
import type { Receipt, Receipts } from '../records/receipts/receipt.ts';
import { checkAmountTerms, checkCategories } from '../records/terms.ts';
import { checkCommittee } from '../sharing/committee.ts';
import { carryKeys, type Justification, justify, planJustification } from './complaints.ts';
import { collectReceipts, type OwnedReceipt, type Owner, ownersWithRecords, receiptsFile } from './receipts/collect.ts';

/** A record as its hospital reads it back from the chain without its patients' ids. */
export interface OpenedRecord {
  recordId: number;
  tag: Hex;
  key: Hex;
  /** Total of its series, minor units, one for each lane. SECRET. */
  total: bigint[];
  /** Of a carry record: the void record whose total it carries on. Not public: it links the two. */
  carries?: number;
}

/** What receipts of many owners are made of. */
export interface ReceiptsOfAll {
  /** Records of the ledger, for progress. */
  records: number;
  /** In the order of the ledger's batches. */
  receipts: AsyncGenerator<OwnedReceipt>;
  /** The file of an owner (by number), of all receipts that there are of theirs; says in these which are corrections. */
  fileOf(owner: number, records: Receipt[]): Receipts;
}

const NO_SALT = new Uint8Array(32);

/**
 * A hospital: opens ledgers, deals keys and batches, gives its patients their receipts. Needs its seed (32 bytes,
 * SECRET).
 */
export class Hospital {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #seed: Uint8Array;

  constructor(site: Site, seed: Uint8Array) {
    checkSeed(seed);
    this.#site = site;
    this.#seed = seed;
    this.address = accountOf(accountKey(seed));
  }

  /** Id of the ledger that openLedger() opens, or has opened, for the same terms and salt. Throws for terms that it refuses. */
  ledgerIdOf(terms: LedgerTerms, salt: Uint8Array = NO_SALT): Uint8Array {
    checkTerms(terms);
    return ledgerIdOf(deploymentOf(this.#site), { hospital: this.address, terms, salt });
  }

  /**
   * Opens a ledger with these terms, the channels to its servers, and deals the keys of its first epoch; the servers can then
   * join. The same terms and salt (32 bytes) are the same ledger: what is on chain already is not sent again. Sends nothing
   * where a server's key is missing or invalid, which would leave a ledger that can never be active.
   */
  async openLedger(terms: LedgerTerms, salt: Uint8Array = NO_SALT): Promise<Uint8Array> {
    const ledgerId = this.ledgerIdOf(terms, salt);
    const { contract } = this.#site;
    await sendingSecrets(this.#site, this.#seed, this.address, terms.servers);
    const key = dealingKey(this.#seed);
    if (await contract.isOpen(ledgerId)) {
      const { ledger } = await this.dealer(ledgerId);
      await this.#dealAll(ledger, key, ledger.epochs);
      return ledgerId;
    }
    const { threshold, servers } = terms;
    const committee = { threshold, seats: servers.length };
    const digest = digestOfEpoch(this.#site, key, { committee }, ledgerId);
    await contract.openLedger(terms, salt, digest);
    await this.#dealAll({ ledgerId, committee }, key, [{ epoch: 1, servers, committeeHash: ledgerId, digest }]);
    return ledgerId;
  }

  /**
   * Dealer of one of this hospital's ledgers. Throws NOT_THE_HOSPITAL, and NOT_OUR_KEYS for a ledger whose keys are not of this
   * seed: terms always match their own hash, so a liar could show an invented ledger.
   */
  async dealer(ledgerId: Uint8Array): Promise<Dealer> {
    const ledger = await LedgerView.load(this.#site, ledgerId);
    if (!equalBytes(ledger.hospital, this.address)) {
      throw new MIStoreError(
        'NOT_THE_HOSPITAL',
        `ledger ${toHex(ledgerId)} belongs to ${toHex(ledger.hospital)}, not to ${toHex(this.address)}`,
      );
    }
    const key = dealingKey(this.#seed);
    checkOwnKeys(this.#site, ledger, key);
    return new Dealer(this.#site, ledger, key);
  }

  /**
   * What justifying a seat's complaint about a record would make public; sends nothing. Throws NO_COMPLAINT, and
   * TOO_MANY_JUSTIFIED where no further share of the record may become public.
   */
  async planJustification(ledgerId: Uint8Array, recordId: number, seat: number): Promise<Justification> {
    return planJustification(this.#site, await LedgerView.load(this.#site, ledgerId), recordId, seat);
  }

  /** Justifies a seat's complaint about a record, which makes that share public: see complaints.ts. */
  async justify(ledgerId: Uint8Array, recordId: number, seat: number): Promise<void> {
    await justify(this.#site, await this.dealer(ledgerId), recordId, seat);
  }

  /** Begins a new epoch of a ledger for the same servers: new keys, which each of them has to join. Returns its number. */
  async refresh(ledgerId: Uint8Array): Promise<number> {
    const { ledger, dealingKey } = await this.dealer(ledgerId);
    const next = this.#epochAfter(ledger, dealingKey);
    const { epoch, digest } = next;
    await this.#site.contract.beginEpoch({ ledgerId, epoch, digest });
    await this.#dealAll(ledger, dealingKey, [...ledger.epochs, next]);
    return epoch;
  }

  /**
   * Gives a seat to another server (20 bytes), which begins a new epoch, and deals the new server the seat's keys of all epochs.
   * Given again, it goes on where it stopped. Returns the epoch from which on the seat is the new server's. Throws, and sends
   * nothing, NOT_REGISTERED, INVALID_KEY, or HAD_A_SEAT for an account that has or had another seat in this ledger.
   */
  async changeSeat(ledgerId: Uint8Array, seat: number, server: Uint8Array): Promise<number> {
    const { ledger, dealingKey } = await this.dealer(ledgerId);
    checkInteger('seat', seat, 1, ledger.committee.seats);
    const since = ledger.epochs.find(({ servers }) => equalBytes(servers[seat - 1]!, server))?.epoch ?? 1;
    if (since > 1 && ledger.seatOf(server) === seat) {
      await this.#dealAll(ledger, dealingKey, ledger.epochs);
      return since;
    }
    await sendingSecrets(this.#site, this.#seed, this.address, [server]);
    checkNewcomer(ledger, server);
    const next = this.#epochAfter(ledger, dealingKey, { seat, server });
    const { epoch, digest } = next;
    await this.#site.contract.changeSeat({ ledgerId, epoch, seat, server, digest });
    await this.#dealAll(ledger, dealingKey, [...ledger.epochs, next]);
    return epoch;
  }

  /** The epoch that a change of a seat begins, or new keys for the same servers. */
  #epochAfter(ledger: LedgerView, dealingKey: Uint8Array, change?: SeatChange): Epoch {
    const { epoch, servers, committeeHash: before } = ledger.currentEpoch;
    const committeeHash = committeeAfter(before, change);
    return {
      epoch: epoch + 1,
      servers: change ? servers.with(change.seat - 1, change.server) : servers,
      committeeHash,
      digest: digestOfEpoch(this.#site, dealingKey, ledger, committeeHash),
    };
  }

  /** Publishes what the present holders of the seats need and is not on chain: channels, and keys of all epochs. */
  async #dealAll(
    ledger: Pick<LedgerView, 'ledgerId' | 'committee'>,
    dealingKey: Uint8Array,
    epochs: readonly Epoch[],
  ): Promise<void> {
    const channels = await openChannels(this.#site, this.#seed, this.address, epochs.at(-1)!.servers);
    for (const epoch of epochs.toReversed()) await dealKeys(this.#site, ledger, epoch, dealingKey, channels);
  }

  /** The accounts of its patients; `given`: those of patients who have their own. */
  accounts(given?: ConstructorParameters<typeof PatientAccounts>[1]): PatientAccounts {
    return new PatientAccounts(this.#seed, given);
  }

  /** Every record of a ledger with its series' total, from seed and chain alone: whose they are takes the patients' ids. */
  async *readBack(ledgerId: Uint8Array): AsyncGenerator<OpenedRecord> {
    const dealer = await this.dealer(ledgerId);
    const lanes = dealer.ledger.terms.lanes.length;
    const { everVoid } = await LedgerComplaints.readVoids(this.#site, dealer.ledger);
    const carried = carryKeys(dealer, everVoid);
    let previousNonce = NO_NONCE;
    for await (const batch of dealer.ledger.batches()) {
      const openings = await dealer.open(batch, previousNonce);
      previousNonce = batch.event.nonce;
      for (let k = 0; k < batch.count; k++) {
        const key = toHex(batch.key(k));
        const carries = carried.get(key);
        yield {
          recordId: batch.event.firstRecordId + k,
          tag: toHex(batch.tag(k)),
          key,
          total: decodeLanes(openings.subarray(64 * k, 64 * k + 32), lanes),
          ...(carries !== undefined && { carries }),
        };
      }
    }
  }

  /**
   * Receipts of all records of a patient under an account of theirs (20 bytes; the present one if not given), from seed, id and
   * chain alone; ingest/metadata.ts adds free text.
   */
  async receipts(ledgerId: Uint8Array, patient: string, account?: Uint8Array): Promise<Receipts> {
    const dealer = await this.dealer(ledgerId);
    const owner = { patient, account: account ?? this.accounts().accounts(patient)[0]! };
    const records: Receipt[] = [];
    for await (const { receipt } of collectReceipts(dealer, [owner])) records.push(receipt);
    return receiptsFile(this.#site, dealer, owner, records);
  }

  /** Receipts of many owners, no owner twice, in one pass over the ledger which keeps none of them. */
  async receiptsOfAll(ledgerId: Uint8Array, owners: readonly Owner[]): Promise<ReceiptsOfAll> {
    const dealer = await this.dealer(ledgerId);
    return {
      records: (await dealer.ledger.state()).nextRecordId,
      receipts: collectReceipts(dealer, owners),
      fileOf: (owner, own) => receiptsFile(this.#site, dealer, owners[owner]!, own),
    };
  }

  /** Those of the patients who have a record in the ledger under their custodial account. */
  async patientsWithRecords(ledgerId: Uint8Array, patients: readonly string[]): Promise<string[]> {
    const accounts = this.accounts();
    const owners = patients.map((patient) => ({ patient, account: accounts.accounts(patient).at(-1)! }));
    const found = await ownersWithRecords(await this.dealer(ledgerId), owners);
    return patients.filter((_, owner) => found.has(owner));
  }
}

/** Throws HAD_A_SEAT for an account (20 bytes) that holds, or held, a seat of the ledger. */
function checkNewcomer(ledger: LedgerView, account: Uint8Array): void {
  for (const { epoch, servers } of ledger.epochs) {
    const seat = 1 + servers.findIndex((server) => equalBytes(server, account));
    if (seat === 0) continue;
    const name = toHex(account);
    const message = `account ${name} held seat ${seat} of this ledger in epoch ${epoch}; an account is given one seat of a ledger, once`;
    throw new MIStoreError('HAD_A_SEAT', message, { account: name, seat, epoch });
  }
}

/** Refuses what the contract would take, but no receipt or sum could be written with. Lanes and categories are known by name. */
function checkTerms(terms: LedgerTerms): void {
  const { threshold, servers, categories } = terms;
  checkCommittee({ threshold, seats: servers.length });
  checkAmountTerms(terms);
  checkCategories(categories);
}
