// What the insurers ask: mostly random runs of a patient's records with their exact sum from the CSV, and some queries that must
// end in an error. The sums are plain additions of the CSV's rows.
import type { IngestRow } from '../../src/ingest/ingest.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { LANES } from '../support/sample.ts';
import type { Place } from './wrong-record.ts';

/**
 * exact: the sum. late: the sum, although the patient tries to revoke the consent then. The others end in an error: the consent is
 * revoked in time, has expired, its query was cancelled, a run ends at the void record, the fee is below what the servers ask for,
 * or it is and the insurer sends the query anyhow.
 */
export type Kind = 'exact' | 'late' | 'revoked' | 'expired' | 'cancelled' | 'void' | 'cheap' | 'unpaid';

const REFUSED: readonly Kind[] = ['revoked', 'expired', 'cancelled', 'void', 'cheap', 'unpaid'];

/** The kinds of so many queries: of each that is refused one in 40, one in 20 late, the others exact; in a random order. */
export function kindsOf(queries: number, random: () => number): Kind[] {
  const each = Math.ceil(queries / 40);
  const kinds = [...REFUSED.flatMap((kind) => Array<Kind>(each).fill(kind)), ...Array<Kind>(2 * each).fill('late')];
  while (kinds.length < queries) kinds.push('exact');
  return kinds
    .map((kind) => ({ kind, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
}

export interface Runs {
  patient: string;
  receipts: Receipts;
  records: number[];
  /** By lane, from the CSV. */
  sums: bigint[];
}

/** The rows as they are stored, and the receipts of their patients. */
export class Ask {
  readonly #rows: readonly IngestRow[];
  readonly #receipts: ReadonlyMap<string, Receipts>;
  readonly #void: Place;
  readonly #random: () => number;
  /** Whether there are records after the void one in its series. */
  readonly #goesOn: boolean;

  constructor(rows: readonly IngestRow[], receipts: ReadonlyMap<string, Receipts>, wrong: Place, random: () => number) {
    this.#rows = rows;
    this.#receipts = receipts;
    this.#void = wrong;
    this.#random = random;
    const { patient, category, position } = wrong;
    this.#goesOn = this.#of(patient).filter((row) => row.category === category).length > position;
  }

  /** Random runs of one or two series of a patient, none of which begins or ends at the void record; some pass through it. */
  runs(): Runs {
    if (this.#goesOn && this.#random() < 0.1) return this.upToVoid(1);
    for (;;) {
      const patient = this.#one([...this.#receipts.keys()]);
      const names = new Set(this.#of(patient).map(({ category }) => category));
      const chosen = [...names].filter(() => this.#random() < 0.5).slice(0, 2);
      const places = chosen.flatMap((category) => {
        const length = this.#of(patient).filter((row) => row.category === category).length;
        const from = Math.floor(this.#random() * length);
        const to = from + 1 + Math.floor(this.#random() * (length - from));
        return this.#isVoid(patient, category, from) || this.#isVoid(patient, category, to)
          ? []
          : Array.from({ length: to - from }, (_, k) => ({ patient, category, position: from + k + 1 }));
      });
      if (places.length > 0) return this.#over(places);
    }
  }

  /** The run from the beginning of its series up to the void record, and `more` records after it. */
  upToVoid(more = 0): Runs {
    const { patient, category, position } = this.#void;
    return this.#over(Array.from({ length: position + more }, (_, k) => ({ patient, category, position: k + 1 })));
  }

  #over(places: readonly Place[]): Runs {
    const { patient } = places[0]!;
    const rows = places.map(
      ({ category, position }) => this.#of(patient).filter((row) => row.category === category)[position - 1]!,
    );
    const receipts = this.#receipts.get(patient)!;
    return {
      patient,
      receipts,
      records: places.map(
        (place) =>
          receipts.records.find(({ category, position }) => category === place.category && position === place.position)!
            .recordId,
      ),
      sums: LANES.map((_, lane) => rows.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n)),
    };
  }

  #isVoid(patient: string, category: string, position: number): boolean {
    const { patient: other, category: name, position: at } = this.#void;
    return patient === other && category === name && position === at;
  }

  #of(patient: string): IngestRow[] {
    return this.#rows.filter((row) => row.patient === patient);
  }

  #one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)]!;
  }
}
