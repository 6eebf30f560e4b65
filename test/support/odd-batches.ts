// A hospital that stores what an honest one would not: records at positions, with salts and totals of its choice; and the
// receipts that it then writes. Everything else is honest.
import { concat, fromBigInt, toHex } from '../../src/bytes.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import { NO_NONCE } from '../../src/ingest/dealer.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { batchLeaves } from '../../src/records/batch.ts';
import { encodeLanes } from '../../src/records/lanes.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import type { Receipt, Receipts } from '../../src/records/receipts/receipt.ts';
import { inOrder, orderByTag } from '../../src/records/record.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../src/records/series.ts';
import { encodeSource } from '../../src/records/source.ts';
import { type Cast, openAnother } from './parties.ts';

export interface OddRecord {
  position: number;
  /** In minor units, of the first lane; the second has none. */
  total: bigint;
  /** What the receipt says. */
  amount: string;
  /** That of the viewing key, if not given. */
  salt?: Uint8Array;
  /** That of account, series, position and salt, if not given. 20 bytes. */
  tag?: Uint8Array;
}

/** One patient's series of the first category, in a ledger of its own. */
export class OddHospital {
  readonly cast: Cast;
  readonly #patient: string;
  readonly #records: Receipt[] = [];
  #previousNonce = NO_NONCE;
  #previousRoot: Uint8Array;
  #index = 0;
  #rows = 0;

  private constructor(cast: Cast, patient: string) {
    this.cast = cast;
    this.#patient = patient;
    this.#previousRoot = cast.ledgerId;
  }

  static async open(cast: Cast, patient: string): Promise<OddHospital> {
    return new OddHospital(await openAnother(cast), patient);
  }

  get #account(): Uint8Array {
    return this.cast.hospital.accounts().accounts(this.#patient)[0]!;
  }

  /** Appends a batch of these records. */
  async append(...records: OddRecord[]): Promise<void> {
    const { hospital, hospitalSite, hospitalSeed, ledgerId, threshold } = this.cast;
    const dealer = await hospital.dealer(ledgerId);
    const key = viewingKey(dealingKey(hospitalSeed), this.#patient);
    const category = dealer.ledger.terms.categories[0]!;
    const series = seriesId(key, { ledgerId, account: this.#account, category });
    const salts = records.map(({ salt, position }) => salt ?? saltOf(key, ledgerId, series, position));
    const tags = concat(
      ...records.map(({ position, tag }, k) => tag ?? tagOf(this.#account, series, position, salts[k]!)),
    );
    const order = orderByTag(tags);
    const keys = concat(...records.map((_, k) => fromBigInt(BigInt(this.#rows + k + 1), 8)));
    this.#rows += records.length;
    const contents = {
      source: encodeSource(new Uint8Array(24), this.#rows),
      tags: inOrder(tags, 20, order),
      keys: inOrder(keys, 8, order),
      messages: inOrder(concat(...records.map(({ total }) => encodeLanes([total, 0n]))), 32, order),
    };
    const firstRecordId = (await dealer.ledger.state()).nextRecordId;
    const place = dealer.name(this.#index++, this.#previousNonce, contents);
    const bytes = await dealer.deal(place, contents);
    const { index, epoch, nonce } = place;
    const { source } = contents;
    await hospitalSite.contract.appendBatch({
      ledgerId,
      previous: this.#previousRoot,
      epoch,
      nonce,
      source,
      records: bytes,
    });
    const event = { index, epoch, nonce, source, firstRecordId, records: bytes };
    this.#previousRoot = new BatchTree(hospitalSite.engine, batchLeaves(hospitalSite.engine, threshold, event)).root;

    const batch = await (await LedgerView.load(hospitalSite, ledgerId)).batch(index);
    const openings = await dealer.open(batch, this.#previousNonce);
    this.#previousNonce = nonce;
    order.forEach((row, k) => {
      const { position, amount } = records[row]!;
      const commitments = batch.commitments(k);
      this.#records.push({
        recordId: firstRecordId + k,
        batch: index,
        category,
        position,
        amounts: [amount, '0.00'],
        blinding: toHex(openings.subarray(64 * k + 32, 64 * k + 64)),
        salt: toHex(salts[row]!),
        key: toHex(batch.key(k)),
        commitments: Array.from({ length: threshold }, (_, j) => toHex(commitments.subarray(32 * j, 32 * j + 32))),
        path: batch.tree.path(k).map(toHex),
      });
    });
  }

  /** Receipts of every record so far. */
  async receipts(): Promise<Receipts> {
    const { hospital, ledgerId } = this.cast;
    return { ...(await hospital.receipts(ledgerId, this.#patient)), records: [...this.#records] };
  }
}
