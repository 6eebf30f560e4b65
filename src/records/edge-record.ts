// The record of a query's edge, found in its batch (docs/protocol.md, "Consent and query"): the batch must hold it, under the
// tag that the patient, the edge's place in its series and the edge's salt make. Whether the patient signed that record shows
// in the consent's runsHash.
import { equalBytes } from '../bytes.ts';
import type { ToldEdge } from './query-bytes.ts';
import { type Columns, commitmentBytes, KEY_BYTES, TAG_BYTES } from './record.ts';
import { tagOf } from './series.ts';

/** A batch: row k of the columns is record firstRecordId + k. */
export interface BatchRows {
  firstRecordId: number;
  columns: Columns;
}

export interface EdgeRecord {
  /** Number of the record in its batch. */
  place: number;
  /** 8 bytes. */
  key: Uint8Array;
  /** t compressed points. */
  commitments: Uint8Array;
}

/** The record; or in words why the batch holds no such record of the patient's (20 bytes). Positions are 1 … 2^32 − 1. */
export function recordOfEdge(
  threshold: number,
  patient: Uint8Array,
  edge: ToldEdge,
  { firstRecordId, columns }: BatchRows,
): EdgeRecord | string {
  const place = edge.recordId - firstRecordId;
  if (place < 0 || place >= columns.count) return `record ${edge.recordId} is not in batch ${edge.batch}`;
  const field = (column: Uint8Array, size: number) => column.subarray(size * place, size * (place + 1));
  const tag = tagOf(patient, edge.seriesId, edge.position, edge.salt);
  if (!equalBytes(field(columns.tags, TAG_BYTES), tag)) {
    return `record ${edge.recordId} is not the patient's at this place of this series`;
  }
  const commitments = field(columns.commitments, commitmentBytes(threshold));
  return { place, key: field(columns.keys, KEY_BYTES), commitments };
}
