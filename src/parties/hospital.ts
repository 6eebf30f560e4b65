// A hospital: opens a ledger, deals and appends its records, reads them back, and gives its patients their receipts.
// It needs nothing but its seed and the contract.
import { equalBytes, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import type { LedgerTerms } from '../contract/types.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey, checkSeed, dealingKey } from '../identity/keys.ts';
import { Tags } from '../identity/tags.ts';
import { Dealer } from '../ingest/dealer.ts';
import { openChannels, sendingSecrets } from '../ledger/channels.ts';
import type { Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { formatAmount } from '../records/amounts.ts';
import { decodeLanes } from '../records/lanes.ts';
import { RECEIPTS_FORMAT, type Receipt, type Receipts } from '../records/receipt.ts';
import { checkAmountTerms } from '../records/terms.ts';
import { checkCommittee, DEALING } from '../vss/dealing.ts';

/** A record as its hospital reads it back from the chain. */
export interface OpenedRecord {
  recordId: number;
  tag: Hex;
  key: Hex;
  /** Minor units, one for each lane. SECRET. */
  amounts: bigint[];
}

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

  /**
   * Opens a ledger and the channels to its servers, which can then join. Sends nothing if a server's key is missing or
   * invalid: such a ledger could never become active.
   */
  async openLedger(terms: Omit<LedgerTerms, 'dealing'>): Promise<bigint> {
    checkCommittee({ threshold: terms.threshold, seats: terms.servers.length });
    checkAmountTerms(terms);
    await sendingSecrets(this.#site, this.#seed, this.address, terms.servers);
    const { ledgerId } = await this.#site.contract.openLedger({ ...terms, dealing: DEALING });
    await openChannels(this.#site, this.#seed, this.address, terms.servers);
    return ledgerId;
  }

  /**
   * Dealer of one of this hospital's ledgers. Opens channels that are still missing; with `readOnly` it sends nothing.
   * Throws NOT_THE_HOSPITAL.
   */
  async dealer(ledgerId: bigint, { readOnly = false } = {}): Promise<Dealer> {
    const ledger = await LedgerView.load(this.#site, ledgerId);
    if (!equalBytes(ledger.opening.hospital, this.address)) {
      throw new MIStoreError(
        'NOT_THE_HOSPITAL',
        `ledger ${ledgerId} belongs to ${toHex(ledger.opening.hospital)}, not to ${toHex(this.address)}`,
      );
    }
    const secretsOf = readOnly ? sendingSecrets : openChannels;
    const channels = await secretsOf(this.#site, this.#seed, this.address, ledger.opening.servers);
    return new Dealer(this.#site, ledger, dealingKey(this.#seed), channels);
  }

  tags(given?: Iterable<readonly [string, Hex]>): Tags {
    return new Tags(this.#seed, given);
  }

  /** Every record of a ledger with its amounts, from seed and chain alone. */
  async *readBack(ledgerId: bigint): AsyncGenerator<OpenedRecord> {
    const dealer = await this.dealer(ledgerId, { readOnly: true });
    const lanes = dealer.ledger.opening.lanes.length;
    for await (const batch of dealer.ledger.batches()) {
      const { messages } = dealer.open(batch);
      for (let k = 0; k < batch.columns.count; k++) {
        yield {
          recordId: batch.event.firstRecordId + k,
          tag: batch.tag(k),
          key: toHex(batch.key(k)),
          amounts: decodeLanes(messages.subarray(32 * k, 32 * k + 32), lanes),
        };
      }
    }
  }

  /** Receipts of all records under the patient's tag (20 bytes), from seed and chain alone; addMetadata adds free text. */
  async receipts(ledgerId: bigint, tag: Uint8Array): Promise<Receipts> {
    const dealer = await this.dealer(ledgerId, { readOnly: true });
    const { lanes, scale, currency } = dealer.ledger.opening;
    const patient = toHex(tag);
    const records: Receipt[] = [];
    for await (const batch of dealer.ledger.batches()) {
      const places = Array.from({ length: batch.columns.count }, (_, k) => k).filter((k) => batch.tag(k) === patient);
      if (places.length === 0) continue;
      const { messages, openings } = dealer.open(batch);
      for (const k of places) {
        records.push({
          recordId: batch.event.firstRecordId + k,
          batch: batch.event.index,
          key: toHex(batch.key(k)),
          amounts: decodeLanes(messages.subarray(32 * k, 32 * k + 32), lanes.length).map((amount) =>
            formatAmount(amount, scale),
          ),
          blinding: toHex(openings.subarray(32 * k, 32 * k + 32)),
          commitments: points(batch.commitments(k)),
          proof: batch.tree.proof(k).map(toHex),
        });
      }
    }
    const { chainId, address } = this.#site.contract;
    return {
      format: RECEIPTS_FORMAT,
      chainId: chainId.toString(),
      contract: toHex(address),
      ledgerId: ledgerId.toString(),
      patient,
      lanes: [...lanes],
      scale,
      currency,
      records,
    };
  }
}

const points = (compressed: Uint8Array): Hex[] =>
  Array.from({ length: compressed.length / 32 }, (_, j) => toHex(compressed.subarray(32 * j, 32 * j + 32)));
