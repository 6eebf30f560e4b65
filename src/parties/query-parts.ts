// What an insurer sends to the contract: the queried records with uncompressed commitments and a multiproof for each
// batch, divided so that each transaction stays under the nodes' size limit. (At 64 bytes a point and the calldata price
// of EIP-7623 a transaction reaches that limit long before its gas cap.)
import { concat } from '../bytes.ts';
import type { QueryPart } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import { MIStoreError } from '../errors.ts';
import type { LedgerBatch } from '../ledger/view.ts';
import { MAX_RECORDS_BYTES } from '../records/batch.ts';
import { encodeQueriedRecords, queriedRecordBytes } from '../records/record.ts';

/** At least the ABI head, offsets and padding of one part. */
const PART_OVERHEAD = 512;

/** Bytes of one queried record and, at worst, of its proof: ⌈log2 B⌉ nodes of 32 bytes. */
const costOf = (batch: LedgerBatch): number =>
  queriedRecordBytes(batch.committee) + 32 * Math.ceil(Math.log2(batch.columns.count + 1)) + 2;

export class QueryParts {
  readonly #engine: Engine;
  readonly #budget: number;
  readonly #transactions: QueryPart[][] = [[]];
  #left: number;
  #sums: Uint8Array;

  /**
   * `sums`: A_0 … A_{t−1} of the records before these. `reserved`: bytes of each transaction that the consent, its
   * signature, the masks and the progress take.
   */
  constructor(engine: Engine, sums: Uint8Array, reserved: number) {
    this.#engine = engine;
    this.#sums = sums;
    this.#budget = MAX_RECORDS_BYTES - reserved;
    this.#left = this.#budget;
    if (this.#budget < 4096)
      throw new MIStoreError(
        'COMMITTEE_TOO_LARGE',
        'the masks of this many servers leave no room for records in a transaction',
      );
  }

  /** Adds the records with these ascending numbers of a batch. Batches come in ascending order. */
  add(batch: LedgerBatch, numbers: readonly number[]): void {
    const cost = costOf(batch);
    for (let from = 0; from < numbers.length; ) {
      const fit = Math.floor((this.#left - PART_OVERHEAD) / cost);
      if (fit < 1) {
        this.#transactions.push([]);
        this.#left = this.#budget;
        continue;
      }
      const chunk = numbers.slice(from, from + fit);
      const points = this.#engine.decompress(concat(...chunk.map((k) => batch.commitments(k))));
      this.#sums = this.#engine.sumPoints(concat(this.#sums, points), batch.committee.threshold);
      this.#transactions.at(-1)!.push(queryPart(batch, chunk, points));
      this.#left -= PART_OVERHEAD + cost * chunk.length;
      from += chunk.length;
    }
  }

  /** A_0 … A_{t−1} of all records, as the contract will compute them. */
  get sums(): Uint8Array {
    return this.#sums;
  }

  /** The parts of each transaction, in order. */
  get transactions(): readonly (readonly QueryPart[])[] {
    return this.#transactions;
  }
}

function queryPart(batch: LedgerBatch, numbers: readonly number[], points: Uint8Array): QueryPart {
  const records = numbers.map((k) => ({ recordId: batch.event.firstRecordId + k, key: batch.key(k) }));
  return {
    batch: batch.event.index,
    records: encodeQueriedRecords(batch.committee, records, points),
    ...batch.tree.multiProof(numbers),
  };
}
