// What the tests of carry records share: (2, 3) ledgers whose servers complain, with or without ground, until a record is void.
import type { IngestRow } from '../../../src/ingest/ingest.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { all, Intake } from '../../support/ingest-rows.ts';
import { type Cast, hospitalOf, storedRows } from '../../support/parties.ts';

/** Rows of twelve patients. */
export const rows = all.slice(0, 60);
/** More rows, of the same patients and series among them. */
export const later = all.slice(60, 90);

/** The rows with their numbers in another input. */
export const renumbered = (given: readonly IngestRow[]): IngestRow[] => given.map((row, i) => ({ ...row, row: i + 1 }));

const sameSeries = (a: IngestRow, b: IngestRow) => a.patient === b.patient && a.category === b.category;

/** The first row that ends its series in `given` and has `fits`. */
export function lastOfSeries(given: readonly IngestRow[], fits: (row: IngestRow) => boolean = () => true): IngestRow {
  const found = given.find((row, i) => fits(row) && !given.slice(i + 1).some((other) => sameSeries(row, other)));
  if (!found) throw new Error('no series ends like this');
  return found;
}

export const isOfSeries =
  (of: IngestRow) =>
  (row: IngestRow): boolean =>
    sameSeries(of, row);

export class VoidScene {
  readonly intake: Intake;

  private constructor(intake: Intake) {
    this.intake = intake;
  }

  static async open(name: string): Promise<VoidScene> {
    return new VoidScene(await Intake.open(name));
  }

  /** A ledger with `rows`, and the record of one of them that is void: two of three seats complain. */
  async withVoid(row: IngestRow): Promise<{ here: Cast; recordId: number }> {
    const here = await this.intake.ledger();
    await this.intake.give(here, rows);
    const recordId = await this.recordOf(here, row);
    await this.complain(here, recordId);
    return { here, recordId };
  }

  /** Id of the last record of a row's series. */
  async recordOf(here: Cast, of: IngestRow): Promise<number> {
    const records = (await storedRows(here, all)).filter(
      ({ patient, category }) => patient === of.patient && category === of.category,
    );
    return records.toSorted((a, b) => a.position - b.position).at(-1)!.recordId;
  }

  async complain({ servers, ledgerId, hospital }: Cast, recordId: number, seats: readonly number[] = [1, 2]) {
    const { ledger } = await hospital.dealer(ledgerId);
    for await (const { event } of ledger.batches()) {
      if (recordId < event.firstRecordId || recordId >= event.firstRecordId + event.count) continue;
      for (const seat of seats) await servers[seat - 1]!.complain(ledgerId, event.index, [recordId]);
    }
  }

  async receipts(here: Cast, patient: string): Promise<Receipts> {
    return (await hospitalOf(here)).hospital.receipts(here.ledgerId, patient);
  }
}
