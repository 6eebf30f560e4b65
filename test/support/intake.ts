// A hospital's ingests, each with new objects as another process would have them, into (2, 3) ledgers of their own; and
// how each row ended.

import { type IngestRow, type IngestSummary, ingest } from '../../src/ingest/ingest.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { batchCapacity } from '../../src/records/batch.ts';
import { sourceName } from '../../src/records/source.ts';
import { type Cast, openCast, openStage, rowsOf, type Stage, sampleCsv } from './parties.ts';

/** Records of a full batch at (2, 3). */
export const CAPACITY = batchCapacity({ threshold: 2, seats: 3 });
/** Rows of three full batches. */
export const all = rowsOf(sampleCsv(3 * CAPACITY, 'intake'));
const PROFILE = new Uint8Array(32).fill(7);

/** Row numbers, by how the rows ended. */
export interface Ends {
  repeated: number[];
  conflicts: number[];
  stored: number[];
}

export class Intake {
  readonly stage: Stage;
  readonly cast: Cast;

  private constructor(stage: Stage, cast: Cast) {
    this.stage = stage;
    this.cast = cast;
  }

  static async open(name: string): Promise<Intake> {
    const stage = await openStage();
    return new Intake(stage, await openCast(stage, name, 2, 3));
  }

  /** The hospital in new objects: a sender must be alone on its account. */
  async hospital() {
    const site = await this.stage.site(this.cast.hospitalSeed);
    return { site, hospital: new Hospital(site, this.cast.hospitalSeed) };
  }

  /** Opens another ledger on the same servers. */
  async openLedger(): Promise<bigint> {
    const { hospital } = await this.hospital();
    const { opening } = (await hospital.dealer(this.cast.ledgerId)).ledger;
    return hospital.openLedger(opening);
  }

  /** Another ledger, active. */
  async ledger(): Promise<Cast> {
    const ledgerId = await this.openLedger();
    for (const server of this.cast.servers) await server.join(ledgerId);
    return { ...this.cast, ledgerId };
  }

  async give(
    to: Cast,
    rows: Iterable<IngestRow> | AsyncIterable<IngestRow>,
    name = 'a.csv',
    more: object = {},
  ): Promise<IngestSummary & Ends> {
    const { site, hospital } = await this.hospital();
    const ends: Ends = { repeated: [], conflicts: [], stored: [] };
    const summary = await ingest(site, await hospital.dealer(to.ledgerId), rows, {
      source: sourceName(name, PROFILE),
      tags: hospital.tags(),
      onStored: ({ row }) => ends.stored.push(row),
      onRepeated: ({ row }) => ends.repeated.push(row),
      onConflict: ({ row }) => void ends.conflicts.push(row),
      ...more,
    });
    return { ...summary, ...ends };
  }

  /** Number of records on chain. */
  async size({ ledgerId }: Cast): Promise<number> {
    return (await this.cast.hospitalSite.contract.getLedger(ledgerId)).nextRecordId;
  }
}
