// From rows to what their records will hold: tag, key and message; and whether the ledger has the record already. A
// record is identified by its key, that is by its id in the source. It is the same record if patient and amounts are the
// same: nothing else of a row is on chain, so a row in which only date or text have changed is the same record too.
import type { Tags } from '../identity/tags.ts';
import { encodeLanes } from '../records/lanes.ts';
import { RecordKeys, recordName } from '../records/record-key.ts';
import type { SeenRecords, Sighting } from '../records/seen.ts';

/** What ingest needs of a row. */
export interface IngestRow {
  /** Number of the row in its input, from 1. */
  row: number;
  /** Line of the input on which the row begins, from 1, for people; the row's number if there is none. */
  line?: number;
  patient: string;
  /** Minor units, one for each lane of the ledger. */
  amounts: readonly bigint[];
  /** The record's id in its source; a row without one is identified by input and row number. */
  id: string | undefined;
}

export interface Recorded {
  tag: Uint8Array;
  key: Uint8Array;
  /** SECRET. */
  message: Uint8Array;
  /** Whether the record is new, compared with those before it in this run and in the ledger. */
  sighting: Sighting;
}

export class Recorder {
  readonly #keys: RecordKeys;
  readonly #source: Uint8Array;
  readonly #tags: Pick<Tags, 'tag'>;
  readonly #seen: SeenRecords;

  /** `source`: name of the input, 24 bytes. */
  constructor(dealingKey: Uint8Array, source: Uint8Array, tags: Pick<Tags, 'tag'>, seen: SeenRecords) {
    this.#keys = new RecordKeys(dealingKey);
    this.#source = source;
    this.#tags = tags;
    this.#seen = seen;
  }

  /** The row's record. A record that is new is remembered. */
  record(row: IngestRow): Recorded {
    const tag = this.#tags.tag(row.patient);
    const key = this.#keys.key(recordName(row, this.#source));
    const message = encodeLanes(row.amounts);
    return { tag, key, message, sighting: this.#seen.add(key, tag, message, { line: row.line ?? row.row }) };
  }
}
