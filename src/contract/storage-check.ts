// Compares the batches of a ledger with the contract's storage, wherever their events come from. Says in words what is
// wrong, or null. (A ledger's terms need no storage: its id is their hash.)
import { equalBytes, toHex } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { batchLeaves } from '../records/batch.ts';
import { BatchTree } from '../records/merkle.ts';
import { recordBytes } from '../records/record.ts';
import type { EventArguments, StoredBatch } from './types.ts';

/**
 * Checks that a batch has number `index`, begins with record `firstRecordId`, and has the count and the root that the
 * contract stores. The root is computed again from all that the event tells.
 */
export function batchFault(
  engine: Engine,
  threshold: number,
  batch: EventArguments['BatchAppended'],
  { index, firstRecordId }: { index: number; firstRecordId: number },
  stored: StoredBatch,
): string | null {
  if (batch.index !== index) return `batch ${batch.index} is in the place of batch ${index}`;
  for (const claim of [batch, stored]) {
    if (claim.firstRecordId === firstRecordId) continue;
    const source = claim === batch ? 'the event' : 'the contract';
    return `begins with record ${claim.firstRecordId} according to ${source}; the batches before it end at ${firstRecordId - 1}`;
  }
  const size = recordBytes(threshold);
  for (const count of [batch.count, stored.count]) {
    if (batch.records.length !== size * count)
      return `holds ${batch.records.length} bytes; ${count} records have ${size * count}`;
  }
  const { root } = new BatchTree(engine, batchLeaves(engine, threshold, batch));
  for (const claim of [stored.root, batch.root]) {
    if (equalBytes(claim, root)) continue;
    const source = claim === batch.root ? 'the event says' : 'the contract stores';
    return `the root of its records is ${toHex(root)}; ${source} ${toHex(claim)}`;
  }
  return null;
}
