// Which of a patient's records a consent covers: its edges name the ends of runs only, and of series that nobody else can
// tell. With the receipts' viewing key the records between are found again.
import { fromHex, type Hex, toHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import { countCovered } from '../../query/runs.ts';
import type { ConsentEdge } from '../consent-file.ts';
import { seriesId } from '../series.ts';
import type { Receipts } from './receipt.ts';

/** Ids of the records that the edges' runs cover, ascending. Throws OTHER_RECORDS where not all of them are in the file. */
export function coveredRecords(receipts: Receipts, edges: readonly ConsentEdge[]): number[] {
  const key = fromHex(receipts.viewingKey, 'viewing key', 32);
  const ledgerId = fromHex(receipts.ledgerId, 'ledger id', 32);
  const account = fromHex(receipts.patient, 'patient', 20);
  const categoryOf = new Map<Hex, string>(
    receipts.terms.categories.map((category) => [toHex(seriesId(key, { ledgerId, account, category })), category]),
  );
  const ids: number[] = [];
  let from = 0;
  for (const { sign, seriesId, position: to } of edges) {
    if (sign === -1) from = to;
    else {
      const category = categoryOf.get(toHex(seriesId));
      const run = receipts.records.filter(
        (one) => one.category === category && one.position > from && one.position <= to,
      );
      ids.push(...run.map(({ recordId }) => recordId));
      from = 0;
    }
  }
  const count = countCovered(edges);
  if (ids.length === count) return ids.sort((a, b) => a - b);
  const message = `the consent covers ${count} records, of which ${ids.length} are in these receipts: they are of another account or ledger, or incomplete`;
  throw new MIStoreError('OTHER_RECORDS', message, { covered: count, found: ids.length });
}
