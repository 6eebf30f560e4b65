// The complaints in an archive: filed, withdrawn, justified, and records that are void for good. What the hospital has revealed
// must open the commitments, and a commitment that is said to be no point must be none. Each check returns in words what is
// wrong, or null.
import { equalBytes } from '../../bytes.ts';
import type { Complaints, ContractEvent, EventArguments, LedgerState } from '../../contract/types.ts';
import type { Engine } from '../../engine/engine.ts';
import { EncodingError } from '../../errors.ts';
import { opensAt } from '../../query/masks.ts';
import type { BatchRows } from '../../records/edge-record.ts';
import { recordAt } from '../../records/record.ts';
import type { Committee } from '../../sharing/committee.ts';
import { decoding } from './decoding.ts';

export type ComplaintEvent = ContractEvent<
  'ComplaintFiled' | 'ComplaintWithdrawn' | 'ComplaintJustified' | 'RecordVoided'
>;

/** What the archive says of one record. */
interface ArchivedRecord {
  standing: Set<number>;
  /** By seat. */
  justified: Map<number, EventArguments['ComplaintJustified']>;
  /** Numbers of the commitments that are no points. */
  refuted: number[];
}

export class ArchivedComplaints {
  readonly #engine: Engine;
  readonly #committee: Committee;
  readonly #records = new Map<number, ArchivedRecord>();
  #hadVoids = false;

  constructor(engine: Engine, committee: Committee) {
    this.#engine = engine;
    this.#committee = committee;
  }

  /** Ids of the records that somebody has complained about, or that are void for good. */
  get recordIds(): number[] {
    return [...this.#records.keys()];
  }

  /** Whether no run may begin or end at a record, after the events so far. */
  isVoid(recordId: number): boolean {
    const { threshold, seats } = this.#committee;
    const { standing, refuted } = this.#records.get(recordId) ?? { standing: new Set(), refuted: [] };
    return refuted.length > 0 || standing.size > seats - threshold;
  }

  /** Adds an event about a record that the ledger has. Events must come in the chain's order. */
  add(event: ComplaintEvent): string | null {
    const record = this.#records.get(event.recordId) ?? { standing: new Set(), justified: new Map(), refuted: [] };
    this.#records.set(event.recordId, record);
    const fault = event.event === 'RecordVoided' ? this.#refute(event, record) : this.#complain(event, record);
    this.#hadVoids ||= this.isVoid(event.recordId);
    return fault;
  }

  #complain(event: Exclude<ComplaintEvent, { event: 'RecordVoided' }>, record: ArchivedRecord): string | null {
    const { standing, justified } = record;
    const { seat } = event;
    if (event.event === 'ComplaintFiled') {
      if (seat < 1 || seat > this.#committee.seats) return `seat ${seat} complains, which does not exist`;
      if (standing.has(seat)) return `seat ${seat} complains twice`;
      if (justified.has(seat)) return `seat ${seat} complains after the hospital has justified it`;
      standing.add(seat);
      return null;
    }
    if (!standing.delete(seat)) return `its ${event.event} is of seat ${seat}, which has no complaint`;
    if (event.event === 'ComplaintJustified') justified.set(seat, event);
    const most = this.#committee.threshold - 1;
    return justified.size <= most ? null : `the shares of ${justified.size} seats are revealed; at most ${most} may be`;
  }

  #refute({ position }: EventArguments['RecordVoided'], { refuted }: ArchivedRecord): string | null {
    if (refuted.length > 0) return 'it is void for good twice';
    refuted.push(position);
    return position < this.#committee.threshold ? null : `it has no commitment ${position}`;
  }

  /** Checks shares and refuted points of a record, whose batch is given. */
  checkRecord(recordId: number, { firstRecordId, records }: BatchRows): string | null {
    const { commitments } = recordAt(this.#committee.threshold, records, recordId - firstRecordId);
    const { justified, refuted } = this.#records.get(recordId)!;
    for (const position of refuted) {
      const compressed = commitments.subarray(32 * position, 32 * (position + 1));
      if (this.#isPoint(compressed)) return `its commitment ${position} is a point`;
    }
    return decoding(() => {
      for (const [seat, { share, blinding }] of justified) {
        const points = this.#engine.decompress(commitments);
        if (!opensAt(this.#engine, seat, { value: share, blinding }, points)) {
          return `what is revealed of seat ${seat} does not open its commitments`;
        }
      }
      return null;
    });
  }

  /**
   * After all events. `stored`: what the contract stores of the record; `whole`: as of the archive's last block. If not,
   * complaints may have come and gone, but what is revealed or void for good stays so.
   */
  verdict(recordId: number, stored: Complaints, whole: boolean): string | null {
    const { standing, justified, refuted } = this.#records.get(recordId)!;
    const unknown = [...justified.keys()].find((seat) => !stored.justified.includes(seat));
    if (unknown !== undefined) return `the contract has no justification of seat ${unknown}`;
    if (refuted.length > 0 && !stored.isVoid) return 'it is not void in the contract';
    if (!whole) return null;
    const seats = (set: Iterable<number>) => Uint8Array.from(set).sort();
    for (const [what, archived, inContract] of [
      ['complaints stand of', standing, stored.standing],
      ['complaints are justified of', justified.keys(), stored.justified],
    ] as const) {
      const here = seats(archived);
      if (equalBytes(here, Uint8Array.from(inContract))) continue;
      return `${what} the seats [${here.join(', ')}] here, [${inContract.join(', ')}] in the contract`;
    }
    return stored.isVoid === this.isVoid(recordId) ? null : 'it is void in the contract only';
  }

  /** Whether a complaint is missing that made a record void. `state`: of the archive's last block. */
  missing({ hasVoids }: LedgerState): string | null {
    return hasVoids === this.#hadVoids ? null : 'a record has been void: the events that made it so are missing';
  }

  #isPoint(compressed: Uint8Array): boolean {
    try {
      this.#engine.decompress(compressed);
      return true;
    } catch (error) {
      if (error instanceof EncodingError) return false;
      throw error;
    }
  }
}
