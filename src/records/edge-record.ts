// The record of a query's edge, found in its batch (docs/protocol.md, "Consent and query"): the batch must hold it, under the
// tag that the patient, the edge's place in its series and the edge's salt make. Whether the patient signed that record shows
// in the consent's runsHash.
import { equalBytes } from '../bytes.ts';
import type { ToldEdge } from './query-bytes.ts';
import { recordAt, recordCount } from './record.ts';
import { tagOf } from './series.ts';

/** A batch on chain. */
export interface BatchRows {
  firstRecordId: number;
  /** All its records: see record.ts. */
  records: Uint8Array;
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
  { firstRecordId, records }: BatchRows,
): EdgeRecord | string {
  const place = edge.recordId - firstRecordId;
  if (place < 0 || place >= recordCount(threshold, records))
    return `record ${edge.recordId} is not in batch ${edge.batch}`;
  const { tag, key, commitments } = recordAt(threshold, records, place);
  if (!equalBytes(tag, tagOf(patient, edge.seriesId, edge.position, edge.salt))) {
    return `record ${edge.recordId} is not the patient's at this place of this series`;
  }
  return { place, key, commitments };
}
