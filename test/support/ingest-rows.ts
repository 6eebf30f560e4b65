// Ingests of rows into (2, 3) ledgers, each by new objects as another process would have them; and how each row ended.
import { type IngestRow, type IngestSummary, ingest } from '../../src/ingest/ingest.ts';
import { batchCapacity } from '../../src/records/batch.ts';
import { sourceName } from '../../src/records/source.ts';
import { startChain, type TestChain } from './chain.ts';
import { type Cast, hospitalOf, openAnother, openCast } from './parties.ts';
import { rowsOf, sampleCsv } from './sample.ts';

/** Records of a full batch at (2, 3). */
export const CAPACITY = batchCapacity(2);
/** Rows of three full batches. */
export const all = rowsOf(sampleCsv(3 * CAPACITY, 'intake'));
const PROFILE = new Uint8Array(32).fill(7);

/** Row numbers, by how the rows ended. */
export interface Ends {
  repeated: number[];
  conflicts: number[];
  stored: number[];
  outOfRange: number[];
}

export class Intake {
  readonly chain: TestChain;
  readonly cast: Cast;

  private constructor(chain: TestChain, cast: Cast) {
    this.chain = chain;
    this.cast = cast;
  }

  static async open(name: string): Promise<Intake> {
    const chain = await startChain();
    return new Intake(chain, await openCast(chain, name, 2, 3));
  }

  /** Another ledger, empty and active. */
  ledger(): Promise<Cast> {
    return openAnother(this.cast);
  }

  async give(
    to: Cast,
    rows: Iterable<IngestRow> | AsyncIterable<IngestRow>,
    name = 'a.csv',
    more: object = {},
    by?: Awaited<ReturnType<typeof hospitalOf>>,
  ): Promise<IngestSummary & Ends> {
    const { site, hospital } = by ?? (await hospitalOf(to));
    const ends: Ends = { repeated: [], conflicts: [], stored: [], outOfRange: [] };
    const summary = await ingest(site, await hospital.dealer(to.ledgerId), rows, {
      source: sourceName(name, PROFILE),
      accounts: hospital.accounts(),
      onStored: ({ row }) => ends.stored.push(row),
      onRepeated: ({ row }) => void ends.repeated.push(row),
      onConflict: ({ row }) => void ends.conflicts.push(row),
      onOutOfRange: ({ row }) => void ends.outOfRange.push(row),
      ...more,
    });
    return { ...summary, ...ends };
  }

  /** Number of records on chain. */
  async size({ ledgerId }: Cast): Promise<number> {
    return (await this.cast.hospitalSite.contract.getLedger(ledgerId)).nextRecordId;
  }
}
