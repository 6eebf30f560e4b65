// The record that the hospital deals wrongly: what it commits to is f + x (x − 1) (x − 2), so the total and the shares of the seats
// 1 and 2 are right, and all other seats have wrong ones. That is more than n − t of 7 at t = 4: the servers void it.
import { concat, equalBytes, fromBigInt, toHex } from '../../src/bytes.ts';
import { GROUP_ORDER as r } from '../../src/engine/bn254.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import type { Site } from '../../src/ledger/site.ts';
import { addEdges } from '../../src/query/sums.ts';
import { decodeRecords, recordBytes } from '../../src/records/record.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../src/records/series.ts';
import { deviating } from '../support/adversary.ts';
import type { Stage } from './stage/stage.ts';

/** Coefficients of x (x − 1) (x − 2) = x³ − 3x² + 2x. */
const SHIFT = [0n, 2n, r - 3n, 1n];

export interface Place extends Pick<IngestRow, 'patient' | 'category'> {
  position: number;
}

/** The last position of a series that goes on in the later rows: what carries its total on is an ordinary record. */
export function lastBefore(rows: readonly IngestRow[], later: readonly IngestRow[]): Place {
  for (const { patient, category } of later) {
    const position = rows.filter((row) => row.patient === patient && row.category === category).length;
    if (position >= 2) return { patient, category, position };
  }
  throw new Error('no series goes on in the later rows');
}

/** The hospital's site, which deals the record at this place wrongly. The threshold must be 4. */
export function dealingWrongly({ hospital, ledgerId, threshold }: Stage, { patient, category, position }: Place): Site {
  const account = hospital.role.accounts().accounts(patient)[0]!;
  const key = viewingKey(dealingKey(hospital.seed), patient);
  const series = seriesId(key, { ledgerId, account, category });
  const tag = tagOf(account, series, position, saltOf(key, ledgerId, series, position));
  const { engine } = hospital.site;
  const shift = engine.commit(concat(...SHIFT.map((c) => fromBigInt(c, 32))), new Uint8Array(32 * threshold));
  return deviating(hospital.site, {
    submitBatch: (honest) => (call, options) => {
      const records = call.records.slice();
      const { tags, count } = decodeRecords(threshold, records);
      const k = Array.from({ length: count }, (_, i) => i).find((i) =>
        equalBytes(tags.subarray(20 * i, 20 * i + 20), tag),
      );
      if (k === undefined) throw new Error(`the batch has no record under ${toHex(tag)}`);
      const at = recordBytes(threshold) * k + 28;
      const own = engine.decompress(records.slice(at, at + 32 * threshold));
      records.set(engine.compress(addEdges(engine, own, [{ sign: 1, commitments: shift }])), at);
      return honest.submitBatch({ ...call, records }, options);
    },
  });
}
